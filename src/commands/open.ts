import { exitCodes, PreviewopsError } from '../errors.ts';
import type { PreviewSummary } from '../providers/provider.ts';
import type { Env, Session } from '../report/io.ts';
import { isInteractive } from '../report/printer.ts';
import { openInBrowser, webUrl } from './browser.ts';
import { openContext } from './context.ts';
import type { OpenOptions } from './options.ts';
import { type Ui, withUi } from './ui.ts';

/** `previewops open`: shows a preview in the browser, and prints its URL. Gives the exit code. */
export function open(options: OpenOptions, session: Session): Promise<number> {
  return withUi(options, session, async (ui) => {
    const context = await openContext(options, { session, ui });
    const { summary } = await context.provider.status(await context.identity(options));
    ui.progress.stop();
    await show(summary, { options, session, ui, browse: openInBrowser });
    return exitCodes.done;
  });
}

interface Showing {
  options: Pick<OpenOptions, 'print' | 'json' | 'sandbox'>;
  session: Session;
  ui: Pick<Ui, 'printer' | 'warn' | 'warnings'>;
  browse(url: string, env: Env): Promise<void>;
}

/** Prints the URL, and opens it where somebody sits in front. Rejects with `not-found` for what is no web page. */
export async function show(
  preview: Pick<PreviewSummary, 'id' | 'status' | 'detail' | 'url'>,
  { options, session, ui, browse }: Showing,
): Promise<void> {
  const url = webUrl(preview.url ?? '');
  if (url === undefined) throw noUrl(preview.id);
  if (preview.status !== 'ready') {
    ui.warn(`${preview.id} is ${[preview.status, preview.detail].filter(Boolean).join(': ')}`);
  }
  const { env } = session.io;
  const opened = mayOpen(options, session) && (await started(() => browse(url, env), ui));
  ui.printer.document('open', { preview, url, opened, warnings: ui.warnings });
  ui.printer.result(url);
}

/** Nobody looks at the browser of a CI, and in the sandbox nothing answers at the URL. */
const mayOpen = ({ print, json, sandbox }: Showing['options'], { io }: Session) =>
  !print && !json && !sandbox && isInteractive(io.stdout, io.env);

/** A machine without a browser still gets the URL. */
async function started(browse: () => Promise<void>, { warn }: Pick<Ui, 'warn'>): Promise<boolean> {
  try {
    await browse();
    return true;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    warn(`no browser could be started (${why}): open the URL yourself`);
    return false;
  }
}

const noUrl = (id: string) =>
  new PreviewopsError('not-found', `${id} has no https URL to open`, {
    hint: 'Its tag previewops:url says something else. Deploy it again, and the tag is set anew.',
  });
