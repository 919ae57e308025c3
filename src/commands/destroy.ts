import { exitCodes, PreviewopsError } from '../errors.ts';
import type { Receipt } from '../providers/provider.ts';
import { counted } from '../report/counted.ts';
import { evidenceLines } from '../report/evidence.ts';
import type { Session } from '../report/io.ts';
import { printable } from '../report/printable.ts';
import { block } from '../report/printer.ts';
import { openContext } from './context.ts';
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
  if (remaining.length > 0) {
    const { message, hint } = notRemoved(receipt);
    printer.tell(`error: ${message}`, ...(hint ?? '').split('\n').map((line) => `  ${line}`));
    return exitCodes.failed;
  }
  if (removed.length === 0) printer.result(`${printable(preview.id)}: nothing to remove`);
  else {
    const count = counted(removed.length, 'resource');
    printer.result(`${printable(preview.id)}: destroyed, ${count} removed, nothing left`);
  }
  if (failure) {
    // The removal went on; that the hook failed is what the exit code is about.
    const hint = failure.hint === undefined ? [] : block('  ', failure.hint);
    printer.tell(...block('error: ', failure.sentence), ...evidenceLines(failure), ...hint);
    return exitCodes.failed;
  }
  printer.tell(`done (${renderTimings(timings)})`);
  return exitCodes.done;
}

/** What makes a destroy one that failed, though it came to its end. */
function mistakeOf(receipt: Receipt): PreviewopsError | undefined {
  const { remaining, failure } = receipt;
  if (remaining.length > 0) return notRemoved(receipt);
  if (failure === undefined) return undefined;
  return new PreviewopsError('hook-failed', failure.sentence, {
    hint: failure.hint,
    details: { failure },
  });
}

function notRemoved({ preview, remaining }: Receipt): PreviewopsError {
  const names = remaining.map(({ resource, name }) => `${resource} ${printable(name)}`);
  return new PreviewopsError('not-removed', `${printable(preview.id)} is not wholly removed`, {
    hint: `Still there:\n${names.map((name) => `  ${name}`).join('\n')}\nRun the same command again; it removes what is left.`,
  });
}
