// Longer than most: one operation with all that a task without a service can come to.
import type { RunTaskCommandInput } from '@aws-sdk/client-ecs';
import { beforeEach, describe, expect, test } from 'vitest';
import { ecs } from '../../../src/sandbox/services/ecs.ts';
import { trusting } from '../../../src/sandbox/trust.ts';
import type { Authorization } from '../../../src/sandbox/types.ts';
import {
  type Account,
  accountId,
  addLogGroup,
  addTargetGroup,
  createAccount,
  refusal,
  region,
  registry,
  roleArn,
  service,
  taskDefinition,
} from './direct.ts';
import { expectReal } from './real.ts';
import { cluster, linesIn } from './web-service.ts';

const arn = (rest: string) => `arn:aws:ecs:${region}:${accountId}:${rest}`;
const networkConfiguration = {
  awsvpcConfiguration: {
    subnets: ['subnet-b', 'subnet-a'],
    securityGroups: ['sg-1'],
    assignPublicIp: 'ENABLED' as const,
  },
};
const base = {
  cluster,
  taskDefinition: 'web',
  launchType: 'FARGATE' as const,
  networkConfiguration,
};
const command = (...words: string[]) => ({
  overrides: { containerOverrides: [{ name: 'web', command: words }] },
});

let aws: Account;
beforeEach(() => {
  aws = createAccount();
  addLogGroup(aws, '/ecs/web');
  aws.run(ecs.RegisterTaskDefinition, taskDefinition());
});

const answer = (changes: Partial<RunTaskCommandInput> = {}) =>
  aws.run(ecs.RunTask, { ...base, ...changes });
const start = (changes: Partial<RunTaskCommandInput> = {}) => answer(changes).tasks?.[0] ?? {};
const look = (task: { taskArn?: string | undefined }, account = aws) =>
  account.run(ecs.DescribeTasks, { cluster, tasks: [task.taskArn ?? ''], include: ['TAGS'] })
    .tasks[0] ?? {};
const stop = (task: { taskArn?: string | undefined }, reason?: string) =>
  aws.run(ecs.StopTask, {
    cluster,
    task: task.taskArn,
    ...(reason === undefined ? {} : { reason }),
  }).task;
const list = (input: object) => aws.run(ecs.ListTasks, { cluster, ...input }).taskArns;
const streams = () => aws.world.logs.groups['/ecs/web']?.streams ?? {};
const lines = () => linesIn(aws);
const refused = (changes: object) =>
  refusal(() => aws.run(ecs.RunTask, { ...base, ...changes } as RunTaskCommandInput));
const shell = (text: string) => command('sh', '-c', text);
/** Runs a command to its end and tells how long it ran and how it ended. */
function outcome(changes: Partial<RunTaskCommandInput>) {
  const task = start(changes);
  aws.pass(60);
  const { startedAt, stoppingAt, containers, ...rest } = look(task);
  return {
    ...rest,
    ranMs: Number(stoppingAt) - Number(startedAt),
    exitCode: containers?.[0]?.exitCode,
  };
}

