import { describe, expect, it } from 'vitest';
import { budgets } from '../helpers/budgets.ts';
import {
  beforeDraining,
  destroy,
  firstDeploy,
  longestPauseMs,
  redeploy,
  unchangedRedeploy,
  withHook,
} from '../helpers/round-trips.ts';
import { depth, writes } from '../helpers/stage.ts';

// Design 12: how many calls of a flow have to wait for one another.
const most = budgets.depth;

describe('round trips deep', () => {
  it(`a first deploy of a given image takes at most ${most.firstDeploy}`, async () => {
    const calls = await firstDeploy({ wait: false });
    expect(depth(calls)).toBeLessThanOrEqual(most.firstDeploy);
  });

  it(`a redeploy of a new image takes at most ${most.redeploy}`, async () => {
    const calls = await redeploy();
    expect(depth(calls)).toBeLessThanOrEqual(most.redeploy);
    expect(
      writes(calls)
        .map((call) => call.call)
        .sort(),
    ).toEqual([
      'ecs:RegisterTaskDefinition',
      'ecs:TagResource',
      'ecs:UpdateService',
      'elasticloadbalancing:AddTags',
    ]);
  });

  it.each([true, false])(
    `an unchanged redeploy takes at most ${most.unchanged} and writes nothing (waiting: %s)`,
    async (wait) => {
      const calls = await unchangedRedeploy({ wait });
      expect(depth(calls)).toBeLessThanOrEqual(most.unchanged);
      expect(writes(calls)).toHaveLength(budgets.unchangedWrites);
    },
  );

  it.each([
    ['', {}],
    [' that finds a task to stop', { config: withHook() }],
  ])(`a destroy%s takes at most ${most.destroy} before AWS drains`, async (_, options) => {
    const calls = await destroy(options);
    const startOf = (name: string) => calls.find(({ call }) => call === name)?.startMs;
    expect(depth(beforeDraining(calls))).toBeLessThanOrEqual(most.destroy);
    const deleted = startOf('ecs:DeleteService');
    expect(startOf('elasticloadbalancing:DeleteRule')).toBe(deleted);
    expect(startOf('ecs:StopTask')).toBe('config' in options ? deleted : undefined);
  });
});

it('a deploy that waits looks again after the poll interval', async () => {
  expect(longestPauseMs(await firstDeploy({ wait: true }))).toBe(budgets.pollMs);
});
