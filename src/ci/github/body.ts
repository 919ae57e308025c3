import { hash } from '../../preview/hash.ts';
import { formatElapsed } from '../../report/time.ts';
import { failureLines } from './failure-body.ts';
import { codeSpan, escapeWithin, link, safeUrl } from './markdown.ts';
import { writeMarker } from './marker.ts';
import { byteLength, shorten } from './text.ts';
import type { Cost, Deployed, Destroyed, Outcome, Phases, Run } from './types.ts';

export interface Telling {
  run: Run;
  outcome: Outcome;
  /** Of the repository's web page; undefined where commits cannot be linked. */
  webUrl: string | undefined;
  /** The log of a failure is cut from its top to stay below. */
  maxBytes: number;
}

/** GitHub takes 65,536 characters; in bytes, and with room for what it adds. */
export const maxCommentBytes = 64_000;

/** The whole comment: a hidden marker, then what happened. `startedAt` in milliseconds since the epoch. */
export function renderComment(telling: Omit<Telling, 'maxBytes'>, startedAt: number): string {
  const { app } = telling.run;
  // Times and the page of the run differ on every run, and say nothing new by themselves.
  const lasting = renderOutcome({ ...withoutTimes(telling), maxBytes: maxCommentBytes });
  const marker = writeMarker({ app, run: startedAt, sum: hash(16, lasting) });
  const maxBytes = maxCommentBytes - byteLength(marker) - 1;
  return `${marker}\n${renderOutcome({ ...telling, maxBytes })}`;
}

/** What happened, as Markdown, for a comment or a step summary. Everything from outside is escaped. */
export function renderOutcome(telling: Telling): string {
  const { run, outcome } = telling;
  const title = `### Preview ${codeSpan(run.id)} of ${codeSpan(run.app)}: ${titleOf(outcome, run)}`;
  const runLink =
    safeUrl(run.runUrl ?? '') === undefined ? [] : [link('Log of the run', run.runUrl)];
  const around = [title, '', ...runLink.flatMap((line) => ['', line])].join('\n');
  const room = telling.maxBytes - byteLength(around) - 2;
  const lines = detailsOf(telling, room);
  return [title, '', ...lines, ...runLink.flatMap((line) => ['', line])].join('\n');
}

function titleOf(outcome: Outcome, { kind }: Run): string {
  switch (outcome.kind) {
    case 'deployed':
      return outcome.result.ready ? '✅ ready' : '⏳ started';
    case 'failed':
      return kind === 'destroy' ? '❌ not wholly removed' : '❌ failed';
    case 'destroyed':
      return '🧹 removed';
    case 'superseded':
      return '⏭️ superseded';
    case 'skipped':
      return '⏭️ skipped';
  }
}

function detailsOf(telling: Telling, maxBytes: number): string[] {
  const { outcome } = telling;
  switch (outcome.kind) {
    case 'deployed':
      return deployedLines(outcome.result, telling);
    case 'failed': {
      const from = commitLines(telling);
      const room = maxBytes - byteLength(from.join('\n')) - 2;
      return [...failureLines(outcome.error, room), ...(from.length > 0 ? ['', ...from] : [])];
    }
    case 'destroyed':
      return destroyedLines(outcome.receipt);
    case 'superseded':
      return ['A newer run has this preview now.'];
    case 'skipped':
      return [escapeWithin(outcome.reason, 2000)];
  }
}

function deployedLines({ preview, ...result }: Deployed, telling: Telling): string[] {
  const { url, image } = preview;
  const note = result.ready ? '' : ' (the rollout was started and not followed)';
  const shown = safeUrl(url) === undefined ? url : new URL(url).host;
  return [
    `**${link(escapeWithin(shown, 1000), url)}**${note}`,
    '',
    ...commitLines(telling, preview.commit),
    `- image ${codeSpan(shorten(image, 300))}`,
    ...phaseLines(result.timings),
    ...expiryLines(result.expiresAt),
    ...(result.costPerDay ? [`- costs about ${formatCost(result.costPerDay)} a day`] : []),
  ];
}

function destroyedLines({ removed, timings, cost, why }: Destroyed): string[] {
  const count = removed.length;
  const what = count === 1 ? '1 resource was' : `${count} resources were`;
  return [
    ...(why === undefined ? [] : [escapeWithin(why, 1000), '']),
    count === 0 ? 'There was nothing left to remove.' : `${what} removed, and nothing is left.`,
    '',
    ...(cost ? [`- it cost about ${formatCost(cost)}`] : []),
    ...phaseLines(timings),
  ];
}

function commitLines({ run, webUrl }: Telling, commit = run.commit ?? null): string[] {
  const { branch } = run;
  const of = branch === undefined ? '' : ` of ${codeSpan(shorten(branch, 300))}`;
  if (commit === null)
    return branch === undefined ? [] : [`- branch ${codeSpan(shorten(branch, 300))}`];
  const known = /^[0-9a-f]{7,64}$/.test(commit) && webUrl !== undefined;
  const short = codeSpan(commit.slice(0, 7));
  return [`- commit ${link(short, known ? `${webUrl}/commit/${commit}` : undefined)}${of}`];
}

function phaseLines(phases: Phases): string[] {
  const all = Object.entries(phases).map(([phase, ms]) => `${phase} ${formatElapsed(ms)}`);
  return all.length === 0 ? [] : [`- time: ${all.join(', ')}`];
}

/** To the minute, in UTC. */
function expiryLines(expiresAt: string | undefined): string[] {
  const at = expiresAt === undefined ? Number.NaN : Date.parse(expiresAt);
  if (Number.isNaN(at)) return [];
  return [`- expires ${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`];
}

function formatCost({ amount, currency }: Cost): string {
  return `${amount.toFixed(2)} ${escapeWithin(currency, 50)}`;
}

function withoutTimes({ run, outcome, webUrl }: Omit<Telling, 'maxBytes'>) {
  return { run: { ...run, runUrl: undefined }, outcome: timeless(outcome), webUrl };
}

function timeless(outcome: Outcome): Outcome {
  if (outcome.kind === 'deployed')
    return { ...outcome, result: { ...outcome.result, timings: {} } };
  if (outcome.kind === 'destroyed') {
    return { ...outcome, receipt: { ...outcome.receipt, timings: {} } };
  }
  return outcome;
}
