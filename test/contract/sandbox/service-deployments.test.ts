import { beforeEach, describe, expect, test } from 'vitest';
import { ecs } from '../../../src/sandbox/services/ecs.ts';
import {
  type Account,
  accountId,
  addTargetGroup,
  refusal,
  region,
  service,
  taskDefinition,
} from './direct.ts';
import { accountForWeb, cluster, lookAt } from './web-service.ts';

const arn = (rest: string) => `arn:aws:ecs:${region}:${accountId}:${rest}`;
let aws: Account;
let group: string;
beforeEach(() => {
  ({ aws, group } = accountForWeb());
});

const breaker = ({ rollback = true, enable = true } = {}) => ({
  deploymentConfiguration: {
    deploymentCircuitBreaker: {
      enable,
      rollback,
      thresholdConfiguration: { type: 'COUNT' as const, value: 2 },
    },
  },
});
const create = (changes: object = {}) => {
  aws.run(ecs.RegisterTaskDefinition, taskDefinition());
  const made = aws.run(ecs.CreateService, { ...service(group), ...breaker(), ...changes });
  return made.service.currentServiceDeployment ?? '';
};
/** Starts another rollout. */
const update = (changes: object = {}) =>
  aws.run(ecs.UpdateService, { cluster, service: 'web', forceNewDeployment: true, ...changes })
    .service.currentServiceDeployment ?? '';
const fails = (changes: object = {}) => {
  aws.behaviour.app = 'crash';
  return update(changes);
};
const look = () => lookAt(aws);
const described = (...arns: string[]) =>
  aws.run(ecs.DescribeServiceDeployments, { serviceDeploymentArns: arns });
const read = (one: string) => described(one).serviceDeployments[0] ?? {};
const stop = (serviceDeploymentArn: string) =>
  aws.run(ecs.StopServiceDeployment, { serviceDeploymentArn, stopType: 'ROLLBACK' });
/** Lets time pass until the service deployment has this status. */
function until(one: string, status: string): void {
  for (let i = 0; i < 600 && read(one).status !== status; i++) aws.pass(1);
  expect(read(one).status).toBe(status);
}
/** A service whose first rollout has ended well. */
function settle(changes: object = {}): string {
  const first = create(changes);
  until(first, 'SUCCESSFUL');
  return first;
}

describe('a rollout', () => {
  test('[deployment-1] goes from PENDING over IN_PROGRESS to SUCCESSFUL', () => {
    const one = create();
    expect(one).toMatch(/:service-deployment\/previews\/web\/[0-9a-f]{21}$/);
    expect(read(one)).toMatchObject({
      serviceDeploymentArn: one,
      serviceArn: arn('service/previews/web'),
      clusterArn: arn('cluster/previews'),
      status: 'PENDING',
      createdAt: new Date(aws.world.now),
      deploymentConfiguration: { minimumHealthyPercent: 100 },
      deploymentCircuitBreaker: { status: 'MONITORING', failureCount: 0, threshold: 2 },
    });
    expect(read(one)).not.toHaveProperty('startedAt');
    aws.pass(1);
    expect(read(one)).toMatchObject({
      status: 'IN_PROGRESS',
      startedAt: new Date(aws.world.now),
    });
    aws.pass(30);
    const ended = read(one);
    expect(ended).toMatchObject({
      status: 'SUCCESSFUL',
      finishedAt: new Date(Number(ended.startedAt) + 15_000),
      deploymentCircuitBreaker: { status: 'MONITORING_COMPLETE' },
    });
    expect(ended).not.toHaveProperty('stoppedAt');
    expect(ended).not.toHaveProperty('rollback');
  });

  test('[deployment-1] with DEFERRED cleanup it has ended before the old tasks are gone', () => {
    group = addTargetGroup(aws, 'long', { delay: 300 });
    const early = (sourceServiceRevisionCleanup: string) => ({
      deploymentConfiguration: {
        earlySuccessCriteria: { enable: true, healthyPercent: 100, sourceServiceRevisionCleanup },
      },
    });
    settle(early('DEFERRED'));
    const second = update();
    aws.pass(17);
    expect(read(second)).toMatchObject({
      status: 'SUCCESSFUL',
      deploymentCircuitBreaker: { status: 'DISABLED' },
    });
    expect(look().deployments).toHaveLength(2);
    aws.pass(310);
    const third = update(early('BLOCKING'));
    aws.pass(100);
    expect(read(third).status).toBe('IN_PROGRESS');
    aws.pass(300);
    expect(read(third).status).toBe('SUCCESSFUL');
  });

  test('[deployment-2] a service names the one under way, or the last good one', () => {
    const first = create();
    expect(look().currentServiceDeployment).toBe(first);
    until(first, 'SUCCESSFUL');
    expect(look().currentServiceDeployment).toBe(first);
    const second = fails();
    expect(second).not.toBe(first);
    until(second, 'ROLLBACK_IN_PROGRESS');
    expect(look().currentServiceDeployment).toBe(second);
    until(second, 'ROLLBACK_SUCCESSFUL');
    expect(look().currentServiceDeployment).toBe(first);
    const settings = aws.run(ecs.UpdateService, { cluster, service: 'web', desiredCount: 2 });
    expect(settings.service.currentServiceDeployment).toBe(first);
  });

  test('[deployment-2] a service that never had a good one names none', () => {
    aws.behaviour.app = 'crash';
    until(create(), 'ROLLBACK_FAILED');
    expect(look()).not.toHaveProperty('currentServiceDeployment');
  });
});

