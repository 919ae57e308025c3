import type { Clock } from '../../clock.ts';

export interface Patience {
  clock: Clock;
  /** Of the run. */
  signal: AbortSignal;
  /** Milliseconds that the work may take. */
  limitMs: number;
  /** Milliseconds that it may still take once the run is interrupted. */
  graceMs: number;
}

/** The work took longer than it may. */
export class OutOfPatience extends Error {
  constructor(ms: number) {
    super(`GitHub did not answer within ${Math.round(ms / 1000)} s`);
    this.name = 'OutOfPatience';
  }
}

/** Runs `work` with a signal that ends it in time: none of this may hold a run up for long. */
export async function withPatience<T>(
  { clock, signal, limitMs, graceMs }: Patience,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const ended = new AbortController();
  const stop = new AbortController();
  const stopAfter = (ms: number, reason: unknown) =>
    void clock.sleep(ms, ended.signal).then(
      () => stop.abort(reason),
      () => {}, // the work ended first
    );
  const onAbort = () => {
    if (graceMs > 0) stopAfter(graceMs, signal.reason);
    else stop.abort(signal.reason);
  };
  stopAfter(limitMs, new OutOfPatience(limitMs));
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await work(stop.signal);
  } finally {
    signal.removeEventListener('abort', onAbort);
    ended.abort();
  }
}
