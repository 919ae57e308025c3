import { expect } from 'vitest';
import type { Aws } from '../../../src/aws/aws.ts';
import { region } from '../../helpers/wire/seed.ts';
import type { WireWorld } from '../../helpers/wire/world.ts';

const dimensions = [
  { Name: 'TargetGroup', Value: 'targetgroup/previewops-hello--pr-1/0123456789abcdef' },
  { Name: 'LoadBalancer', Value: 'app/edge/0123456789abcdef' },
];
const minuteMs = 60_000;

/** Requests of two target groups, of which one got three, as `prune --idle` asks for them. */
export async function callMetrics(aws: Aws, world: WireWorld) {
  const now = Math.floor(Date.now() / minuteMs) * minuteMs;
  await countRequests(world, now - 10 * minuteMs);
  const query = (Id: string, Dimensions: typeof dimensions) => ({
    Id,
    MetricStat: {
      Metric: { Namespace: 'AWS/ApplicationELB', MetricName: 'RequestCount', Dimensions },
      Period: 300,
      Stat: 'Sum',
    },
  });
  const others = dimensions.map(({ Name, Value }) => ({ Name, Value: `${Value}0` }));
  const { MetricDataResults, NextToken } = await aws.call('cloudwatch:GetMetricData', {
    StartTime: new Date(now - 60 * minuteMs),
    EndTime: new Date(now),
    MetricDataQueries: [query('q0', dimensions), query('q1', others)],
  });
  expect(NextToken).toBeUndefined();
  expect(MetricDataResults).toMatchObject([
    { Id: 'q0', StatusCode: 'Complete', Values: [3], Timestamps: [expect.any(Date)] },
    { Id: 'q1', StatusCode: 'Complete' },
  ]);
  expect(MetricDataResults?.[1]?.Values ?? []).toEqual([]);
}

/** moto: takes a metric of a namespace of AWS's own from everybody, which AWS refuses. */
async function countRequests({ moto }: WireWorld, at: number): Promise<void> {
  const member = 'MetricData.member.1';
  const body = new URLSearchParams({
    Action: 'PutMetricData',
    Version: '2010-08-01',
    Namespace: 'AWS/ApplicationELB',
    [`${member}.MetricName`]: 'RequestCount',
    [`${member}.Value`]: '3',
    [`${member}.Timestamp`]: new Date(at).toISOString(),
  });
  dimensions.forEach(({ Name, Value }, index) => {
    body.set(`${member}.Dimensions.member.${index + 1}.Name`, Name);
    body.set(`${member}.Dimensions.member.${index + 1}.Value`, Value);
  });
  const scope = `20260101/${region}/monitoring/aws4_request`;
  const answer = await fetch(moto.url, {
    method: 'POST',
    headers: { authorization: `AWS4-HMAC-SHA256 Credential=x/${scope}, Signature=x` },
    body,
  });
  expect(answer.status, await answer.text()).toBe(200);
}
