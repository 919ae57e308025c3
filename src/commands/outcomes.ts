// What prune and destroy --all tell alike.
import type { Identity } from '../preview/identity.ts';
import { block, type Printer } from '../report/printer.ts';
import type { Outcome } from './destroy-many.ts';

export const nameOf = ({ app, id }: Pick<Identity, 'app' | 'id'>) => ({ app, id });

/** As in `--json`. There is a receipt of a preview that failed, too, if its removal came to its end. */
export function endsOf(outcomes: readonly Outcome[]) {
  const receipts = outcomes.flatMap((one) =>
    'receipt' in one && one.receipt ? [one.receipt] : [],
  );
  const failed = outcomes.flatMap((one) =>
    one.end === 'failed' ? [{ ...nameOf(one.identity), error: one.error }] : [],
  );
  const left = outcomes.flatMap((one) =>
    one.end === 'left' ? [{ ...nameOf(one.identity), why: one.why }] : [],
  );
  return { receipts, failed, left };
}

/** Of each that failed: whose it is, why, and what to do. */
export function tellFailed(
  { failed }: Pick<ReturnType<typeof endsOf>, 'failed'>,
  { tell }: Pick<Printer, 'tell'>,
): void {
  for (const { app, id, error } of failed) {
    tell(...block('error: ', `${id} of ${app}: ${error.message}`));
    if (error.hint !== undefined) tell(...block('  ', error.hint));
  }
}
