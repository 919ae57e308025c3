import { exitCodes } from '../errors.ts';
import type { PreviewSummary } from '../providers/provider.ts';
import type { Session } from '../report/io.ts';
import { renderPreviews } from '../report/table.ts';
import { openContext } from './context.ts';
import type { ListOptions } from './options.ts';
import { withUi } from './ui.ts';

/** `previewops list`: gives the exit code. */
export function list(options: ListOptions, session: Session): Promise<number> {
  return withUi(options, session, async (ui) => {
    const asked = options.allApps ? '*' : options.app;
    const context = await openContext(options, {
      session,
      ui,
      ...(asked === undefined ? {} : { app: asked }),
    });
    const app = asked ?? context.app;
    const found = await context.provider.list(options.allApps || app === undefined ? {} : { app });
    ui.progress.stop();
    const previews = found.toSorted(compare);
    const { printer } = ui;
    printer.document('list', { previews });
    if (previews.length > 0) {
      const style = { now: context.clock.now(), withApp: options.allApps };
      printer.result(...renderPreviews(previews, style));
    } else if (!options.json) {
      const whose = options.allApps ? '' : ` of ${app}`;
      printer.tell(`no previews${whose}; deploy one with: previewops deploy --pr <number>`);
    }
    return exitCodes.done;
  });
}

/** By app, then pull requests by number, then branches by name. */
function compare(a: PreviewSummary, b: PreviewSummary): number {
  return (
    byText(a.app, b.app) ||
    (a.pr ?? Number.POSITIVE_INFINITY) - (b.pr ?? Number.POSITIVE_INFINITY) ||
    byText(a.id, b.id)
  );
}

const byText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
