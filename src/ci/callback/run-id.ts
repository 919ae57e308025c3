import { PreviewopsError } from '../../errors.ts';

const maxLength = 200;

/**
 * The dispatcher's own name of this run (`--run-id`, the contract's `ai_run_id`), handed back to it as it is.
 * Throws `bad-usage` unless it is one line of 1 to 200 printable characters.
 */
export function parseRunId(text: string, what = '--run-id'): string {
  // \p{C}: controls, bidirectional marks and other invisible signs, halves of surrogate pairs.
  const printable = !/[\p{C}\p{Zl}\p{Zp}]/u.test(text) && text.trim() !== '';
  if (printable && [...text].length <= maxLength) return text;
  throw new PreviewopsError(
    'bad-usage',
    `${what} must be one line of at most ${maxLength} printable characters`,
    { hint: 'It is handed back in the callback; leave it out if there is none.' },
  );
}