describe('starting a task', () => {
  test.each(['web', 'web:1', arn('task-definition/web:1')])(
    '[task-1] %s starts a task that passes through the states of a service',
    (reference) => {
      const started = start({ taskDefinition: reference, ...command('true') });
      expect(started).toMatchObject({
        taskDefinitionArn: arn('task-definition/web:1'),
        clusterArn: arn('cluster/previews'),
        lastStatus: 'PROVISIONING',
        desiredStatus: 'RUNNING',
        launchType: 'FARGATE',
        cpu: '256',
        containers: [{ name: 'web', lastStatus: 'PENDING' }],
      });
      const states = [1, 2, 5, 3, 2].map((seconds) => {
        aws.pass(seconds);
        return look(started).lastStatus;
      });
      expect(states).toEqual(['PROVISIONING', 'PENDING', 'RUNNING', 'STOPPING', 'STOPPED']);
    },
  );

  test('[task-1] it is in no service and in no target group', () => {
    const group = addTargetGroup(aws);
    aws.run(ecs.CreateService, { ...service(group), desiredCount: 0 });
    const task = start();
    aws.pass(120);
    expect(aws.world.elasticloadbalancing.targetGroups[group]?.targets).toEqual({});
    expect(aws.run(ecs.ListTasks, { cluster, serviceName: 'web' }).taskArns).toEqual([]);
    expect(look(task)).toMatchObject({ lastStatus: 'RUNNING', group: 'family:web' });
  });

  test('[task-1] up to ten at once take the subnets in turn, each with an address of its own', () => {
    const { tasks = [], failures } = answer({ count: 10 });
    expect(failures).toEqual([]);
    const detail = (name: string) =>
      tasks.map(
        ({ attachments }) => attachments?.[0]?.details?.find((each) => each.name === name)?.value,
      );
    expect(detail('subnetId').slice(0, 3)).toEqual(['subnet-a', 'subnet-b', 'subnet-a']);
    expect(new Set(detail('privateIPv4Address')).size).toBe(10);
    for (const count of [0, 11, 1.5]) expect(refused({ count })).toContain('from 1 to 10');
  });

  test('[task-2] a strategy is taken instead of a launch type', () => {
    const capacityProviderStrategy = [
      { capacityProvider: 'FARGATE', weight: 1 },
      { capacityProvider: 'FARGATE_SPOT', weight: 1 },
    ];
    const { launchType: _, ...rest } = base;
    const { tasks } = aws.run(ecs.RunTask, { ...rest, capacityProviderStrategy, count: 2 });
    expect(tasks?.map((task) => task.capacityProviderName)).toEqual(['FARGATE', 'FARGATE_SPOT']);
    expect(tasks?.map((task) => task.launchType)).toEqual([undefined, undefined]);
  });

  test.each([
    [
      { launchType: undefined },
      'InvalidParameterException: No Container Instances were found in your cluster.',
    ],
    [
      { launchType: 'EC2' },
      'UnsupportedFeatureException: The sandbox runs FARGATE only, not the launch type EC2.',
    ],
    [
      { capacityProviderStrategy: [{ capacityProvider: 'FARGATE', weight: 1 }] },
      'InvalidParameterException: Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again.',
    ],
    [{ taskDefinition: 'none' }, 'ClientException: TaskDefinition not found.'],
    [{ cluster: 'none' }, 'ClusterNotFoundException: Cluster not found.'],
    [
      { networkConfiguration: undefined },
      "InvalidParameterException: Network Configuration must be provided when networkMode 'awsvpc' is specified.",
    ],
    [
      { networkConfiguration: { awsvpcConfiguration: { subnets: [] } } },
      'InvalidParameterException: subnets can not be empty.',
    ],
    [
      { networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-z'] } } },
      "InvalidParameterException: Error retrieving subnet information for [subnet-z]: The subnet ID 'subnet-z' does not exist (ErrorCode: InvalidSubnetID.NotFound)",
    ],
  ])('[task-2] %j is refused', (changes, message) => {
    expect(refused(changes)).toBe(message);
    expect(Object.keys(aws.world.ecs.tasks)).toEqual([]);
  });

  test('[task-2] an inactive revision is refused', () => {
    aws.run(ecs.DeregisterTaskDefinition, { taskDefinition: 'web:1' });
    expect(refused({ taskDefinition: 'web:1' })).toBe(
      'ClientException: TaskDefinition is inactive',
    );
  });
});

describe('a client token', () => {
  const once = { clientToken: 'a'.repeat(64), count: 2, ...command('true') };

  test('[task-3] finds the tasks that it started', () => {
    const first = answer(once);
    aws.pass(5);
    const second = answer(once);
    expect(second.tasks?.map(({ taskArn }) => taskArn)).toEqual(
      first.tasks?.map(({ taskArn }) => taskArn),
    );
    expect(second.tasks?.[0]).toMatchObject({ lastStatus: 'PENDING', cpu: '256' });
    expect(Object.keys(aws.world.ecs.tasks)).toHaveLength(2);
    aws.pass(60);
    expect(answer(once).tasks).toEqual(
      first.tasks?.map(({ taskArn }) => ({
        taskArn,
        lastStatus: 'STOPPED',
        desiredStatus: 'STOPPED',
      })),
    );
  });

  test('[task-3] is refused with other parameters, and tells what it started', () => {
    const first = answer(once);
    let error: unknown;
    try {
      answer({ ...once, count: 1 });
    } catch (caught) {
      error = caught;
    }
    expect(error).toMatchObject({
      name: 'ConflictException',
      $fault: 'client',
      resourceIds: first.tasks?.map(({ taskArn }) => taskArn),
    });
  });

  test('[task-3] is one of its cluster', () => {
    aws.world.ecs.clusters[arn('cluster/other')] = {
      arn: arn('cluster/other'),
      name: 'other',
      capacityProviders: [],
      tags: {},
    };
    answer(once);
    expect(answer({ ...once, cluster: 'other', count: 1 }).tasks).toHaveLength(1);
    expect(Object.keys(aws.world.ecs.tasks)).toHaveLength(3);
  });

  test('[task-3] is good for an hour after its tasks have stopped', () => {
    const started = start(once);
    aws.pass(3600);
    expect(start(once).taskArn).toBe(started.taskArn);
    aws.pass(60);
    expect(start(once).taskArn).not.toBe(started.taskArn);
  });

  test('[task-3] is good for 24 hours while they run', () => {
    const long = { clientToken: 'long', ...shell('sleep 200000') };
    const started = start(long);
    aws.pass(24 * 3600 - 1, 3600);
    expect(start(long).taskArn).toBe(started.taskArn);
    aws.pass(1);
    expect(start(long).taskArn).not.toBe(started.taskArn);
    expect(look(started).lastStatus).toBe('RUNNING');
  });
});

test.each([
  [{ clientToken: 'a'.repeat(65) }, 'Client token'],
  [{ clientToken: '' }, 'Client token'],
  [{ clientToken: 'a b' }, 'Client token'],
  [{ startedBy: 'a'.repeat(129) }, 'startedBy'],
  [{ startedBy: 'pr 42' }, 'startedBy'],
  [{ startedBy: 'a.b' }, 'startedBy'],
  [{ group: '' }, 'group'],
  [{ group: 'g'.repeat(256) }, 'group'],
  [{ propagateTags: 'SERVICE' }, 'propagateTags'],
  [{ placementStrategy: [{ type: 'random' }] }, 'does not simulate placementStrategy'],
  [{ overrides: { cpu: '512' } }, 'does not simulate cpu'],
  [
    { overrides: { containerOverrides: [{ name: 'web', memory: 512 }] } },
    'does not simulate memory',
  ],
  [{ enableExecuteCommand: true }, 'task role'],
])('[task-4] %j is refused', (changes, message) => {
  expect(refused(changes)).toContain(message);
});

test('[task-4] the longest values are taken', () => {
  const startedBy = `previewops/pr-42_${'x'.repeat(111)}`;
  const task = start({ startedBy, group: 'hooks', placementConstraints: [] });
  expect(startedBy).toHaveLength(128);
  expect(look(task)).toMatchObject({ startedBy, group: 'hooks' });
  expect(start().group).toBe('family:web');
});

describe('overrides', () => {
  test('[task-5] name containers of the task definition', () => {
    expect(refused({ overrides: { containerOverrides: [{ name: 'db' }] } })).toBe(
      'InvalidParameterException: Override for container named db is not a container in the TaskDefinition.',
    );
  });

  test('[task-5] have at most 8192 characters', () => {
    const sized = (length: number) => {
      const empty = JSON.stringify(command('').overrides).length;
      return command('x'.repeat(length - empty));
    };
    expect(refused(sized(8193))).toBe(
      'InvalidParameterException: Container Overrides length must be at most 8192',
    );
    expect(start(sized(8192)).lastStatus).toBe('PROVISIONING');
  });

  test('[task-5] replace the roles', () => {
    const other = roleArn.replace('/preview', '/other');
    const { [roleArn]: known } = aws.world.iam.roles;
    if (!known) throw new Error('the seed has no role');
    aws.world.iam.roles[other] = { ...known, arn: other, name: 'other' };
    known.trust = trusting('lambda.amazonaws.com');
    expect(refused({})).toContain(roleArn);
    const task = start({ overrides: { executionRoleArn: other } });
    aws.pass(20);
    expect(look(task)).toMatchObject({
      lastStatus: 'RUNNING',
      overrides: { executionRoleArn: other },
    });
  });
});

describe('tags', () => {
  const tags = [{ key: 'a', value: 'mine' }];
  const tagged = (changes: object) =>
    Object.fromEntries((look(start(changes)).tags ?? []).map(({ key, value }) => [key, value]));

  test('[task-6] come from the call, the task definition and ECS', () => {
    aws.run(ecs.RegisterTaskDefinition, {
      ...taskDefinition(),
      tags: [
        { key: 'a', value: 'its' },
        { key: 'b', value: 'its' },
      ],
    });
    expect(tagged({})).toEqual({});
    expect(tagged({ tags })).toEqual({ a: 'mine' });
    const propagateTags = 'TASK_DEFINITION';
    expect(tagged({ propagateTags })).toEqual({ a: 'its', b: 'its' });
    expect(tagged({ propagateTags, tags, enableECSManagedTags: true })).toEqual({
      a: 'mine',
      b: 'its',
      'aws:ecs:clusterName': cluster,
    });
  });

  test('[task-6] are checked, and each task has its own', () => {
    expect(refused({ tags: [{ key: 'aws:x', value: '1' }] })).toContain('reserved for AWS');
    const [one, two] = answer({ tags, count: 2 }).tasks ?? [];
    aws.run(ecs.TagResource, { resourceArn: one?.taskArn, tags: [{ key: 'a', value: 'new' }] });
    expect(look(two ?? {}).tags).toEqual(tags);
  });
});

describe('a command', () => {
  test('[task-7] writes what it is and a line each second, and ends with 0', () => {
    const task = start(command('npm', 'run', 'migrate'));
    const id = task.taskArn?.split('/').at(-1);
    aws.pass(8);
    expect(streams()).toEqual({
      [`app/web/${id}`]: [{ at: aws.world.now, message: '$ npm run migrate' }],
    });
    const before = aws.world.now;
    aws.pass(2);
    expect(lines()).toEqual([
      '$ npm run migrate',
      'previewops sandbox: step 1 of 3',
      'previewops sandbox: step 2 of 3',
    ]);
    expect(look(task)).toMatchObject({ lastStatus: 'RUNNING' });
    aws.pass(1);
    expect(lines().at(-1)).toBe('previewops sandbox: step 3 of 3');
    expect(streams()[`app/web/${id}`]?.map(({ at }) => at - before)).toEqual([0, 1000, 2000, 3000]);
    expect(look(task)).toMatchObject({ lastStatus: 'STOPPING', containers: [{ exitCode: 0 }] });
    aws.pass(1);
    expect(look(task)).toMatchObject({
      lastStatus: 'STOPPED',
      stopCode: 'EssentialContainerExited',
      stoppedReason: 'Essential container in task exited',
      containers: [{ exitCode: 0, lastStatus: 'STOPPED' }],
    });
    expect(lines()).toHaveLength(4);
  });

  test.each([
    [command('true'), 0, 3000],
    [command('sh', '-c', 'exit 3'), 3, 3000],
    [command('exit', '7'), 7, 3000],
    [shell('npm test || exit 12; exit 0'), 12, 3000],
    [shell('exit 256'), 0, 3000],
    [shell('exit 99999999999999999999'), 255, 3000],
    [shell('sleep 10 && exit 4'), 4, 13_000],
    [shell('sleep 1; sleep 0.5'), 0, 4500],
    [command('./no-exit', '4'), 0, 3000],
    [command('on-exit 3', 'oversleep 20'), 0, 3000],
  ])('[task-7] %j', (changes, exitCode, ranMs) => {
    expect(outcome(changes)).toMatchObject({ exitCode, ranMs, lastStatus: 'STOPPED' });
  });

  test('[task-7] one that sleeps longer than anybody lives has not ended in a day', () => {
    const task = start(shell(`sleep ${'9'.repeat(400)}`));
    aws.pass(86_400);
    expect(look(task).lastStatus).toBe('RUNNING');
    expect(JSON.parse(JSON.stringify(aws.world))).toEqual(aws.world);
  });

  test('[task-7] is not the application: that may be broken', () => {
    aws.behaviour.app = 'crash';
    expect(outcome(command('true'))).toMatchObject({ exitCode: 0 });
  });
});

describe('several containers', () => {
  const [main] = taskDefinition().containerDefinitions;
  const sidecar = { name: 'proxy', image: 'public.ecr.aws/x/proxy:1', essential: true };
  const registerBoth = (essential: boolean) =>
    aws.run(ecs.RegisterTaskDefinition, {
      ...taskDefinition(),
      containerDefinitions: [...(main ? [main] : []), { ...sidecar, essential }],
    });
  const exits = (task: object) =>
    Object.fromEntries(
      (look(task).containers ?? []).map((each) => [each.name, [each.exitCode, each.lastStatus]]),
    );

  test('[task-8] the first essential one that ends stops the task, the others end with 143', () => {
    registerBoth(true);
    const task = start(shell('exit 5'));
    aws.pass(11);
    expect(exits(task)).toEqual({ web: [5, 'STOPPED'], proxy: [undefined, 'STOPPING'] });
    aws.pass(1);
    expect(exits(task)).toEqual({ web: [5, 'STOPPED'], proxy: [143, 'STOPPED'] });
  });

  test('[task-8] of two commands the shorter decides', () => {
    registerBoth(true);
    const containerOverrides = [
      { name: 'web', command: ['sleep', '20'] },
      { name: 'proxy', command: ['sh', '-c', 'sleep 2; exit 9'] },
    ];
    const task = start({ overrides: { containerOverrides } });
    aws.pass(30);
    expect(exits(task)).toEqual({ web: [143, 'STOPPED'], proxy: [9, 'STOPPED'] });
  });

  test('[task-8] one that is not essential ends alone', () => {
    registerBoth(false);
    const containerOverrides = [{ name: 'proxy', command: ['exit', '2'] }];
    const task = start({ overrides: { containerOverrides } });
    aws.pass(60);
    expect(exits(task)).toEqual({ web: [undefined, 'RUNNING'], proxy: [2, 'STOPPED'] });
  });
});

describe('without a command', () => {
  test('[task-9] the healthy application runs on', () => {
    const task = start();
    aws.pass(7200, 600);
    expect(look(task)).toMatchObject({ lastStatus: 'RUNNING', desiredStatus: 'RUNNING' });
  });

  test('[task-9] one that crashes does so, and is not started again', () => {
    aws.behaviour.app = 'crash';
    const task = start();
    aws.behaviour.app = 'healthy';
    aws.pass(60);
    expect(look(task)).toMatchObject({
      lastStatus: 'STOPPED',
      stopCode: 'EssentialContainerExited',
      containers: [{ exitCode: 1 }],
    });
    expect(Object.keys(aws.world.ecs.tasks)).toHaveLength(1);
  });
});

describe('what keeps a task from starting', () => {
  const reason = (task: object) => {
    aws.pass(60);
    const { lastStatus, stopCode, stoppedReason, containers } = look(task);
    expect({ lastStatus, stopCode }).toEqual({
      lastStatus: 'STOPPED',
      stopCode: 'TaskFailedToStart',
    });
    expect(containers?.[0]?.exitCode).toBeUndefined();
    return stoppedReason;
  };

  test('[task-10] an image that is not there', () => {
    aws.run(ecs.RegisterTaskDefinition, taskDefinition('web', { image: `${registry}/shop:x` }));
    expect(reason(start(command('true')))).toContain('CannotPullContainerError');
    expect(lines()).toEqual([]);
  });

  test('[task-10] an image of the wrong architecture', () => {
    aws.behaviour.app = 'wrong-architecture';
    expect(reason(start(command('true')))).toContain("platform 'linux/amd64'");
  });

  test('[task-10] a log group that is not there', () => {
    delete aws.world.logs.groups['/ecs/web'];
    expect(reason(start(command('true')))).toContain('The specified log group does not exist');
  });

  test('[task-10] a secret that the execution role may not read', () => {
    const valueFrom = `arn:aws:secretsmanager:${region}:999999999999:secret:key-AbCdEf`;
    const [main] = taskDefinition().containerDefinitions;
    aws.run(ecs.RegisterTaskDefinition, {
      ...taskDefinition(),
      containerDefinitions: main ? [{ ...main, secrets: [{ name: 'KEY', valueFrom }] }] : [],
    });
    expect(reason(start(command('true')))).toContain('secretsmanager:GetSecretValue');
  });

  test('[task-10] a role that ECS cannot assume is refused at once', () => {
    const { [roleArn]: role } = aws.world.iam.roles;
    if (role) role.trust = trusting('lambda.amazonaws.com');
    expect(refused({})).toContain(
      `ClientException: ECS was unable to assume the role '${roleArn}' that was provided for this task.`,
    );
  });
});

describe('the vCPU quota', () => {
  const limit = (code: string, value: number) => {
    const quota = aws.world.quotas[code];
    if (quota) quota.value = value;
  };
  const failure = {
    arn: arn('cluster/previews'),
    reason: "You've reached the limit on the number of vCPUs you can run concurrently",
  };

  test('[task-11] tasks above it are not started', () => {
    limit('L-3032A538', 0.5);
    const { tasks, failures } = answer({ count: 3 });
    expect(tasks).toHaveLength(2);
    expect(failures).toEqual([failure]);
    expect(answer()).toEqual({ tasks: [], failures: [failure] });
    aws.run(ecs.StopTask, { cluster, task: tasks?.[0]?.taskArn });
    aws.pass(5);
    expect(answer().tasks).toHaveLength(1);
  });

  test('[task-11] Spot has its own', () => {
    limit('L-3032A538', 0);
    const capacityProviderStrategy = [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }];
    const { launchType: _, ...rest } = base;
    expect(aws.run(ecs.RunTask, { ...rest, capacityProviderStrategy }).tasks).toHaveLength(1);
    expect(answer().tasks).toEqual([]);
  });

  test('[task-11] a token that started none is free again, one that started some is not', () => {
    limit('L-3032A538', 0);
    expect(answer({ clientToken: 'x', count: 2 }).tasks).toEqual([]);
    limit('L-3032A538', 0.25);
    const first = answer({ clientToken: 'x', count: 2 });
    limit('L-3032A538', 6);
    const second = answer({ clientToken: 'x', count: 2 });
    expect(second.failures).toEqual([failure]);
    expect(second.tasks).toEqual(first.tasks);
    expect(second.tasks).toHaveLength(1);
  });
});

