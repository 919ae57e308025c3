import { beforeEach, describe, expect, test } from 'vitest';
import { codebuild } from '../../../src/sandbox/services/codebuild.ts';
import { ecs } from '../../../src/sandbox/services/ecs.ts';
import { trusting } from '../../../src/sandbox/trust.ts';
import type { Repository } from '../../../src/sandbox/types.ts';
import {
  type Account,
  addTargetGroup,
  registry,
  roleArn,
  service,
  taskDefinition,
} from './direct.ts';
import {
  accountForWeb,
  cluster,
  linesIn,
  lookAt,
  primaryOf,
  saidOf,
  targetsIn,
} from './web-service.ts';

let aws: Account;
let group: string;
beforeEach(() => {
  ({ aws, group } = accountForWeb());
});

const register = (options: Parameters<typeof taskDefinition>[1] = {}) =>
  aws.run(ecs.RegisterTaskDefinition, taskDefinition('web', options));
const create = (changes: object = {}) =>
  aws.run(ecs.CreateService, { ...service(group), ...changes }).service;
const update = (changes: object) =>
  aws.run(ecs.UpdateService, { cluster, service: 'web', ...changes }).service;
const look = () => lookAt(aws);
const primary = () => primaryOf(aws);
const said = () => saidOf(aws);
const tasks = (account = aws) => {
  const both = (['RUNNING', 'STOPPED'] as const).flatMap(
    (desiredStatus) => account.run(ecs.ListTasks, { cluster, desiredStatus }).taskArns,
  );
  if (both.length === 0) return [];
  const answer = account.run(ecs.DescribeTasks, { cluster, tasks: both, include: ['TAGS'] });
  return answer.tasks.sort((a, b) => Number(a.createdAt) - Number(b.createdAt));
};
const targets = () => targetsIn(aws, group);
const breaker = (rollback: boolean, threshold?: object) => ({
  deploymentConfiguration: {
    deploymentCircuitBreaker: {
      enable: true,
      rollback,
      ...(threshold ? { thresholdConfiguration: threshold } : {}),
    },
  },
});

/** Creates the service, and lets its first deployment end well. */
function settle(changes: object = {}): void {
  register();
  create(changes);
  aws.pass(30);
  expect(primary()).toMatchObject({ rolloutState: 'COMPLETED' });
}

