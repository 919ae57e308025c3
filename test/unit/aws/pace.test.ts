import { expect, it } from 'vitest';
import { createPace } from '../../../src/aws/pace.ts';
import { createVirtualClock } from '../../helpers/virtual-clock.ts';

const never = new AbortController().signal;

it('lets a burst through, then as many a second as AWS takes, in the order they asked', async () => {
  const clock = createVirtualClock();
  const turn = createPace(clock);
  const begun = clock.now();
  const turns: [number, number][] = [];
  const asked = Array.from({ length: 26 }, async (_, nth) => {
    await turn('elasticloadbalancing:CreateRule', never);
    turns.push([nth, clock.now() - begun]);
  });
  await Promise.all(asked);
  expect(turns.map(([nth]) => nth)).toEqual(Array.from({ length: 26 }, (_, nth) => nth));
  const waits = turns.map(([, ms]) => ms);
  expect(waits.slice(0, 20)).toEqual(Array.from({ length: 20 }, () => 0));
  expect(waits.slice(20)).toEqual([334, 667, 1000, 1334, 1667, 2000]);
  await clock.sleep(60_000);
  const later = clock.now();
  await turn('elasticloadbalancing:CreateRule', never);
  expect(clock.now()).toBe(later);
});

it('has nobody wait for calls of another rate, nor for those that have none', async () => {
  const clock = createVirtualClock();
  const turn = createPace(clock);
  const begun = clock.now();
  const many = (key: Parameters<typeof turn>[0], count: number) =>
    Array.from({ length: count }, () => turn(key, never));
  await Promise.all([
    ...many('route53:ListResourceRecordSets', 5),
    ...many('elasticloadbalancing:DescribeTags', 40),
    ...many('sts:GetCallerIdentity', 500),
  ]);
  expect(clock.now()).toBe(begun);
});

it('waits no longer where the clock is set back', async () => {
  let now = 3_600_000;
  const slept: number[] = [];
  const turn = createPace({ now: () => now, sleep: async (ms) => void slept.push(ms) });
  await turn('route53:GetChange', never);
  now = 0;
  await turn('route53:GetChange', never);
  expect(slept).toEqual([]);
});

it('ends a wait with the run', async () => {
  const clock = createVirtualClock();
  const turn = createPace(clock);
  const stop = new AbortController();
  const asked = Array.from({ length: 6 }, () => turn('route53:GetChange', stop.signal));
  stop.abort(new Error('stopped'));
  await expect(Promise.all(asked)).rejects.toThrow('stopped');
});

it('gives back the turns of those that left', async () => {
  const clock = createVirtualClock();
  const turn = createPace(clock);
  const stop = new AbortController();
  const asked = Array.from({ length: 30 }, () => turn('route53:GetChange', stop.signal));
  stop.abort(new Error('stopped'));
  await Promise.allSettled(asked);
  const begun = clock.now();
  await turn('route53:GetChange', never);
  expect(clock.now() - begun).toBe(200);
});
