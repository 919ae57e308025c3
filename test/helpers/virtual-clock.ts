import { isMainThread } from 'node:worker_threads';
import type { Clock } from '../../src/clock.ts';

export interface VirtualClock extends Clock {
  /** Lets `ms` milliseconds pass, with all that falls due in them. */
  advance(ms: number): Promise<void>;
  /** Keeps time still until `work` (real input or output, an import) has ended. */
  hold<T>(work: Promise<T>): Promise<T>;
  /** How many sleeps are waiting now. A flow that has ended leaves none. */
  readonly pending: number;
}

interface Timer {
  at: number;
  order: number;
  fire: () => void;
}

// Promise chains run to their end between two turns of the event loop; the further turns let
// streams, immediates and small file reads follow.
const quietTurns = 8;

/** Noon of an ordinary day: far from zero, so that a forgotten unit shows. */
export const virtualStart = Date.UTC(2030, 0, 15, 12);

/**
 * Time that jumps: when everything that can run has run, it goes straight to the next sleeper.
 * Equal times wake in the order in which they were asked for, so a test always runs the same way.
 */
export function createVirtualClock({ start = virtualStart } = {}): VirtualClock {
  let now = start;
  let asked = 0;
  let held = 0;
  let watching = false;
  const timers = new Set<Timer>();

  const next = () =>
    [...timers].reduce<Timer | undefined>(
      (first, timer) =>
        !first || timer.at < first.at || (timer.at === first.at && timer.order < first.order)
          ? timer
          : first,
      undefined,
    );

  /** Waits for quiet, wakes one sleeper, and so on while there are any. */
  const watch = async () => {
    for (let turns = 0, seen = asked; timers.size > 0; ) {
      await new Promise((resolve) => setImmediate(resolve));
      const busy = seen !== asked || held > 0 || realWork();
      turns = busy ? 0 : turns + 1;
      seen = asked;
      if (turns < quietTurns) continue;
      const timer = next();
      if (!timer) break;
      timers.delete(timer);
      now = Math.max(now, timer.at);
      turns = 0;
      timer.fire();
    }
    watching = false;
  };

  const sleep = (ms: number, signal?: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const onAbort = () => {
        timers.delete(timer);
        reject(signal?.reason);
      };
      const fire = () => {
        signal?.removeEventListener('abort', onAbort);
        resolve();
      };
      const timer = { at: now + Math.max(0, ms), order: asked++, fire };
      signal?.addEventListener('abort', onAbort, { once: true });
      timers.add(timer);
      if (watching) return;
      watching = true;
      void watch();
    });

  return {
    now: () => now,
    sleep,
    advance: (ms) => sleep(ms),
    hold: async (work) => {
      held++;
      try {
        return await work;
      } finally {
        held--;
      }
    },
    get pending() {
      return timers.size;
    },
  };
}

/** Whether a file operation or an import is under way: its answer comes in real time, and must come first. */
function realWork(): boolean {
  return process.getActiveResourcesInfo().some((name) => real.test(name));
}

// Outside vitest, tsx has a thread of its own resolve every import, through a port that is active for
// just as long. In a worker the port to the main thread always is, and says nothing.
const real = isMainThread ? /^(FSReq|CloseReq|MessagePort)/ : /^(FSReq|CloseReq)/;
