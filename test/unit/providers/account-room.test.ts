import { describe, expect, it } from 'vitest';
import type { Aws, CallOptions } from '../../../src/aws/aws.ts';
import type { Service } from '../../../src/providers/aws-ecs/resources/service.ts';
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
  return { session, asked };
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
    const { session, asked } = sessionOf({
      'servicequotas:GetServiceQuota': quota(6),
      'cloudwatch:GetMetricData': usage(4),
      'ec2:DescribeSubnets': subnets(3, 4),
    });
    expect(await readAccountRoom(session, nobody)).toEqual({
      vcpu: { quota: 6, used: 4 },
      addresses: 7,
    });
    expect(asked).not.toContain('ecs:ListTasks');
  });

  it('nearly full, it knows of the tasks that came and went since the count', async () => {
    const at = (seconds: number) => new Date(measuredAt.getTime() + seconds * 1000);
    const tasks: Record<string, object> = {
      came: { cpu: '4096', createdAt: at(70) },
      'was counted, perhaps': { cpu: '256', createdAt: at(30) },
      'is still ending': { cpu: '2048', createdAt: at(-900) },
      went: { cpu: '1024', createdAt: at(-900), stoppedAt: at(10) },
      'came and went': { cpu: '512', createdAt: at(70), stoppedAt: at(90) },
      'went before': { cpu: '256', createdAt: at(-900), stoppedAt: at(-10) },
      'is another kind': {
        cpu: '512',
        createdAt: at(-900),
        stoppedAt: at(10),
        capacityProviderName: 'FARGATE_SPOT',
      },
    };
    const running = (name: string) => !('stoppedAt' in (tasks[name] ?? {}));
    const { session } = sessionOf({
      'servicequotas:GetServiceQuota': quota(12),
      'cloudwatch:GetMetricData': usage(11),
      'ec2:DescribeSubnets': subnets(3, 4),
      'ecs:ListTasks': ({ desiredStatus }) => ({
        taskArns: Object.keys(tasks).filter(
          (name) => running(name) === (desiredStatus === 'RUNNING'),
        ),
      }),
      'ecs:DescribeTasks': (input) => ({
        tasks: (input.tasks as string[]).map((name) => tasks[name]),
      }),
    });
    expect((await readAccountRoom(session, nobody)).vcpu).toEqual({ quota: 12, used: 11 + 4 - 1 });
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
        'ec2:DescribeSubnets': subnets(3, 4),
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

  it('is not waited for where a service runs', async () => {
    const { session } = sessionOf({});
    const service = { status: 'ACTIVE', deployments: [{ runningCount: 1 }] } as Service;
    expect(await readAccountRoom(session, Promise.resolve(service))).toEqual({
      vcpu: undefined,
      addresses: undefined,
    });
  });
});
