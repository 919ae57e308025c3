import type { Output } from '../../../aws/api.ts';
import type { CallOptions } from '../../../aws/aws.ts';
import { allPages, batches } from '../../../aws/paginate.ts';
import { vcpuQuotas } from '../../../preview/quotas.ts';
import { orUndefined } from '../best-effort.ts';
import type { Session } from '../session.ts';
import type { Target } from '../target.ts';

/** What an account has left for the tasks of one more preview. Undefined: AWS does not tell, or not us. */
export interface AccountRoom {
  vcpu: VcpuRoom | undefined;
  /** Free addresses of the configured subnets together. */
  addresses: number | undefined;
}

export interface VcpuRoom {
  /** How many may run at the same time, of the kind that the preview is to run on. */
  quota: number;
  /** How many do, in all clusters; 0 where nothing tells. */
  used: number;
}

/**
 * A preview can do without the look: ECS refuses what does not fit, only later. A machine may also
 * be kept from reaching these services, which is known by waiting alone.
 */
const patienceMs = 5_000;
const attempts = 3;

/**
 * Reads of one round, but for an account that seems full. They are not waited for where there is a
 * service already: it may always be updated. Rejects only when the run is interrupted.
 */
export async function readAccountRoom(
  session: Session,
  service: Promise<unknown>,
): Promise<AccountRoom> {
  const enough = new AbortController();
  const end = () => enough.abort();
  const late = new AbortController();
  service.then((found) => found && end(), end);
  session.clock.sleep(patienceMs, late.signal).then(end, () => {});
  const look = { session, options: { attempts, signal: enough.signal } };
  try {
    const [vcpu, addresses] = await Promise.all([
      orUndefined(session, () => readVcpu(look)),
      orUndefined(session, () => readAddresses(look)),
    ]);
    return { vcpu, addresses };
  } finally {
    late.abort();
  }
}

interface Look {
  session: Session;
  options: CallOptions;
}

/** vCPU of all tasks of the preview together. */
export function vcpuWanted({ config }: Pick<Target, 'config'>): number {
  const { cpu, count } = config.task;
  return (cpu * count) / 1024;
}

async function readVcpu(look: Look): Promise<VcpuRoom | undefined> {
  const { session, options } = look;
  const { aws, target } = session;
  const QuotaCode = target.config.task.spot ? vcpuQuotas.spot : vcpuQuotas.onDemand;
  const [answer, usage] = await Promise.all([
    aws.call('servicequotas:GetServiceQuota', { ServiceCode: 'fargate', QuotaCode }, options),
    orUndefined(session, () => readUsage(look)),
  ]);
  const quota = answer.Quota?.Value;
  if (quota === undefined) return undefined;
  if (!usage) return { quota, used: 0 };
  if (usage.used + vcpuWanted(target) <= quota) return { quota, used: usage.used };
  return { quota, used: Math.max(0, usage.used - (await readFreed(look, usage.at))) };
}

// Usage comes a few minutes late; what is older than this says nothing of now.
const windowMs = 15 * 60_000;
const minuteMs = 60_000;

/** The newest count of vCPU that run, and when the minute began that it is of. */
async function readUsage({ session: { aws, clock, target }, options }: Look) {
  const now = clock.now();
  const { MetricDataResults = [] } = await aws.call(
    'cloudwatch:GetMetricData',
    {
      StartTime: new Date(Math.floor((now - windowMs) / minuteMs) * minuteMs),
      EndTime: new Date(now),
      ScanBy: 'TimestampDescending',
      MetricDataQueries: [usageQuery(target.config.task.spot)],
    },
    options,
  );
  const [result] = MetricDataResults;
  const [used] = result?.Values ?? [];
  const [at] = result?.Timestamps ?? [];
  return used === undefined || at === undefined ? undefined : { used, at: at.getTime() };
}

/** "AWS Fargate usage metrics", ECS developer guide. */
const usageQuery = (spot: boolean) => ({
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

type Task = NonNullable<Output<'ecs:DescribeTasks'>['tasks']>[number];

// DescribeTasks, ECS API Reference.
const batchSize = 100;

/** vCPU of the cluster's tasks that ended since: nobody is refused for what has just gone. */
async function readFreed(
  { session: { aws, target }, options }: Look,
  since: number,
): Promise<number> {
  const { cluster } = target.config.providerConfig;
  const { spot } = target.config.task;
  const arns = await allPages({
    page: (nextToken) =>
      aws.call('ecs:ListTasks', { cluster, desiredStatus: 'STOPPED', nextToken }, options),
    items: (page) => page.taskArns,
    token: (page) => page.nextToken,
  });
  const answers = await Promise.all(
    batches(arns, batchSize).map((tasks) =>
      aws.call('ecs:DescribeTasks', { cluster, tasks }, options),
    ),
  );
  const ended = ({ stoppedAt, capacityProviderName }: Task) =>
    (stoppedAt?.getTime() ?? 0) >= since && (capacityProviderName === 'FARGATE_SPOT') === spot;
  return answers
    .flatMap(({ tasks = [] }) => tasks.filter(ended))
    .reduce((sum, { cpu }) => sum + (Number(cpu) || 0) / 1024, 0);
}

async function readAddresses({
  session: { aws, target },
  options,
}: Look): Promise<number | undefined> {
  const { subnets } = target.config.providerConfig;
  const { Subnets = [] } = await aws.call('ec2:DescribeSubnets', { SubnetIds: subnets }, options);
  const free = Subnets.flatMap(({ AvailableIpAddressCount }) => AvailableIpAddressCount ?? []);
  // One that does not tell may have as many as it likes.
  return free.length < subnets.length ? undefined : free.reduce((sum, each) => sum + each, 0);
}
