import type { PostOutcome } from './post.ts';

/** Milliseconds from the first try after which no other begins. */
export const totalMs = 120_000;
const firstWaitMs = 1_000;
const longestWaitMs = 20_000;

/** Statuses that another try may change, besides all from 500 on: RFC 9110, RFC 8470, RFC 6585. */
const passing: readonly number[] = [408, 425, 429];

export type Verdict =
  | { kind: 'delivered' }
  /** `waitMs`: how long the receiver asks to be left alone. */
  | { kind: 'failed'; reason: string; again: boolean; waitMs: number };

/** What one try means. `now` is in milliseconds since the Unix epoch. */
export function verdictOf(outcome: PostOutcome, now: number): Verdict {
  if (outcome.kind !== 'answered') {
    const again = outcome.kind === 'unreachable';
    return { kind: 'failed', reason: outcome.reason, again, waitMs: 0 };
  }
  const { status, retryAfter } = outcome;
  if (status >= 200 && status < 300) return { kind: 'delivered' };
  if (status >= 300 && status < 400) {
    const reason = `it answered with a redirect (HTTP ${status}), and none is followed`;
    return { kind: 'failed', reason, again: false, waitMs: 0 };
  }
  const again = status >= 500 || passing.includes(status);
  const waitMs = again ? parseRetryAfter(retryAfter, now) : 0;
  return { kind: 'failed', reason: `it answered HTTP ${status}`, again, waitMs };
}

/** Seconds, or a date of HTTP (RFC 9110, 10.2.3), as milliseconds from `now`; 0 for anything else. */
export function parseRetryAfter(text: string | undefined, now: number): number {
  const value = text?.trim() ?? '';
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1000;
  const date = /^[A-Z][a-z]{2}, /.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(date) ? 0 : Math.max(0, date - now);
}

export interface Patience {
  /** Tries so far. */
  attempts: number;
  verdict: Extract<Verdict, { kind: 'failed' }>;
  /** Milliseconds until the end of the two minutes. */
  leftMs: number;
  /** From 0 to below 1. */
  random(): number;
}

/** How long to wait before the next try, or why there is none; an empty reason speaks for itself. */
export function waitBefore({
  attempts,
  verdict,
  leftMs,
  random,
}: Patience): { ms: number; giveUp?: undefined } | { giveUp: string } {
  if (!verdict.again) return { giveUp: '' };
  const ceiling = Math.min(longestWaitMs, firstWaitMs * 2 ** (attempts - 1));
  const ms = Math.max(verdict.waitMs, (ceiling / 2) * (1 + random()));
  if (ms < leftMs) return { ms };
  return {
    giveUp:
      verdict.waitMs >= leftMs
        ? `it asks to wait ${Math.ceil(verdict.waitMs / 1000)} s, which is past the two minutes`
        : 'the two minutes are over',
  };
}
