import type { Session } from '../report/io.ts';
import { printable } from '../report/printable.ts';
import { block } from '../report/printer.ts';
import { openContext } from './context.ts';
import type { RunOptions } from './options.ts';
import { withUi } from './ui.ts';

/** Lines that the document of `--json` holds: memory stays flat however much a command writes. */
const keptLines = 10_000;

/**
 * `previewops run`: gives the command's own exit code. Its lines go to stdout as they come; with
 * `--json` the last of them are in the document at the end.
 */
export function run(options: RunOptions, session: Session): Promise<number> {
  return withUi(options, session, async (ui) => {
    const context = await openContext(options, { session, ui });
    const identity = await context.identity(options);
    const { command, timeout } = options;
    const kept: string[] = [];
    let total = 0;
    const { exitCode, task, reason } = await context.provider.run({
      identity,
      command,
      timeoutMs: timeout,
      onLines: (lines) => {
        if (!options.json) {
          ui.progress.stop(); // moving lines and the command's own would write over each other
          ui.printer.result(...lines.map(printable));
          return;
        }
        total += lines.length;
        kept.push(...lines.slice(-keptLines));
        kept.splice(0, kept.length - keptLines);
      },
    });
    ui.progress.stop();
    const { app, id } = identity;
    ui.printer.document('run', {
      preview: { app, id },
      command,
      task,
      exitCode,
      reason,
      lines: kept,
      omittedLines: total - kept.length,
    });
    if (exitCode !== 0) {
      const why = reason === null ? '' : ` (${reason})`;
      ui.printer.tell(...block('', `exit code ${exitCode}${why}`));
    }
    return exitCode;
  });
}
