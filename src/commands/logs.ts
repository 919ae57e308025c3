import { exitCodes } from '../errors.ts';
import type { LogLine } from '../providers/provider.ts';
import type { Session } from '../report/io.ts';
import { printable, toJson } from '../report/printable.ts';
import { openContext } from './context.ts';
import type { LogsOptions } from './options.ts';
import { withUi } from './ui.ts';

/** `previewops logs`: gives the exit code. With `--json` each line is a document of its own. */
export function logs(options: LogsOptions, session: Session): Promise<number> {
  return withUi(options, session, async (ui) => {
    const context = await openContext(options, { session, ui });
    const identity = await context.identity(options);
    const { follow, previous, container, since, build } = options;
    const lines = context.provider.logs({
      identity,
      follow,
      previous,
      container,
      build,
      since: since === undefined ? undefined : context.clock.now() - since,
    });
    const { sidecars } = context.config;
    const named = container === undefined && sidecars.length > 0;
    ui.progress.stop();
    for await (const line of lines) {
      if (options.json)
        session.io.stdout.write(`${toJson(record(line, options), { indent: 0 })}\n`);
      else ui.printer.result(`${named ? `${line.container} | ` : ''}${printable(line.message)}`);
    }
    return exitCodes.done;
  });
}

const record = ({ at, ...line }: LogLine, { sandbox }: LogsOptions) => ({
  version: 1,
  type: 'log',
  ...(sandbox ? { sandbox: true } : {}),
  at: new Date(at).toISOString(),
  ...line,
});
