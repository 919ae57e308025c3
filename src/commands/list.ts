import { exitCodes, PreviewopsError } from '../errors.ts';
import { pricesDate, pricesFor, pricesRegion, pricesSource } from '../preview/prices.ts';
import type { Audit } from '../providers/provider.ts';
import { counted } from '../report/counted.ts';
import type { Session } from '../report/io.ts';
import { formatDollars } from '../report/money.ts';
import { isInteractive } from '../report/printer.ts';
import { renderPreviews } from '../report/table.ts';
import type { Context } from './context.ts';
import { totalsOf, viewOf } from './list-view.ts';
import type { ListOptions } from './options.ts';
import { type Ui, withUi } from './ui.ts';
import { openWhose } from './whose.ts';

/** `previewops list`: gives the exit code. */
export function list(options: ListOptions, session: Session): Promise<number> {
  if (options.watch) refuseToWatch(options, session);
  return withUi(options, session, async (ui) => {
    const { context, whose: app } = await openWhose(options, { session, ui });
    const read = () => context.provider.audit(app === undefined ? {} : { app });
    const whose = { app, context, ui };
    if (options.watch) return watch(options, { ...whose, read, session });
    const found = await read();
    ui.progress.stop();
    show(options, { ...whose, found });
    return exitCodes.done;
  });
}

interface Shown {
  app: string | undefined;
  context: Context;
  ui: Ui;
  found: Audit;
}

function show(options: ListOptions, { app, context, ui, found }: Shown): void {
  const { printer } = ui;
  const { shared, elsewhere } = found;
  const previews = viewOf(previewsOf(found, options), options);
  const totals = totalsOf(previews);
  printer.document('list', {
    previews,
    shared,
    elsewhere,
    totals,
    prices: pricesSaid(context),
    warnings: ui.warnings,
  });
  if (options.json) return;
  if (previews.length > 0) {
    const style = { now: context.clock.now(), withApp: app !== context.app };
    printer.result(...renderPreviews(previews, style));
    if (totals.perDay > 0) printer.tell(sumOf(totals, context));
  } else if (options.status === undefined) {
    const whose = app === undefined ? '' : ` of ${app}`;
    printer.tell(`no previews${whose}; deploy one with: previewops deploy --pr <number>`);
  } else printer.tell(`no previews are ${options.status.join(' or ')}`);
  for (const { app: its, id, cluster } of elsewhere) {
    printer.tell(`${id} of ${its} is in cluster ${cluster}, not in the configuration's`);
  }
  for (const { app: its, resource, name } of previews.length === 0 ? shared : []) {
    printer.tell(`${resource} ${name} stays: the previews of ${its} share it`);
  }
}

/** What only looks like ours is shown to those who look at everything, or ask for it. */
function previewsOf({ previews, foreign }: Audit, { allApps, status }: ListOptions) {
  return allApps || status?.includes('foreign') ? [...previews, ...foreign] : previews;
}

function pricesSaid({ config }: Context) {
  const { region } = config.providerConfig;
  const { prices, borrowed } = pricesFor(region, config.prices);
  return { currency: 'USD', date: pricesDate, source: pricesSource, region, borrowed, ...prices };
}

function sumOf({ previews, perDay, soFar }: ReturnType<typeof totalsOf>, context: Context): string {
  const { borrowed, region } = pricesSaid(context);
  const whose = borrowed ? `${pricesRegion}, for want of ${region}'s` : pricesRegion;
  const own = Object.values(context.config.prices).some((price) => price !== undefined);
  const prices = own && !borrowed ? 'your prices' : `list prices of ${whose}, ${pricesDate}`;
  const count = counted(previews, 'preview');
  return `${count}: about ${formatDollars(perDay)} a day, ${formatDollars(soFar)} so far (${prices})`;
}

function refuseToWatch({ json }: ListOptions, { io }: Session): void {
  const hint = 'Run `previewops list` again whenever you want to know; --json is for programs.';
  if (json)
    throw new PreviewopsError('bad-usage', '--watch and --json do not go together', { hint });
  if (isInteractive(io.stdout, io.env)) return;
  throw new PreviewopsError('bad-usage', '--watch needs a terminal to draw on', { hint });
}

const redrawEveryMs = 5_000;
const clearScreen = '\u001b[2J\u001b[H';

type Watching = Omit<Shown, 'found'> & { read(): Promise<Audit>; session: Session };

/** Draws again and again until Ctrl-C, which is how one stops watching and no failure. */
async function watch(options: ListOptions, watching: Watching): Promise<number> {
  const { session, context, ui, read } = watching;
  const { signal, io } = session;
  while (!signal.aborted) {
    try {
      const found = await read();
      ui.progress.stop();
      io.stdout.write(clearScreen);
      show(options, { ...watching, found });
      await context.clock.sleep(redrawEveryMs, signal);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }
  return exitCodes.done;
}
