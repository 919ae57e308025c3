import type { Clock } from '../clock.ts';

/** Sandbox time: a clock of its own, driven by another one. */
export interface SandboxClock extends Clock {
  /** Sees to it that the time is at least `time`: another process has been there already. */
  catchUp(time: number): void;
}

export interface SandboxClockOptions {
  /** The clock that really passes: the system's, or a virtual one in tests. */
  real: Clock;
  /** Real milliseconds for one of the sandbox; 1 keeps pace. */
  scale: number;
  /** The time to begin at, milliseconds. */
  start: number;
}

export function createSandboxClock({ real, scale, start }: SandboxClockOptions): SandboxClock {
  const opened = real.now();
  let base = start;
  const now = () => base + (real.now() - opened) / scale;
  return {
    now,
    sleep: (ms, signal) => real.sleep(ms * scale, signal),
    catchUp(time) {
      base += Math.max(0, time - now());
    },
  };
}
