import type { Output } from '../../aws/api.ts';
import type { FailureReport, StoppedTasks, UnhealthyTargets } from '../../preview/failure.ts';
import { hintFor } from './hints.ts';
import type { Service } from './resources/service.ts';
import type { Session } from './session.ts';

type Task = NonNullable<Output<'ecs:DescribeTasks'>['tasks']>[number];

const logLines = 50;
const eventLines = 5;

/** What a rollout left behind to explain itself with. */
export type Evidence = Pick<FailureReport, 'tasks' | 'targets' | 'events' | 'log'>;

/**
 * Collects why a rollout failed, before anything is cleaned up. Best effort: each part that cannot
 * be read is left out, because the failure that made us ask is worth more than that.
 */
export async function collectEvidence(
  session: Session,
  rollout: { id: string | undefined; targetGroupArn: string; service: Service | undefined },
): Promise<Evidence> {
  const [tasks, targets] = await Promise.all([
    orElse<Task[]>([], stoppedTasks(session, rollout.id)),
    orElse<UnhealthyTargets[]>([], unhealthyTargets(session, rollout.targetGroupArn)),
  ]);
  const log = await orElse<FailureReport['log']>(undefined, failingLog(session, tasks));
  return { tasks: grouped(tasks), targets, events: lastEvents(rollout.service), log };
}

/** The mended-by sentence for all that the evidence says; the most telling texts come first. */
export function hintOf(evidence: Evidence, reason = ''): string | undefined {
  const tasks = evidence.tasks.flatMap((task) => [task.reason, ...task.containers]);
  const targets = evidence.targets.flatMap((t) => [t.reason ?? '', t.description ?? '']);
  return hintFor([
    ...tasks,
    ...targets,
    ...(evidence.log?.lines ?? []),
    ...evidence.events,
    reason,
  ]);
}

async function orElse<T>(otherwise: T, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch {
    return otherwise;
  }
}

/** Of this rollout only, newest first. */
async function stoppedTasks(
  { aws, target }: Session,
  rolloutId: string | undefined,
): Promise<Task[]> {
  const { cluster } = target.config.providerConfig;
  const listed = await aws.call('ecs:ListTasks', {
    cluster,
    serviceName: target.names.service,
    desiredStatus: 'STOPPED',
  });
  if (!listed.taskArns?.length) return [];
  const described = await aws.call('ecs:DescribeTasks', { cluster, tasks: listed.taskArns });
  return (
    (described.tasks ?? [])
      .filter((task) => rolloutId === undefined || task.startedBy === rolloutId)
      // Replaced for another reason than its own: says nothing of the failure.
      .filter((task) => !task.stoppedReason?.startsWith('Scaling activity initiated by'))
      .sort((a, b) => Number(b.stoppedAt ?? 0) - Number(a.stoppedAt ?? 0))
  );
}

function grouped(tasks: readonly Task[]): StoppedTasks[] {
  const groups = new Map<string, StoppedTasks>();
  for (const task of tasks) {
    const reason = inShort(task.stoppedReason ?? 'stopped without a reason');
    const containers = (task.containers ?? []).flatMap((container) =>
      describeContainer(container, reason),
    );
    // The same reason may name each task's own id, such as that of its session with a role.
    const key = JSON.stringify([reason, containers]).replaceAll(/\b[0-9a-f]{32}\b/g, '');
    const group = groups.get(key) ?? { reason, count: 0, containers };
    groups.set(key, { ...group, count: group.count + 1 });
  }
  return [...groups.values()].sort((a, b) => b.count - a.count);
}

/** Its exit code, and its reason where that is not the task's over again. */
function describeContainer(
  container: NonNullable<Task['containers']>[number],
  taskReason: string,
): string[] {
  const { name, exitCode } = container;
  const reason = container.reason === taskReason ? undefined : container.reason;
  if (exitCode === undefined && !reason) return [];
  return [
    `${name}${exitCode === undefined ? '' : ` exited ${exitCode}`}${reason ? `: ${reason}` : ''}`,
  ];
}

async function unhealthyTargets(
  { aws }: Session,
  TargetGroupArn: string,
): Promise<UnhealthyTargets[]> {
  const answer = await aws.call('elasticloadbalancing:DescribeTargetHealth', { TargetGroupArn });
  const groups = new Map<string, UnhealthyTargets>();
  for (const { TargetHealth: health } of answer.TargetHealthDescriptions ?? []) {
    if (!health?.State || ['healthy', 'draining', 'initial'].includes(health.State)) continue;
    const { State: state, Reason: reason, Description: description } = health;
    const key = JSON.stringify([state, reason, description]);
    const group = groups.get(key) ?? { state, reason, description, count: 0 };
    groups.set(key, { ...group, count: group.count + 1 });
  }
  return [...groups.values()];
}

function lastEvents(service: Service | undefined): string[] {
  const messages = (service?.events ?? []).map((event) => inShort(event.message ?? ''));
  // ECS repeats itself while nothing changes.
  return [...new Set(messages.filter((message) => message !== ''))].slice(0, eventLines).reverse();
}

/** AWS's sentence without what is the same in all of them: whose service it is, and ARNs around names. */
export function inShort(text: string): string {
  return text
    .replace(/^\(service [^)]*\) /, '')
    .replace(/\(target-group arn:[^)]*:targetgroup\/([^/)]+)\/[^)]*\)/g, '(target group $1)');
}

/** The end of the log of the container that exited badly, else of the application's. */
async function failingLog(
  { aws, target }: Session,
  tasks: readonly Task[],
): Promise<FailureReport['log']> {
  const [task] = tasks;
  const id = task?.taskArn?.split('/').at(-1);
  if (!id) return undefined;
  const bad = task?.containers?.find((c) => c.exitCode !== undefined && c.exitCode !== 0);
  const name = bad?.name ?? target.config.container.name;
  const answer = await aws.call('logs:GetLogEvents', {
    logGroupName: target.names.logGroup,
    logStreamName: `${name}/${name}/${id}`, // awslogs: prefix/container/task, and our prefix is the container
    startFromHead: false,
    limit: logLines,
  });
  const lines = (answer.events ?? []).map((event) => (event.message ?? '').trimEnd());
  return lines.length > 0 ? { source: `container ${name}`, lines } : undefined;
}
