import type {
  GetMetricDataCommandInput,
  GetMetricDataOutput,
  MetricDataQuery,
  MetricDataResult,
} from '@aws-sdk/client-cloudwatch';
import { awsError } from '../errors.ts';
import { requestsOf } from '../requests.ts';
import type { Ctx, Operation, ServiceTable, World } from '../types.ts';
import { associations } from './elasticloadbalancing-common.ts';
import { isSpot, vcpuInUse } from './fargate-usage.ts';

const invalid = (message: string) => awsError('InvalidParameterValueException', message);
const missing = (member: string) =>
  awsError('MissingRequiredParameterException', `The parameter ${member} is required.`);

// GetMetricData, CloudWatch API Reference.
const mostQueries = 500;
const mostPoints = 100_800;
/** Fewer series a page than AWS gives, so that paging is exercised. */
const pageSize = 100;

export const GetMetricData = {
  authorize: () => [{ action: 'cloudwatch:GetMetricData', resource: '*' }],
  run(input: GetMetricDataCommandInput, ctx: Ctx): GetMetricDataOutput {
    const { queries, from, to } = checkInput(input);
    const begin = input.NextToken === undefined ? 0 : offsetOf(input.NextToken, queries.length);
    const shown = queries.slice(begin, begin + pageSize);
    const next = begin + shown.length;
    return {
      MetricDataResults: shown.map((query) => resultOf(ctx, query, { from, to })),
      Messages: [],
      ...(next < queries.length ? { NextToken: tokenOf(next) } : {}),
    };
  },
} satisfies Operation;

const tokenOf = (next: number) => Buffer.from(`from:${next}`).toString('base64url');

function offsetOf(token: string, count: number): number {
  const [, digits] = /^from:(\d+)$/.exec(Buffer.from(token, 'base64url').toString()) ?? [];
  if (digits !== undefined && Number(digits) < count) return Number(digits);
  throw awsError('InvalidNextToken', 'The token is not one that an earlier page gave.');
}

function checkInput(input: GetMetricDataCommandInput) {
  const { MetricDataQueries: queries, StartTime, EndTime, MaxDatapoints } = input;
  if (!queries?.length) throw missing('MetricDataQueries');
  if (!StartTime) throw missing('StartTime');
  if (!EndTime) throw missing('EndTime');
  if (queries.length > mostQueries) {
    throw invalid(`At most ${mostQueries} metric data queries can be given.`);
  }
  if (StartTime >= EndTime) throw invalid('StartTime must be before EndTime.');
  if (MaxDatapoints !== undefined && (MaxDatapoints < 1 || MaxDatapoints > mostPoints)) {
    throw invalid(`MaxDatapoints must be from 1 to ${mostPoints}.`);
  }
  const ids = queries.map(({ Id = '' }) => Id);
  const bad = ids.find((id) => !/^[a-z][A-Za-z0-9_]{0,254}$/.test(id));
  if (bad !== undefined) throw invalid(`The id '${bad}' must begin with a lower-case letter.`);
  if (new Set(ids).size < ids.length) throw invalid('The ids of the queries must differ.');
  for (const query of queries) checkQuery(query);
  return { queries, from: StartTime.getTime(), to: EndTime.getTime() };
}

function checkQuery({ Id, MetricStat, Expression }: MetricDataQuery): void {
  if (!MetricStat || Expression !== undefined)
    throw invalid(`${Id}: expressions are not simulated.`);
  const { Period = 0, Stat } = MetricStat;
  // Periods below a minute are for high-resolution metrics, which none of these are.
  if (Period < 60 || Period % 60 !== 0) throw invalid(`${Id}: Period must be a multiple of 60.`);
  if (Stat !== 'Sum' && Stat !== 'Maximum')
    throw invalid(`${Id}: only the statistics Sum and Maximum are simulated.`);
}

