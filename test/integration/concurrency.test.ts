import { describe, expect, it } from 'vitest';
import { commitOf, configOf, createStage, outcome, type Stage, writes } from '../helpers/stage.ts';

const latencyMs = 50;

/** An account with room for more tasks than a new one has. */
async function createRoomyStage(...of: Parameters<typeof createStage>): Promise<Stage> {
  const world = (await createStage(...of)).world();
  const vcpus = world.quotas['L-3032A538'];
  if (vcpus) vcpus.value = 100;
  return createStage({ ...of[0], world });
}

describe('many at once', () => {
  it('fifty deploys of fifty pull requests end well, on fifty priorities', async () => {
    const stage = await createRoomyStage();
    const prs = Array.from({ length: 50 }, (_, i) => i + 1);
    const ends = await Promise.all(
      prs.map((pr) => outcome(stage.process({ latencyMs, seed: pr }).deploy({ pr }))),
    );
    expect(ends).toEqual(prs.map(() => 'done'));
    const rules = Object.values(stage.world().elasticloadbalancing.rules).filter(
      (r) => r.hosts.length,
    );
    expect(new Set(rules.map((rule) => rule.priority)).size).toBe(50);
    expect(new Set(rules.flatMap((rule) => rule.hosts)).size).toBe(50);
    const listed = await stage.process().provider.list({});
    expect(listed.filter((preview) => preview.status === 'ready')).toHaveLength(50);
  });

  it('fifty deploys into a range of fifty priorities fill it', async () => {
    const config = configOf('', (text) =>
      text.replace('baseDomain:', 'rulePriority: { from: 100, to: 149 }\n  baseDomain:'),
    );
    const stage = await createRoomyStage({ config });
    const image = 'public.ecr.aws/nginx/nginx:latest';
    const prs = Array.from({ length: 50 }, (_, i) => i + 1);
    const ends = await Promise.all(
      prs.map((pr) => outcome(stage.process({ latencyMs, seed: pr }).deploy({ pr }, { image }))),
    );
    expect(ends).toEqual(prs.map(() => 'done'));
    expect(await outcome(stage.process().deploy({ pr: 51 }, { image }))).toBe('limit-reached');
  });
});

