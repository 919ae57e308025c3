import { closeSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import { hostname } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { PreviewopsError } from '../errors.ts';

export interface LockOptions {
  path: string;
  pid: number;
  /** Whether a process of this machine still runs. */
  isAlive: (pid: number) => boolean;
  /** Different for every holder, also inside one process. */
  token: string;
  /** Milliseconds of a clock that really passes. */
  now: () => number;
}

export interface Lock {
  /** Whether the lock is still ours: a process that was suspended for long may have lost it. */
  isOurs(): boolean;
  release(): void;
}

/** Work under the lock takes milliseconds: a lock seen unchanged for so long has lost its holder. */
const staleMs = 10_000;
/** A lock without its owner's name is about to get it, or its maker died in those microseconds. */
const namelessMs = 500;
const giveUpMs = 60_000;

interface Owner {
  pid: number;
  host: string;
  token: string;
}

/** Waits for the lock and takes it. Throws after a minute of others holding it. */
export async function acquireLock({ path, pid, isAlive, token, now }: LockOptions): Promise<Lock> {
  const owner: Owner = { pid, host: hostname(), token };
  const deadline = now() + giveUpMs;
  const lockWatch = watch(path, now);
  const breakerWatch = watch(`${path}.break`, now);
  const isStale = () => {
    const holder = readOwner(path);
    const died = holder !== undefined && holder.host === owner.host && !isAlive(holder.pid);
    return died || lockWatch() > (holder === undefined ? namelessMs : staleMs);
  };
  while (!createExclusively(path, JSON.stringify(owner))) {
    if (isStale()) takeOver(path, { isStale, breakerAge: breakerWatch });
    else await pause(1 + Math.random() * 9);
    if (now() > deadline) {
      throw new PreviewopsError('aws-failed', `The sandbox's state is locked: ${path}`, {
        hint: 'Another command is using it. If none is running, delete the lock file.',
      });
    }
  }
  const isOurs = () => readOwner(path)?.token === token;
  return {
    isOurs,
    release: () => {
      if (isOurs()) rmSync(path, { force: true });
    },
  };
}

/**
 * Removes a stale lock. Two processes may find the same one stale, and the slower must not remove
 * the lock that the faster has just taken: so only the holder of a second lock removes any, and it
 * looks again first. That second one is held for microseconds; should its holder die in them, it
 * goes by age alone.
 */
function takeOver(
  path: string,
  { isStale, breakerAge }: { isStale: () => boolean; breakerAge: () => number },
): void {
  const breaker = `${path}.break`;
  if (!createExclusively(breaker, '')) {
    if (breakerAge() > staleMs) rmSync(breaker, { force: true });
    return;
  }
  try {
    if (isStale()) rmSync(path, { force: true });
  } finally {
    rmSync(breaker, { force: true });
  }
}

/** How long a file has been seen to stay the same: no clock of the file system is trusted. */
function watch(path: string, now: () => number): () => number {
  let seen = '';
  let since = now();
  return () => {
    const stat = statSync(path, { throwIfNoEntry: false });
    const mark = stat ? `${stat.ino} ${stat.mtimeMs} ${readOwner(path)?.token}` : '';
    if (mark !== seen) since = now();
    seen = mark;
    return mark === '' ? 0 : now() - since;
  };
}

/** `undefined` while the lock is gone, or while its holder is between making and filling it. */
function readOwner(path: string): Owner | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Owner;
  } catch {
    return undefined;
  }
}

function createExclusively(path: string, text: string): boolean {
  try {
    const file = openSync(path, 'wx');
    try {
      writeSync(file, text);
    } finally {
      closeSync(file);
    }
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}
