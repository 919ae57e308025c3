import { expect, it } from 'vitest';
import { idlePreviews } from '../../../src/providers/aws-ecs/idle.ts';
import type { Session } from '../../../src/providers/aws-ecs/session.ts';
import type { PreviewSummary } from '../../../src/providers/provider.ts';
import { createVirtualClock } from '../../helpers/virtual-clock.ts';

const hour = 3_600_000;
const clock = createVirtualClock();
const long = new Date(clock.now() - 5 * hour).toISOString();
const previewOf = (id: string) =>
  ({
    app: 'hello',
    id,
    status: 'ready',
    elsewhere: null,
    createdAt: long,
    deployedAt: long,
    startedAt: null,
  }) as unknown as PreviewSummary;
const previews = ['pr-1', 'pr-2', 'pr-3', 'pr-4'].map(previewOf);
const arn = 'arn:aws:elasticloadbalancing:us-east-1:123456789012';

function sessionOf(metrics: () => object): Session {
  const answers: Record<string, () => object> = {
    'elasticloadbalancing:DescribeTargetGroups': () => ({
      TargetGroups: [1, 2, 3].map((pr) => ({
        TargetGroupName: `previewops-hello-pr-${pr}`,
        TargetGroupArn: `${arn}:targetgroup/previewops-hello-pr-${pr}/0`,
        LoadBalancerArns: [`${arn}:loadbalancer/app/edge/0`],
      })),
    }),
    'cloudwatch:GetMetricData': metrics,
  };
  const call = async (key: string) => answers[key]?.();
  return { aws: { call }, clock, signal: new AbortController().signal } as unknown as Session;
}

it('tells those that nobody asked for anything from those of which nothing is known', async () => {
  const session = sessionOf(() => ({
    MetricDataResults: [
      { Id: 'q0', StatusCode: 'Complete', Values: [7] },
      { Id: 'q1', StatusCode: 'Complete', Values: [] },
      { Id: 'q2', StatusCode: 'InternalError', Values: [] },
    ],
  }));
  const { idle, unknown, notes } = await idlePreviews(session, { previews, idleMs: hour });
  expect(idle.map(({ id }) => id)).toEqual(['pr-2']);
  expect(unknown.map(({ id }) => id).toSorted()).toEqual(['pr-3', 'pr-4']);
  expect(notes).toEqual([
    '2 previews that may be idle go on running: CloudWatch does not tell of their requests',
  ]);
});

it('knows of none where CloudWatch may not be asked', async () => {
  const session = sessionOf(() => {
    throw Object.assign(new Error('no'), { name: 'AccessDenied' });
  });
  const { idle, unknown } = await idlePreviews(session, { previews, idleMs: hour });
  expect([idle, unknown]).toEqual([[], previews]);
});
