import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { createVirtualClock } from '../../helpers/virtual-clock.ts';

test('it jumps to the next sleeper when all is quiet', async () => {
  const clock = createVirtualClock({ start: 0 });
  const seen: [string, number][] = [];
  const sleeper = async (name: string, ms: number) => {
    await clock.sleep(ms);
    seen.push([name, clock.now()]);
  };
  await Promise.all([
    sleeper('late', 86_400_000),
    sleeper('b', 5),
    sleeper('c', 5),
    sleeper('a', 1),
  ]);
  expect(seen).toEqual([
    ['a', 1],
    ['b', 5],
    ['c', 5],
    ['late', 86_400_000],
  ]);
  expect(clock.pending).toBe(0);
});

test('what a sleeper starts comes before later sleepers', async () => {
  const clock = createVirtualClock({ start: 0 });
  const seen: number[] = [];
  const first = clock.sleep(10).then(async () => {
    for (let n = 0; n < 3; n++) {
      await new Promise((resolve) => setImmediate(resolve));
      await clock.sleep(2);
      seen.push(clock.now());
    }
  });
  await Promise.all([first, clock.sleep(15).then(() => seen.push(clock.now()))]);
  expect(seen).toEqual([12, 14, 15, 16]);
});

test('it waits for files and for held work', async () => {
  const clock = createVirtualClock({ start: 0 });
  const slept = clock.sleep(1_000);
  await readFile(new URL(import.meta.url));
  expect(clock.now()).toBe(0);
  const work = new Promise<string>((resolve) => setTimeout(resolve, 30, 'done'));
  expect(await clock.hold(work)).toBe('done');
  expect(clock.now()).toBe(0);
  await slept;
  expect(clock.now()).toBe(1_000);
});

test('held work that fails lets time go on', async () => {
  const clock = createVirtualClock({ start: 0 });
  await expect(clock.hold(Promise.reject(new Error('no')))).rejects.toThrow('no');
  await clock.sleep(5);
  expect(clock.now()).toBe(5);
});

test('a sleep that is aborted rejects at once and leaves nothing', async () => {
  const clock = createVirtualClock({ start: 0 });
  const controller = new AbortController();
  const slept = clock.sleep(1_000, controller.signal);
  expect(clock.pending).toBe(1);
  controller.abort(new Error('stop'));
  await expect(slept).rejects.toThrow('stop');
  await expect(clock.sleep(1, controller.signal)).rejects.toThrow('stop');
  expect(clock.pending).toBe(0);
  expect(clock.now()).toBe(0);
});

test('advance lets fall due what falls due', async () => {
  const clock = createVirtualClock({ start: 100 });
  let woken = 0;
  void clock.sleep(50).then(() => woken++);
  void clock.sleep(51).then(() => woken++);
  await clock.advance(50);
  expect([woken, clock.now(), clock.pending]).toEqual([1, 150, 1]);
});