describe('a first deployment', () => {
  test('[rollout-1] a task runs after 8 s, is registered after 10 s, and healthy one interval later', () => {
    register();
    create();
    aws.pass(1);
    expect(tasks()).toMatchObject([{ lastStatus: 'PROVISIONING' }]);
    aws.pass(2);
    expect(tasks()).toMatchObject([{ lastStatus: 'PENDING' }]);
    expect(look()).toMatchObject({ pendingCount: 1, runningCount: 0 });
    aws.pass(6);
    expect(tasks()).toMatchObject([{ lastStatus: 'RUNNING' }]);
    expect(targets()).toEqual([]);
    aws.pass(2);
    expect(targets()).toMatchObject([{ state: 'initial', reason: 'Elb.RegistrationInProgress' }]);
    expect(linesIn(aws)).toEqual(['Listening on port 3000']);
    aws.pass(4);
    expect(primary()?.rolloutState).toBe('IN_PROGRESS');
    aws.pass(1);
    expect(targets()).toMatchObject([{ state: 'healthy' }]);
    expect(primary()).toMatchObject({ rolloutState: 'COMPLETED', runningCount: 1, failedTasks: 0 });
    const id = primary()?.id;
    expect(said()).toEqual([
      expect.stringMatching(/^\(service web\) has started 1 tasks: \(task [0-9a-f]{32}\)\.$/),
      `(service web) registered 1 targets in (target-group ${group})`,
      `(service web) (deployment ${id}) deployment completed.`,
      '(service web) has reached a steady state.',
    ]);
  });

  test.each([1, 0.7, 13])(
    '[rollout-2] one long step comes to the same world as many of %d s',
    (step) => {
      register();
      create({ ...breaker(true), desiredCount: 3 });
      const other = aws.fork();
      const story = (account: Account, seconds: number) => {
        const change = (app: Account['behaviour']['app'], input: object) => {
          account.behaviour.app = app;
          account.run(ecs.UpdateService, { cluster, service: 'web', ...input });
        };
        account.pass(60, seconds);
        change('crash', { forceNewDeployment: true });
        account.pass(200, seconds);
        change('healthy', { forceNewDeployment: true, desiredCount: 2 });
        account.pass(100, seconds);
        account.run(ecs.DeleteService, { cluster, service: 'web', force: true });
        account.pass(60, seconds);
      };
      story(aws, 1000);
      story(other, step);
      expect(other.world).toEqual(aws.world);
      expect(look()).toMatchObject({ status: 'INACTIVE' });
    },
  );

  test('[rollout-3] without a load balancer a task counts as healthy 40 s after it runs', () => {
    register();
    create({ loadBalancers: [] });
    aws.pass(48);
    expect(primary()?.rolloutState).toBe('IN_PROGRESS');
    aws.pass(1);
    expect(primary()?.rolloutState).toBe('COMPLETED');
  });

  test('[rollout-3] without a load balancer a crash is noticed 3 s after the start', () => {
    aws.behaviour.app = 'crash';
    register();
    create({ loadBalancers: [] });
    aws.pass(12);
    expect(tasks()[0]).toMatchObject({ stoppedReason: 'Essential container in task exited' });
  });

  test('[rollout-4] tasks have addresses of their own, and take the subnets in turn', () => {
    register();
    create({ desiredCount: 4 });
    aws.pass(30);
    const described = tasks();
    const detail = (name: string) =>
      described.map(({ attachments }) => attachments?.[0]?.details?.find((d) => d.name === name));
    expect(new Set(detail('privateIPv4Address').map((d) => d?.value)).size).toBe(4);
    expect(detail('subnetId').map((d) => d?.value)).toEqual(
      expect.arrayContaining(['subnet-a', 'subnet-b']),
    );
    expect(
      targets()
        .map(({ zone }) => zone)
        .sort(),
    ).toEqual(['eu-west-1a', 'eu-west-1a', 'eu-west-1b', 'eu-west-1b']);
  });

  test('[rollout-5] a task carries propagated and managed tags, and its capacity provider', () => {
    settle({
      tags: [{ key: 'a', value: '1' }],
      propagateTags: 'SERVICE',
      enableECSManagedTags: true,
      capacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }],
    });
    expect(tasks()[0]).toMatchObject({
      capacityProviderName: 'FARGATE_SPOT',
      tags: [
        { key: 'a', value: '1' },
        { key: 'aws:ecs:clusterName', value: 'previews' },
        { key: 'aws:ecs:serviceName', value: 'web' },
      ],
    });
  });
});