/** One number a period, the newest first; a period in which nothing was has no point at all. */
function resultOf(
  { world, now }: Ctx,
  { Id, Label, MetricStat }: MetricDataQuery,
  { from, to }: { from: number; to: number },
): MetricDataResult {
  const { Metric, Period = 60, Stat } = MetricStat ?? {};
  const size = Period * 1000;
  const merge = Stat === 'Sum' ? (a: number, b: number) => a + b : Math.max;
  const values = new Map<number, number>();
  for (const { at, count } of minutesOf(world, Metric, { from, now })) {
    const period = Math.floor(at / size) * size;
    if (period >= from && period < to) values.set(period, merge(values.get(period) ?? 0, count));
  }
  const points = [...values].sort(([a], [b]) => b - a);
  return {
    Id,
    Label: Label ?? Metric?.MetricName,
    Timestamps: points.map(([at]) => new Date(at)),
    Values: points.map(([, value]) => value),
    StatusCode: 'Complete',
  };
}

type Metric = NonNullable<NonNullable<MetricDataQuery['MetricStat']>['Metric']>;

/** The minutes that are over and have data. */
function minutesOf(
  world: World,
  metric: Metric | undefined,
  { from, now }: { from: number; now: number },
): { at: number; count: number }[] {
  const group = groupAsked(world, metric);
  if (group !== undefined) return requestsOf(world, group, now);
  const capacity = usageAsked(metric);
  return capacity === undefined ? [] : usageOf(world, capacity, { from, now });
}

const minuteMs = 60_000;
/** Tasks that stopped longer ago are forgotten, and with them what they used. */
const knownMs = 60 * minuteMs;

/** vCPU that ran when each minute began, as far back as tasks are known. */
function usageOf(
  world: World,
  capacity: 'on-demand' | 'spot',
  { from, now }: { from: number; now: number },
): { at: number; count: number }[] {
  const minutes: { at: number; count: number }[] = [];
  const last = Math.floor(now / minuteMs) * minuteMs - minuteMs;
  for (let at = last; at >= Math.max(from, now - knownMs); at -= minuteMs) {
    const count = vcpuInUse(
      world,
      (task) =>
        isSpot(task) === (capacity === 'spot') &&
        task.createdAt <= at &&
        (task.stoppedAt ?? Infinity) > at,
    );
    if (count > 0) minutes.push({ at, count });
  }
  return minutes;
}

/** "AWS Fargate usage metrics", ECS guide: four dimensions, and nothing with fewer of them. */
function usageAsked(metric: Metric | undefined): 'on-demand' | 'spot' | undefined {
  const { Namespace, MetricName, Dimensions = [] } = metric ?? {};
  if (Namespace !== 'AWS/Usage' || MetricName !== 'ResourceCount') return undefined;
  const text = Dimensions.map(({ Name, Value }) => `${Name}=${Value}`)
    .sort()
    .join(' ');
  const rest = 'Resource=vCPU Service=Fargate Type=Resource';
  if (text === `Class=Standard/OnDemand ${rest}`) return 'on-demand';
  return text === `Class=Standard/Spot ${rest}` ? 'spot' : undefined;
}

/** Only the pair of dimensions under which the load balancer reports: one of them alone finds nothing. */
function groupAsked(world: World, metric: Metric | undefined): string | undefined {
  const { Namespace, MetricName, Dimensions = [] } = metric ?? {};
  const of = (name: string) => Dimensions.find(({ Name }) => Name === name)?.Value;
  const known = Namespace === 'AWS/ApplicationELB' && MetricName === 'RequestCount';
  if (!known || Dimensions.length !== 2) return undefined;
  const group = Object.keys(world.elasticloadbalancing.targetGroups).find(
    (arn) => arn.split(':').at(-1) === of('TargetGroup'),
  );
  const balancers = group === undefined ? [] : (associations(world).get(group) ?? []);
  return balancers.some((arn) => arn.split(':loadbalancer/')[1] === of('LoadBalancer'))
    ? group
    : undefined;
}

/** CloudWatch: exactly the operations of the manifest. */
export const cloudwatch = { GetMetricData } satisfies ServiceTable<'cloudwatch'>;
