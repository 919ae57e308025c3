import { randomUUID } from 'node:crypto';
import {
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { PreviewopsError } from '../errors.ts';
import { isAwsError } from './errors.ts';
import { acquireLock, type LockOptions } from './lock.ts';
import type { Store } from './store.ts';
import type { World } from './types.ts';

export interface FileStoreOptions extends Omit<LockOptions, 'path' | 'token'> {
  file: string;
  /** The world of a file that is not there yet. */
  initial: () => World;
}

/** The file begins with `{"stamp":"<36 characters>"`, new with every write. */
const stampLength = 36;
const headLength = '{"stamp":""'.length + stampLength;

/**
 * A world in a file that many processes share. Each transaction holds a lock file, and the file is
 * replaced whole, so that a process killed at any moment leaves a good file. It is read again only
 * when its stamp is not the one we wrote or read last: times and sizes of files can repeat.
 */
export function createFileStore({ file, initial, ...lockOptions }: FileStoreOptions): Store {
  const id = randomUUID();
  let known: { stamp: string; world: World } | undefined;
  let queue: Promise<unknown> = Promise.resolve();

  const load = (): World => {
    const stamp = readStamp(file);
    if (stamp === undefined) return known ? forget() : initial();
    if (known?.stamp !== stamp) known = readState(file);
    return known.world;
  };
  // The file was deleted under us: a user starts over.
  const forget = () => {
    known = undefined;
    return initial();
  };
  const save = (world: World) => {
    const stamp = randomUUID();
    const temporary = `${file}.${id}.tmp`;
    writeFileSync(temporary, `${JSON.stringify({ stamp, ...world })}\n`);
    return () => {
      renameSync(temporary, file);
      known = { stamp, world };
    };
  };

  /** One try; `undefined` when the lock was lost meanwhile, and with it the right to write. */
  const attempt = async <T>(work: (world: World) => T): Promise<{ value: T } | undefined> => {
    mkdirSync(dirname(file), { recursive: true });
    const lock = await acquireLock({ ...lockOptions, path: `${file}.lock`, token: randomUUID() });
    // From here to the release nothing waits: the lock is held for a few milliseconds.
    try {
      const world = load();
      const outcome = settle(() => work(world));
      if ('error' in outcome && !isAwsError(outcome.error)) {
        known = undefined;
        throw outcome.error;
      }
      const commit = save(world);
      if (!lock.isOurs()) {
        known = undefined;
        return undefined;
      }
      commit();
      if ('error' in outcome) throw outcome.error;
      return outcome;
    } catch (error) {
      if (!isAwsError(error)) known = undefined;
      throw error;
    } finally {
      lock.release();
    }
  };

  const run = async <T>(work: (world: World) => T): Promise<T> => {
    for (;;) {
      const done = await attempt(work);
      if (done) return done.value;
    }
  };

  return {
    transact(work) {
      const next = queue.then(() => run(work));
      queue = next.catch(() => undefined);
      return next;
    },
    snapshot: () => structuredClone(load()),
  };
}

function settle<T>(work: () => T): { value: T } | { error: unknown } {
  try {
    return { value: work() };
  } catch (error) {
    return { error };
  }
}

/** The stamp of the file's present content; `undefined` when there is no file, or an empty one. */
function readStamp(file: string): string | undefined {
  let handle: number;
  try {
    handle = openSync(file, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw broken(file, (error as Error).message);
  }
  try {
    const head = Buffer.alloc(headLength);
    const length = readSync(handle, head, 0, headLength, 0);
    if (length === 0) return undefined;
    const [, stamp] = /^\{"stamp":"([0-9a-f-]{36})"/.exec(head.toString()) ?? [];
    if (stamp === undefined) throw broken(file, 'it is not a state file of the sandbox');
    return stamp;
  } finally {
    closeSync(handle);
  }
}

function readState(file: string): { stamp: string; world: World } {
  let state: World & { stamp: string };
  try {
    state = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw broken(file, (error as Error).message);
  }
  const { stamp, ...world } = state;
  if (world.version !== 4) throw broken(file, `it has version ${world.version}, not 4`);
  return { stamp, world };
}

function broken(file: string, why: string): PreviewopsError {
  return new PreviewopsError(
    'bad-usage',
    `The sandbox's state file ${file} cannot be used: ${why}`,
    {
      hint: `Delete ${file} to start over with an empty sandbox, or name another file in PREVIEWOPS_SANDBOX_STATE.`,
    },
  );
}
