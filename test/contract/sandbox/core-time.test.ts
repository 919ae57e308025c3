import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { systemClock } from '../../../src/clock.ts';
import { createSandboxClock } from '../../../src/sandbox/clock.ts';
import { createSandbox, openSandbox } from '../../../src/sandbox/sandbox.ts';
import type { CallLine } from '../../../src/sandbox/types.ts';
import { createVirtualClock, virtualStart } from '../../helpers/virtual-clock.ts';
import { callerOf, openAccount, seed } from './account.ts';
import { stateFile } from './state-file.ts';

test('[time-1] a process of scale 0.02 lives fifty times as fast', async () => {
  const real = createVirtualClock();
  const clock = createSandboxClock({ real, scale: 0.02, start: 1_000_000 });
  await real.advance(20);
  expect(clock.now()).toBeCloseTo(1_001_000, 3);
  await clock.sleep(40_000);
  expect(real.now()).toBe(virtualStart + 20 + 800);
  expect(clock.now()).toBeCloseTo(1_041_000, 3);
});

test('[time-1] in tests time is virtual', async () => {
  const { sandbox, clock } = openAccount();
  const before = Date.now();
  await sandbox.clock.sleep(24 * 3_600_000);
  expect(sandbox.clock.now()).toBe(virtualStart + 24 * 3_600_000);
  expect(clock.now()).toBe(sandbox.clock.now());
  expect(Date.now() - before).toBeLessThan(5_000);
});

test('[time-1] a sleep can be interrupted', async () => {
  const clock = createSandboxClock({ real: systemClock, scale: 1, start: 0 });
  const controller = new AbortController();
  const slept = clock.sleep(60_000, controller.signal);
  controller.abort(new Error('enough'));
  await expect(slept).rejects.toThrow('enough');
});

test('[time-2] a process that is behind jumps forward', async () => {
  const file = stateFile();
  const slow = await openSandbox({ file, timeScale: 1, latencyMs: 0, seed });
  const fast = await openSandbox({ file, timeScale: 0.0001, latencyMs: 0, seed });
  await pause(20);
  await callerOf(fast)('sts:GetCallerIdentity', {});
  const seen: number = JSON.parse(readFileSync(file, 'utf8')).now;
  expect(slow.clock.now()).toBeLessThan(seen - 60_000);
  await callerOf(slow)('sts:GetCallerIdentity', {});
  expect(slow.clock.now()).toBeGreaterThan(seen - 1);
  expect(slow.world().now).toBeGreaterThanOrEqual(seen);
});

test('[time-3] a sandbox opens at the wall clock or at the account, whichever is ahead', async () => {
  const file = stateFile();
  const real = { ...systemClock, now: () => 5_000_000 };
  const first = await openSandbox({ file, timeScale: 0.02, real, seed });
  expect(first.clock.now()).toBe(5_000_000);
  const later = await openSandbox({
    file,
    timeScale: 0.02,
    real: { ...real, now: () => 9_000_000 },
  });
  expect(later.clock.now()).toBe(9_000_000);
  const behind = await openSandbox({ file, timeScale: 0.02, real });
  expect(behind.clock.now()).toBe(9_000_000);
});

test('[time-4] calls at the same time overlap, and take effect in their middle', async () => {
  const lines: CallLine[] = [];
  const { call, clock, sandbox } = openAccount({
    latencyMs: 50,
    onCall: (line) => lines.push(line),
  });
  const start = clock.now();
  const create = call('logs:CreateLogGroup', { logGroupName: '/a' });
  const list = call('logs:DescribeLogGroups', {});
  await clock.advance(24);
  expect(sandbox.world().logs.groups).toEqual({});
  await clock.advance(2);
  expect(Object.keys(sandbox.world().logs.groups)).toEqual(['/a']);
  await create;
  expect((await list).logGroups).toHaveLength(1);
  expect(clock.now() - start).toBe(50);
  expect(lines.map(({ startMs, endMs }) => [startMs - start, endMs - start])).toEqual([
    [0, 50],
    [0, 50],
  ]);
});

test("[time-4] in a process latency passes on the wall clock, not on the sandbox's", async () => {
  const real = createVirtualClock();
  const sandbox = await openSandbox({
    file: stateFile(),
    timeScale: 0.02,
    latencyMs: 40,
    real,
    seed,
  });
  const start = real.now();
  await callerOf(sandbox)('sts:GetCallerIdentity', {});
  expect(real.now() - start).toBe(40);
});

test('[time-5] looking at the world shows the present and changes nothing', async () => {
  const { sandbox, clock } = openAccount();
  const before = sandbox.world();
  await clock.advance(1_000);
  const seen = sandbox.world();
  expect(seen.now).toBe(before.now + 1_000);
  seen.logs.groups = { '/x': { name: '/x', arn: '', createdAt: 0, tags: {}, streams: {} } };
  expect(sandbox.world()).toEqual({ ...before, now: before.now + 1_000 });
});

test('[time-5] an account that is ahead of its clock keeps its time', () => {
  const clock = createVirtualClock();
  const world = { ...openAccount().sandbox.world(), now: virtualStart + 5_000 };
  const sandbox = createSandbox({ clock, world });
  expect(sandbox.clock.now()).toBe(virtualStart + 5_000);
});
