import type { Identity } from '../../../preview/identity.ts';
import { formatAge } from '../../../report/time.ts';
import type { AroundRemoval, PreviewSummary } from '../../provider.ts';
import { destroyPreview } from '../destroy.ts';
import { idlePreviews } from '../idle.ts';
import type { Rule } from '../resources/listener-rule.ts';
import type { Session } from '../session.ts';
import { targetOf } from '../target.ts';
import { type Fill, isOfTasks } from './limits.ts';
import { describeFills, evictionInVain, noRoom } from './no-room.ts';
import { type Occupant, readOccupants } from './occupants.ts';

/** Nobody who has just deployed finds the preview gone. */
const youngestMs = 60 * 60_000;

/**
 * Removes the one preview of this app that was longest without a deploy and is not in use, and gives
 * the sentence that says so. Rejects with `limit-reached` where there is none, or one is not enough.
 */
export async function evictOldest(
  session: Session,
  full: { fills: readonly Fill[]; rules: readonly Rule[]; around?: AroundRemoval | undefined },
): Promise<string> {
  const { fills, rules, around = (_, work) => work() } = full;
  const { clock, emit, target } = session;
  const vain = evictionInVain(fills);
  if (vain !== undefined) throw await noRoom(session, { fills, rules, evicting: vain });
  const occupants = await readOccupants(session, { rules, summaries: true });
  const refusal = (evicting: string) => noRoom(session, { fills, rules, occupants, evicting });
  const chosen = await choose(session, { occupants, fills });
  if (!chosen) throw await refusal(nobodyMayGo);
  const { identity, why } = chosen;
  const text = `--evict oldest-idle removes preview ${identity.id}, ${why}: ${describeFills(fills)}`;
  emit({ type: 'note', level: 'warning', text });
  const { remaining } = await around(identity, () =>
    destroyPreview({
      ...session,
      target: targetOf(target.config, identity),
      startedAt: clock.now(),
    }),
  );
  if (remaining.length > 0) throw await refusal(`could not remove ${identity.id} as a whole`);
  return `removed preview ${identity.id}, ${why}, to make room`;
}

const nobodyMayGo =
  'found none that may go: it takes none that was deployed within the hour, is kept, failed, got requests within the hour, or holds less than what is missing';

interface Chosen {
  identity: Identity;
  why: string;
}

/** The oldest of those that may go and have what is short; of those in use, where CloudWatch tells, none. */
async function choose(
  session: Session,
  { occupants, fills }: { occupants: readonly Occupant[]; fills: readonly Fill[] },
): Promise<Chosen | undefined> {
  const {
    identity: { app },
    config,
  } = session.target;
  const leaving = occupants.find((one) => one.app === app && one.leaving);
  if (leaving) {
    const { id, host } = leaving;
    return { identity: { app, id, host, url: `https://${host}` }, why: 'half removed already' };
  }
  const old = occupants.filter(
    (one) => mayGo(one, session.clock.now()) && has(one, { fills, spot: config.task.spot }),
  );
  // One that has expired runs as well as any other.
  const previews = old.flatMap(({ summary }) =>
    summary?.stoppedAt === null ? [{ ...summary, status: 'ready' as const }] : [],
  );
  const { idle, unknown } = await idlePreviews(session, { previews, idleMs: youngestMs });
  const quiet = new Set([...idle, ...unknown].map(({ id }) => id));
  const oldest = old.find(
    ({ summary }) => summary && (summary.stoppedAt !== null || quiet.has(summary.id)),
  );
  if (!oldest?.summary || oldest.deployedAt === undefined) return undefined;
  const identity = identityOf(oldest.summary);
  const age = formatAge(session.clock.now() - oldest.deployedAt);
  return identity && { identity, why: `last deployed ${age} ago` };
}

/** Whether enough is free once it is gone. What is stopped holds nothing, and vCPU of Spot are counted apart. */
function has(
  { summary, spot, holds = { vcpu: 0, addresses: 0 } }: Occupant,
  short: { fills: readonly Fill[]; spot: boolean },
): boolean {
  const stopped = summary !== undefined && summary.stoppedAt !== null;
  return short.fills.filter(isOfTasks).every(({ limit, missing = 0 }) => {
    const counts = !stopped && (limit === 'addresses' || spot === short.spot);
    return counts && holds[limit] >= missing;
  });
}

/** What runs well or is stopped, expired or not; what somebody asked to keep stays. */
function mayGo({ summary, deployedAt }: Occupant, now: number): boolean {
  if (!summary || deployedAt === undefined || now - deployedAt < youngestMs) return false;
  const { status, detail, kept, host } = summary;
  const fit =
    status === 'expired' ? !detail?.startsWith('failed') : ['ready', 'stopped'].includes(status);
  return fit && kept === null && host !== null;
}

function identityOf({ app, id, pr, branch, host, url }: PreviewSummary): Identity | undefined {
  if (host === null) return undefined;
  return {
    app,
    id,
    host,
    url: url ?? `https://${host}`,
    ...(pr === null ? {} : { pr }),
    ...(branch === null ? {} : { branch }),
  };
}