describe('stopping a task', () => {
  test('[task-12] its container ends with 143 within a second', () => {
    const task = start(shell('sleep 600'));
    aws.pass(9);
    expect(stop(task, 'no longer wanted')).toMatchObject({
      desiredStatus: 'STOPPED',
      lastStatus: 'STOPPING',
    });
    expect(look(task).containers?.[0]?.exitCode).toBeUndefined();
    aws.pass(1);
    const stopped = look(task);
    expect(stopped).toMatchObject({
      lastStatus: 'STOPPED',
      stopCode: 'UserInitiated',
      stoppedReason: 'no longer wanted',
      containers: [{ exitCode: 143 }],
    });
    const written = lines().length;
    aws.pass(700);
    expect(lines()).toHaveLength(written);
    expect(stop(task, 'again')).toEqual(stopped);
  });

  test('[task-12] one that has ended keeps how it ended', () => {
    const task = start(shell('exit 3'));
    aws.pass(60);
    stop(task);
    aws.pass(5);
    expect(look(task)).toMatchObject({
      stopCode: 'EssentialContainerExited',
      containers: [{ exitCode: 3 }],
    });
  });

  test('[task-12] before it runs, it never does; without a reason it has one of ECS', () => {
    const task = start(command('true'));
    stop(task);
    aws.pass(60);
    expect(look(task)).toMatchObject({
      lastStatus: 'STOPPED',
      stoppedReason: 'Task stopped by user',
    });
    expect(look(task).startedAt).toBeUndefined();
    expect(look(task).containers?.[0]?.exitCode).toBeUndefined();
    expect(lines()).toEqual([]);
  });

  test('[task-12] a task is found by its id, and refused when unknown', () => {
    const id = start().taskArn?.split('/').at(-1);
    expect(aws.run(ecs.StopTask, { cluster, task: id }).task).toMatchObject({
      desiredStatus: 'STOPPED',
    });
    expect(refusal(() => stop({ taskArn: '0'.repeat(32) }))).toBe(
      'InvalidParameterException: The referenced task was not found.',
    );
    expect(refusal(() => aws.run(ecs.StopTask, { cluster: 'none', task: id }))).toBe(
      'ClusterNotFoundException: Cluster not found.',
    );
    expect(refusal(() => stop({ taskArn: id }, 'x'.repeat(256)))).toContain('255');
  });

  test('[task-13] a task of a service drains, and another is started', () => {
    const group = addTargetGroup(aws, 'web', { delay: 20 });
    aws.run(ecs.CreateService, service(group));
    aws.pass(60);
    const [taskArn] = list({ serviceName: 'web' });
    stop({ taskArn });
    const targets = () =>
      Object.values(aws.world.elasticloadbalancing.targetGroups[group]?.targets ?? {});
    expect(targets()).toMatchObject([{ state: 'draining' }]);
    aws.pass(15);
    expect(look({ taskArn })).toMatchObject({ lastStatus: 'DEACTIVATING' });
    aws.pass(30);
    expect(look({ taskArn })).toMatchObject({
      lastStatus: 'STOPPED',
      stopCode: 'UserInitiated',
      containers: [{ exitCode: 143 }],
    });
    const running = list({ serviceName: 'web' });
    expect(running).toHaveLength(1);
    expect(running).not.toEqual([taskArn]);
    expect(targets()).toMatchObject([{ state: 'healthy' }]);
  });

  test('[task-14] its tags go with its end; those of one that ends by itself stay', () => {
    const tags = [{ key: 'a', value: '1' }];
    const [one, two] = [start({ tags }), start({ tags, ...command('true') })];
    stop(one);
    expect(look(one).tags).toEqual(tags);
    aws.pass(30);
    expect(look(one)).toMatchObject({ lastStatus: 'STOPPED', tags: [] });
    expect(look(two)).toMatchObject({ lastStatus: 'STOPPED', tags });
  });
});