describe('the circuit breaker', () => {
  test('[deployment-3] rolls back within the same service deployment', () => {
    const source = read(settle()).targetServiceRevision?.arn;
    const two = fails();
    aws.pass(14);
    expect(read(two)).toMatchObject({
      status: 'IN_PROGRESS',
      deploymentCircuitBreaker: { status: 'MONITORING', failureCount: 1, threshold: 2 },
    });
    until(two, 'ROLLBACK_IN_PROGRESS');
    const reason =
      'Service deployment rolled back because the circuit breaker threshold was exceeded.';
    expect(read(two)).toMatchObject({
      statusReason: reason,
      deploymentCircuitBreaker: { status: 'TRIGGERED', failureCount: 2, threshold: 2 },
      rollback: { reason, startedAt: new Date(aws.world.now), serviceRevisionArn: source },
    });
    until(two, 'ROLLBACK_SUCCESSFUL');
    expect(read(two)).toMatchObject({
      statusReason: reason,
      finishedAt: new Date(aws.world.now),
      deploymentCircuitBreaker: { status: 'TRIGGERED', failureCount: 2 },
    });
    expect(Object.values(aws.world.ecs.services)[0]?.serviceDeployments).toHaveLength(2);
  });

  test('[deployment-3] a rollback that fails is ROLLBACK_FAILED', () => {
    settle();
    const two = fails();
    aws.pass(20);
    aws.world.logs.groups = {};
    until(two, 'ROLLBACK_FAILED');
    expect(read(two)).toMatchObject({
      statusReason: expect.stringContaining('rollback failed'),
      deploymentCircuitBreaker: { status: 'TRIGGERED', failureCount: 2 },
    });
    expect(look().deployments?.[0]).toMatchObject({ status: 'PRIMARY', rolloutState: 'FAILED' });
  });

  test('[deployment-3] a healthy task takes the count back', () => {
    aws.behaviour.app = 'crash';
    const one = create({
      deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: false } },
    });
    aws.pass(30);
    expect(read(one).deploymentCircuitBreaker).toMatchObject({ failureCount: 2, threshold: 3 });
    for (const { deployments } of Object.values(aws.world.ecs.services)) {
      for (const { revision } of deployments) revision.app = 'healthy';
    }
    until(one, 'SUCCESSFUL');
    expect(read(one).deploymentCircuitBreaker).toEqual({
      status: 'MONITORING_COMPLETE',
      failureCount: 0,
      threshold: 3,
    });
  });

  test('[deployment-4] without rollback the service deployment is STOPPED', () => {
    settle();
    const two = fails(breaker({ rollback: false }));
    until(two, 'STOPPED');
    const ended = read(two);
    expect(ended).toMatchObject({
      statusReason: expect.stringContaining('the circuit breaker threshold was exceeded'),
      stoppedAt: ended.finishedAt,
      deploymentCircuitBreaker: { status: 'TRIGGERED' },
    });
    expect(ended).not.toHaveProperty('rollback');
  });

  test('[deployment-4] with nothing to go back to it is ROLLBACK_FAILED', () => {
    aws.behaviour.app = 'crash';
    const one = create();
    until(one, 'ROLLBACK_FAILED');
    expect(read(one)).toMatchObject({
      statusReason: 'No rollback candidate was found to run the rollback.',
      rollback: { reason: expect.stringContaining('circuit breaker') },
      deploymentCircuitBreaker: { status: 'TRIGGERED' },
    });
    expect(read(one).rollback).not.toHaveProperty('serviceRevisionArn');
  });
});

