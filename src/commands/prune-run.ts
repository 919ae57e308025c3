import type { Config } from '../config/types.ts';
import type { Provider } from '../providers/provider.ts';
import { destroyMany, type Outcome } from './destroy-many.ts';
import { identityOf } from './identity-of.ts';
import {
  type Choice,
  type ChoiceTools,
  type Chosen,
  changedSince,
  choose,
  type Reason,
} from './prune-choice.ts';
import { bringsBack, type RemovalReports } from './removal-reports.ts';

export interface PruneTools extends Omit<ChoiceTools, 'now'> {
  provider: Pick<Provider, 'audit' | 'look' | 'destroy' | 'stop'>;
  config: Config;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Whose previews; everybody's when absent. */
  whose: string | undefined;
  signal: AbortSignal;
  around?: RemovalReports['around'];
  /** Told of each preview as it ends. */
  onEnd?: (outcome: Outcome) => void;
}

/** What there is to remove, and why. */
export async function findCandidates(tools: PruneTools): Promise<Choice> {
  const { whose, provider, now } = tools;
  const { previews } = await provider.audit(whose === undefined ? {} : { app: whose });
  return choose(previews, { ...tools, now: now() });
}

/**
 * Removes them, and stops those that are idle, but for those that were deployed, started or kept
 * since they were found.
 */
export function removeCandidates(
  chosen: readonly Chosen[],
  { provider, config, signal, around, onEnd, now }: PruneTools,
): Promise<Outcome[]> {
  const unlessBegunSince = now();
  const removals = chosen.map((one) => {
    const identity = identityOf(one.preview, config);
    const stop = async (): Promise<Outcome> => {
      const { stoppedAt } = await provider.stop({ identity, unlessBegunSince });
      return { identity, end: 'stopped', stoppedAt };
    };
    return {
      identity,
      why: whyGone(one.reason),
      changed: async () => changedSince(one, await provider.look(identity)),
      ...(one.reason === 'idle' ? { instead: stop } : {}),
    };
  });
  return destroyMany(provider, removals, { signal, around, ...(onEnd ? { onEnd } : {}) });
}

/** For the pull request of one that goes. */
function whyGone(reason: Reason): string {
  return {
    expired: `It had expired. ${bringsBack}`,
    old: `Nobody had deployed it for a while. ${bringsBack}`,
    orphan: `Parts of it were missing. ${bringsBack}`,
    'half destroyed': 'A removal that had not come to its end was finished.',
    closed: 'The pull request is closed.',
    merged: 'The pull request is merged.',
    idle: '', // is stopped
  }[reason];
}