describe('reading', () => {
  test('[task-15] tasks are found by their starter', () => {
    const startedBy = 'previewops/pr-42';
    const overrides = {
      containerOverrides: [
        { name: 'web', command: ['true'], environment: [{ name: 'A', value: '1' }] },
      ],
    };
    const task = start({ startedBy, overrides });
    start();
    expect(list({ startedBy })).toEqual([task.taskArn]);
    expect(list({ startedBy: 'other' })).toEqual([]);
    aws.pass(60);
    expect(list({ startedBy })).toEqual([]);
    expect(list({ startedBy, desiredStatus: 'STOPPED' })).toEqual([task.taskArn]);
    expect(look(task)).toMatchObject({ startedBy, group: 'family:web', overrides });
    expect('startedBy' in start()).toBe(false);
  });

  test('[ecs-18] a starter cannot be asked for together with a service or family', () => {
    const startedBy = 'x';
    for (const more of [{ family: 'web' }, { serviceName: 'web' }]) {
      expect(refusal(() => list({ startedBy, ...more }))).toContain('InvalidParameterException');
    }
  });

  test('[task-16] a stopped task is seen for an hour', () => {
    const task = start(command('true'));
    aws.pass(12);
    expect(look(task).lastStatus).toBe('STOPPED');
    aws.pass(3599);
    expect(look(task).lastStatus).toBe('STOPPED');
    aws.pass(1);
    const named = { cluster, tasks: [task.taskArn ?? ''] };
    expect(aws.run(ecs.DescribeTasks, named).failures).toMatchObject([{ reason: 'MISSING' }]);
  });

  test('[task-16] a revision stays while a task runs it', () => {
    start(shell('sleep 300'));
    aws.run(ecs.DeregisterTaskDefinition, { taskDefinition: 'web:1' });
    aws.run(ecs.DeleteTaskDefinitions, { taskDefinitions: ['web:1'] });
    const known = () => Object.keys(aws.world.ecs.taskDefinitions);
    aws.pass(300);
    expect(known()).toEqual([arn('task-definition/web:1')]);
    aws.pass(30);
    expect(known()).toEqual([]);
  });

  test('[ecs-22] what RunTask answers and is given shares nothing with the world', () => {
    const input = { ...base, ...command('true') };
    const task = aws.run(ecs.RunTask, input).tasks?.[0];
    const before = structuredClone(aws.world);
    input.overrides.containerOverrides.length = 0;
    if (task?.overrides?.containerOverrides) task.overrides.containerOverrides.length = 0;
    expect(aws.world).toEqual(before);
  });
});

