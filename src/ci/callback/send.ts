import type { Clock } from '../../clock.ts';
import { hash } from '../../preview/hash.ts';
import type { CallbackDocument } from './document.ts';
import { type PostOutcome, type PostRequest, postOnce } from './post.ts';
import { type Patience, totalMs, verdictOf, waitBefore } from './retry.ts';
import { headersOf } from './sign.ts';
import type { CallbackTarget } from './url.ts';

export interface Delivery
  extends Pick<PostRequest, 'lookup' | 'judge' | 'ca'>,
    Pick<Patience, 'random'> {
  target: CallbackTarget;
  document: CallbackDocument;
  /** PREVIEWOPS_CALLBACK_SECRET; without one the delivery is not signed. */
  secret?: string | undefined;
  /** The wall clock also in the sandbox: the receiver lives in real time. */
  clock: Clock;
  /** The run's own. Once aborted there is one try, and a short one. */
  signal: AbortSignal;
  /** Told of trouble, never of success. */
  note(text: string): void;
  /** In place of `postOnce`. */
  post?: ((request: PostRequest) => Promise<PostOutcome>) | undefined;
}

export interface CallbackResult {
  delivered: boolean;
  /** Requests made, whether or not they were answered. */
  attempts: number;
  /** Why it was not delivered. */
  reason?: string;
}

const attemptMs = 10_000;
/** Somebody pressed Ctrl-C, or a CI job is about to be killed. */
const briefMs = 5_000;

/**
 * Delivers one document, with repeats for two minutes where they may help. Never rejects for trouble with the
 * delivery: that is noted and told in the result, since a run is no worse for it.
 */
export async function sendCallback(delivery: Delivery): Promise<CallbackResult> {
  const { target, clock, signal, random, note } = delivery;
  const deadline = clock.now() + totalMs;
  const attempt = prepare(delivery);
  for (let attempts = 1; ; attempts++) {
    const limit = signal.aborted ? briefMs : Math.min(attemptMs, deadline - clock.now());
    const verdict = verdictOf(await attempt(limit), clock.now());
    if (verdict.kind === 'delivered') return { delivered: true, attempts };
    const wait = signal.aborted
      ? { giveUp: 'the run was interrupted' }
      : waitBefore({ attempts, verdict, leftMs: deadline - clock.now(), random });
    if (wait.giveUp !== undefined) {
      const reason = wait.giveUp === '' ? verdict.reason : `${verdict.reason}; ${wait.giveUp}`;
      note(`the callback to ${target.host} was not delivered: ${reason} (${tries(attempts)})`);
      return { delivered: false, attempts, reason };
    }
    if (attempts === 1) {
      note(`the callback to ${target.host} failed: ${verdict.reason}; trying for up to 2 minutes`);
    }
    // An interruption ends the wait, and the loop comes round for its last, short try.
    await clock.sleep(wait.ms, signal).catch(() => {});
  }
}

const tries = (attempts: number) => `${attempts} ${attempts === 1 ? 'try' : 'tries'}`;

/** What stays the same from try to try; gives one try with a time limit. */
function prepare(delivery: Delivery): (limitMs: number) => Promise<PostOutcome> {
  const { target, document, secret, clock, random, lookup, judge, ca } = delivery;
  const body = JSON.stringify(document);
  const deliveryId = hash(32, String(random()), String(clock.now()), body);
  const post = delivery.post ?? postOnce;
  return (limitMs) =>
    withinTime({ ...delivery, limitMs }, (signal) => {
      const headers = headersOf({ body, now: clock.now(), deliveryId, secret });
      return post({ target, body, headers, signal, lookup, judge, ca });
    });
}

interface TimeLimit extends Pick<Delivery, 'clock' | 'signal'> {
  limitMs: number;
}

/** Aborts `work` at its limit, or a short while after an interruption. */
async function withinTime<T>(
  { clock, signal, limitMs }: TimeLimit,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const [late, over] = [new AbortController(), new AbortController()];
  const giveUpAfter = (ms: number) =>
    clock.sleep(ms, over.signal).then(
      () => late.abort(new Error(`no answer within ${Math.ceil(ms / 1000)} s`)),
      () => {},
    );
  const hurry = () => void giveUpAfter(briefMs);
  void giveUpAfter(limitMs);
  signal.addEventListener('abort', hurry, { once: true });
  try {
    return await work(late.signal);
  } finally {
    over.abort();
    signal.removeEventListener('abort', hurry);
  }
}
