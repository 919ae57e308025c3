import type { Output } from '../../../aws/api.ts';
import type { Session } from '../session.ts';
import { startTask, type TaskOrder } from './run-task.ts';
import { createTaskLog, type TaskLog } from './task-log.ts';

export interface OneOffOrder extends TaskOrder {
  /** When it is stopped, milliseconds since the epoch. */
  deadline: number;
  /** Whether it may go on when this run ends before it, for that reason; it is stopped otherwise. */
  keep?: (error: unknown) => boolean;
  /** Lines of its log as they come; `log` events when left out. */
  onLines?: ((lines: string[]) => void) | undefined;
  /** Told the task's id, before it is followed. */
  onStarted?: (taskId: string) => Promise<void>;
  /** Called now and then while it runs; rejects when this run should end. */
  check?: (() => Promise<void>) | undefined;
}

/** How a task ended. */
export interface OneOff {
  taskId: string;
  /**
   * `exited`: by itself, or without ever starting. `timed-out`: it was stopped at the deadline.
   * `stopping`: it was told to stop, and had not when we left. `unknown`: ECS has forgotten it.
   */
  end: 'exited' | 'timed-out' | 'stopping' | 'unknown';
  /** Of the app's container; absent when it never ran. */
  exitCode: number | undefined;
  /** ECS's words for the end, and each container's own. */
  stoppedReason: string | undefined;
  containers: string[];
  /** The end of its log. */
  lastLines: string[];
  /** It had stopped before we first looked: an earlier run started it. */
  wasOver: boolean;
}

type Task = NonNullable<Output<'ecs:DescribeTasks'>['tasks']>[number];

const pollMs = 3_000;
// Each look at the claim is a call of ELB's shared bucket, so not on each poll.
const pollsPerCheck = 5;
/** ECS answers MISSING for a moment for what is new, and for good an hour after a task has stopped. */
const missingMs = 30_000;
/** Beyond the container's own time to stop. */
const stopGraceMs = 60_000;
const keptLines = 50;

/** Runs a command once in a task of its own, and follows it to its end. */
export async function runOneOff(session: Session, order: OneOffOrder): Promise<OneOff> {
  const arn = await startTask(session, order);
  const taskId = arn.split('/').at(-1) ?? '';
  const started = { ...order, taskId };
  return stoppedOnError(session, started, async () => {
    await order.onStarted?.(taskId);
    return follow(session, started);
  });
}

/** Follows a task that an earlier run started. */
export function followOneOff(session: Session, started: StartedOrder): Promise<OneOff> {
  return stoppedOnError(session, started, () => follow(session, started));
}

type StartedOrder = OneOffOrder & { taskId: string };

async function stoppedOnError(
  session: Session,
  { keep, taskId }: StartedOrder,
  work: () => Promise<OneOff>,
): Promise<OneOff> {
  try {
    return await work();
  } catch (error) {
    if (!keep?.(error)) await stopTask(session, { taskId, why: 'previewops ended before it' });
    throw error;
  }
}

async function follow(session: Session, order: StartedOrder): Promise<OneOff> {
  const { clock, signal, emit, target } = session;
  const { taskId } = order;
  const lastLines: string[] = [];
  const log = createTaskLog(session, {
    taskId,
    onLines: (lines) => {
      lastLines.splice(0, lastLines.length, ...[...lastLines, ...lines].slice(-keptLines));
      if (order.onLines) order.onLines(lines);
      else emit({ type: 'log', source: order.purpose, lines });
    },
  });
  const begun = clock.now();
  const graceMs = target.config.container.stopTimeout * 1000 + stopGraceMs;
  let seen = begun;
  let stopped = false;
  for (let polls = 1; ; polls++) {
    const task = await describeTask(session, taskId);
    const ended = task?.lastStatus === 'STOPPED';
    if (task) seen = clock.now();
    await readLog(log, task);
    const result = { ...outcome(session, task), taskId, lastLines, wasOver: ended && polls === 1 };
    if (ended) return { ...result, end: stopped && result.exitCode !== 0 ? 'timed-out' : 'exited' };
    if (clock.now() - seen > missingMs) return { ...result, end: 'unknown' };
    if (clock.now() > order.deadline + graceMs) return { ...result, end: 'stopping' };
    if (!stopped && clock.now() > order.deadline) {
      await stopTask(session, { taskId, why: 'its time was over' });
      stopped = true;
    }
    const detail = (task?.lastStatus ?? 'not seen yet').toLowerCase();
    emit({ type: 'waiting', what: order.purpose, ms: clock.now() - begun, detail });
    if (polls % pollsPerCheck === 0) await order.check?.();
    await clock.sleep(pollMs, signal);
  }
}

/** A container that has not started has no log. */
async function readLog(log: TaskLog, task: Task | undefined): Promise<void> {
  const ran = task?.startedAt ?? task?.containers?.find((c) => c.exitCode !== undefined);
  if (ran) await (task?.lastStatus === 'STOPPED' ? log.finish() : log.follow());
}

async function describeTask({ aws, target }: Session, id: string): Promise<Task | undefined> {
  const { cluster } = target.config.providerConfig;
  const answer = await aws.call('ecs:DescribeTasks', { cluster, tasks: [id] });
  return answer.tasks?.[0];
}

function outcome(
  { target }: Session,
  task: Task | undefined,
): Pick<OneOff, 'exitCode' | 'stoppedReason' | 'containers'> {
  const all = task?.containers ?? [];
  return {
    exitCode: all.find(({ name }) => name === target.config.container.name)?.exitCode,
    stoppedReason: task?.stoppedReason,
    containers: all.flatMap(({ name, exitCode, reason }) => {
      const own = reason === task?.stoppedReason ? undefined : reason;
      if (exitCode === undefined && !own) return [];
      const code = exitCode === undefined ? '' : ` exited ${exitCode}`;
      return [`${name}${code}${own ? `: ${own}` : ''}`];
    }),
  };
}

/** Best effort: why the run ends is worth more to the user than that its task could not be stopped. */
async function stopTask(
  { aws, target }: Session,
  { taskId, why }: { taskId: string; why: string },
): Promise<void> {
  const { cluster } = target.config.providerConfig;
  await aws
    .call(
      'ecs:StopTask',
      { cluster, task: taskId, reason: `previewops: ${why}` },
      { evenIfInterrupted: true },
    )
    .catch(() => {});
}
