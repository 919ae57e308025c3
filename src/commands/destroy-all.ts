import { exitCodes, PreviewopsError } from '../errors.ts';
import type { PreviewSummary } from '../providers/provider.ts';
import { counted } from '../report/counted.ts';
import type { Session } from '../report/io.ts';
import { printable } from '../report/printable.ts';
import { sandboxMark } from '../report/printer.ts';
import { openContext } from './context.ts';
import { destroyMany, type Outcome } from './destroy-many.ts';
import { identityOf } from './identity-of.ts';
import type { DestroyOptions } from './options.ts';
import { endsOf, nameOf, tellFailed } from './outcomes.ts';
import { bringsBack, removalReports } from './removal-reports.ts';
import { type Ui, withUi } from './ui.ts';

/** `previewops destroy --all`: every preview of this app, each with its receipt. Gives the exit code. */
export function destroyAll(options: DestroyOptions, session: Session): Promise<number> {
  return withUi(options, session, async (ui) => {
    const context = await openContext(options, { session, ui });
    const { app, config, provider } = context;
    const all = await provider.list(app === undefined ? {} : { app });
    // What lies on a listener or in a cluster that the configuration does not name is out of reach.
    const found = all.filter((one) => one.status !== 'foreign' && one.elsewhere === null);
    if (found.length === 0 || options.dryRun) return show(options, { found, ui });
    await insist(options, { found, session, ui });
    const { signal } = session;
    const { around, told } = removalReports(options, { ...context, session, ui });
    const why = `All previews of the app were removed. ${bringsBack}`;
    const outcomes = await destroyMany(
      provider,
      found.map((one) => ({ identity: identityOf(one, config), why })),
      { signal, around, onEnd: (outcome) => ui.note(lineOf(outcome)) },
    ).finally(told);
    ui.progress.stop();
    return report(outcomes, ui);
  });
}

interface Found {
  found: readonly PreviewSummary[];
  ui: Ui;
}

function show({ dryRun }: DestroyOptions, { found, ui }: Found): number {
  const { printer, progress, warnings } = ui;
  progress.stop();
  const candidates = found.map(nameOf);
  printer.document('destroy-all', { dryRun, candidates, receipts: [], failed: [], warnings });
  printer.result(
    ...found.map(({ id, app }) => `- ${printable(id)} of ${printable(app)}`),
    ...(found.length === 0 ? ['nothing to remove'] : []),
  );
  return exitCodes.done;
}

/** What removes many asks on a terminal; elsewhere it takes `--yes`. */
async function insist(
  { yes, json }: DestroyOptions,
  { found, session, ui }: Found & { session: Session },
): Promise<void> {
  if (yes) return;
  const { confirm, env } = session.io;
  const count = counted(found.length, 'preview');
  if (!confirm || json || env.CI) {
    throw new PreviewopsError('bad-usage', `--all would remove ${count}`, {
      hint: 'Say that it is meant with --yes, or see which with --dry-run.',
    });
  }
  const mark = ui.printer.options.sandbox ? sandboxMark : '';
  const names = found.map(({ id }) => printable(id)).join(', ');
  if (await confirm(`${mark}Remove ${count} (${names})?`, session.signal)) return;
  throw new PreviewopsError('interrupted', 'nothing was removed');
}

function lineOf(outcome: Outcome): string {
  const { id } = outcome.identity;
  if (outcome.end === 'left') return `${id} stays: ${outcome.why}`;
  if (outcome.end === 'failed') return `${id} failed: ${outcome.error.message}`;
  return `${id}: destroyed`;
}

function report(outcomes: readonly Outcome[], { printer, warnings }: Ui): number {
  const ends = endsOf(outcomes);
  printer.document('destroy-all', {
    dryRun: false,
    candidates: outcomes.map(({ identity }) => nameOf(identity)),
    ...ends,
    warnings,
  });
  const removed = outcomes.length - ends.failed.length - ends.left.length;
  printer.result(`${counted(removed, 'preview')} destroyed`);
  tellFailed(ends, printer);
  return ends.failed.length > 0 ? exitCodes.failed : exitCodes.done;
}