describe('the end of one under way', () => {
  test('[deployment-5] a newer rollout makes it STOPPED', () => {
    const one = create();
    aws.pass(5);
    const two = update();
    const ended = read(one);
    expect(ended).toMatchObject({
      status: 'STOPPED',
      statusReason: expect.stringContaining(two),
      stoppedAt: new Date(aws.world.now),
      deploymentCircuitBreaker: { status: 'MONITORING_COMPLETE' },
    });
    aws.pass(60);
    expect(read(one)).toEqual(ended);
    expect(read(two).status).toBe('SUCCESSFUL');
  });

  test('[deployment-5] one that is being rolled back ends the same way', () => {
    settle();
    const two = fails();
    until(two, 'ROLLBACK_IN_PROGRESS');
    aws.behaviour.app = 'healthy';
    const three = update();
    expect(read(two).status).toBe('STOPPED');
    until(three, 'SUCCESSFUL');
  });

  test('[deployment-5] a changed count or setting does not end it', () => {
    const one = create();
    aws.pass(5);
    aws.run(ecs.UpdateService, { cluster, service: 'web', desiredCount: 2 });
    expect(read(one).status).toBe('IN_PROGRESS');
    until(one, 'SUCCESSFUL');
  });

  test('[deployment-5] DeleteService makes it STOPPED', () => {
    const one = create();
    aws.pass(15);
    aws.run(ecs.DeleteService, { cluster, service: 'web', force: true });
    expect(read(one)).toMatchObject({
      status: 'STOPPED',
      statusReason: expect.stringContaining('deleted'),
    });
  });
});

