import { exitCodes } from '../errors.ts';
import type { Session } from '../report/io.ts';
import { printable } from '../report/printable.ts';
import { block } from '../report/printer.ts';
import { openContext } from './context.ts';
import type { StopOptions } from './options.ts';
import { renderTimings } from './timings.ts';
import { withUi } from './ui.ts';

/** `previewops stop`: gives the exit code. */
export function stop(options: StopOptions, session: Session): Promise<number> {
  return withUi(options, session, async (ui) => {
    const context = await openContext(options, { session, ui });
    const identity = await context.identity(options);
    const { preview, steps, stoppedAt, timings, warnings } = await context.provider.stop({
      identity,
    });
    ui.progress.stop();
    const all = [...ui.warnings, ...warnings];
    ui.printer.document('stop', { preview, steps, stoppedAt, timings, warnings: all });
    ui.printer.tell(...warnings.flatMap((text) => block('warning: ', text)));
    const state = steps.length === 0 ? `is stopped since ${stoppedAt}` : 'stopped';
    ui.printer.result(`${printable(preview.id)}: ${state}`);
    ui.printer.tell(
      'previewops start and a deploy start it again',
      `done (${renderTimings(timings)})`,
    );
    return exitCodes.done;
  });
}
