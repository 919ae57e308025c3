import { beforeEach, describe, expect, test } from 'vitest';
import type { PolicyDocument } from '../../../src/permissions/evaluate.ts';
import { ecs } from '../../../src/sandbox/services/ecs.ts';
import {
  type Account,
  accountId,
  addTargetGroup,
  region,
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

const begin = (changes: object = {}, definition: object = {}) => {
  aws.run(ecs.RegisterTaskDefinition, { ...taskDefinition(), ...definition });
  aws.run(ecs.CreateService, { ...service(group), ...changes });
};
const look = () => lookAt(aws);
const primary = () => primaryOf(aws);
const said = () => saidOf(aws);
const stopped = () => {
  const { taskArns } = aws.run(ecs.ListTasks, { cluster, desiredStatus: 'STOPPED' });
  return taskArns.length ? aws.run(ecs.DescribeTasks, { cluster, tasks: taskArns }).tasks : [];
};
const targets = () => targetsIn(aws, group);
const lines = () => linesIn(aws);

describe('the application', () => {
  test.each([
    ['[rollout-28]', 'not-found', 'Target.ResponseCodeMismatch', 'these codes: [404]', 3000],
    ['[rollout-29]', 'wrong-port', 'Target.FailedHealthChecks', 'Health checks failed', 8080],
    ['[rollout-30]', 'hang', 'Target.Timeout', 'Request timed out', 3000],
  ] as const)('%s %s fails its health checks', (_, app, reason, description, port) => {
    aws.behaviour.app = app;
    begin({ healthCheckGracePeriodSeconds: 20 });
    aws.pass(21);
    expect(targets()).toMatchObject([
      { state: 'unhealthy', reason, description: expect.stringMatching(/^[A-Z]/) },
    ]);
    expect(targets()[0]?.description).toContain(description);
    expect(said().at(-1)).toContain(
      `is unhealthy in (target-group ${group}) due to (reason ${targets()[0]?.description})`,
    );
    expect(lines()).toEqual([`Listening on port ${port}`]);
    aws.pass(20);
    expect(stopped()).toMatchObject([
      { stoppedReason: `Task failed ELB health checks in (target-group ${group})` },
    ]);
    expect(primary()).toMatchObject({ failedTasks: 1 });
  });

  test('[rollout-28] not-found is well where 404 is what the health check wants', () => {
    group = addTargetGroup(aws, 'missing', { matcher: '200,404' });
    aws.behaviour.app = 'not-found';
    begin();
    aws.pass(20);
    expect(primary()?.rolloutState).toBe('COMPLETED');
  });

  test('[rollout-29] wrong-port never says the port that it should listen on', () => {
    aws.behaviour.app = 'wrong-port';
    const [web] = taskDefinition().containerDefinitions;
    const on8080 = { containerDefinitions: [{ ...web, portMappings: [{ containerPort: 8080 }] }] };
    const loadBalancers = [{ targetGroupArn: group, containerName: 'web', containerPort: 8080 }];
    begin({ loadBalancers }, on8080);
    aws.pass(12);
    expect(lines()).toEqual(['Listening on port 3000']);
  });

  test('[rollout-30] hang goes on for ever', () => {
    aws.behaviour.app = 'hang';
    begin({ healthCheckGracePeriodSeconds: 7200 });
    aws.pass(7200);
    expect(primary()).toMatchObject({ rolloutState: 'IN_PROGRESS', runningCount: 1 });
    aws.pass(60);
    expect(primary()).toMatchObject({ failedTasks: 1 });
  });

  test.each([
    ['behind a load balancer', {}],
    ['without one', { loadBalancers: [] }],
  ])(
    '[rollout-31] out-of-memory: killed with 137 five seconds after the start, %s',
    (_, changes) => {
      aws.behaviour.app = 'out-of-memory';
      const [web] = taskDefinition().containerDefinitions;
      const helper = { name: 'helper', image: 'public.ecr.aws/x:1', essential: false };
      begin(changes, { containerDefinitions: [helper, web] });
      aws.pass(13);
      expect(stopped()).toEqual([]);
      aws.pass(2);
      expect(stopped()).toMatchObject([
        {
          stopCode: 'EssentialContainerExited',
          stoppedReason: 'Essential container in task exited',
          containers: [
            { name: 'helper' },
            {
              name: 'web',
              exitCode: 137,
              reason: 'OutOfMemoryError: Container killed due to memory usage',
            },
          ],
        },
      ]);
      expect(stopped()[0]?.containers?.[0]).not.toHaveProperty('reason');
      expect(primary()).toMatchObject({ failedTasks: 1 });
    },
  );

  test('[rollout-32] slow: unhealthy for 20 minutes, and then well after all', () => {
    aws.behaviour.app = 'slow';
    begin({ healthCheckGracePeriodSeconds: 0 });
    aws.pass(60);
    expect(targets()).toMatchObject([{ state: 'unhealthy', reason: 'Target.Timeout' }]);
    expect(lines()).toEqual(['Warming up for 20 minutes']);
    aws.pass(1148);
    expect(primary()).toMatchObject({ rolloutState: 'IN_PROGRESS', runningCount: 1 });
    aws.pass(2);
    expect(targets()).toMatchObject([{ state: 'healthy' }]);
    expect(primary()).toMatchObject({ rolloutState: 'COMPLETED', failedTasks: 0 });
  });

  test('[rollout-32] slow, without a load balancer', () => {
    aws.behaviour.app = 'slow';
    begin({ loadBalancers: [] });
    aws.pass(1208);
    expect(primary()?.rolloutState).toBe('IN_PROGRESS');
    aws.pass(2);
    expect(primary()?.rolloutState).toBe('COMPLETED');
  });
});

describe('secrets', () => {
  const secret = `arn:aws:secretsmanager:${region}:${accountId}:secret:db-a1B2c3`;
  const parameter = `arn:aws:ssm:${region}:${accountId}:parameter/app/token`;
  const withSecrets = (...values: string[]) => ({
    containerDefinitions: taskDefinition().containerDefinitions.map((container) => ({
      ...container,
      secrets: values.map((valueFrom, i) => ({ name: `S${i}`, valueFrom })),
    })),
  });
  const grant = (...statements: [Effect: 'Allow' | 'Deny', Action: string, Resource: string][]) => {
    const role = aws.world.iam.roles[roleArn];
    const document: PolicyDocument = {
      Version: '2012-10-17',
      Statement: statements.map(([Effect, Action, Resource]) => ({ Effect, Action, Resource })),
    };
    if (role) role.inline = statements.length ? { own: document } : {};
  };
  const read = 'secretsmanager:GetSecretValue';
  const user = () =>
    `User: arn:aws:sts::${accountId}:assumed-role/preview/${stopped()[0]?.taskArn?.split('/').at(-1)}`;

  test('[rollout-33] what the execution role may read does no harm', () => {
    begin({}, withSecrets(secret, `${secret}:user::`, parameter, 'app/other', '/app/third'));
    aws.pass(20);
    expect(primary()?.rolloutState).toBe('COMPLETED');
  });

  test('[rollout-33] a secret that it may not read stops the task before it pulls', () => {
    grant(['Allow', 'ssm:GetParameters', '*']);
    begin({}, withSecrets(parameter, `${secret}:user::`));
    aws.pass(5);
    expect(stopped()).toMatchObject([
      {
        stopCode: 'TaskFailedToStart',
        stoppedReason: `ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret ${secret} from secrets manager: AccessDeniedException: ${user()} is not authorized to perform: ${read} on resource: ${secret} because no identity-based policy allows the ${read} action`,
      },
    ]);
    expect(stopped()[0]).not.toHaveProperty('pullStartedAt');
    expect(primary()).toMatchObject({ failedTasks: 1 });
  });

  test.each([parameter, 'app/token', '/app/token'])(
    '[rollout-33] the parameter %s too',
    (given) => {
      grant(['Allow', read, '*']);
      begin({}, withSecrets(given));
      aws.pass(5);
      expect(stopped()[0]?.stoppedReason).toBe(
        `ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve secrets from ssm: service call has been retried 1 time(s): AccessDeniedException: ${user()} is not authorized to perform: ssm:GetParameters on resource: ${parameter} because no identity-based policy allows the ssm:GetParameters action`,
      );
    },
  );

  test('[rollout-33] a secret may be named without the characters that AWS adds', () => {
    const bare = secret.replace('-a1B2c3', '');
    grant(['Allow', read, `${bare}-??????`]);
    begin({}, withSecrets(bare, secret));
    aws.pass(20);
    expect(primary()?.rolloutState).toBe('COMPLETED');
    grant(['Allow', read, bare]);
    aws.run(ecs.UpdateService, { cluster, service: 'web', forceNewDeployment: true });
    aws.pass(6);
    expect(stopped()[0]?.stoppedReason).toContain(`failed to fetch secret ${bare} from`);
  });

  test('[rollout-33] an explicit deny and a boundary count', () => {
    grant(['Allow', read, '*'], ['Deny', read, secret]);
    begin({}, withSecrets(secret));
    aws.pass(5);
    expect(stopped()[0]?.stoppedReason).toMatch(
      /with an explicit deny in an identity-based policy$/,
    );
    grant(['Allow', read, '*']);
    const role = aws.world.iam.roles[roleArn];
    if (role) role.boundary = `arn:aws:iam::${accountId}:policy/none`;
    aws.pass(20);
    expect(primary()?.failedTasks).toBeGreaterThan(1);
    const reasons = stopped().map(({ stoppedReason }) => stoppedReason);
    expect(reasons.join()).toContain(`because no permissions boundary allows the ${read} action`);
  });

  test('[rollout-33] once the role may read it the next try succeeds', () => {
    grant();
    begin({}, withSecrets(secret));
    aws.pass(10);
    expect(primary()?.failedTasks).toBeGreaterThan(0);
    grant(['Allow', read, secret]);
    aws.pass(60);
    expect(primary()?.rolloutState).toBe('COMPLETED');
  });
});

describe('the quota of vCPU', () => {
  const noRoom =
    "(service web) was unable to place a task. Reason: You've reached the limit on the number of vCPUs you can run concurrently.";
  const limit = (onDemand: number, spot = 6) => {
    const { 'L-3032A538': usual, 'L-36FBB829': cheap } = aws.world.quotas;
    if (usual) usual.value = onDemand;
    if (cheap) cheap.value = spot;
  };
  const breaker = {
    deploymentConfiguration: {
      deploymentCircuitBreaker: {
        enable: true,
        rollback: true,
        thresholdConfiguration: { type: 'COUNT' as const, value: 1 },
      },
    },
  };

  test('[rollout-34] a task that does not fit is not placed, and the deployment goes on', () => {
    limit(0.25);
    begin({ ...breaker, desiredCount: 2 });
    aws.pass(3600);
    expect(primary()).toMatchObject({
      rolloutState: 'IN_PROGRESS',
      runningCount: 1,
      pendingCount: 0,
      failedTasks: 0,
    });
    expect(said().filter((message) => message === noRoom).length).toBeGreaterThan(5);
  });

  test('[rollout-34] one that never could place a task stays in progress', () => {
    limit(0);
    begin(breaker);
    aws.pass(1);
    expect(said()).toEqual([noRoom]);
    aws.pass(3 * 3600);
    const times = (look().events ?? []).map(({ createdAt }) => Number(createdAt) / 1000).reverse();
    const gaps = times.slice(1).map((at, i) => at - (times[i] ?? 0));
    expect(gaps.slice(0, 9)).toEqual([2, 4, 8, 16, 32, 64, 128, 256, 512]);
    expect(Math.max(...gaps)).toBe(900);
    aws.pass(24 * 3600);
    expect(primary()).toMatchObject({ rolloutState: 'IN_PROGRESS', failedTasks: 0 });
  });

  test('[rollout-34] when there is room again the task is placed, and the tries begin anew', () => {
    limit(0);
    begin();
    aws.pass(40);
    limit(6);
    aws.pass(40);
    expect(primary()?.rolloutState).toBe('COMPLETED');
    limit(0.25);
    const before = said().length;
    aws.run(ecs.UpdateService, { cluster, service: 'web', forceNewDeployment: true });
    aws.pass(8);
    expect(said().slice(before)).toEqual([noRoom, noRoom, noRoom]);
  });

  test('[rollout-34] tasks count until they have stopped', () => {
    limit(0.25);
    group = addTargetGroup(aws, 'long', { delay: 100 });
    begin({ deploymentConfiguration: { minimumHealthyPercent: 0, maximumPercent: 100 } });
    aws.pass(30);
    aws.run(ecs.UpdateService, { cluster, service: 'web', forceNewDeployment: true });
    aws.pass(90);
    expect(primary()).toMatchObject({ runningCount: 0, pendingCount: 0 });
    expect(said().at(-1)).toBe(noRoom);
    aws.pass(120);
    expect(primary()).toMatchObject({ rolloutState: 'COMPLETED', runningCount: 1 });
  });

  test('[rollout-36] a task in a subnet without addresses stops, and the next subnet is tried', () => {
    const { subnets } = aws.world.network;
    for (const subnet of Object.values(subnets)) subnet.availableAddresses = 0;
    begin({ ...breaker, desiredCount: 1 });
    aws.pass(60);
    expect(stopped()[0]).toMatchObject({
      stopCode: 'TaskFailedToStart',
      stoppedReason: expect.stringContaining('InsufficientFreeAddressesInSubnet'),
    });
    expect(primary()).toMatchObject({ rolloutState: 'FAILED' });
    const free = subnets['subnet-a'];
    if (free) free.availableAddresses = 1;
    aws.run(ecs.UpdateService, {
      cluster,
      service: 'web',
      forceNewDeployment: true,
      deploymentConfiguration: { deploymentCircuitBreaker: { enable: false, rollback: false } },
    });
    aws.pass(60);
    expect(primary()).toMatchObject({ rolloutState: 'COMPLETED', runningCount: 1 });
  });

  test('[rollout-35] Spot may have no capacity, while there is some on demand', () => {
    aws.behaviour.spot = 'none';
    const onSpot = [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }];
    begin({ ...breaker, capacityProviderStrategy: onSpot });
    aws.pass(300);
    expect(primary()).toMatchObject({
      rolloutState: 'IN_PROGRESS',
      runningCount: 0,
      failedTasks: 0,
    });
    const noSpot = (message: string) => message.includes('Capacity is unavailable at this time');
    expect(said().filter(noSpot).length).toBeGreaterThan(5);
    const update = { cluster, service: 'web', forceNewDeployment: true };
    aws.run(ecs.UpdateService, { ...update, capacityProviderStrategy: [] });
    aws.pass(60);
    expect(primary()).toMatchObject({ rolloutState: 'COMPLETED', runningCount: 1 });
    aws.behaviour.spot = 'ok';
    aws.run(ecs.UpdateService, { ...update, capacityProviderStrategy: onSpot });
    aws.pass(60);
    expect(primary()).toMatchObject({ rolloutState: 'COMPLETED', runningCount: 1 });
  });

  test('[rollout-34] Spot has a quota of its own', () => {
    limit(0, 0.25);
    const capacityProviderStrategy = [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }];
    begin({ capacityProviderStrategy, desiredCount: 2 });
    aws.pass(60);
    expect(look()).toMatchObject({ runningCount: 1 });
    expect(said()).toContain(noRoom);
  });
});