describe('replacing', () => {
  test('[rollout-6] old tasks are drained and stopped before the deployment is complete', () => {
    settle();
    const old = primary()?.id;
    update({ forceNewDeployment: true });
    aws.pass(17);
    expect(
      targets()
        .map(({ state }) => state)
        .sort(),
    ).toEqual(['draining', 'healthy']);
    expect(look().deployments).toMatchObject([
      { status: 'PRIMARY', rolloutState: 'IN_PROGRESS', runningCount: 1 },
      { status: 'ACTIVE', id: old, desiredCount: 0 },
    ]);
    expect(tasks()[0]).toMatchObject({ lastStatus: 'DEACTIVATING', desiredStatus: 'STOPPED' });
    aws.pass(4);
    expect(targets()).toHaveLength(1);
    expect(tasks()[0]).toMatchObject({ lastStatus: 'STOPPING' });
    expect(primary()?.rolloutState).toBe('IN_PROGRESS');
    aws.pass(2);
    expect(tasks()[0]).toMatchObject({
      lastStatus: 'STOPPED',
      stopCode: 'ServiceSchedulerInitiated',
      stoppedReason: `Scaling activity initiated by (deployment ${primary()?.id})`,
    });
    expect(look().deployments).toMatchObject([{ rolloutState: 'COMPLETED' }]);
    expect(said().at(-1)).toBe('(service web) has reached a steady state.');
  });

  test('[rollout-6] the deregistration delay of the target group is waited out', () => {
    group = addTargetGroup(aws, 'slow', { delay: 100 });
    settle();
    update({ forceNewDeployment: true });
    aws.pass(110);
    expect(primary()?.rolloutState).toBe('IN_PROGRESS');
    aws.pass(10);
    expect(primary()?.rolloutState).toBe('COMPLETED');
  });

  test('[rollout-6] a target group that does not say drains for 300 s', () => {
    group = addTargetGroup(aws, 'plain');
    const plain = aws.world.elasticloadbalancing.targetGroups[group];
    if (plain) plain.attributes = {};
    settle();
    update({ desiredCount: 0 });
    aws.pass(300);
    expect(targets()).toMatchObject([{ state: 'draining' }]);
    aws.pass(1);
    expect(targets()).toEqual([]);
  });

  test('[rollout-7] with early success and DEFERRED cleanup it is complete when the new tasks are healthy', () => {
    group = addTargetGroup(aws, 'slow', { delay: 300 });
    const earlySuccessCriteria = { enable: true, healthyPercent: 100 };
    const cleanup = (sourceServiceRevisionCleanup: string) => ({
      deploymentConfiguration: {
        earlySuccessCriteria: { ...earlySuccessCriteria, sourceServiceRevisionCleanup },
      },
    });
    settle(cleanup('DEFERRED'));
    update({ forceNewDeployment: true });
    aws.pass(17);
    expect(look().deployments).toMatchObject([
      { rolloutState: 'COMPLETED' },
      { status: 'ACTIVE', runningCount: 0 },
    ]);
    aws.pass(310);
    expect(look().deployments).toHaveLength(1);
    update({ forceNewDeployment: true, ...cleanup('BLOCKING') });
    aws.pass(17);
    expect(primary()?.rolloutState).toBe('IN_PROGRESS');
  });

  test('[rollout-7] early success at a part of the tasks does not wait for the rest', () => {
    settle({
      desiredCount: 2,
      deploymentConfiguration: {
        minimumHealthyPercent: 50,
        maximumPercent: 150,
        earlySuccessCriteria: {
          enable: true,
          healthyPercent: 50,
          sourceServiceRevisionCleanup: 'DEFERRED',
        },
      },
    });
    update({ forceNewDeployment: true });
    aws.pass(17);
    expect(primary()).toMatchObject({ rolloutState: 'COMPLETED' });
    aws.pass(40);
    expect(look()).toMatchObject({ runningCount: 2, deployments: [{ runningCount: 2 }] });
  });

  test('[rollout-8] without room above 100 percent old tasks make way first', () => {
    const deploymentConfiguration = { minimumHealthyPercent: 0, maximumPercent: 100 };
    settle({ deploymentConfiguration });
    update({ forceNewDeployment: true });
    aws.pass(1);
    expect(tasks().map(({ desiredStatus }) => desiredStatus)).toEqual(['STOPPED', 'RUNNING']);
    aws.pass(30);
    expect(primary()?.rolloutState).toBe('COMPLETED');
  });

  test('[rollout-8] with neither room nor a task to spare nothing moves', () => {
    const deploymentConfiguration = { minimumHealthyPercent: 100, maximumPercent: 150 };
    settle({ deploymentConfiguration });
    update({ forceNewDeployment: true });
    aws.pass(600);
    expect(primary()).toMatchObject({ rolloutState: 'IN_PROGRESS', runningCount: 0 });
    expect(look().runningCount).toBe(1);
  });

  test('[rollout-9] a changed count adds or removes tasks without a deployment', () => {
    settle();
    const { id } = primary() ?? {};
    update({ desiredCount: 3 });
    aws.pass(30);
    expect(look()).toMatchObject({ runningCount: 3, deployments: [{ id }] });
    update({ desiredCount: 0 });
    aws.pass(30);
    expect(look()).toMatchObject({ runningCount: 0, deployments: [{ id }] });
    expect(said().filter((message) => message.endsWith('steady state.'))).toHaveLength(3);
    expect(targets()).toEqual([]);
  });

  test('[rollout-10] a newer deployment takes over from one that is under way', () => {
    register();
    create();
    aws.pass(5);
    const first = primary()?.id;
    update({ forceNewDeployment: true });
    aws.pass(5);
    expect(look().deployments?.[1]).toMatchObject({ id: first, status: 'ACTIVE' });
    aws.pass(40);
    expect(look()).toMatchObject({ runningCount: 1, deployments: [{ rolloutState: 'COMPLETED' }] });
    expect(primary()?.id).not.toBe(first);
  });

  test('[rollout-11] a deployment keeps the behaviour with which it began', () => {
    register();
    create();
    aws.behaviour.app = 'crash';
    aws.pass(30);
    expect(primary()?.rolloutState).toBe('COMPLETED');
    update({ forceNewDeployment: true });
    aws.behaviour.app = 'healthy';
    aws.pass(30);
    expect(primary()).toMatchObject({ rolloutState: 'IN_PROGRESS', failedTasks: 2 });
  });
});

