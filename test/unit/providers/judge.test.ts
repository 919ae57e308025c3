import { describe, expect, it } from 'vitest';
import {
  judgeRollout,
  type Rollout,
  type ServiceDeployment,
} from '../../../src/providers/aws-ecs/judge.ts';
import type { Deployment, Service } from '../../../src/providers/aws-ecs/resources/service.ts';

const ours: Rollout = { id: 'ecs-svc/2', adopted: false, taskDefinitionArn: 'new:2' };
const at = (seconds: number) => new Date(seconds * 1000);

const deployment = (of: Partial<Deployment>): Deployment => ({
  id: 'ecs-svc/2',
  status: 'PRIMARY',
  taskDefinition: 'new:2',
  rolloutState: 'IN_PROGRESS',
  createdAt: at(100),
  runningCount: 0,
  ...of,
});
const before = deployment({ id: 'ecs-svc/1', status: 'ACTIVE', taskDefinition: 'old:1' });
const back = deployment({ id: 'ecs-svc/3', taskDefinition: 'old:1' });

const judge = (
  deployments: Deployment[],
  record?: ServiceDeployment,
  of: { rollout?: Partial<Rollout>; events?: Service['events'] } = {},
) => judgeRollout({ ...ours, ...of.rollout }, { deployments, events: of.events ?? [] }, record);

describe('our rollout is in front', () => {
  it('is completed when the record says so, whatever the service says', () => {
    expect(judge([deployment({}), before], { status: 'SUCCESSFUL' })).toMatchObject({
      state: 'completed',
    });
    const completed = deployment({ rolloutState: 'COMPLETED' });
    expect(judge([completed], { status: 'IN_PROGRESS' })).toMatchObject({ state: 'under way' });
  });

  it('is judged by the service where there is no record', () => {
    expect(judge([deployment({})])).toMatchObject({ state: 'under way' });
    expect(judge([deployment({ rolloutState: 'COMPLETED' })])).toMatchObject({
      state: 'completed',
    });
    const failed = deployment({ rolloutState: 'FAILED', rolloutStateReason: 'tasks failed' });
    expect(judge([failed])).toMatchObject({ state: 'failed', reason: 'tasks failed' });
  });

  it('fails when it was stopped', () => {
    expect(judge([deployment({})], { status: 'STOPPED', statusReason: 'by hand' })).toMatchObject({
      state: 'failed',
      reason: 'by hand',
    });
  });

  it('has no room only by what was said since it began, and while nothing runs', () => {
    const message =
      "(service s) was unable to place a task. Reason: You've reached the limit on the number of vCPUs you can run concurrently.";
    const events = [{ createdAt: at(101), message }];
    expect(judge([deployment({})], undefined, { events })).toMatchObject({ state: 'no room' });
    const earlier = [{ createdAt: at(99), message }];
    expect(judge([deployment({})], undefined, { events: earlier }).state).toBe('under way');
    expect(judge([deployment({ runningCount: 1 })], undefined, { events }).state).toBe('under way');
    const passing = [
      {
        createdAt: at(101),
        message: 'was unable to place a task. Reason: Capacity is unavailable',
      },
    ];
    expect(judge([deployment({})], undefined, { events: passing }).state).toBe('under way');
  });
});

describe('another rollout is in front', () => {
  it('a rollback is a failure, at its first sign and with its reason', () => {
    const gone = deployment({ status: 'ACTIVE' });
    for (const status of [
      'ROLLBACK_REQUESTED',
      'ROLLBACK_IN_PROGRESS',
      'ROLLBACK_SUCCESSFUL',
    ] as const) {
      const record = { status, rollback: { reason: 'breaker' } };
      expect(judge([back, gone, before], record)).toMatchObject({
        state: 'failed',
        reason: 'breaker',
      });
    }
  });

  it('a rollout of an earlier run that this one stopped is put back', () => {
    const record: ServiceDeployment = { status: 'ROLLBACK_IN_PROGRESS' };
    expect(judge([back, before], record, { rollout: { adopted: true } }).state).toBe('displaced');
    const stopped = deployment({ status: 'ACTIVE', rolloutState: 'FAILED' });
    expect(judge([back, stopped], undefined, { rollout: { adopted: true } }).state).toBe(
      'displaced',
    );
    const broken: ServiceDeployment = {
      ...record,
      deploymentCircuitBreaker: { status: 'TRIGGERED' },
    };
    expect(judge([back, before], broken, { rollout: { adopted: true } }).state).toBe('failed');
  });

  it('another revision displaces ours, the same one is as good as ours', () => {
    const other = deployment({ id: 'ecs-svc/3', taskDefinition: 'other:3' });
    expect(judge([other, before])).toEqual({ state: 'displaced' });
    const same = deployment({ id: 'ecs-svc/3' });
    expect(judge([same])).toEqual({ state: 'under way', replaced: true });
    expect(judge([{ ...same, rolloutState: 'COMPLETED' }])).toEqual({
      state: 'completed',
      replaced: true,
    });
  });
});
