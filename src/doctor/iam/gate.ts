import type { Clock } from '../../clock.ts';

export interface GateOptions {
  clock: Clock;
  signal: AbortSignal;
  /** Calls that may go at once. */
  burst: number;
  /** Calls that may follow, each second. */
  perSecond: number;
}

export type Gate = <T>(work: () => Promise<T>) => Promise<T>;

/**
 * Lets calls through in bursts that a service's rate takes: those that have to wait go together as
 * soon as all of them may, because a burst costs the time of one call.
 */
export function createGate({ clock, signal, burst, perSecond }: GateOptions): Gate {
  const waiting: (() => void)[] = [];
  let tokens = burst;
  let filledAt = clock.now();
  let pumping: Promise<void> | undefined;

  const refill = () => {
    const now = clock.now();
    tokens = Math.min(burst, tokens + ((now - filledAt) / 1000) * perSecond);
    filledAt = now;
  };
  const pump = async () => {
    await undefined; // else it could end before `pumping` is set, which then nobody would clear
    while (waiting.length > 0) {
      refill();
      const wanted = Math.min(waiting.length, burst);
      // A hair's breadth of tolerance: times are whole milliseconds.
      if (tokens + 1e-6 < wanted && tokens < burst) {
        await clock.sleep(Math.ceil(((wanted - tokens) / perSecond) * 1000), signal);
        continue;
      }
      for (const start of waiting.splice(0, wanted)) {
        tokens -= 1;
        start();
      }
    }
    pumping = undefined;
  };
  return async (work) => {
    signal.throwIfAborted();
    refill();
    if (tokens >= 1 && waiting.length === 0) {
      tokens -= 1;
      return work();
    }
    const turn = new Promise<void>((resolve) => waiting.push(resolve));
    pumping ??= pump();
    await Promise.race([turn, pumping.then(() => turn)]);
    return work();
  };
}
