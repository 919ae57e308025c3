import type { Clock } from '../../src/clock.ts';
import type { Io } from '../../src/report/io.ts';

export interface FakeIo extends Io {
  /** What has been written so far. */
  out(): string;
  err(): string;
  /** As if the user pressed Ctrl-C. */
  interrupt(): void;
  exits: number[];
}

const stoppedClock: Clock = {
  now: () => Date.parse('2026-11-21T20:00:00Z'),
  sleep: (_, signal) =>
    new Promise((_resolve, reject) =>
      signal?.addEventListener('abort', () => reject(signal.reason), { once: true }),
    ),
};

/** A process of one's own: streams that remember, signals by hand, a clock that stands still. */
export function fakeIo(given: Partial<Io> & { tty?: boolean } = {}): FakeIo {
  const { tty = false, ...io } = given;
  const written = { out: '', err: '' };
  const listeners = new Set<() => void>();
  const exits: number[] = [];
  const stream = (name: keyof typeof written) => ({
    write: (text: string) => {
      written[name] += text;
    },
    isTTY: tty,
    columns: 60,
  });
  return {
    stdout: stream('out'),
    stderr: stream('err'),
    env: {},
    cwd: '/nowhere',
    home: '/nowhere',
    clock: stoppedClock,
    onSignal: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    exit: (code) => exits.push(code),
    kill: () => {
      throw new Error('killed');
    },
    process: { pid: process.pid, kill: (pid, signal) => process.kill(pid, signal) },
    random: () => 0.5,
    ...io,
    out: () => written.out,
    err: () => written.err,
    interrupt: () => {
      for (const listener of listeners) listener();
    },
    exits,
  };
}