describe('what is told', () => {
  test('[deployment-6] the tasks of both revisions, as they are and then as they were', () => {
    const one = settle();
    const old = read(one).targetServiceRevision;
    expect(old).toEqual({
      arn: expect.stringMatching(/:service-revision\/previews\/web\/\d{19}$/),
      requestedTaskCount: 1,
      runningTaskCount: 1,
      pendingTaskCount: 0,
    });
    expect(read(one).sourceServiceRevisions).toEqual([]);
    const two = update({ desiredCount: 2 });
    expect(read(two)).toMatchObject({
      targetServiceRevision: { requestedTaskCount: 0 },
      sourceServiceRevisions: [{ arn: old?.arn, runningTaskCount: 1 }],
    });
    aws.pass(3);
    expect(read(two)).toMatchObject({
      targetServiceRevision: { requestedTaskCount: 2, runningTaskCount: 0, pendingTaskCount: 2 },
      sourceServiceRevisions: [{ requestedTaskCount: 1, runningTaskCount: 1 }],
    });
    until(two, 'SUCCESSFUL');
    const ended = read(two);
    expect(ended).toMatchObject({
      targetServiceRevision: { requestedTaskCount: 2, runningTaskCount: 2 },
      sourceServiceRevisions: [{ requestedTaskCount: 0, runningTaskCount: 0 }],
    });
    expect(ended.targetServiceRevision?.arn).not.toBe(old?.arn);
    aws.run(ecs.UpdateService, { cluster, service: 'web', desiredCount: 0 });
    aws.pass(60);
    expect(read(two)).toEqual(ended);
    expect(read(one).targetServiceRevision).toEqual(old);
  });

  test('[deployment-6] a rollback goes to the revision from before', () => {
    const source = read(settle()).targetServiceRevision?.arn;
    const two = fails();
    until(two, 'ROLLBACK_SUCCESSFUL');
    expect(read(two)).toMatchObject({
      targetServiceRevision: { requestedTaskCount: 0, runningTaskCount: 0 },
      sourceServiceRevisions: [{ arn: source, requestedTaskCount: 1, runningTaskCount: 1 }],
    });
    aws.behaviour.app = 'healthy';
    const three = update();
    expect(read(three).sourceServiceRevisions).toMatchObject([{ arn: source }]);
  });

  test('[deployment-6] what is told shares nothing with the world', () => {
    const one = create();
    const before = structuredClone(aws.world);
    const answer = read(one);
    delete answer.deploymentConfiguration?.deploymentCircuitBreaker;
    Object.assign(answer.deploymentCircuitBreaker ?? {}, { failureCount: 9 });
    expect(aws.world).toEqual(before);
  });

  test('[deployment-7] the newest ten are kept, and the last good one', () => {
    const first = settle();
    const later = Array.from({ length: 11 }, () => update());
    const { serviceDeployments, failures } = described(first, ...later);
    expect(serviceDeployments.map((each) => each.serviceDeploymentArn)).toEqual([
      first,
      ...later.slice(1),
    ]);
    expect(failures).toEqual([{ arn: later[0], reason: 'MISSING' }]);
    until(later[10] ?? '', 'SUCCESSFUL');
    const last = update();
    expect(described(first, last)).toMatchObject({ failures: [{ arn: first }] });
  });

  test('[deployment-7] they go with the service', () => {
    const one = settle();
    aws.run(ecs.DeleteService, { cluster, service: 'web', force: true });
    expect(read(one).status).toBe('SUCCESSFUL');
    aws.pass(30);
    expect(look()).toMatchObject({ status: 'INACTIVE' });
    expect(look()).not.toHaveProperty('currentServiceDeployment');
    expect(described(one).failures).toEqual([{ arn: one, reason: 'MISSING' }]);
    const again = create();
    expect(described(one, again)).toMatchObject({
      serviceDeployments: [{ serviceDeploymentArn: again }],
      failures: [{ arn: one }],
    });
  });

  test('[deployment-8] 1 to 20 ARNs are described, and those that nobody knows are failures', () => {
    const one = create();
    const strange = [
      'web',
      arn('service/previews/web'),
      arn(`service-deployment/previews/web/${'0'.repeat(21)}`),
      one.replace(region, 'us-west-2'),
    ];
    expect(described(...strange, one, one)).toMatchObject({
      serviceDeployments: [{ serviceDeploymentArn: one }],
      failures: strange.map((each) => ({ arn: each, reason: 'MISSING' })),
    });
    expect(refusal(() => described())).toContain('InvalidParameterException');
    const many = Array.from({ length: 21 }, (_, i) => `${one}${i}`);
    expect(described(...many.slice(1)).failures).toHaveLength(20);
    expect(refusal(() => described(...many))).toContain('at most 20');
  });
});

