import { exitCodes } from '../errors.ts';
import type { Session } from '../report/io.ts';
import { renderReport } from '../report/status.ts';
import { openContext } from './context.ts';
import type { StatusOptions } from './options.ts';
import { withUi } from './ui.ts';

/** `previewops status`: gives the exit code. */
export function status(options: StatusOptions, session: Session): Promise<number> {
  return withUi(options, session, async (ui) => {
    const context = await openContext(options, { session, ui });
    const report = await context.provider.status(await context.identity(options));
    ui.progress.stop();
    const { summary, ...rest } = report;
    ui.printer.document('status', { preview: summary, ...rest });
    ui.printer.result(...renderReport(report, context.clock.now()));
    return exitCodes.done;
  });
}
