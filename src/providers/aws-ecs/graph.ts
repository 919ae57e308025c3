import type { Clock } from '../../clock.ts';
import { exitCodes, PreviewopsError } from '../../errors.ts';
import type { Step } from '../../preview/plan.ts';
import type { Emit } from '../../report/events.ts';

/**
 * Runs the steps, each as soon as those it waits for are done, everything else at the same time.
 * After a failure no further step begins; those under way are let finish, and the first error is thrown.
 */
export async function runSteps(
  steps: readonly Step[],
  execute: (step: Step) => Promise<void>,
  { clock, emit, signal }: { clock: Clock; emit: Emit; signal: AbortSignal },
): Promise<void> {
  let failure: { error: unknown } | undefined;
  const running = new Map<string, Promise<void>>();

  const run = async (step: Step): Promise<void> => {
    await Promise.all(step.after.map((id) => running.get(id)));
    if (failure) return;
    const begun = clock.now();
    emit({ type: 'step-started', step });
    try {
      await execute(step);
      emit({ type: 'step-finished', step, ms: clock.now() - begun });
    } catch (error) {
      failure ??= { error };
      if (!isGivenUp(error, signal)) emit({ type: 'step-failed', step, ms: clock.now() - begun });
    }
  };

  for (const step of inOrder(steps)) running.set(step.id, run(step));
  await Promise.all(running.values());
  if (failure) throw failure.error;
}

/** Interrupted, or left to a newer run: the step has not failed. */
function isGivenUp(error: unknown, signal: AbortSignal): boolean {
  const left = error instanceof PreviewopsError && error.exitCode === exitCodes.superseded;
  return signal.aborted || left;
}

/** The steps so that each comes after those it waits for. */
function inOrder(steps: readonly Step[]): Step[] {
  const ordered: Step[] = [];
  const seen = new Set<string>();
  const visit = (step: Step) => {
    if (seen.has(step.id)) return;
    seen.add(step.id);
    for (const id of step.after) {
      const before = steps.find((s) => s.id === id);
      if (before) visit(before);
    }
    ordered.push(step);
  };
  for (const step of steps) visit(step);
  return ordered;
}
