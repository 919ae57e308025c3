import { existsSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { acquireLock, type LockOptions } from '../../../src/sandbox/lock.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'previewops-lock-'));
  path = join(folder, 'lock');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

let tokens = 0;
const options = (more: Partial<LockOptions> = {}): LockOptions => ({
  path,
  pid: process.pid,
  isAlive: () => true,
  token: `token-${tokens++}`,
  now: () => Date.now(),
  ...more,
});
/** A clock that runs a second ahead each time it is asked, or as much as is said. */
const racing = (step = 1_000) => {
  let time = 0;
  return () => {
    time += step;
    return time;
  };
};
const owner = (more: object) => JSON.stringify({ pid: 1, host: hostname(), token: 't', ...more });

test('one holder at a time', async () => {
  let held = 0;
  let most = 0;
  const work = async () => {
    const lock = await acquireLock(options());
    most = Math.max(most, ++held);
    await new Promise((resolve) => setTimeout(resolve, 2));
    expect(lock.isOurs()).toBe(true);
    held--;
    lock.release();
  };
  await Promise.all(Array.from({ length: 20 }, work));
  expect(most).toBe(1);
  expect(existsSync(path)).toBe(false);
});

test('the lock of a dead process goes at once, and to one only', async () => {
  writeFileSync(path, owner({ pid: 4242 }));
  const isAlive = (pid: number) => pid !== 4242;
  let held = 0;
  await Promise.all(
    Array.from({ length: 20 }, async () => {
      const lock = await acquireLock(options({ isAlive }));
      expect(++held).toBe(1);
      await new Promise((resolve) => setTimeout(resolve, 1));
      held--;
      lock.release();
    }),
  );
  expect(existsSync(`${path}.break`)).toBe(false);
});

test.each([
  ['of a live process', owner({})],
  ['of a process on another machine', owner({ host: 'elsewhere', pid: 4242 })],
  ['that its holder never filled', ''],
])('a lock %s that stays the same for long goes by age', async (_, text) => {
  writeFileSync(path, text);
  const lock = await acquireLock(options({ now: racing(), isAlive: (pid) => pid !== 4242 }));
  expect(lock.isOurs()).toBe(true);
});

test('a lock that its holder never filled is not waited for as long as others', async () => {
  writeFileSync(path, '');
  const now = racing(100);
  await acquireLock(options({ now }));
  expect(now()).toBeLessThan(2_500);
});

test('the age of the file itself does not count: clocks of file systems differ', async () => {
  writeFileSync(path, owner({}));
  utimesSync(path, 0, 0);
  const waiting = acquireLock(options());
  const first = await Promise.race([
    waiting,
    new Promise((resolve) => setTimeout(resolve, 60, 'waiting')),
  ]);
  expect(first).toBe('waiting');
  rmSync(path);
  (await waiting).release();
});

test('a breaker whose holder died goes as well', async () => {
  writeFileSync(path, owner({ pid: 4242 }));
  writeFileSync(`${path}.break`, '');
  const lock = await acquireLock(options({ now: racing(), isAlive: (pid) => pid !== 4242 }));
  expect(lock.isOurs()).toBe(true);
  expect(existsSync(`${path}.break`)).toBe(false);
});

test('a holder that lost its lock knows, and does not release that of another', async () => {
  const lost = await acquireLock(options());
  rmSync(path);
  const next = await acquireLock(options());
  expect(lost.isOurs()).toBe(false);
  lost.release();
  expect(next.isOurs()).toBe(true);
});

test('a wait without end gives up with advice', async () => {
  let token = 0;
  writeFileSync(path, owner({}));
  const now = racing();
  const busy = () => {
    writeFileSync(path, owner({ token: `other-${token++}` }));
    return now();
  };
  await expect(acquireLock(options({ now: busy }))).rejects.toMatchObject({
    message: expect.stringContaining(path),
    hint: expect.stringContaining('delete the lock file'),
  });
});