describe('tasks that fail', () => {
  const failing = () => tasks().filter(({ desiredStatus }) => desiredStatus === 'STOPPED');

  test('[rollout-12] crash: the container exits with 1 three seconds after its start', () => {
    aws.behaviour.app = 'crash';
    register();
    create();
    aws.pass(11);
    expect(failing()).toEqual([]);
    expect(targets()).toMatchObject([{ state: 'initial' }]);
    aws.pass(2);
    expect(failing()).toMatchObject([
      {
        lastStatus: 'STOPPED',
        stopCode: 'EssentialContainerExited',
        stoppedReason: 'Essential container in task exited',
        containers: [{ exitCode: 1 }],
      },
    ]);
    expect(targets()).toMatchObject([{ state: 'draining' }]);
    const id = failing()[0]?.taskArn?.split('/').at(-1);
    expect(aws.world.logs.groups['/ecs/web']?.streams[`app/web/${id}`]).toHaveLength(2);
    aws.pass(5);
    expect(targets().filter(({ state }) => state === 'draining')).toEqual([]);
  });

  test('[rollout-13] unhealthy: the task is stopped after the threshold and the grace period', () => {
    aws.behaviour.app = 'unhealthy';
    register();
    create({ healthCheckGracePeriodSeconds: 20 });
    aws.pass(21);
    expect(targets()).toMatchObject([
      { state: 'unhealthy', reason: 'Target.ResponseCodeMismatch' },
    ]);
    expect(said().at(-1)).toContain('due to (reason Health checks failed with these codes: [503])');
    aws.pass(19);
    expect(failing()).toEqual([]);
    aws.pass(1);
    expect(failing()).toMatchObject([
      { stoppedReason: `Task failed ELB health checks in (target-group ${group})` },
    ]);
  });

  test('[rollout-14] a matcher without 200 fails the check, until it is put right', () => {
    group = addTargetGroup(aws, 'strict', { matcher: '301,302' });
    register();
    create({ healthCheckGracePeriodSeconds: 600 });
    aws.pass(30);
    expect(targets()).toMatchObject([
      { state: 'unhealthy', description: 'Health checks failed with these codes: [200]' },
    ]);
    const { healthCheck } = aws.world.elasticloadbalancing.targetGroups[group] ?? {};
    if (healthCheck) healthCheck.matcher = '200,301';
    aws.pass(600);
    expect(primary()).toMatchObject({ rolloutState: 'COMPLETED', failedTasks: 0 });
  });

  test('[rollout-14] a target in a zone that the load balancer lacks fails the check', () => {
    for (const balancer of Object.values(aws.world.elasticloadbalancing.loadBalancers)) {
      balancer.zones = balancer.zones.filter(({ zone }) => zone !== 'eu-west-1a');
    }
    register();
    create({ desiredCount: 2 });
    aws.pass(22);
    expect(said().join('\n')).toContain('Availability Zone that is not enabled');
    expect(targets().some(({ state }) => state === 'healthy')).toBe(true);
  });

  test('[rollout-14] no target is checked while no rule uses the target group', () => {
    register();
    create();
    const { rules } = aws.world.elasticloadbalancing;
    const [arn = ''] = Object.keys(rules).filter((key) => rules[key]?.targetGroupArn === group);
    const rule = rules[arn];
    delete rules[arn];
    aws.pass(100);
    expect(targets()).toMatchObject([{ state: 'initial' }]);
    if (rule) rules[arn] = rule;
    aws.pass(5);
    expect(primary()?.rolloutState).toBe('COMPLETED');
  });

  test('[rollout-15] wrong-architecture: the image has no manifest for the platform', () => {
    aws.behaviour.app = 'wrong-architecture';
    register();
    create();
    aws.pass(9);
    expect(failing()).toMatchObject([
      {
        stopCode: 'TaskFailedToStart',
        stoppedReason: expect.stringMatching(
          /^CannotPullContainerError: .*does not contain descriptor matching platform 'linux\/amd64'$/,
        ),
      },
    ]);
  });

  const image = (architecture: string) => ({
    name: 'web',
    arn: 'arn',
    createdAt: 0,
    tags: {},
    images: { 'sha256:1': { digest: 'sha256:1', tags: ['one'], pushedAt: 0, architecture } },
  });

  test.each([
    [`${registry}/web:one`, 'amd64', false, undefined],
    [`${registry}/web@sha256:1`, 'arm64', true, undefined],
    [`${registry}/web:one`, 'arm64', false, "matching platform 'linux/amd64'"],
    [`${registry}/web:one`, 'amd64', true, "matching platform 'linux/arm64'"],
    [`${registry}/web:two`, 'amd64', false, 'CannotPullContainerError'],
    [`${registry}/web@sha256:2`, 'amd64', false, ': not found'],
    [`${registry}/other:one`, 'amd64', false, 'failed to resolve ref'],
    ['999999999999.dkr.ecr.eu-west-1.amazonaws.com/x:y', 'amd64', false, undefined],
  ])(
    '[rollout-16] the image %s of an %s build on arm=%s: %s',
    (name, architecture, arm, problem) => {
      aws.world.ecr.repositories.web = image(architecture);
      register({ image: name, arm });
      create();
      aws.pass(20);
      if (problem === undefined) expect(primary()?.rolloutState).toBe('COMPLETED');
      else expect(failing()[0]?.stoppedReason).toContain(problem);
      const digest = name.startsWith(registry) ? 'sha256:1' : undefined;
      if (!problem) expect(tasks()[0]?.containers?.[0]?.imageDigest).toBe(digest);
    },
  );

  test.each([100, 1])(
    '[rollout-16] in steps of %d s a task pulls what builds have pushed by then',
    (step) => {
      aws.world.ecr.repositories.web = { ...image('amd64'), images: {} };
      aws.run(codebuild.CreateProject, {
        name: 'web',
        source: { type: 'GITHUB', location: 'https://github.com/acme/web' },
        artifacts: { type: 'NO_ARTIFACTS' },
        environment: {
          type: 'LINUX_CONTAINER',
          image: 'aws/codebuild/standard:7.0',
          computeType: 'BUILD_GENERAL1_SMALL',
          privilegedMode: true,
          environmentVariables: [{ name: 'PREVIEWOPS_IMAGE', value: `${registry}/web:one` }],
        },
        serviceRole: roleArn,
      });
      aws.run(codebuild.StartBuild, { projectName: 'web' });
      register({ image: `${registry}/web:one` });
      aws.pass(15, step);
      create();
      aws.pass(100, step);
      expect(primary()).toMatchObject({ rolloutState: 'COMPLETED', failedTasks: 2 });
    },
  );

  test('[rollout-17] a log group that is missing stops the task before it starts', () => {
    aws.world.logs.groups = {};
    register();
    create();
    aws.pass(5);
    expect(failing()[0]?.stoppedReason).toContain(
      'ResourceNotFoundException: The specified log group does not exist.',
    );
    expect(failing()[0]?.stoppedReason).toContain('ResourceInitializationError');
    const definition = taskDefinition();
    const [container] = definition.containerDefinitions;
    Object.assign(container?.logConfiguration.options ?? {}, { 'awslogs-create-group': 'true' });
    aws.run(ecs.RegisterTaskDefinition, definition);
    update({ taskDefinition: 'web:2' });
    aws.pass(20);
    expect(failing().at(-1)?.stoppedReason).toContain('logs:CreateLogGroup');
  });

  test('[rollout-18] a role that tasks may not use keeps them from being placed', () => {
    const role = aws.world.iam.roles[roleArn];
    if (role) role.trust = trusting('codebuild.amazonaws.com');
    register();
    create();
    aws.pass(3);
    expect(tasks()).toEqual([]);
    expect(said().at(-1)).toContain(`ECS was unable to assume the role '${roleArn}'`);
    if (role) role.trust = trusting('codebuild.amazonaws.com', 'ecs-tasks.amazonaws.com');
    aws.pass(60);
    expect(primary()?.rolloutState).toBe('COMPLETED');
  });

  test('[rollout-19] without a circuit breaker ECS tries for ever, at growing intervals', () => {
    aws.behaviour.app = 'crash';
    register();
    create();
    aws.pass(3600);
    const starts = tasks().map(({ createdAt }) => Number(createdAt) / 1000);
    const gaps = starts.slice(1).map((at, i) => at - (starts[i] ?? 0));
    expect(gaps.slice(0, 5)).toEqual([13, 15, 19, 27, 43]);
    expect(Math.max(...gaps)).toBe(911);
    expect(primary()?.rolloutState).toBe('IN_PROGRESS');
    expect(said().filter((m) => m.includes('unable to consistently start tasks'))).toHaveLength(1);
  });
});

