import type { Output } from '../../aws/api.ts';
import { explain } from '../../aws/errors.ts';
import { allPages, batches } from '../../aws/paginate.ts';
import { previewNames } from '../../preview/names.ts';
import type { IdleReport, PreviewSummary } from '../provider.ts';
import type { Session } from './session.ts';

/**
 * Those previews that are ready and got no request for `idleMs`, by CloudWatch's count of what the
 * load balancer handed to their target groups; its health checks are not in it. A metric comes a few
 * minutes late. What cannot be told keeps running, and a note says so; only an interrupt rejects.
 */
export async function idlePreviews(
  session: Session,
  { previews, idleMs }: { previews: readonly PreviewSummary[]; idleMs: number },
): Promise<IdleReport & { unknown: PreviewSummary[] }> {
  const since = session.clock.now() - idleMs;
  const old = previews.filter((preview) => isOldEnough(preview, since));
  if (old.length === 0) return { idle: [], unknown: [], notes: [] };
  try {
    const dimensions = await findDimensions(session);
    const known = old.flatMap((preview) => {
      const found = dimensions.get(previewNames(preview.app, preview.id, '').targetGroup);
      return found ? [{ preview, ...found }] : [];
    });
    const quiet = await quietAmong(session, known, idleMs);
    const among = (groups: Set<string>) =>
      known.filter(({ group }) => groups.has(group)).map(({ preview }) => preview);
    const found = new Set(known.map(({ preview }) => preview));
    const unknown = [...old.filter((one) => !found.has(one)), ...among(quiet.unknown)];
    const count = unknown.length;
    return {
      idle: among(quiet.groups),
      unknown,
      notes: count === 0 ? [] : [`${told(count)}: CloudWatch does not tell of their requests`],
    };
  } catch (error) {
    session.signal.throwIfAborted();
    return { idle: [], unknown: old, notes: [`${told(old.length)}: ${explain(error).message}`] };
  }
}

const told = (count: number) =>
  count === 1
    ? '1 preview that may be idle goes on running'
    : `${count} previews that may be idle go on running`;

/** Whatever was deployed or started within the window may not have been looked at yet. */
function isOldEnough(preview: PreviewSummary, since: number): boolean {
  const { status, elsewhere, createdAt, deployedAt, startedAt } = preview;
  if (status !== 'ready' || elsewhere !== null || deployedAt === null) return false;
  const moments = [createdAt, deployedAt, startedAt].flatMap((text) => text ?? []);
  // Also false for a moment that nobody can read.
  return moments.every((text) => Date.parse(text) <= since);
}

/** Both are the ends of ARNs: `targetgroup/NAME/ID` and `app/NAME/ID`. */
interface Dimensions {
  group: string;
  balancer: string;
}

/** By the target group's name; without those that no load balancer uses. */
async function findDimensions({ aws }: Session): Promise<Map<string, Dimensions>> {
  const groups = await allPages({
    page: (Marker) =>
      aws.call('elasticloadbalancing:DescribeTargetGroups', { Marker, PageSize: 400 }),
    items: (page) => page.TargetGroups,
    token: (page) => page.NextMarker,
  });
  const found = new Map<string, Dimensions>();
  for (const { TargetGroupName = '', TargetGroupArn = '', LoadBalancerArns = [] } of groups) {
    const [group] = /targetgroup\/.*$/.exec(TargetGroupArn) ?? [];
    const balancer = LoadBalancerArns[0]?.split(':loadbalancer/')[1];
    if (group && balancer) found.set(TargetGroupName, { group, balancer });
  }
  return found;
}

// GetMetricData, CloudWatch API Reference: queries of one call.
const batchSize = 500;

async function quietAmong(
  session: Session,
  asked: readonly Dimensions[],
  idleMs: number,
): Promise<{ groups: Set<string>; unknown: Set<string> }> {
  const groups = new Set<string>();
  const unknown = new Set<string>();
  for (const some of batches(asked, batchSize)) {
    const results = await readRequests(session, some, idleMs);
    some.forEach(({ group }, index) => {
      const own = results.filter(({ Id }) => Id === idOf(index));
      // Without requests there are no data points at all ("CloudWatch metrics", ALB guide), so what
      // tells that nobody came is that the answer is complete.
      if (own.at(-1)?.StatusCode !== 'Complete') unknown.add(group);
      else if (own.every(({ Values = [] }) => Values.every((count) => count === 0))) {
        groups.add(group);
      }
    });
  }
  return { groups, unknown };
}

type Result = NonNullable<Output<'cloudwatch:GetMetricData'>['MetricDataResults']>[number];

const idOf = (index: number) => `q${index}`;

/**
 * Points of 5 minutes are kept for 63 days, and of an hour for longer ("Metrics retention"). Some
 * fifty a window: with 500 queries that is one page. Periods begin on whole multiples of themselves,
 * so the first may reach back before the window; that errs on the side of running.
 */
function periodOf(idleMs: number): number {
  const step = idleMs > 62 * 86_400_000 ? 3600 : 300;
  return Math.max(1, Math.ceil(idleMs / 1000 / 50 / step)) * step;
}

async function readRequests(
  { aws, clock }: Session,
  asked: readonly Dimensions[],
  idleMs: number,
): Promise<Result[]> {
  const Period = periodOf(idleMs);
  const now = clock.now();
  const whole = (at: number) => Math.floor(at / (Period * 1000)) * Period * 1000;
  const query = {
    StartTime: new Date(whole(now - idleMs)),
    EndTime: new Date(whole(now) + Period * 1000),
    MetricDataQueries: asked.map(({ group, balancer }, index) => ({
      Id: idOf(index),
      MetricStat: {
        Metric: {
          Namespace: 'AWS/ApplicationELB',
          MetricName: 'RequestCount',
          Dimensions: [
            { Name: 'TargetGroup', Value: group },
            { Name: 'LoadBalancer', Value: balancer },
          ],
        },
        Period,
        Stat: 'Sum',
      },
    })),
  };
  return allPages({
    page: (NextToken) => aws.call('cloudwatch:GetMetricData', { ...query, NextToken }),
    items: (page) => page.MetricDataResults,
    token: (page) => page.NextToken,
  });
}
