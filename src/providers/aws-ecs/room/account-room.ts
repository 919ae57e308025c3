import type { CallOptions } from '../../../aws/aws.ts';
import { readVcpuUsage } from '../../../aws/vcpu-usage.ts';
import { vcpuQuotas } from '../../../preview/quotas.ts';
import { orUndefined } from '../best-effort.ts';
import { hasServed, type Service } from '../resources/service.ts';
import { describeTasks, listTasks, type Task } from '../resources/tasks.ts';
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

/** A preview can do without the look, which not every machine's network allows: ECS refuses what does not fit, only later. */
const attempts = 2;

/**
 * Reads of one round, but for an account that is nearly full. They are not waited for where there is
 * a service that runs: it may always be updated. Rejects only when the run is interrupted.
 */
export async function readAccountRoom(
  session: Session,
  service: Promise<Service | undefined>,
): Promise<AccountRoom> {
  const enough = new AbortController();
  const end = () => enough.abort();
  service.then((found) => hasServed(found) && end(), end);
  const look = { session, options: { attempts, signal: enough.signal } };
  const [vcpu, addresses] = await Promise.all([
    orUndefined(session, () => readVcpu(look)),
    orUndefined(session, () => readAddresses(look)),
  ]);
  return { vcpu, addresses };
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
  const { aws, clock, target } = session;
  const { spot } = target.config.task;
  const QuotaCode = spot ? vcpuQuotas.spot : vcpuQuotas.onDemand;
  const [answer, usage] = await Promise.all([
    aws.call('servicequotas:GetServiceQuota', { ServiceCode: 'fargate', QuotaCode }, options),
    orUndefined(session, () => readVcpuUsage(aws, { now: clock.now(), spot }, options)),
  ]);
  const quota = answer.Quota?.Value;
  if (quota === undefined) return undefined;
  if (!usage) return { quota, used: 0 };
  if (usage.used + vcpuWanted(target) * margin <= quota) return { quota, used: usage.used };
  return { quota, used: Math.max(0, usage.used + (await readChange(look, usage.at))) };
}

/** Previews that may have come since the count: with room for more than these, nobody looks closer. */
const margin = 4;

const minuteMs = 60_000;

/**
 * vCPU of the cluster's tasks that were placed since, less of those that ended: nobody is refused for
 * what has just gone.
 */
async function readChange({ session, options }: Look, since: number): Promise<number> {
  const list = (desiredStatus: 'RUNNING' | 'STOPPED') =>
    listTasks(session, { desiredStatus }, options);
  const arns = (await Promise.all([list('RUNNING'), list('STOPPED')])).flat();
  return (await describeTasks(session, arns, options))
    .filter((task) => countsFor(task, session.target.config.task.spot))
    .reduce((sum, task) => sum + vcpuOf(task) * changeOf(task, since), 0);
}

/** A cluster may have tasks on machines of its own, too, which no quota of Fargate counts. */
const countsFor = ({ launchType, capacityProviderName: provider }: Task, spot: boolean) =>
  spot
    ? provider === 'FARGATE_SPOT'
    : provider === 'FARGATE' || (provider === undefined && launchType === 'FARGATE');

const vcpuOf = ({ cpu }: Task) => (Number(cpu) || 0) / 1024;

/**
 * 1 for a task that came since, -1 for one that went, 0 for one that did both or neither. At what time
 * of its minute the count was made is not known: what came or went in that minute is taken for gone.
 */
function changeOf({ createdAt, stoppedAt }: Task, since: number): number {
  const came = createdAt !== undefined && createdAt.getTime() >= since + minuteMs;
  const went = stoppedAt !== undefined && stoppedAt.getTime() >= since;
  return Number(came) - Number(went);
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
