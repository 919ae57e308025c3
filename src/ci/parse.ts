import { PreviewopsError } from '../errors.ts';
import { quoted } from './quoted.ts';

/** GitHub's ids fit 31 bits; larger numbers are typing mistakes. */
const maxPr = 2 ** 31;
const maxBranchLength = 255;

/** A pull request's number as written after `what`. Throws `bad-usage`. */
export function parsePr(text: string, what = '--pr'): number {
  const number = /^[0-9]{1,10}$/.test(text) ? Number(text) : 0;
  if (number >= 1 && number <= maxPr) return number;
  throw new PreviewopsError(
    'bad-usage',
    `${what} must be a whole number from 1 to ${maxPr}, not ${quoted(text)}`,
  );
}

/** A branch name that git could have. Throws `bad-usage`. */
export function parseBranch(text: string, what = '--branch'): string {
  const mistake = branchMistake(text);
  if (mistake === undefined) return text;
  throw new PreviewopsError('bad-usage', `${what} ${mistake}: ${quoted(text)}`, {
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

/** A commit id of 7 to 64 hex digits, in lower case. Throws `bad-usage`. */
export function parseCommit(text: string, what = '--commit'): string {
  if (/^[0-9a-f]{7,64}$/i.test(text)) return text.toLowerCase();
  throw new PreviewopsError(
    'bad-usage',
    `${what} must be a commit id of 7 to 64 hex digits, not ${quoted(text)}`,
  );
}
