import { beforeAll, describe, expect, it } from 'vitest';
import type { World } from '../../src/sandbox/types.ts';
import { commitOf, configOf, createStage, outcome, type Stage, writes } from '../helpers/stage.ts';

const config = configOf('task: { spot: true }\n');
const image = 'public.ecr.aws/nginx/nginx:latest';
const pr = 42;
const none = { behaviour: { spot: 'none' } } as const;

function serviceOf({ ecs }: World) {
  const [service] = Object.values(ecs.services).filter(({ status }) => status === 'ACTIVE');
  if (!service) throw new Error('there is no service');
  const { capacityProviderStrategy } = service.revision;
  return { service, onSpot: capacityProviderStrategy.length > 0 };
}
const capacity = (world: World) => serviceOf(world).service.tags['previewops:capacity'];
const startedAt = (stage: Stage) => stage.clock.now();

describe('a preview on Spot', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await createStage({ config });
  });

  it('goes on demand when there is no capacity for a minute, and says so', async () => {
    const begun = startedAt(stage);
    const process = stage.process(none);
    const { ready, warnings, steps } = await process.deploy({ pr }, { image });
    expect(ready).toBe(true);
    expect(warnings).toContainEqual(expect.stringContaining('Fargate Spot had no capacity'));
    expect(steps.map(({ resource, action }) => `${action} ${resource}`)).toContain(
      'update service',
    );
    expect(process.events).toContainEqual({
      type: 'note',
      level: 'warning',
      text: expect.stringContaining('runs on demand until its next deploy'),
    });
    const waited = startedAt(stage) - begun;
    expect(waited).toBeGreaterThan(60_000);
    expect(waited).toBeLessThan(180_000);
    expect(serviceOf(stage.world()).onSpot).toBe(false);
    expect(capacity(stage.world())).toBe('on-demand-instead-of-spot');
    expect(writes(process.calls).filter(({ call }) => call === 'ecs:UpdateService')).toHaveLength(
      1,
    );
    expect((await stage.process().provider.list({}))[0]?.status).toBe('ready');
  });

  it('tries Spot again with the next deploy, also an unchanged one, and stays there', async () => {
    await stage.process().deploy({ pr }, { image });
    expect(serviceOf(stage.world()).onSpot).toBe(true);
    expect(capacity(stage.world())).toBe('spot');
    const process = stage.process();
    const { warnings } = await process.deploy({ pr }, { image });
    expect(writes(process.calls)).toEqual([]);
    expect(warnings).not.toContainEqual(expect.stringContaining('Fargate Spot'));
  });

  it('serves the revision before while a new one finds no capacity, and runs no hook twice', async () => {
    const hooked = configOf('task: { spot: true }\nhooks: { onDeploy: npm run migrate }\n');
    const copy = await createStage({ config: hooked });
    await copy.process().deploy({ pr }, { image });
    const process = copy.process(none);
    const work = process.deploy({ pr }, { image, commit: commitOf(2) });
    await copy.clock.sleep(50_000);
    const { service } = serviceOf(copy.world());
    const tasks = Object.values(copy.world().ecs.tasks).filter(
      (task) => task.serviceArn === service.arn && task.lastStatus === 'RUNNING',
    );
    expect(tasks).toHaveLength(1);
    const { steps } = await work;
    expect(steps.filter(({ resource }) => resource === 'hook')).toHaveLength(1);
    expect(serviceOf(copy.world()).onSpot).toBe(false);
  });

  it('gives up Spot once a run: on demand has its own limits', async () => {
    const copy = await createStage({ config });
    await copy.change(({ quotas }) => {
      const quota = quotas['L-3032A538'];
      if (quota) quota.value = 0;
    });
    const process = copy.process(none);
    expect(await outcome(process.deploy({ pr }, { image }))).toBe('limit-reached');
    expect(writes(process.calls).filter(({ call }) => call === 'ecs:UpdateService')).toHaveLength(
      1,
    );
  });

  it.each(['ecs:UpdateService', 'ecs:TagResource', 'elasticloadbalancing:DescribeTags'])(
    'ends well with the next run when this one was killed after %s of the change',
    async (call) => {
      const copy = await createStage({ config });
      const change = copy.process(none);
      await change.deploy({ pr }, { image });
      const at = change.calls.filter((line) => line.call === call).length;
      const again = await createStage({ config });
      const dying = again.process({ ...none, faults: [{ call, nth: at, fault: 'kill' }] });
      await Promise.race([outcome(dying.deploy({ pr }, { image })), dying.killed]);
      expect(await outcome(again.process(none).deploy({ pr }, { image }))).toBe('done');
      expect(serviceOf(again.world()).onSpot).toBe(false);
      await again.process().deploy({ pr }, { image });
      expect(serviceOf(again.world()).onSpot).toBe(true);
      expect(capacity(again.world())).toBe('spot');
    },
  );

  it('is left to a newer deploy that takes over while it waits', async () => {
    const copy = await createStage({ config });
    const older = copy.process({ ...none, seed: 1 });
    const first = outcome(older.deploy({ pr }, { image }));
    await copy.clock.sleep(30_000);
    const newer = copy.process({ ...none, seed: 2 });
    const second = outcome(newer.deploy({ pr }, { image, commit: commitOf(2) }));
    expect(await Promise.all([first, second])).toEqual(['superseded', 'done']);
    expect(writes(older.calls).filter(({ call }) => call === 'ecs:UpdateService')).toEqual([]);
    expect(serviceOf(copy.world()).onSpot).toBe(false);
  });

  it('that is not configured any more is on demand, and the tag says so', async () => {
    await stage.process({ config: configOf() }).deploy({ pr }, { image });
    expect(serviceOf(stage.world()).onSpot).toBe(false);
    expect(capacity(stage.world())).toBe('on-demand');
  });
});
