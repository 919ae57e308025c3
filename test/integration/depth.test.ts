import { describe, expect, it } from 'vitest';
import { commitOf, configOf, createStage, depth, outcome, writes } from '../helpers/stage.ts';

// Design 12: how many calls of a flow have to wait for one another, each call taking 50 ms.
const latencyMs = 50;
const pr = 42;
const image = 'public.ecr.aws/nginx/nginx:latest';

describe('round trips deep', () => {
  it('a first deploy of a given image takes at most 6', async () => {
    const stage = await createStage();
    const process = stage.process({ latencyMs });
    await process.deploy({ pr }, { image, wait: false });
    expect(depth(process.calls)).toBeLessThanOrEqual(6);
  });

  it('a redeploy of a new image takes at most 5', async () => {
    const stage = await createStage();
    await stage.process().deploy({ pr }, { image });
    const process = stage.process({ latencyMs });
    const next = { image: `${image}-2`, commit: commitOf(2), wait: false };
    await process.deploy({ pr }, next);
    expect(depth(process.calls)).toBeLessThanOrEqual(5);
    expect(
      writes(process.calls)
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
    'an unchanged redeploy takes at most 3 and writes nothing (waiting: %s)',
    async (wait) => {
      const stage = await createStage();
      await stage.process().deploy({ pr });
      const process = stage.process({ latencyMs });
      await process.deploy({ pr }, { wait });
      expect(depth(process.calls)).toBeLessThanOrEqual(3);
      expect(writes(process.calls)).toEqual([]);
    },
  );

  it.each([
    ['', {}],
    [
      ' that finds a task to stop',
      { config: configOf('hooks: { onDeploy: sleep 3000, timeout: 2h }\n') },
    ],
  ])('a destroy%s takes at most 6 before AWS drains', async (_, options) => {
    const stage = await createStage(options);
    await stage.process({ config: configOf() }).deploy({ pr });
    const faults = [{ call: 'ecs:DescribeTasks', nth: 20, fault: 'kill' as const }];
    const left = stage.process({ faults });
    await Promise.race([outcome(left.deploy({ pr }, { commit: commitOf(2) })), left.killed]);
    const process = stage.process({ latencyMs });
    await process.destroy({ pr });
    const deleted = process.calls.find((call) => call.call === 'ecs:DeleteService');
    const before = process.calls.filter((call) => call.startMs <= (deleted?.startMs ?? 0));
    expect(depth(before)).toBeLessThanOrEqual(6);
    const ruleDeleted = process.calls.find((c) => c.call === 'elasticloadbalancing:DeleteRule');
    expect(ruleDeleted?.startMs).toBe(deleted?.startMs);
    const stopped = process.calls.find((c) => c.call === 'ecs:StopTask');
    expect(stopped?.startMs).toBe('config' in options ? deleted?.startMs : undefined);
  });
});