describe('authorisation', () => {
  const tags = [{ key: 'previewops:app', value: 'shop' }];
  const requested = { 'aws:RequestTag/previewops:app': 'shop', 'aws:TagKeys': ['previewops:app'] };
  const owned = { 'aws:ResourceTag/previewops:app': 'shop' };
  const inCluster = { 'ecs:cluster': arn('cluster/previews') };
  const toTasks = { 'iam:PassedToService': 'ecs-tasks.amazonaws.com' };

  beforeEach(() => {
    aws.run(ecs.RegisterTaskDefinition, { ...taskDefinition(), taskRoleArn: 'app', tags });
  });

  test('[task-17] RunTask needs the revision, its tags, and its roles', () => {
    expect(ecs.RunTask.authorize({ ...base, tags }, aws.ctx())).toEqual([
      {
        action: 'ecs:RunTask',
        resource: arn('task-definition/web:2'),
        context: { ...inCluster, ...owned, ...requested },
      },
      {
        action: 'ecs:TagResource',
        resource: arn('task/previews/*'),
        context: { ...requested, 'ecs:CreateAction': 'RunTask' },
      },
      { action: 'iam:PassRole', resource: roleArn, context: toTasks },
      { action: 'iam:PassRole', resource: `arn:aws:iam::${accountId}:role/app`, context: toTasks },
    ]);
    expect(ecs.RunTask.authorize(base, aws.ctx()).map(({ action }) => action)).toEqual([
      'ecs:RunTask',
      'iam:PassRole',
      'iam:PassRole',
    ]);
  });

  test('[task-17] a replaced role is the one to pass', () => {
    const overrides = { taskRoleArn: roleArn.replace('/preview', '/other') };
    const needs = ecs.RunTask.authorize({ ...base, overrides }, aws.ctx());
    expect(needs.slice(1).map(({ resource }) => resource)).toEqual([
      roleArn,
      overrides.taskRoleArn,
    ]);
  });

  test('[task-17] StopTask sees the tags that the task has', () => {
    const task = start({ taskDefinition: 'web:1', tags }).taskArn;
    expect(ecs.StopTask.authorize({ cluster, task }, aws.ctx())).toEqual([
      { action: 'ecs:StopTask', resource: task, context: { ...inCluster, ...owned } },
    ]);
  });

  test('[task-17] every action, resource and key is one of the Service Authorization Reference', async () => {
    const ctx = aws.ctx();
    const needs: Authorization[] = [
      ...ecs.RunTask.authorize(
        {
          ...base,
          tags,
          capacityProviderStrategy: [{ capacityProvider: 'FARGATE' }],
          enableExecuteCommand: true,
          overrides: { cpu: '512', memory: '1024' },
        },
        ctx,
      ),
      ...ecs.RunTask.authorize({ ...base, taskDefinition: arn('task-definition/none:1') }, ctx),
      ...ecs.StopTask.authorize({ cluster, task: '0'.repeat(32) }, ctx),
    ];
    for (const need of needs) await expectReal(need);
  });
});

test('[task-18] time passes the same in one step as in many', () => {
  start({ ...shell('sleep 2.5; exit 3'), tags: [{ key: 'a', value: '1' }] });
  stop(start(shell('sleep 100')));
  start();
  const other = aws.fork();
  aws.pass(90);
  other.pass(90, 0.5);
  expect(other.world).toEqual(aws.world);
});
