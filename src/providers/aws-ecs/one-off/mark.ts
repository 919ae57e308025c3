/**
 * How far `hooks.onCreate` has come, as a tag on the target group: `started 1 <time>`, with the
 * task's id behind it as soon as there is one, `failed 1`, or `done`. It is written before the task
 * is asked for, and the task's token follows from the attempt's number, so that whoever finds
 * `started` finds that very task, or starts it if it never was.
 */
export type Mark =
  | { state: 'none' }
  | { state: 'started'; attempt: number; at: number; taskId?: string | undefined }
  | { state: 'failed'; attempt: number }
  | { state: 'done' };

const failedForm = /^failed (\d{1,6})$/;
const startedForm = /^started (\d{1,6}) (\S+)(?: ([0-9a-f]{1,64}))?$/;

/** Anything that this tool did not write counts as done: what ran must not run twice. */
export function parseMark(text: string | undefined): Mark {
  if (text === undefined) return { state: 'none' };
  const failed = failedForm.exec(text);
  if (failed) return { state: 'failed', attempt: Number(failed[1]) };
  const [, attempt, time, taskId] = startedForm.exec(text) ?? [];
  const at = Date.parse(time ?? '');
  if (Number.isNaN(at)) return { state: 'done' };
  return { state: 'started', attempt: Number(attempt), at, taskId };
}

/** Within the tag character set. */
export function formatMark(mark: Exclude<Mark, { state: 'none' }>): string {
  if (mark.state === 'done') return 'done';
  if (mark.state === 'failed') return `failed ${mark.attempt}`;
  const { attempt, at, taskId } = mark;
  return ['started', attempt, new Date(at).toISOString(), ...(taskId ? [taskId] : [])].join(' ');
}
