import { describe, expect, it } from 'vitest';
import { commitOf, createStage, depth, writes } from '../helpers/stage.ts';

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

  it('a destroy takes at most 6 before AWS drains', async () => {
    const stage = await createStage();
    await stage.process().deploy({ pr });
    const process = stage.process({ latencyMs });
    await process.destroy({ pr });
    const deleted = process.calls.find((call) => call.call === 'ecs:DeleteService');
    const before = process.calls.filter((call) => call.startMs <= (deleted?.startMs ?? 0));
    expect(depth(before)).toBeLessThanOrEqual(6);
    const ruleDeleted = process.calls.find((c) => c.call === 'elasticloadbalancing:DeleteRule');
    expect(ruleDeleted?.startMs).toBe(deleted?.startMs);
  });
});
