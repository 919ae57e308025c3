import type { Readable, Writable } from 'node:stream';
import type { Clock } from '../clock.ts';

export type Env = Readonly<Record<string, string | undefined>>;

/** What this program needs of a stream. */
export interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
}

/** The outside world, handed in by `main.ts`: nothing else reads the process. */
export interface Io {
  stdout: Output;
  stderr: Output;
  env: Env;
  /** Absolute, as is `home`. */
  cwd: string;
  home: string;
  clock: Clock;
  /** Calls back at each request to stop (SIGINT, SIGTERM); returns how to stop listening. */
  onSignal(listener: () => void): () => void;
  /** Ends the process at once, losing what is not written yet. */
  exit(code: number): void;
  /** Ends the process as `kill -9` does, for the sandbox's fault of that name. */
  kill(): never;
  /** This process and its neighbours: signal 0 asks whether one lives. */
  process: { readonly pid: number; kill(pid: number, signal: 0): boolean };
  /** Asks a person; absent where nobody is at a terminal. */
  confirm?(question: string, signal: AbortSignal): Promise<boolean>;
  /** From 0 to below 1. */
  random(): number;
  /** Where a conversation can be had; absent unless both input and stderr are terminals. */
  terminal?: { input: Readable; output: Writable };
}

/** One run of one command. */
export interface Session {
  io: Io;
  /** Aborted with a PreviewopsError as its reason. */
  signal: AbortSignal;
}
