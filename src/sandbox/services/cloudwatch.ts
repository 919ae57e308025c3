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
  // Periods below a minute are for high-resolution metrics, which the load balancer's are not.
  if (Period < 60 || Period % 60 !== 0) throw invalid(`${Id}: Period must be a multiple of 60.`);
  if (Stat !== 'Sum') throw invalid(`${Id}: only the statistic Sum is simulated.`);
}

/** Sums of a period each, the newest first; a period without requests has no point at all. */
function resultOf(
  { world, now }: Ctx,
  { Id, Label, MetricStat }: MetricDataQuery,
  { from, to }: { from: number; to: number },
): MetricDataResult {
  const { Metric, Period = 60 } = MetricStat ?? {};
  const size = Period * 1000;
  const sums = new Map<number, number>();
  const group = groupAsked(world, Metric);
  for (const { at, count } of group === undefined ? [] : requestsOf(world, group, now)) {
    const period = Math.floor(at / size) * size;
    if (period >= from && period < to) sums.set(period, (sums.get(period) ?? 0) + count);
  }
  const points = [...sums].sort(([a], [b]) => b - a);
  return {
    Id,
    Label: Label ?? Metric?.MetricName,
    Timestamps: points.map(([at]) => new Date(at)),
    Values: points.map(([, sum]) => sum),
    StatusCode: 'Complete',
  };
}

type Metric = NonNullable<NonNullable<MetricDataQuery['MetricStat']>['Metric']>;

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
