import { describe, expect, it } from 'vitest';
import type { Aws, CallOptions } from '../../../src/aws/aws.ts';
import { readAccountRoom } from '../../../src/providers/aws-ecs/room/account-room.ts';
import type { Session } from '../../../src/providers/aws-ecs/session.ts';
import { targetOf } from '../../../src/providers/aws-ecs/target.ts';
import { configOf } from '../../helpers/stage.ts';
import { createVirtualClock } from '../../helpers/virtual-clock.ts';

type Answers = Record<string, (input: Record<string, unknown>) => unknown>;

/** A session whose calls get these answers; a call without one gets none, for ever. */
function sessionOf(answers: Answers, extra = '') {
  const clock = createVirtualClock();
  const asked: string[] = [];
  const call = (key: string, input: object, { signal }: CallOptions = {}) => {
    asked.push(key);
    const answer = answers[key];
    if (answer) return Promise.resolve().then(() => answer(input as Record<string, unknown>));
    return new Promise((_, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason));
    });
  };
  const identity = { app: 'hello', id: 'pr-1', host: 'pr-1.x', url: 'https://pr-1.x' };
  const session = {
    aws: { region: 'us-east-1', call } as unknown as Aws,
    clock,
    signal: new AbortController().signal,
    target: targetOf(configOf(extra), identity),
  } as unknown as Session;
  return { session, clock, asked };
}

const measuredAt = new Date(1_900_000_000_000);
const usage = (used: number) => () => ({
  MetricDataResults: [{ Id: 'vcpu', Values: [used, 1], Timestamps: [measuredAt, new Date(0)] }],
});
const quota = (Value: number) => () => ({ Quota: { Value } });
const subnets =
  (...free: (number | undefined)[]) =>
  () => ({ Subnets: free.map((AvailableIpAddressCount) => ({ AvailableIpAddressCount })) });
const nobody = Promise.resolve(undefined);
const denied = () => {
  throw Object.assign(new Error('no'), { name: 'AccessDeniedException' });
};

describe('what an account has left', () => {
  it('is the newest count against the quota, and the addresses of all subnets', async () => {
    const { session } = sessionOf({
      'servicequotas:GetServiceQuota': quota(6),
      'cloudwatch:GetMetricData': usage(5.5),
      'ec2:DescribeSubnets': subnets(3, 4),
    });
    expect(await readAccountRoom(session, nobody)).toEqual({
      vcpu: { quota: 6, used: 5.5 },
      addresses: 7,
    });
  });

  it('counts no task that ended since the count, of the same capacity', async () => {
    const at = (seconds: number) => new Date(measuredAt.getTime() + seconds * 1000);
    const { session } = sessionOf({
      'servicequotas:GetServiceQuota': quota(6),
      'cloudwatch:GetMetricData': usage(6),
      'ec2:DescribeSubnets': subnets(3, 4),
      'ecs:ListTasks': () => ({ taskArns: ['a', 'b', 'c', 'd'] }),
      'ecs:DescribeTasks': () => ({
        tasks: [
          { cpu: '1024', stoppedAt: at(10) },
          { cpu: '256', stoppedAt: at(-10) },
          { cpu: '512', stoppedAt: at(10), capacityProviderName: 'FARGATE_SPOT' },
          { cpu: '2048' }, // still ending
        ],
      }),
    });
    expect((await readAccountRoom(session, nobody)).vcpu).toEqual({ quota: 6, used: 5 });
  });

  it('is asked for Spot where the preview is to run on it', async () => {
    const inputs: unknown[] = [];
    const { session } = sessionOf(
      {
        'servicequotas:GetServiceQuota': (input) => {
          inputs.push(input);
          return quota(6)();
        },
        'cloudwatch:GetMetricData': (input) => {
          inputs.push(input);
          return usage(1)();
        },
      },
      'task: { spot: true }\n',
    );
    await readAccountRoom(session, nobody);
    expect(JSON.stringify(inputs)).toContain('"QuotaCode":"L-36FBB829"');
    expect(JSON.stringify(inputs)).toContain('{"Name":"Class","Value":"Standard/Spot"}');
  });

  it.each([
    ['no quota', { 'servicequotas:GetServiceQuota': () => ({}) }, { vcpu: undefined }],
    [
      'a quota that nobody may read',
      { 'servicequotas:GetServiceQuota': denied },
      { vcpu: undefined },
    ],
    ['no count', { 'cloudwatch:GetMetricData': () => ({}) }, { vcpu: { quota: 6, used: 0 } }],
    [
      'a count that nobody may read',
      { 'cloudwatch:GetMetricData': denied },
      { vcpu: { quota: 6, used: 0 } },
    ],
    [
      'tasks that nobody may list',
      { 'cloudwatch:GetMetricData': usage(6), 'ecs:ListTasks': denied },
      { vcpu: undefined },
    ],
    [
      'a subnet that does not tell',
      { 'ec2:DescribeSubnets': subnets(0, undefined) },
      { addresses: undefined },
    ],
    ['subnets that nobody may read', { 'ec2:DescribeSubnets': denied }, { addresses: undefined }],
  ])('with %s nobody is refused', async (_, answers, room) => {
    const { session } = sessionOf({
      'servicequotas:GetServiceQuota': quota(6),
      'cloudwatch:GetMetricData': usage(1),
      'ec2:DescribeSubnets': subnets(0, 0),
      ...answers,
    });
    expect(await readAccountRoom(session, nobody)).toMatchObject(room);
  });

  it('is not waited for where there is a service, nor for ever', async () => {
    const { session, clock } = sessionOf({});
    const begun = clock.now();
    const none = { vcpu: undefined, addresses: undefined };
    expect(await readAccountRoom(session, Promise.resolve({ status: 'ACTIVE' }))).toEqual(none);
    expect(clock.now()).toBe(begun);
    expect(await readAccountRoom(session, nobody)).toEqual(none);
    expect(clock.now() - begun).toBe(5_000);
  });
});
