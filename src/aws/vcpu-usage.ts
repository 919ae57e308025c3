import type { Aws, CallOptions } from './aws.ts';

// Usage comes a few minutes late; what is older than this says nothing of now.
const windowMs = 15 * 60_000;
const minuteMs = 60_000;

/** vCPU that the whole account runs. */
export interface VcpuUsage {
  used: number;
  /** When the minute began that it is of, milliseconds since the epoch. */
  at: number;
}

/**
 * CloudWatch's newest count for Fargate, on demand or on Spot. Where none run, no count comes: that is
 * 0 since the beginning of what was asked for. Rejects as the call does.
 */
export async function readVcpuUsage(
  aws: Aws,
  { now, spot }: { now: number; spot: boolean },
  options?: CallOptions,
): Promise<VcpuUsage> {
  const { MetricDataResults = [] } = await aws.call(
    'cloudwatch:GetMetricData',
    {
      StartTime: new Date(Math.floor((now - windowMs) / minuteMs) * minuteMs),
      EndTime: new Date(now),
      ScanBy: 'TimestampDescending',
      MetricDataQueries: [query(spot)],
    },
    options,
  );
  const [result] = MetricDataResults;
  const [used] = result?.Values ?? [];
  const [at] = result?.Timestamps ?? [];
  return used === undefined || at === undefined
    ? { used: 0, at: now - windowMs }
    : { used, at: at.getTime() };
}

/** "AWS Fargate usage metrics", ECS developer guide. */
const query = (spot: boolean) => ({
  Id: 'vcpu',
  MetricStat: {
    Metric: {
      Namespace: 'AWS/Usage',
      MetricName: 'ResourceCount',
      Dimensions: [
        { Name: 'Service', Value: 'Fargate' },
        { Name: 'Type', Value: 'Resource' },
        { Name: 'Resource', Value: 'vCPU' },
        { Name: 'Class', Value: spot ? 'Standard/Spot' : 'Standard/OnDemand' },
      ],
    },
    Period: 60,
    Stat: 'Maximum',
  },
});
