import { exitCodes, PreviewopsError } from '../errors.ts';
import { counted } from '../report/counted.ts';
import type { Session } from '../report/io.ts';
import { printable } from '../report/printable.ts';
import { sandboxMark } from '../report/printer.ts';
import type { Context } from './context.ts';
import type { Outcome } from './destroy-many.ts';
import type { PruneOptions } from './options.ts';
import { endsOf, nameOf, tellFailed } from './outcomes.ts';
import { type Choice, type Chosen, wishesOf } from './prune-choice.ts';
import { findCandidates, type PruneTools, removeCandidates } from './prune-run.ts';
import { pullRequests } from './pull-requests.ts';
import { removalReports } from './removal-reports.ts';
import { type Ui, withUi } from './ui.ts';
import { openWhose } from './whose.ts';

/** `previewops prune`: gives the exit code. */
export function prune(options: PruneOptions, session: Session): Promise<number> {
  return withUi(options, session, async (ui) => {
    const { context, whose } = await openWhose(options, { session, ui });
    const removals = removalReports(options, { ...context, session, ui });
    const tools: PruneTools = {
      ...context,
      whose,
      wishes: wishesOf(options),
      now: () => context.clock.now(),
      idleAmong: idleAmong(options, context),
      pullRequestState: pullRequests(context, { session, sandbox: options.sandbox }),
      signal: session.signal,
      around: removals.around,
      onEnd: (outcome) => ui.note(lineOf(outcome)),
    };
    const choice = await findCandidates(tools);
    for (const note of choice.notes) ui.note(note);
    if (choice.chosen.length === 0) return nothing(ui, choice);
    const told = await mayRemove(options, { choice, session, ui });
    if (!told.may) return onlyShown(ui, choice, told);
    const outcomes = await removeCandidates(choice.chosen, tools).finally(removals.told);
    ui.progress.stop();
    return report(ui, choice, outcomes);
  });
}

function idleAmong({ idle }: PruneOptions, { config, provider }: Context): PruneTools['idleAmong'] {
  if (!idle) return undefined;
  const seconds = config.idle;
  if (seconds !== undefined) return (previews) => provider.idle(previews, seconds * 1000);
  throw new PreviewopsError('bad-usage', '--idle needs to know how long that is', {
    hint: 'Say it in the configuration, such as `idle: 4h`.',
  });
}

interface Permission {
  may: boolean;
  /** Why not. */
  why: string;
  /** The candidates are on the screen already. */
  shown: boolean;
}

/** On a terminal a person is asked; elsewhere it takes `--yes`. */
async function mayRemove(
  { yes, dryRun, json }: PruneOptions,
  { choice, session, ui }: { choice: Choice; session: Session; ui: Ui },
): Promise<Permission> {
  const { confirm, env } = session.io;
  if (dryRun) return { may: false, why: 'a dry run: nothing was removed', shown: false };
  if (yes) return { may: true, why: '', shown: false };
  if (!confirm || json || env.CI) {
    const why = 'nothing was removed; the same command with --yes removes them';
    return { may: false, why, shown: false };
  }
  ui.printer.result(...linesOf(choice.chosen));
  const mark = ui.printer.options.sandbox ? sandboxMark : '';
  const question = `${mark}${questionOf(choice)}?`;
  const may = await confirm(question, session.signal);
  return { may, why: 'nothing was removed', shown: true };
}

/** `Remove 3 previews`, `Stop 1 preview` or `Remove 3 previews and stop 1`. */
function questionOf({ chosen }: Choice): string {
  const idle = chosen.filter(({ reason }) => reason === 'idle').length;
  const others = chosen.length - idle;
  const removal = `Remove ${counted(others, 'preview')}`;
  if (idle === 0) return removal;
  return others === 0 ? `Stop ${counted(idle, 'preview')}` : `${removal} and stop ${idle}`;
}

const linesOf = (chosen: readonly Chosen[]) =>
  chosen.map(({ preview, reason }) => {
    const { app, id, detail } = preview;
    const why = detail === null ? reason : `${reason}: ${printable(detail)}`;
    return `- ${printable(id)} of ${printable(app)}  ${why}`;
  });

function lineOf(outcome: Outcome): string {
  const { app, id } = outcome.identity;
  const name = `${id} of ${app}`;
  if (outcome.end === 'left') return `${name} stays: ${outcome.why}`;
  if (outcome.end === 'stopped') return `${name}: stopped`;
  if (outcome.end === 'failed') return `${name} failed: ${outcome.error.message}`;
  const count = outcome.receipt.removed.length;
  return `${name}: ${count === 0 ? 'nothing left to remove' : `removed, ${counted(count, 'resource')}`}`;
}

const candidatesOf = ({ chosen }: Choice) =>
  chosen.map(({ preview: { app, id, pr, status, detail }, reason }) => ({
    app,
    id,
    pr,
    status,
    detail,
    reason,
  }));

function nothing({ printer, progress, warnings }: Ui, { notes }: Choice): number {
  progress.stop();
  const none = { candidates: [], receipts: [], stopped: [], failed: [], left: [] };
  printer.document('prune', { dryRun: false, ...none, notes, warnings });
  printer.result('nothing to prune');
  return exitCodes.done;
}

function onlyShown(
  { printer, progress, warnings }: Ui,
  choice: Choice,
  { why, shown }: Permission,
): number {
  progress.stop();
  const { notes } = choice;
  printer.document('prune', {
    dryRun: true,
    candidates: candidatesOf(choice),
    receipts: [],
    stopped: [],
    failed: [],
    left: [],
    notes,
    warnings,
  });
  if (!shown) printer.result(...linesOf(choice.chosen));
  printer.tell(why);
  return exitCodes.done;
}

function report({ printer, warnings }: Ui, choice: Choice, outcomes: readonly Outcome[]): number {
  const { receipts, failed, left } = endsOf(outcomes);
  const stopped = outcomes.filter((one) => one.end === 'stopped');
  printer.document('prune', {
    dryRun: false,
    candidates: candidatesOf(choice),
    receipts,
    stopped: stopped.map((one) => ({ ...nameOf(one.identity), stoppedAt: one.stoppedAt })),
    failed,
    left,
    notes: choice.notes,
    warnings,
  });
  const removed = outcomes.length - failed.length - left.length - stopped.length;
  const further = [
    ...(stopped.length > 0 ? [`${stopped.length} stopped`] : []),
    ...(left.length > 0 ? [`${left.length} left alone`] : []),
  ];
  printer.result([`pruned ${counted(removed, 'preview')}`, ...further].join(', '));
  tellFailed({ failed }, printer);
  return failed.length > 0 ? exitCodes.failed : exitCodes.done;
}
