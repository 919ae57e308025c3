import { PreviewopsError } from '../errors.ts';
import type { PreviewRef } from '../preview/identity.ts';
import type { Env } from '../report/io.ts';

/** GitHub's ids fit 31 bits; larger numbers are typing mistakes. */
const maxPr = 2 ** 31;
const maxBranchLength = 255;

/** A pull request's number as written after `what`. Throws `bad-usage`. */
export function parsePr(text: string, what = '--pr'): number {
  const number = /^[0-9]{1,10}$/.test(text) ? Number(text) : 0;
  if (number >= 1 && number <= maxPr) return number;
  throw new PreviewopsError(
    'bad-usage',
    `${what} must be a whole number from 1 to ${maxPr}, not ${JSON.stringify(text)}`,
  );
}

/** A branch name that git could have. Throws `bad-usage`. */
export function parseBranch(text: string, what = '--branch'): string {
  const mistake = branchMistake(text);
  if (mistake === undefined) return text;
  throw new PreviewopsError('bad-usage', `${what} ${mistake}: ${JSON.stringify(text)}`, {
    hint: 'Give the name as `git branch` shows it, e.g. --branch feature/login.',
  });
}

/** The parts of git-check-ref-format that matter here; letters of any script are fine. */
function branchMistake(name: string): string | undefined {
  if (name.trim() === '') return 'must not be empty';
  if (name.length > maxBranchLength) return `must have at most ${maxBranchLength} characters`;
  if (name.startsWith('-')) return 'must not begin with a hyphen';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
  if (/[\u0000-\u0020\u007f-\u009f~^:?*[\\]/.test(name)) {
    return 'must not have spaces, control characters or any of ~ ^ : ? * [ \\';
  }
  if (/\.\.|@\{|\/\/|^\/|[/.]$/.test(name)) return 'is not a name that git allows';
  return undefined;
}

export interface RefQuestion extends PreviewRef {
  env: Env;
  /** The branch that is checked out, if any. */
  currentBranch(): Promise<string | undefined>;
}

/**
 * Which pull request or branch is meant: flags first, then PREVIEWOPS_PR, then the branch that is
 * checked out. Rejects with `identity-unknown` if none says.
 */
export async function resolveRef({ pr, branch, env, currentBranch }: RefQuestion) {
  if (pr !== undefined || branch !== undefined) return { pr, branch } satisfies PreviewRef;
  if (env.PREVIEWOPS_PR) return { pr: parsePr(env.PREVIEWOPS_PR, 'PREVIEWOPS_PR') };
  const current = await currentBranch();
  if (current !== undefined) return { branch: parseBranch(current, 'the checked-out branch') };
  throw new PreviewopsError('identity-unknown', 'which pull request or branch is meant?', {
    hint: 'Give --pr <number> or --branch <name>, set PREVIEWOPS_PR, or run this on a branch of a checkout.',
  });
}
