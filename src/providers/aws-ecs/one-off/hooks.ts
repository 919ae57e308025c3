import { explain } from '../../../aws/errors.ts';
import { exitCodes, PreviewopsError } from '../../../errors.ts';
import type { FailureReport } from '../../../preview/failure.ts';
import { hash } from '../../../preview/hash.ts';
import type { Step } from '../../../preview/plan.ts';
import type { Claims } from '../claims.ts';
import type { Session } from '../session.ts';
import { hookOf } from './hook-plan.ts';
import { failHook, type HookOrder, hookTask, isGood } from './hook-task.ts';
import { runCreateHook } from './on-create.ts';
import { runOneOff } from './one-off.ts';
import { taskReport } from './task-failure.ts';

export type { HookOrder } from './hook-task.ts';

/** Runs the hook of a deploy's step. Rejects with `hook-failed`, or `timed-out`. */
export async function runHookStep(session: Session, order: HookOrder): Promise<void> {
  const name = hookOf(order.step);
  const command = session.target.config.hooks[name];
  if (!command) return;
  if (name === 'onCreate') return runCreateHook(session, { ...order, command });
  await order.claims.guard();
  const task = await runOneOff(session, {
    ...hookTask(session, { ...order, command }),
    // The same in this run alone: a lost answer starts no second task, and the next run a new one.
    clientToken: hash(32, order.claims.own.id, name, order.taskDefinitionArn),
  });
  if (isGood(task)) return;
  // A destroy stops the tasks that it finds, and the hook is not to blame for that. Where nobody can
  // tell, how the hook ended is what there is to say.
  await order.claims.check().catch((error: unknown) => {
    if (error instanceof PreviewopsError) throw error;
  });
  throw failHook(session, { ...order, command }, task);
}

export interface DestroyHookOrder {
  step: Step;
  /** The revision in service. */
  taskDefinitionArn: string;
  targetGroupArn: string | undefined;
  claims: Claims;
}

/**
 * Runs `hooks.onDestroy` and tells of its step. A failure is given, not thrown: a preview that
 * outlives its pull request is worse. Rejects only when the run is interrupted or superseded.
 */
export async function runDestroyHook(
  session: Session,
  order: DestroyHookOrder,
): Promise<FailureReport | undefined> {
  const { clock, emit } = session;
  const { step } = order;
  const begun = clock.now();
  emit({ type: 'step-started', step });
  const failure = await destroyFailure(session, order);
  emit({ type: failure ? 'step-failed' : 'step-finished', step, ms: clock.now() - begun });
  if (failure) {
    const text = `${failure.sentence}; the preview is removed all the same`;
    emit({ type: 'note', level: 'warning', text });
  }
  return failure;
}

async function destroyFailure(
  session: Session,
  order: DestroyHookOrder,
): Promise<FailureReport | undefined> {
  const { onDestroy: command, timeout } = session.target.config.hooks;
  if (!command) return undefined;
  const deadline = session.clock.now() + timeout * 1000;
  const what = 'The hook onDestroy';
  try {
    await order.claims.guard();
    const task = await runOneOff(session, {
      ...hookTask(session, { ...order, command, deadline }),
      // A destroy that is run again finds the task of the one before, while ECS knows it.
      clientToken: hash(32, order.targetGroupArn ?? order.taskDefinitionArn, 'onDestroy'),
    });
    return isGood(task) ? undefined : taskReport({ what, task, next: [] });
  } catch (error) {
    const { message, hint, exitCode } = explain(error);
    if (session.signal.aborted || exitCode === exitCodes.superseded) throw error;
    const nothing = { tasks: [], targets: [], events: [], log: undefined, next: [] };
    return { sentence: `${what} could not run: ${message}`, hint, ...nothing };
  }
}