describe('two at once', () => {
  // Within the first calls, then during the build, then during the rollout (the last is still in both).
  const starts = [0, 10, 25, 50, 75, 120, 200, 400, 2_000, 20_000, 39_000, 42_000];

  it.each(starts)(
    'of two first deploys %i ms apart, the newer lives and the older exits 5',
    async (apart) => {
      const stage = await createStage();
      const older = outcome(
        stage.process({ latencyMs, seed: 1 }).deploy({ pr: 1 }, { commit: commitOf(1) }),
      );
      if (apart > 0) await stage.clock.sleep(apart);
      const newer = outcome(
        stage.process({ latencyMs, seed: 2 }).deploy({ pr: 1 }, { commit: commitOf(2) }),
      );
      const ends = await Promise.all([older, newer]);
      if (apart === 0) expect([...ends].sort()).toEqual(['done', 'superseded']);
      else expect(ends).toEqual(['superseded', 'done']);
      const [listed, ...others] = await stage.process().provider.list({});
      expect(others).toEqual([]);
      expect(listed).toMatchObject({ status: 'ready' });
      if (apart > 0) expect(listed?.commit).toBe(commitOf(2));
      const { codebuild, now } = stage.world();
      const running = Object.values(codebuild.builds).filter(
        (build) => (build.phases.at(-1)?.startAt ?? 0) > now,
      );
      expect(running).toEqual([]);
    },
  );

  it.each(starts)(
    'of two redeploys %i ms apart, the newer lives and the older exits 5',
    async (apart) => {
      const stage = await createStage();
      await stage.process().deploy({ pr: 1 });
      const older = outcome(
        stage.process({ latencyMs, seed: 1 }).deploy({ pr: 1 }, { commit: commitOf(2) }),
      );
      if (apart > 0) await stage.clock.sleep(apart);
      const newer = outcome(
        stage.process({ latencyMs, seed: 2 }).deploy({ pr: 1 }, { commit: commitOf(3) }),
      );
      const ends = await Promise.all([older, newer]);
      if (apart === 0) expect([...ends].sort()).toEqual(['done', 'superseded']);
      else expect(ends).toEqual(['superseded', 'done']);
      const [listed] = await stage.process().provider.list({});
      expect(listed?.status).toBe('ready');
      if (apart > 0) expect(listed?.commit).toBe(commitOf(3));
    },
  );

  it.each(starts)('a destroy %i ms after a first deploy began leaves nothing', async (apart) => {
    const stage = await createStage();
    const deploy = outcome(stage.process({ latencyMs, seed: 1 }).deploy({ pr: 1 }));
    if (apart > 0) await stage.clock.sleep(apart);
    const destroy = outcome(stage.process({ latencyMs, seed: 2 }).destroy({ pr: 1 }));
    const ends = await Promise.all([deploy, destroy]);
    // Begun before the deploy had made anything, the destroy finds nothing and the deploy lives on.
    const nothingYet = apart <= 75 && ends[0] === 'done';
    if (!nothingYet) {
      expect(ends[1]).toBe('done');
      expect(await stage.process().provider.list({})).toEqual([]);
    }
  });

  it.each(starts)('a destroy %i ms after a redeploy began leaves nothing', async (apart) => {
    const stage = await createStage();
    await stage.process().deploy({ pr: 1 });
    const deploy = outcome(
      stage.process({ latencyMs, seed: 1 }).deploy({ pr: 1 }, { commit: commitOf(2) }),
    );
    if (apart > 0) await stage.clock.sleep(apart);
    const destroy = outcome(stage.process({ latencyMs, seed: 2 }).destroy({ pr: 1 }));
    const ends = await Promise.all([deploy, destroy]);
    expect(ends).toEqual(['destroyed', 'done']);
    expect(await stage.process().provider.list({})).toEqual([]);
  });

  it.each([10, 100, 300, 5_000, 20_000, 40_000])(
    'a deploy %i ms after a destroy began lives',
    async (apart) => {
      const stage = await createStage();
      await stage.process().deploy({ pr: 1 });
      const destroy = outcome(stage.process({ latencyMs, seed: 1 }).destroy({ pr: 1 }));
      await stage.clock.sleep(apart);
      const deploy = outcome(
        stage.process({ latencyMs, seed: 2 }).deploy({ pr: 1 }, { commit: commitOf(2) }),
      );
      const [destroyed, deployed] = await Promise.all([destroy, deploy]);
      expect(deployed).toBe('done');
      expect(['done', 'superseded']).toContain(destroyed);
      const [listed] = await stage.process().provider.list({});
      expect(listed).toMatchObject({ status: 'ready', commit: commitOf(2) });
    },
  );

  it('a deploy that had nothing to change and sees its preview destroyed removes nothing itself', async () => {
    const stage = await createStage();
    await stage.process().deploy({ pr: 1 }, { wait: false });
    const unchanged = stage.process({ latencyMs, seed: 1 });
    const waiting = outcome(unchanged.deploy({ pr: 1 }));
    await stage.clock.sleep(2_000);
    await stage.process({ latencyMs, seed: 2 }).destroy({ pr: 1 });
    expect(await waiting).toBe('destroyed');
    expect(writes(unchanged.calls)).toEqual([]);
  });

  it('two destroys at once both end well', async () => {
    const stage = await createStage();
    await stage.process().deploy({ pr: 1 });
    const ends = await Promise.all([
      outcome(stage.process({ latencyMs, seed: 1 }).destroy({ pr: 1 })),
      outcome(stage.process({ latencyMs, seed: 2 }).destroy({ pr: 1 })),
    ]);
    expect(ends).toEqual(['done', 'done']);
    expect(await stage.process().provider.list({})).toEqual([]);
  });
});
