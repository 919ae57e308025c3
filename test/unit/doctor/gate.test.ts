import { expect, test } from 'vitest';
import { createGate } from '../../../src/doctor/iam/gate.ts';
import { createVirtualClock } from '../../helpers/virtual-clock.ts';

const starts = async (count: number, gate = { burst: 5, perSecond: 2 }) => {
  const clock = createVirtualClock({ start: 0 });
  const { signal } = new AbortController();
  const pass = createGate({ clock, signal, ...gate });
  const times: number[] = [];
  await Promise.all(
    Array.from({ length: count }, () =>
      pass(async () => {
        times.push(clock.now());
        await clock.sleep(50);
      }),
    ),
  );
  return times;
};

test('a burst goes at once', async () => {
  expect(await starts(5)).toEqual([0, 0, 0, 0, 0]);
});

test('the rest goes together, as soon as all of it may', async () => {
  expect(await starts(8)).toEqual([0, 0, 0, 0, 0, 1500, 1500, 1500]);
  expect((await starts(12)).slice(5)).toEqual([2500, 2500, 2500, 2500, 2500, 3500, 3500]);
});

test('an interruption ends the wait', async () => {
  const clock = createVirtualClock({ start: 0 });
  const controller = new AbortController();
  const pass = createGate({ clock, signal: controller.signal, burst: 1, perSecond: 0.001 });
  await pass(async () => {});
  const waiting = pass(async () => 'never');
  controller.abort(new Error('stop'));
  await expect(waiting).rejects.toThrow('stop');
});

test('what one call rejects with is its own', async () => {
  const clock = createVirtualClock({ start: 0 });
  const pass = createGate({
    clock,
    signal: new AbortController().signal,
    burst: 1,
    perSecond: 100,
  });
  const failing = pass(() => Promise.reject(new Error('denied')));
  const next = pass(async () => 'fine');
  await expect(failing).rejects.toThrow('denied');
  await expect(next).resolves.toBe('fine');
});

test('a token that comes in the very moment of waiting stops nobody after it', async () => {
  let time = 0;
  // Each look at this clock takes a tenth of a second: half a token at five a second.
  const clock = { now: () => (time += 100), sleep: async () => {} };
  const gate = createGate({ clock, signal: new AbortController().signal, burst: 1, perSecond: 5 });
  const all = [1, 2, 3].map((n) => gate(async () => n));
  const late = new Promise((resolve) => setTimeout(() => resolve('stuck'), 500));
  expect(await Promise.race([Promise.all(all).then(() => gate(async () => 4)), late])).toBe(4);
});
