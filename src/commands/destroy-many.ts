import { explain } from '../aws/errors.ts';
import { exitCodes, type PreviewopsError } from '../errors.ts';
import type { Identity } from '../preview/identity.ts';
import type { Provider, Receipt } from '../providers/provider.ts';
import { mistakeOf } from './mistake.ts';
import type { RemovalReports } from './removal-reports.ts';

/** One of many previews to remove. */
export interface Removal {
  identity: Identity;
  /** Asked right before: why it is not to go any more, or undefined. */
  changed?: () => Promise<string | undefined>;
  /** What is done in place of the removal; it may reject as a destroy does. */
  instead?: () => Promise<Outcome>;
  /** For its pull request, in whole sentences. */
  why: string;
}

/** How one removal ended: with a receipt, with a reason to leave the preview alone, or with an error. */
export type Outcome =
  | { identity: Identity; end: 'removed'; receipt: Receipt }
  | { identity: Identity; end: 'stopped'; stoppedAt: string }
  | { identity: Identity; end: 'failed'; receipt?: Receipt; error: PreviewopsError }
  | { identity: Identity; end: 'left'; why: string };

export interface ManyOptions {
  /** Aborted, it begins no further removal; those under way end as a single destroy does. */
  signal: AbortSignal;
  /** How many at the same time. */
  atOnce?: number;
  /** Carries out a removal, and has its pull request told why. */
  around?: RemovalReports['around'] | undefined;
  /** Told of each as it ends. */
  onEnd?: (outcome: Outcome) => void;
}

/**
 * A destroy waits for its tasks most of the time, and makes three changes to the load balancer and two
 * to task definitions: with ten at once, AWS's 3 and 1 of those a second are what holds it up.
 */
const usuallyAtOnce = 10;

/**
 * Destroys many previews, each with its receipt. One that fails does not stop the others. Rejects with
 * the signal's reason, once those under way have ended, when it is aborted.
 */
export async function destroyMany(
  provider: Pick<Provider, 'destroy'>,
  removals: readonly Removal[],
  options: ManyOptions,
): Promise<Outcome[]> {
  const { signal, atOnce = usuallyAtOnce, onEnd } = options;
  const outcomes: Outcome[] = [];
  const waiting = removals.map((removal, at) => ({ removal, at }));
  const work = async () => {
    for (let next = waiting.shift(); next && !signal.aborted; next = waiting.shift()) {
      const outcome = await destroyOne(provider, next.removal, options);
      if (!outcome) return;
      outcomes[next.at] = outcome;
      onEnd?.(outcome);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  signal.throwIfAborted();
  return outcomes;
}

/** Undefined when it was interrupted: nobody knows how far it got, and the next run goes on. */
async function destroyOne(
  provider: Pick<Provider, 'destroy'>,
  { identity, why, changed, instead }: Removal,
  { signal, around = (_, __, work) => work() }: ManyOptions,
): Promise<Outcome | undefined> {
  try {
    const reason = await changed?.();
    if (reason !== undefined) return { identity, end: 'left', why: reason };
    if (instead) return await instead();
    const receipt = await around(identity, why, async () =>
      (await provider.destroy(identity)).apply(),
    );
    const error = mistakeOf(receipt);
    return error
      ? { identity, end: 'failed', receipt, error }
      : { identity, end: 'removed', receipt };
  } catch (thrown) {
    if (signal.aborted) return undefined;
    const error = explain(thrown);
    // A deploy began after this command, and is the newer wish.
    if (error.exitCode === exitCodes.superseded) {
      return { identity, end: 'left', why: 'a newer run took it over' };
    }
    return { identity, end: 'failed', error };
  }
}