describe('the circuit breaker', () => {
  test.each([
    [1, undefined, 3],
    [1, { type: 'COUNT', value: 1 }, 1],
    [1, { type: 'COUNT', value: 5 }, 5],
    [8, undefined, 4],
    [8, { type: 'BOUNDED_PERCENT', value: 10 }, 3],
    [8, { type: 'UNBOUNDED_PERCENT', value: 10 }, 1],
  ])(
    '[rollout-20] with %d tasks and the threshold %j it opens at failure %d',
    (count, threshold, at) => {
      aws.behaviour.app = 'crash';
      register();
      create({ desiredCount: count, ...breaker(true, threshold) });
      for (let i = 0; i < 400 && primary()?.rolloutState !== 'FAILED'; i++) aws.pass(1);
      const stopped = tasks().filter(({ stopCode }) => stopCode === 'EssentialContainerExited');
      // Tasks that were started together also end together; those after the threshold still end.
      expect(stopped.length).toBe(count === 1 ? at : 8);
      expect(primary()).toMatchObject({ failedTasks: expect.any(Number), status: 'PRIMARY' });
      expect(primary()?.failedTasks).toBeGreaterThanOrEqual(at);
    },
  );

  test('[rollout-21] with nothing to go back to the deployment stays FAILED, and its tasks stop', () => {
    aws.behaviour.app = 'crash';
    register();
    create(breaker(true));
    aws.pass(120);
    expect(look()).toMatchObject({ desiredCount: 1, runningCount: 0, status: 'ACTIVE' });
    expect(primary()).toMatchObject({
      rolloutState: 'FAILED',
      rolloutStateReason: 'ECS deployment circuit breaker: tasks failed to start.',
      failedTasks: 3,
    });
    expect(said().at(-1)).toContain(
      `(deployment ${primary()?.id}) deployment failed: tasks failed to start.`,
    );
    aws.pass(3600);
    expect(tasks()).toEqual([]);
    aws.behaviour.app = 'healthy';
    update({ forceNewDeployment: true });
    aws.pass(30);
    expect(look().deployments).toMatchObject([{ rolloutState: 'COMPLETED' }]);
  });

  test('[rollout-22] a failed deployment is rolled back by a new one of the last completed revision', () => {
    settle(breaker(true));
    aws.behaviour.app = 'crash';
    register();
    const failed = update({ taskDefinition: 'web:2' }).deployments?.[0]?.id;
    for (let i = 0; i < 200 && primary()?.id === failed; i++) aws.pass(1);
    expect(look().deployments?.slice(0, 2)).toMatchObject([
      {
        status: 'PRIMARY',
        rolloutState: 'IN_PROGRESS',
        taskDefinition: expect.stringMatching(/web:1$/),
      },
      { id: failed, status: 'ACTIVE', rolloutState: 'FAILED' },
    ]);
    expect(primary()?.rolloutStateReason).toContain('rolling back to deploymentId ecs-svc/');
    expect(look().taskDefinition).toMatch(/web:1$/);
    expect(said().join('\n')).toContain(`rolling back to deployment ${primary()?.id}.`);
    expect(look().runningCount).toBe(1);
    aws.pass(12);
    expect(look().deployments?.find(({ id }) => id === failed)).toMatchObject({
      status: 'ACTIVE',
      rolloutState: 'FAILED',
      runningCount: 0,
    });
    aws.pass(30);
    expect(look()).toMatchObject({ runningCount: 1, deployments: [{ rolloutState: 'COMPLETED' }] });
    expect(primary()?.id).not.toBe(failed);
  });

  test('[rollout-22] a rollback that fails is not rolled back again', () => {
    settle(breaker(true));
    aws.behaviour.app = 'crash';
    update({ forceNewDeployment: true });
    aws.pass(30);
    aws.world.logs.groups = {};
    aws.pass(600);
    expect(primary()).toMatchObject({ status: 'PRIMARY', rolloutState: 'FAILED' });
    expect(said().filter((message) => message.includes('rolling back'))).toHaveLength(1);
  });

  test('[rollout-22] without rollback the old tasks go on and the failed deployment stays', () => {
    settle(breaker(false));
    aws.behaviour.app = 'crash';
    update({ forceNewDeployment: true });
    aws.pass(300);
    expect(look().deployments).toMatchObject([
      { status: 'PRIMARY', rolloutState: 'FAILED', runningCount: 0 },
      { status: 'ACTIVE', rolloutState: 'COMPLETED', runningCount: 1 },
    ]);
  });

  test('[rollout-23] failures are counted until a task is healthy, unless told otherwise', () => {
    const counted = (resetOnHealthyTask: boolean) => {
      ({ aws, group } = accountForWeb());
      const repository: Repository = {
        name: 'web',
        arn: 'arn',
        createdAt: 0,
        tags: {},
        images: {},
      };
      aws.world.ecr.repositories.web = repository;
      register({ image: `${registry}/web:one` });
      const { deploymentCircuitBreaker } = breaker(false).deploymentConfiguration;
      const settings = { ...deploymentCircuitBreaker, resetOnHealthyTask };
      create({ deploymentConfiguration: { deploymentCircuitBreaker: settings } });
      aws.pass(20);
      repository.images['sha256:1'] = {
        digest: 'sha256:1',
        tags: ['one'],
        pushedAt: 0,
        architecture: 'amd64',
      };
      aws.pass(60);
      return Object.values(aws.world.ecs.services)[0]?.deployments[0];
    };
    expect(counted(true)).toMatchObject({ rolloutState: 'COMPLETED', failedTasks: 2, strikes: 0 });
    expect(counted(false)).toMatchObject({ rolloutState: 'COMPLETED', failedTasks: 2, strikes: 2 });
  });
});

