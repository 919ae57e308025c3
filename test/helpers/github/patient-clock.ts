import type { Clock } from '../../../src/clock.ts';

export interface PatientClock extends Clock {
  /** Milliseconds of all waits that passed. */
  readonly waited: number[];
  /** Lets everything fall due that waits for `ms` milliseconds, now and later. */
  fire(ms: number): void;
}

/**
 * For real HTTP: short waits (a retry's) pass at once, while limits, which are `limit` milliseconds and
 * more, never fall due by themselves.
 */
export function createPatientClock({
  limit = 5_000,
  start = Date.UTC(2030, 0, 15, 12),
} = {}): PatientClock {
  const waited: number[] = [];
  const firing = new Set<number>();
  const pending = new Set<{ ms: number; due: () => void }>();
  let now = start;
  return {
    waited,
    now: () => now++,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const due = () =>
          settle(() => {
            waited.push(ms);
            resolve();
          });
        const timer = { ms, due };
        const onAbort = () => settle(() => reject(signal?.reason));
        const settle = (end: () => void) => {
          pending.delete(timer);
          signal?.removeEventListener('abort', onAbort);
          end();
        };
        signal?.addEventListener('abort', onAbort, { once: true });
        pending.add(timer);
        if (ms < limit || firing.has(ms)) setImmediate(timer.due);
      }),
    fire: (ms) => {
      firing.add(ms);
      for (const timer of [...pending]) if (timer.ms === ms) timer.due();
    },
  };
}
