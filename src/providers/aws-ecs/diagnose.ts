import type { Session } from './session.ts';

/**
 * Why tasks of a rollout stopped, one line a distinct reason, newest first; empty when none did or AWS
 * does not say. Best effort: the failure that made us ask is worth more than that this could not be read.
 */
export async function stoppedTasks(
  { aws, target }: Session,
  rolloutId: string | undefined,
): Promise<string[]> {
  const { cluster } = target.config.providerConfig;
  try {
    const listed = await aws.call('ecs:ListTasks', {
      cluster,
      serviceName: target.names.service,
      desiredStatus: 'STOPPED',
    });
    if (!listed.taskArns?.length) return [];
    const described = await aws.call('ecs:DescribeTasks', { cluster, tasks: listed.taskArns });
    const lines = (described.tasks ?? [])
      .filter((task) => rolloutId === undefined || task.startedBy === rolloutId)
      .sort((a, b) => Number(b.stoppedAt ?? 0) - Number(a.stoppedAt ?? 0))
      .map((task) => {
        const containers = (task.containers ?? [])
          .filter((c) => c.exitCode !== undefined || c.reason)
          .map(
            (c) =>
              `${c.name}${c.exitCode === undefined ? '' : ` exited ${c.exitCode}`}${c.reason ? ` ${c.reason}` : ''}`,
          );
        const reason = task.stoppedReason ?? 'stopped without a reason';
        return containers.length > 0 ? `${reason} (${containers.join('; ')})` : reason;
      });
    return [...new Set(lines)].slice(0, 5);
  } catch {
    return [];
  }
}