describe('the end of a service', () => {
  const remove = () =>
    aws.run(ecs.DeleteService, { cluster, service: 'web', force: true }).service.status;

  test('[rollout-24] its tasks leave the target group, drain and stop; then it is INACTIVE', () => {
    settle();
    expect(remove()).toBe('DRAINING');
    aws.pass(1);
    expect(targets()).toMatchObject([{ state: 'draining' }]);
    aws.pass(7);
    expect(targets()).toEqual([]);
    expect(look()).toMatchObject({ status: 'INACTIVE', runningCount: 0 });
  });

  test('[rollout-25] a target group deleted meanwhile holds it up for 120 s', () => {
    settle();
    remove();
    aws.pass(3);
    delete aws.world.elasticloadbalancing.targetGroups[group];
    aws.pass(117);
    expect(look().status).toBe('DRAINING');
    expect(said().at(-1)).toContain('TARGET GROUP IS NOT FOUND');
    aws.pass(10);
    expect(look().status).toBe('INACTIVE');
  });

  test('[rollout-25] a target group that is gone before a task registers is looked for again', () => {
    register();
    create();
    aws.pass(5);
    const { targetGroups } = aws.world.elasticloadbalancing;
    const lost = targetGroups[group];
    delete targetGroups[group];
    aws.pass(10);
    expect(said().at(-1)).toContain('TARGET GROUP IS NOT FOUND');
    if (lost) targetGroups[group] = lost;
    aws.pass(25);
    expect(primary()?.rolloutState).toBe('COMPLETED');
  });

  test('[rollout-26] a stopped task can be seen for an hour', () => {
    settle();
    remove();
    aws.pass(20);
    expect(tasks()).toMatchObject([{ lastStatus: 'STOPPED' }]);
    aws.pass(3570);
    expect(tasks()).toHaveLength(1);
    aws.pass(20);
    expect(tasks()).toEqual([]);
  });

  test('[rollout-27] a service keeps its newest 100 events', () => {
    const vcpus = aws.world.quotas['L-3032A538'];
    if (vcpus) vcpus.value = 60;
    settle({ desiredCount: 60 });
    update({ desiredCount: 0 });
    aws.pass(60);
    expect(look().events).toHaveLength(100);
    expect(said().at(-1)).toContain('steady state');
  });
});
