import type { Behaviour } from '../types.ts';

type App = Behaviour['app'];

/** How a container ends by itself. */
export interface Ending {
  /** Milliseconds from its start. */
  afterMs: number;
  exitCode: number;
  /** What ECS says about the container, beside the exit code. */
  reason?: string;
  /** What it writes last. */
  lines: readonly string[];
}

/** What meets a request, on every path: an HTTP status, nobody on the port, or no answer in time. */
export type Reply = number | 'refused' | 'silence';

/** How long a `slow` application takes until it answers. */
export const slowMs = 20 * 60_000;

const endings: Partial<Record<App, Ending>> = {
  crash: {
    afterMs: 3000,
    exitCode: 1,
    lines: ['Error: the simulated application was told to crash', 'Process exited with code 1'],
  },
  'out-of-memory': {
    afterMs: 5000,
    exitCode: 137,
    reason: 'OutOfMemoryError: Container killed due to memory usage',
    lines: [],
  },
};

const replies: Partial<Record<App, Reply>> = {
  crash: 'refused',
  unhealthy: 503,
  'not-found': 404,
  'wrong-port': 'refused',
  hang: 'silence',
};

/** How a container of the application ends, where it does not run on. */
export const endingOf = (app: App): Ending | undefined => endings[app];

/** What a container of the application replies `upMs` after its start. */
export function replyOf(app: App, upMs: number): Reply {
  if (app === 'slow') return upMs < slowMs ? 'silence' : 200;
  return replies[app] ?? 200;
}

/** What the application writes once it is up; it should listen on `port`. */
export function greetingOf(app: App, port: number): string[] {
  if (app === 'crash') return [];
  if (app === 'slow') return [`Warming up for ${slowMs / 60_000} minutes`];
  return [`Listening on port ${app === 'wrong-port' ? otherThan(port) : port}`];
}

const otherThan = (port: number) => (port === 8080 ? 3000 : 8080);