describe('StopServiceDeployment', () => {
  test.each([
    ['with a circuit breaker that rolls back', breaker()],
    ['with one that does not', breaker({ rollback: false })],
    ['without a circuit breaker', breaker({ enable: false })],
  ])('[deployment-9] rolls back, %s', (_, settings) => {
    const source = read(settle(settings)).targetServiceRevision?.arn;
    aws.behaviour.app = 'hang';
    const two = update();
    aws.pass(16);
    expect(stop(two)).toEqual({ serviceDeploymentArn: two });
    expect(read(two)).toMatchObject({ status: 'ROLLBACK_REQUESTED' });
    expect(look().currentServiceDeployment).toBe(two);
    aws.pass(0.9);
    expect(read(two).status).toBe('ROLLBACK_REQUESTED');
    aws.pass(0.1);
    expect(read(two)).toMatchObject({
      status: 'ROLLBACK_IN_PROGRESS',
      rollback: {
        reason: expect.stringContaining('StopServiceDeployment'),
        startedAt: new Date(aws.world.now),
        serviceRevisionArn: source,
      },
    });
    expect(look().deployments).toMatchObject([
      { status: 'PRIMARY', rolloutState: 'IN_PROGRESS' },
      { status: 'ACTIVE', rolloutState: 'IN_PROGRESS' },
      { status: 'ACTIVE', runningCount: 1 },
    ]);
    const during = read(two);
    stop(two);
    expect(read(two)).toEqual(during);
    until(two, 'ROLLBACK_SUCCESSFUL');
    expect(read(two).deploymentCircuitBreaker?.status).not.toBe('TRIGGERED');
    expect(look()).toMatchObject({ runningCount: 1, deployments: [{ rolloutState: 'COMPLETED' }] });
  });

  test('[deployment-9] asking again before the rollback begins does not put it off', () => {
    settle();
    const two = update();
    stop(two);
    aws.pass(0.6);
    stop(two);
    aws.pass(0.4);
    expect(read(two)).toMatchObject({
      status: 'ROLLBACK_IN_PROGRESS',
      startedAt: new Date(aws.world.now),
    });
    expect(Object.values(aws.world.ecs.tasks).filter(({ healthy }) => healthy)).toHaveLength(1);
  });

  test('[deployment-9] a rollout that would just have ended well is rolled back all the same', () => {
    settle();
    const two = update();
    aws.pass(15.5);
    stop(two);
    aws.pass(0.5);
    expect(read(two).status).toBe('ROLLBACK_REQUESTED');
    until(two, 'ROLLBACK_SUCCESSFUL');
  });

  test('[deployment-9] the circuit breaker may be first', () => {
    settle();
    const two = fails(breaker({ rollback: false }));
    for (let i = 0; i < 600 && read(two).deploymentCircuitBreaker?.failureCount !== 1; i++) {
      aws.pass(1);
    }
    aws.pass(12.5);
    stop(two);
    until(two, 'ROLLBACK_SUCCESSFUL');
    expect(read(two)).toMatchObject({
      deploymentCircuitBreaker: { status: 'TRIGGERED', failureCount: 2 },
      rollback: { reason: expect.stringContaining('circuit breaker') },
    });
  });

  test('[deployment-10] refuses what cannot be stopped', () => {
    const one = create();
    expect(refusal(() => stop(one))).toBe(
      `InvalidParameterException: The service deployment ${one} has no previous revision to roll back to.`,
    );
    until(one, 'SUCCESSFUL');
    expect(refusal(() => stop(one))).toMatch(/^ConflictException: .*SUCCESSFUL/);
    const unknown = one.replace(/.{21}$/, '0'.repeat(21));
    expect(refusal(() => stop(unknown))).toMatch(/^ServiceDeploymentNotFoundException/);
    const two = update();
    const abort = { serviceDeploymentArn: two, stopType: 'ABORT' as const };
    expect(refusal(() => aws.run(ecs.StopServiceDeployment, abort))).toMatch(
      /^InvalidParameterException: .*ROLLBACK/,
    );
    expect(read(two).status).toBe('PENDING');
    aws.run(ecs.StopServiceDeployment, { serviceDeploymentArn: two });
    expect(read(two).status).toBe('ROLLBACK_REQUESTED');
  });
});

test('[deployment-11] both calls need the service and the service deployment', () => {
  const one = create({ tags: [{ key: 'app', value: 'shop' }] });
  const inCluster = { 'ecs:cluster': arn('cluster/previews') };
  const resource = arn('service/previews/web');
  const needs = (action: string) => [
    { action, resource, context: { ...inCluster, 'aws:ResourceTag/app': 'shop' } },
    { action, resource: one, context: { ...inCluster, 'ecs:service': resource } },
  ];
  const ctx = aws.ctx();
  expect(ecs.StopServiceDeployment.authorize({ serviceDeploymentArn: one }, ctx)).toEqual(
    needs('ecs:StopServiceDeployment'),
  );
  const both = { serviceDeploymentArns: [one, one] };
  expect(ecs.DescribeServiceDeployments.authorize(both, ctx)).toEqual([
    ...needs('ecs:DescribeServiceDeployments'),
    ...needs('ecs:DescribeServiceDeployments'),
  ]);
});
