import { PreviewopsError } from '../../../errors.ts';
import type { FailureReport } from '../../../preview/failure.ts';
import { hintFor } from '../hints.ts';
import type { OneOff } from './one-off.ts';

export interface FailedTask {
  /** What the sentence is about: `The hook onDeploy`, `The command`. */
  what: string;
  task: OneOff;
  /** Commands that show more, or try again. */
  next: string[];
}

/** Why a task did not do what it was for: plain data for text, JSON and a comment alike. */
export function taskReport({ what, task, next }: FailedTask): FailureReport {
  const { stoppedReason, containers, lastLines } = task;
  const reason = stoppedReason ?? 'stopped without a reason';
  return {
    sentence: `${what} ${verdict(task)}`,
    tasks: task.end === 'unknown' ? [] : [{ reason, count: 1, containers }],
    targets: [],
    events: [],
    log: lastLines.length > 0 ? { source: sourceOf(what), lines: [...lastLines] } : undefined,
    hint: hintOf(task),
    next,
  };
}

/** The error that ends a run; `state` says what now is with the preview. */
export function taskError(
  report: FailureReport,
  { task, state }: { task: OneOff; state?: string | undefined },
): PreviewopsError {
  const late = task.end === 'timed-out' || task.end === 'stopping';
  const { sentence, hint, next } = report;
  return new PreviewopsError(late ? 'timed-out' : 'hook-failed', sentence, {
    hint: [...(hint ? [hint] : []), ...(state ? [state] : []), ...next.map((l) => `  ${l}`)].join(
      '\n',
    ),
    details: { failure: report },
  });
}

const sourceOf = (what: string) => what.replace(/^The /, '');

function verdict({ end, exitCode, stoppedReason, containers }: OneOff): string {
  if (end === 'unknown') return 'ran in a task that ECS no longer knows: how it ended is unknown';
  if (end === 'timed-out') return 'was not done in the time allowed, and was stopped';
  if (end === 'stopping') return 'was not done in the time allowed, and is still being stopped';
  if (exitCode !== undefined) return `ended with exit code ${exitCode}`;
  const reasons = [stoppedReason, ...containers].filter(Boolean).join('; ');
  return `did not start: ${reasons || 'ECS does not say why'}`;
}

/** ECS says this of every task whose app container ends, however well. */
const says = /^Essential container in task exited/i;

function hintOf({ end, exitCode, stoppedReason, containers }: OneOff): string | undefined {
  if (end === 'timed-out' || end === 'stopping') {
    return 'Give hooks more with hooks.timeout, and the whole run more with --timeout.';
  }
  const texts = [stoppedReason ?? '', ...containers].filter((text) => !says.test(text));
  const absent = /executable file not found|no such file or directory/i.test(texts.join('\n'));
  if (absent || exitCode === 127) {
    return 'The image has no such program. Text runs in sh, which the image must have; a list of words needs none.';
  }
  return hintFor(texts) ?? (exitCode === undefined ? undefined : 'Its log says why.');
}
