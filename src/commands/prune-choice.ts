import type { IdleReport, PreviewSummary } from '../providers/provider.ts';
import { counted } from '../report/counted.ts';

/** What `prune` is asked to remove. */
export interface Wishes {
  expired: boolean;
  closed: boolean;
  orphans: boolean;
  /** To be stopped. */
  idle?: boolean;
  /** Whatever was last deployed longer ago than this, milliseconds; beside other wishes it narrows them. */
  olderThanMs: number | undefined;
}

/** All but `idle`, which is stopped, are removed. */
export type Reason = 'expired' | 'closed' | 'merged' | 'orphan' | 'half destroyed' | 'old' | 'idle';

export interface Chosen {
  preview: PreviewSummary;
  reason: Reason;
}

export type PullRequestState = 'open' | 'closed' | 'merged';

export interface ChoiceTools {
  wishes: Wishes;
  now: number;
  /** The checkout's app: pull requests of other repositories cannot be asked about here. */
  app: string | undefined;
  /** Undefined when nobody tells; then the preview stays. */
  pullRequestState(pr: number): Promise<PullRequestState | undefined>;
  /** Those that nobody asked for anything, for as long as the configuration says; else the wish finds none. */
  idleAmong?: ((previews: readonly PreviewSummary[]) => Promise<IdleReport>) | undefined;
}

export interface Choice {
  chosen: Chosen[];
  /** Why some stay that one might expect to go. */
  notes: string[];
}

/** Without any wish: whatever has expired, is of a closed pull request, or is left over. */
export function wishesOf(asked: {
  expired: boolean;
  closed: boolean;
  orphans: boolean;
  idle?: boolean;
  olderThan?: number;
}): Wishes {
  const { expired, closed, orphans, idle = false, olderThan: olderThanMs } = asked;
  const none = !expired && !closed && !orphans && !idle && olderThanMs === undefined;
  return none
    ? { expired: true, closed: true, orphans: true, idle, olderThanMs }
    : { expired, closed, orphans, idle, olderThanMs };
}

/** What is to be removed, and why. A destroy that did not come to its end is finished in any case. */
export async function choose(
  previews: readonly PreviewSummary[],
  tools: ChoiceTools,
): Promise<Choice> {
  const { wishes, now } = tools;
  const notes: string[] = [];
  const chosen = new Map<PreviewSummary, Reason>();
  const rest: PreviewSummary[] = [];
  for (const preview of previews) {
    const reason = reasonOf(preview, wishes, now);
    if (reason === undefined) rest.push(preview);
    else if (preview.elsewhere === null) chosen.set(preview, reason);
    else notes.push(`${preview.id} of ${preview.app} stays: a part is on ${preview.elsewhere}`);
  }
  if (wishes.closed) {
    const closed = await closedAmong(
      rest.filter((one) => mayClose(one, wishes, now)),
      tools,
    );
    for (const [preview, reason] of closed.chosen) chosen.set(preview, reason);
    notes.push(...closed.notes);
  }
  if (wishes.idle && tools.idleAmong) {
    const others = rest.filter((one) => !chosen.has(one) && isOldEnough(one, wishes, now));
    const idle = await tools.idleAmong(others);
    for (const preview of idle.idle) chosen.set(preview, 'idle');
    notes.push(...idle.notes);
  }
  return { chosen: previews.flatMap((preview) => asChosen(preview, chosen.get(preview))), notes };
}

const asChosen = (preview: PreviewSummary, reason: Reason | undefined): Chosen[] =>
  reason === undefined ? [] : [{ preview, reason }];

function reasonOf(preview: PreviewSummary, wishes: Wishes, now: number): Reason | undefined {
  const { status, halfDestroyed } = preview;
  if (halfDestroyed) return 'half destroyed';
  if (!isOldEnough(preview, wishes, now)) return undefined;
  if (status === 'expired' && wishes.expired) return 'expired';
  if (status === 'orphan' && wishes.orphans) return 'orphan';
  const byAge = !wishes.expired && !wishes.closed && !wishes.orphans && !wishes.idle;
  const settled = status !== 'deploying' && status !== 'foreign';
  return byAge && settled && preview.kept === null ? 'old' : undefined;
}

/** Of what nobody knows the age, nothing is taken to be old. */
function isOldEnough(
  { deployedAt, createdAt }: PreviewSummary,
  { olderThanMs }: Wishes,
  now: number,
): boolean {
  if (olderThanMs === undefined) return true;
  const since = Date.parse(deployedAt ?? createdAt ?? '');
  return !Number.isNaN(since) && now - since > olderThanMs;
}

const mayClose = (preview: PreviewSummary, wishes: Wishes, now: number) =>
  preview.pr !== null &&
  preview.kept === null &&
  preview.elsewhere === null &&
  preview.status !== 'foreign' &&
  isOldEnough(preview, wishes, now);

/** How many pull requests are asked about at the same time. */
const asksAtOnce = 8;

async function closedAmong(
  candidates: readonly PreviewSummary[],
  { app, pullRequestState }: ChoiceTools,
): Promise<{ chosen: Map<PreviewSummary, Reason>; notes: string[] }> {
  const own = candidates.filter((preview) => preview.app === app);
  const chosen = new Map<PreviewSummary, Reason>();
  const notes: string[] = [];
  const waiting = [...own];
  let unknown = 0;
  const ask = async () => {
    for (let preview = waiting.shift(); preview; preview = waiting.shift()) {
      const state = await pullRequestState(preview.pr ?? 0);
      if (state === undefined) unknown++;
      else if (state !== 'open') chosen.set(preview, state);
    }
  };
  await Promise.all(Array.from({ length: asksAtOnce }, ask));
  if (unknown > 0) {
    notes.push(
      `${counted(unknown, 'preview')} ${unknown === 1 ? 'stays' : 'stay'}: nobody tells whether the pull request is closed`,
    );
  }
  if (own.length < candidates.length) {
    const others = candidates.length - own.length;
    notes.push(
      `${counted(others, 'preview')} of other apps: whether their pull requests are closed is told in their own repositories`,
    );
  }
  return { chosen, notes };
}

/**
 * Why a preview is not to go any more, by a look just before: much may have happened since the list
 * was made. Undefined when it is still to go.
 */
export function changedSince(
  { preview, reason }: Chosen,
  now: PreviewSummary | undefined,
): string | undefined {
  if (reason === 'idle') return noLongerIdle(preview, now);
  // What a look at one preview does not see, such as an image, is left all the same.
  if (!now || now.halfDestroyed) return undefined;
  if (now.deployedAt !== preview.deployedAt) return 'it was deployed meanwhile';
  if (now.status === 'deploying' && preview.status !== 'deploying') return 'it is being deployed';
  if (reason === 'half destroyed') {
    return now.status === 'orphan' ? undefined : 'it was deployed meanwhile';
  }
  const kept = now.kept !== null && now.kept !== preview.kept;
  return kept && reason !== 'orphan' ? 'it was kept meanwhile' : undefined;
}

/** A look does not tell of requests; who comes in the last moment finds the page, and can start it. */
function noLongerIdle(before: PreviewSummary, now: PreviewSummary | undefined): string | undefined {
  if (now?.status !== 'ready') return `it is ${now?.status ?? 'gone'} by now`;
  const same = now.deployedAt === before.deployedAt && now.startedAt === before.startedAt;
  return same ? undefined : 'it was deployed or started meanwhile';
}
