import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { awsError } from '../../../src/sandbox/errors.ts';
import { createFileStore } from '../../../src/sandbox/file-store.ts';
import { emptyWorld } from '../../../src/sandbox/world.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'previewops-store-'));
  file = join(folder, 'state.json');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const open = () =>
  createFileStore({
    file,
    initial: () => emptyWorld(),
    pid: process.pid,
    isAlive: () => true,
    now: () => Date.now(),
  });

test('an answer that is an error keeps the world, a mistake of ours does not', async () => {
  const store = open();
  const fail = (error: Error) =>
    store.transact((world) => {
      world.nextId++;
      throw error;
    });
  await expect(fail(awsError('NoSuchThing', 'no'))).rejects.toThrow('no');
  expect(open().snapshot().nextId).toBe(2);
  await expect(fail(new TypeError('bug'))).rejects.toThrow('bug');
  expect(store.snapshot().nextId).toBe(2);
  expect(open().snapshot().nextId).toBe(2);
  expect(await store.transact((world) => world.nextId)).toBe(2);
});

test('calls of one process wait for each other, also after one that failed', async () => {
  const store = open();
  const order: number[] = [];
  const calls = Array.from({ length: 10 }, (_, n) =>
    store.transact((world) => {
      order.push(n);
      world.nextId++;
      if (n === 3) throw new Error('three');
    }),
  );
  const outcomes = await Promise.allSettled(calls);
  expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(1);
  expect(order).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(store.snapshot().nextId).toBe(10);
});

test('another store sees each change, even one of the same size and time', async () => {
  const [one, two] = [open(), open()];
  for (let n = 1; n <= 30; n++) {
    const writer = n % 2 === 0 ? one : two;
    await writer.transact((world) => {
      world.region = `region-${n % 10}`;
    });
    expect((n % 2 === 0 ? two : one).snapshot().region).toBe(`region-${n % 10}`);
  }
});

test('the file is replaced, never written in place', async () => {
  const store = open();
  await store.transact((world) => world.nextId++);
  const [before, inode] = [readFileSync(file, 'utf8'), statSync(file).ino];
  await store.transact((world) => world.nextId++);
  expect(statSync(file).ino).not.toBe(inode);
  expect(readFileSync(file, 'utf8')).not.toBe(before);
  expect(JSON.parse(before).nextId).toBe(2);
});

test('a store that lost its lock meanwhile does its work again on the newer world', async () => {
  const store = open();
  await store.transact((world) => world.nextId++);
  let tries = 0;
  await store.transact((world) => {
    if (tries++ === 0) {
      // Another process found the lock stale, took it, and wrote.
      const stamp = '00000000-0000-4000-8000-000000000000';
      writeFileSync(file, JSON.stringify({ stamp, ...emptyWorld(), nextId: 100 }));
      rmSync(`${file}.lock`);
    }
    world.nextId++;
  });
  expect(tries).toBe(2);
  expect(open().snapshot().nextId).toBe(101);
});

test('a snapshot is a copy', () => {
  const store = open();
  store.snapshot().nextId = 99;
  expect(store.snapshot().nextId).toBe(1);
});
