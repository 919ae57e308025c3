import { says } from '../../../aws/errors.ts';
import { featuresOf } from '../../../config/features.ts';
import { combine, type Draft, step } from '../draft.ts';
import { describeTasks, listTasks } from '../resources/tasks.ts';
import type { Session } from '../session.ts';
import { settle } from '../settle.ts';
import { type HookName, purposeOf } from './hook-plan.ts';
import { starterOf, starterPrefix } from './run-task.ts';

/** A task of a hook, or of a command by hand: it goes on when the run that began it dies. */
export interface RunningTask {
  id: string;
  /** What began it, as ECS keeps it: `previewops/hook-onCreate`. */
  startedBy: string;
}

const pollMs = 3_000;
/** Beyond the container's own time to stop. What takes longer is ECS's to end. */
const graceMs = 60_000;

/** Those of the preview. Without hooks nobody looks: the policy for such a configuration lets no task be stopped. */
export async function findRunning(session: Session): Promise<RunningTask[]> {
  const { config, names } = session.target;
  if (featuresOf(config).hooks !== true) return [];
  const arns = await listTasks(session, { family: names.family });
  // The service's tasks are of the same family; those are begun by its deployments.
  return (await describeTasks(session, arns)).flatMap(({ taskArn = '', startedBy = '' }) =>
    startedBy.startsWith(starterPrefix) ? { id: idOf(taskArn), startedBy } : [],
  );
}

const idOf = (arn: string) => arn.split('/').at(-1) ?? '';

const stepId = (id: string) => `task:${id}`;

/** The task that a step of `planTasksRemoval` stops. */
export const taskOf = ({ id }: { id: string }) => id.slice(stepId('').length);

/** A step for each; `next` is the hook that is about to run, which takes up a task of its own. */
export function planTasksRemoval(
  running: readonly RunningTask[],
  { next }: { next: HookName | undefined },
): Draft {
  const own = next === undefined ? undefined : starterOf(purposeOf(next));
  const others = running.filter(({ startedBy }) => startedBy !== own);
  return combine(
    others.map(({ id, startedBy }) => {
      const purpose = startedBy.slice(starterPrefix.length).replace('-', ' ');
      return step('delete', 'task', `${id} (${purpose})`, { id: stepId(id) });
    }),
  );
}

/** Stops a task and waits until it has ended, so that it writes no more to what is removed next. */
export async function endTask(session: Session, id: string): Promise<void> {
  const { aws, clock, signal, emit, target } = session;
  const { cluster } = target.config.providerConfig;
  const begun = clock.now();
  const reason = 'previewops: its preview is being destroyed';
  const runs = async () =>
    (await describeTasks(session, [id])).some(({ lastStatus }) => lastStatus !== 'STOPPED');
  await settle(session, {
    observed: true,
    read: runs,
    race: (error) => says(error, 'task was not found'),
    act: async (running) => {
      if (running) await aws.call('ecs:StopTask', { cluster, task: id, reason });
    },
  });
  const longest = target.config.container.stopTimeout * 1000 + graceMs;
  while ((await runs()) && clock.now() - begun < longest) {
    emit({ type: 'waiting', what: 'the task to stop', ms: clock.now() - begun });
    await clock.sleep(pollMs, signal);
  }
}
