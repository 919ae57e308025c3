import { PreviewopsError } from '../errors.ts';
import type { Receipt } from '../providers/provider.ts';
import { counted } from '../report/counted.ts';
import { printable } from '../report/printable.ts';

/** What makes a destroy one that failed, though it came to its end. */
export function mistakeOf(receipt: Receipt): PreviewopsError | undefined {
  const { remaining, failure } = receipt;
  if (remaining.length > 0) return notRemoved(receipt);
  if (failure === undefined) return undefined;
  return new PreviewopsError('hook-failed', failure.sentence, {
    hint: failure.hint,
    details: { failure },
  });
}

/** There may be many names: they are in the hint, and the message, which stands on one line, counts them. */
function notRemoved({ preview, remaining }: Receipt): PreviewopsError {
  const left = `${counted(remaining.length, 'resource')} left`;
  const names = remaining.map(({ resource, name }) => `  ${resource} ${printable(name)}`);
  const again = 'Run the same command again; it removes what is left.';
  const message = `${printable(preview.id)} is not wholly removed, ${left}`;
  return new PreviewopsError('not-removed', message, {
    hint: ['Still there:', ...names, again].join('\n'),
  });
}
