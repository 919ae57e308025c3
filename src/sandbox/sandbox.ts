import { appendFileSync } from 'node:fs';
import type { SdkClient } from '../aws/aws.ts';
import { type Clock, systemClock } from '../clock.ts';
import { answerTo, type SandboxAnswer } from './answer.ts';
import { defaultCallerArn } from './arn.ts';
import { createSandboxClock } from './clock.ts';
import { processLatencyMs } from './environment.ts';
import { createFileStore } from './file-store.ts';
import { instrument } from './middleware.ts';
import { createPerform, type Parts } from './perform.ts';
import { countRequest } from './requests.ts';
import { resolveHost } from './resolve.ts';
import { type AccountKind, type Seed, seedWorld } from './seed.ts';
import { createMemoryStore, type Store } from './store.ts';
import type { CallLine, SandboxOptions, World } from './types.ts';
import { advanceWorld, contextOf, emptyWorld } from './world.ts';

export type { SandboxAnswer } from './answer.ts';
export { sandboxOptionsFromEnv } from './environment.ts';

export interface Sandbox {
  /** Sandbox time: for everything that has to do with the simulated account (ages, claims, polling). */
  clock: Clock;
  /** Puts the sandbox in front of an SDK client. */
  instrument(client: SdkClient): void;
  /** A copy of the world as it is now. */
  world(): World;
  /** Changes the world by hand: what somebody else does to the account, past all calls. */
  change(work: (world: World) => void): Promise<void>;
  callerArn: string;
  /** The public IPv4 addresses of a host, sorted; none when the name does not exist. */
  resolve(host: string): Promise<string[]>;
  /** What a client on the internet gets for a GET of this URL now. Rejects with `bad-usage` for no HTTP URL. */
  answer(url: string): Promise<SandboxAnswer>;
}

export interface MemoryOptions extends SandboxOptions {
  /** The world to begin with; it is copied. */
  world?: World;
  /** Another sandbox whose world this one shares, as a second process would; no seed is needed. */
  beside?: Sandbox;
  seed?: Seed;
  account?: AccountKind;
}

export interface FileOptions extends Omit<SandboxOptions, 'clock'> {
  /** The state file; made when it is not there. */
  file: string;
  /** Real milliseconds for one of the sandbox. */
  timeScale: number;
  seed?: Seed;
  /** What of the seed there is: all of it unless told. */
  account?: AccountKind;
  /** A file to which each call adds one JSON line. */
  callsFile?: string;
  /** The process: whose lock it is, and whether another holder lives. Without it, only age tells. */
  process?: { readonly pid: number; kill(pid: number, signal: 0): boolean };
  /** The wall clock. */
  real?: Clock;
}

const stores = new WeakMap<Sandbox, Store>();

/** A sandbox in memory; for tests. */
export function createSandbox(options: MemoryOptions): Sandbox {
  const { world, beside, seed } = options;
  const shared = beside && stores.get(beside);
  const fresh = world
    ? structuredClone(world)
    : emptyWorld(seed?.account, seed?.region, seed?.partition);
  const store = shared ?? createMemoryStore(fresh);
  const start = Math.max(store.snapshot().now, options.clock.now());
  const clock = createSandboxClock({ real: options.clock, scale: 1, start });
  fresh.now = start;
  if (seed && !shared) seedWorld(fresh, seed, options.account);
  return assemble({ options, store, clock, pace: options.clock });
}

/** A sandbox in a file that processes share. */
export async function openSandbox(options: FileOptions): Promise<Sandbox> {
  const { file, timeScale, seed, process, callsFile, real = systemClock } = options;
  const store = createFileStore({
    file,
    pid: process?.pid ?? 0,
    isAlive: (pid) => process === undefined || isAlive(process, pid),
    now: () => real.now(),
    initial: () => emptyWorld(seed?.account, seed?.region, seed?.partition),
  });
  const start = await store.transact((world) => {
    world.now = Math.max(world.now, real.now());
    if (seed) seedWorld(world, seed, options.account);
    return world.now;
  });
  const clock = createSandboxClock({ real, scale: timeScale, start });
  const log = (line: CallLine) => {
    if (callsFile !== undefined) appendFileSync(callsFile, `${JSON.stringify(line)}\n`);
    options.onCall?.(line);
  };
  const all = { latencyMs: processLatencyMs, ...options, clock, onCall: log };
  return assemble({ options: all, store, clock, pace: real });
}

/** Signal 0 asks only; EPERM means that the process lives and belongs to somebody else. */
function isAlive(process: NonNullable<FileOptions['process']>, pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function assemble(parts: Omit<Parts, 'callerArn'>): Sandbox {
  const { options, store, clock } = parts;
  const callerArn = options.callerArn ?? defaultCallerArn(store.snapshot());
  const perform = createPerform({ ...parts, callerArn });
  const sandbox: Sandbox = {
    clock,
    callerArn,
    instrument: (client) => instrument(client, perform),
    resolve: async (host) => resolveHost(store.snapshot(), host),
    answer: async (url) => {
      const world = sandbox.world();
      const chosen: string[] = [];
      const answer = answerTo(world, url, (group) => chosen.push(group));
      const [group] = chosen;
      if (group !== undefined) await store.transact((now) => countRequest(now, group, world.now));
      return answer;
    },
    change: (work) => {
      if (store.quiet) store.quiet.until = Number.NEGATIVE_INFINITY;
      return store.transact(work);
    },
    world() {
      const world = store.snapshot();
      const now = Math.max(world.now, clock.now());
      advanceWorld(contextOf(world, { now, behaviour: options.behaviour, callerArn }));
      return world;
    },
  };
  stores.set(sandbox, store);
  return sandbox;
}
