import { exitCodes } from '../errors.ts';
import type { Session } from '../report/io.ts';
import { printable } from '../report/printable.ts';
import { block } from '../report/printer.ts';
import { openContext } from './context.ts';
import type { StartOptions } from './options.ts';
import { renderTimings } from './timings.ts';
import { withUi } from './ui.ts';

/** `previewops start`: gives the exit code. */
export function start(options: StartOptions, session: Session): Promise<number> {
  return withUi(options, session, async (ui) => {
    const context = await openContext(options, { session, ui });
    const identity = await context.identity(options);
    const { preview, steps, ready, timings, warnings } = await context.provider.start({
      identity,
      wait: options.wait,
      probe: options.probe && context.config.probe,
      timeoutMs: options.timeout,
    });
    ui.progress.stop();
    const all = [...ui.warnings, ...warnings];
    ui.printer.document('start', { preview, steps, ready, timings, warnings: all });
    ui.printer.tell(
      ...warnings.flatMap((text) => block('warning: ', text)),
      ...(steps.length === 0 ? ['it was not stopped'] : []),
      `${ready ? 'ready' : 'started, not waited for'} (${renderTimings(timings)})`,
    );
    ui.printer.result(printable(preview.url));
    return exitCodes.done;
  });
}
