import { exitCodes } from '../errors.ts';
import type { Receipt } from '../providers/provider.ts';
import { counted } from '../report/counted.ts';
import { errorLines } from '../report/failure.ts';
import type { Session } from '../report/io.ts';
import { printable } from '../report/printable.ts';
import { block } from '../report/printer.ts';
import { openContext } from './context.ts';
import { mistakeOf } from './mistake.ts';
import type { DestroyOptions } from './options.ts';
import { showPlan } from './plan.ts';
import { callbackOf, withReports } from './reports.ts';
import { renderTimings } from './timings.ts';
import { type Ui, withUi } from './ui.ts';

/** `previewops destroy`: gives the exit code. */
export async function destroy(options: DestroyOptions, session: Session): Promise<number> {
  if (options.all) return (await import('./destroy-all.ts')).destroyAll(options, session);
  return withUi(options, session, async (ui) => {
    const context = await openContext(options, { session, ui });
    const callback = await callbackOf(options, context.config);
    const identity = await context.identity(options);
    const { provider } = context;
    if (options.dryRun) return showPlan((await provider.destroy(identity)).plan, ui);
    const receipt = await withReports(
      options,
      { ...context, kind: 'destroy', identity, callback, session, ui },
      {
        run: async () => (await provider.destroy(identity)).apply(),
        end: (gone) => ({ kind: 'destroyed', receipt: gone, error: mistakeOf(gone) }),
      },
    );
    ui.progress.stop();
    return report(receipt, ui);
  });
}

function report(receipt: Receipt, { printer, warnings }: Ui): number {
  const { preview, removed, remaining, failure, timings } = receipt;
  const all = [...new Set([...warnings, ...receipt.warnings])];
  const failed = failure ? { failure } : {};
  printer.document('destroy', { preview, removed, remaining, ...failed, warnings: all, timings });
  const untold = all.filter((text) => !warnings.includes(text));
  printer.tell(...untold.flatMap((text) => block('warning: ', text)));
  if (remaining.length === 0) printer.result(`${printable(preview.id)}: ${endOf(receipt)}`);
  const mistake = mistakeOf(receipt);
  if (mistake) {
    // After a failed hook the removal went on; that it failed is what the exit code is about.
    printer.tell(...errorLines(mistake));
    return exitCodes.failed;
  }
  printer.tell(`done (${renderTimings(timings)})`);
  return exitCodes.done;
}

const endOf = ({ removed }: Receipt) =>
  removed.length === 0
    ? 'nothing to remove'
    : `destroyed, ${counted(removed.length, 'resource')} removed, nothing left`;
