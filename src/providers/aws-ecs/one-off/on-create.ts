import { PreviewopsError } from '../../../errors.ts';
import { hash } from '../../../preview/hash.ts';
import { tagKeys } from '../../../preview/tags.ts';
import { readTags } from '../resources/target-group.ts';
import type { Session } from '../session.ts';
import { idempotent } from '../settle.ts';
import { byHand } from './command-text.ts';
import { failHook, type HookOrder, hookTask, isGood } from './hook-task.ts';
import { formatMark, type Mark, parseMark } from './mark.ts';
import { followOneOff, type OneOff, type OneOffOrder, runOneOff } from './one-off.ts';

/**
 * ECS forgets a token an hour after its task has stopped ("Ensuring idempotency", ECS API
 * reference), and would then start a second task; clocks of two machines differ by less than the rest.
 */
const tokenSafeMs = 50 * 60_000;

type Order = HookOrder & { command: readonly string[] };
type Started = Mark & { state: 'started' };

/**
 * Runs `hooks.onCreate` once, or not at all, whatever call is the last before a run dies: the mark
 * says `started` before the task is asked for, and a rerun finds that task by its id or its token.
 */
export async function runCreateHook(session: Session, order: Order): Promise<void> {
  const { clock } = session;
  await order.claims.guard();
  const found = await readMark(session, order);
  if (found.state === 'done') return; // another run was faster
  let resumed = found.state === 'started';
  let mark = found.state === 'started' ? found : await begin(session, order, 1 + attemptOf(found));
  for (;;) {
    const lost = mark.taskId === undefined && clock.now() - mark.at > tokenSafeMs;
    const task = lost ? undefined : await attempt(session, order, { ...mark, resumed });
    if (task && isGood(task)) return writeMark(session, order, { state: 'done' });
    if (!task || task.end === 'unknown') return giveUp(session, order);
    // It may yet come to a good end, so the next deploy follows it.
    if (task.end === 'stopping') throw failHook(session, order, task);
    if (!resumed || !task.wasOver) {
      await writeMark(session, order, { state: 'failed', attempt: mark.attempt });
      throw failHook(session, order, task);
    }
    // An earlier run's attempt, whose failure was only not noted: this deploy is the next try.
    resumed = false;
    mark = await begin(session, order, mark.attempt + 1);
  }
}

const attemptOf = (mark: Mark) => ('attempt' in mark ? mark.attempt : 0);

async function begin(session: Session, order: Order, attempt: number): Promise<Started> {
  const mark: Started = { state: 'started', attempt, at: session.clock.now() };
  await writeMark(session, order, mark);
  return mark;
}

/** Follows the attempt's task, or starts it where it has none yet. */
async function attempt(
  session: Session,
  order: Order,
  { resumed, ...mark }: Started & { resumed: boolean },
): Promise<OneOff> {
  const failed = { state: 'failed', attempt: mark.attempt } as const;
  const task: OneOffOrder = {
    ...hookTask(session, order),
    clientToken: hash(32, order.targetGroupArn, 'onCreate', String(mark.attempt)),
    keep: mayGoOn,
    guard: () => order.claims.guard(),
    onStarted: (taskId) => writeMark(session, order, { ...mark, taskId }),
    // An earlier run may have been luckier; after a refusal of our own the next deploy tries again.
    onRefused: resumed ? undefined : () => writeMark(session, order, failed).catch(() => {}),
  };
  try {
    return await (mark.taskId === undefined
      ? runOneOff(session, task)
      : followOneOff(session, { ...task, taskId: mark.taskId }));
  } catch (error) {
    if (session.signal.aborted && mayGoOn(session.signal.reason)) {
      const text = 'the hook onCreate goes on: the next deploy takes its result';
      session.emit({ type: 'note', level: 'info', text });
    }
    throw error;
  }
}

/** Half a seed is worse than one that nobody watches, unless the preview itself is removed. */
const mayGoOn = (error: unknown) =>
  !(error instanceof PreviewopsError && error.code === 'destroyed');

async function readMark(session: Session, { targetGroupArn }: HookOrder): Promise<Mark> {
  const tags = await readTags(session, [targetGroupArn]);
  return parseMark(tags[targetGroupArn]?.[tagKeys.onCreate]);
}

async function writeMark(
  session: Session,
  { claims, targetGroupArn }: HookOrder,
  mark: Exclude<Mark, { state: 'none' }>,
): Promise<void> {
  // Over another run's mark it would have that run's attempt made again, so no answer of a moment ago will do.
  await (mark.state === 'failed' ? claims.check() : claims.guard());
  await idempotent(session, async () => {
    await session.aws.call('elasticloadbalancing:AddTags', {
      ResourceArns: [targetGroupArn],
      Tags: [{ Key: tagKeys.onCreate, Value: formatMark(mark) }],
    });
  });
}

/** Nobody knows how it ended, and to run it again could be to run it twice. */
async function giveUp(session: Session, order: Order): Promise<void> {
  await writeMark(session, order, { state: 'done' });
  const { identity } = session.target;
  const text = `ECS no longer knows how the hook onCreate of an earlier deploy ended, so it is not run again, in case it succeeded. To run it by hand: ${byHand(identity, order.command)}`;
  session.emit({ type: 'note', level: 'warning', text });
}
