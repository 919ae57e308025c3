import { describe, expect, it } from 'vitest';
import { explain } from '../../src/aws/errors.ts';
import { PreviewopsError } from '../../src/errors.ts';
import { commitOf, configOf, createStage, outcome } from '../helpers/stage.ts';

async function failure(work: Promise<unknown>): Promise<PreviewopsError> {
  try {
    await work;
  } catch (error) {
    return explain(error);
  }
  throw new Error('it did not fail');
}

describe('a first deploy that fails', () => {
  it.each([
    ['crash', /did not start: Essential container in task exited; app exited 1/],
    ['unhealthy', /did not start: Task failed ELB health checks/],
    ['wrong-architecture', /did not start: .*does not contain descriptor matching platform/s],
  ] as const)('%s: says why, is listed as failed, is repaired by the next', async (app, reason) => {
    const stage = await createStage();
    const error = await failure(stage.process({ behaviour: { app } }).deploy({ pr: 1 }));
    expect(error).toMatchObject({ code: 'rollout-failed', exitCode: 1 });
    expect(error.message).toMatch(reason);
    const [listed] = await stage.process().provider.list({});
    expect(listed).toMatchObject({ id: 'pr-1', status: 'failed' });
    expect(await outcome(stage.process().deploy({ pr: 1 }))).toBe('done');
    const [repaired] = await stage.process().provider.list({});
    expect(repaired).toMatchObject({ id: 'pr-1', status: 'ready' });
  });

  it('destroy removes it', async () => {
    const stage = await createStage();
    await outcome(stage.process({ behaviour: { app: 'crash' } }).deploy({ pr: 1 }));
    expect(await stage.process().destroy({ pr: 1 })).toMatchObject({ remaining: [] });
    expect(await stage.process().provider.list({})).toEqual([]);
  });

  it.each([{ app: 'crash' }, { build: 'fail' }] as const)(
    'is removed when it was asked for, and still says why: %o',
    async (behaviour) => {
      const stage = await createStage();
      const process = stage.process({ behaviour });
      const error = await failure(process.deploy({ pr: 1 }, { cleanupOnFailure: true }));
      expect(['rollout-failed', 'build-failed']).toContain(error.code);
      expect(error.details?.failure).toBeDefined();
      expect(await stage.process().provider.list({})).toEqual([]);
    },
  );

  it('a build that fails says in which phase, with the end of its log', async () => {
    const stage = await createStage();
    const error = await failure(stage.process({ behaviour: { build: 'fail' } }).deploy({ pr: 1 }));
    expect(error).toMatchObject({ code: 'build-failed', exitCode: 1 });
    expect(error.message).toMatch(
      /failed in phase BUILD: Error while executing command: docker buildx build/,
    );
    expect(error.details?.failure).toMatchObject({
      log: { source: 'build', lines: expect.arrayContaining([expect.stringContaining('docker')]) },
    });
    const [listed] = await stage.process().provider.list({});
    expect(listed).toMatchObject({ status: 'failed', detail: 'its first deploy: build failed' });
    expect(await outcome(stage.process().deploy({ pr: 1 }))).toBe('done');
    const [repaired] = await stage.process().provider.list({});
    expect(repaired).toMatchObject({ status: 'ready', detail: null });
  });
});

describe('an update that fails', () => {
  it('leaves the old revision serving, says so, and is not called ready', async () => {
    const stage = await createStage();
    await stage.process().deploy({ pr: 1 }, { commit: commitOf(1) });
    const update = stage.process({ behaviour: { app: 'crash' } });
    const error = await failure(update.deploy({ pr: 1 }, { commit: commitOf(2) }));
    expect(error).toMatchObject({ code: 'rollout-failed', exitCode: 1 });
    expect(error.hint).toMatch(/ECS went back to previewops-hello--pr-1:1/);
    expect(error.details).toMatchObject({ rolledBack: true });
    const [listed] = await stage.process().provider.list({});
    expect(listed).toMatchObject({ status: 'failed', commit: commitOf(1) });
    expect(await outcome(stage.process().deploy({ pr: 1 }, { commit: commitOf(3) }))).toBe('done');
  });

  it('is never removed', async () => {
    const stage = await createStage();
    await stage.process().deploy({ pr: 1 });
    const update = stage.process({ behaviour: { app: 'crash' } });
    await failure(update.deploy({ pr: 1 }, { commit: commitOf(2), cleanupOnFailure: true }));
    expect(await stage.process().provider.list({})).toHaveLength(1);
  });

  it('is over when ECS knows, not at the timeout', async () => {
    const stage = await createStage();
    await stage.process().deploy({ pr: 1 });
    const begun = stage.clock.now();
    await failure(
      stage.process({ behaviour: { app: 'crash' } }).deploy({ pr: 1 }, { commit: commitOf(2) }),
    );
    expect(stage.clock.now() - begun).toBeLessThan(5 * 60_000);
  });
});

it('a deploy that takes too long exits 6, and the next run goes on from there', async () => {
  const stage = await createStage();
  const error = await failure(stage.process().deploy({ pr: 1 }, { timeoutMs: 20_000 }));
  expect(error).toMatchObject({ code: 'timed-out', exitCode: 6 });
  expect(await outcome(stage.process().deploy({ pr: 1 }))).toBe('done');
});

it('an interrupted deploy stops its build and leaves the rest to the next run', async () => {
  const stage = await createStage();
  const process = stage.process();
  const end = failure(process.deploy({ pr: 1 }));
  await stage.clock.sleep(15_000);
  process.abort(new PreviewopsError('interrupted', 'stopped'));
  expect(await end).toMatchObject({ code: 'interrupted', exitCode: 130 });
  expect(process.calls.map((call) => call.call)).toContain('codebuild:StopBuild');
  expect(await outcome(stage.process().deploy({ pr: 1 }))).toBe('done');
});

it('an update that is interrupted during its rollout goes back, and says so', async () => {
  const stage = await createStage();
  await stage.process().deploy({ pr: 1 });
  const process = stage.process();
  const end = failure(process.deploy({ pr: 1 }, { commit: commitOf(2) }));
  await stage.clock.sleep(48_000);
  process.abort(new PreviewopsError('interrupted', 'stopped'));
  expect(await end).toMatchObject({ code: 'interrupted', exitCode: 130 });
  expect(process.events).toContainEqual({
    type: 'note',
    level: 'info',
    text: 'the rollout is stopped: ECS goes back to the revision before',
  });
  await stage.clock.sleep(120_000);
  const [listed] = await stage.process().provider.list({});
  expect(listed).toMatchObject({ status: 'ready', commit: commitOf(1) });
});

it('a first deploy that is interrupted during its rollout goes on by itself, and says so', async () => {
  const stage = await createStage();
  const process = stage.process();
  const end = failure(process.deploy({ pr: 1 }));
  await stage.clock.sleep(48_000);
  process.abort(new PreviewopsError('interrupted', 'stopped'));
  expect(await end).toMatchObject({ code: 'interrupted' });
  expect(JSON.stringify(process.events)).toContain('ECS goes on with the first rollout');
  expect(await outcome(stage.process().deploy({ pr: 1 }))).toBe('done');
});

describe('what is not ours', () => {
  it('a target group of our name without our tags is a conflict, and stays', async () => {
    const stage = await createStage();
    await stage.process().deploy({ pr: 1 });
    const world = stage.world();
    for (const group of Object.values(world.elasticloadbalancing.targetGroups)) group.tags = {};
    const other = await createStage({ world });
    const error = await failure(other.process().deploy({ pr: 1 }, { commit: commitOf(2) }));
    expect(error).toMatchObject({ code: 'conflict', exitCode: 4 });
    expect(Object.keys(other.world().elasticloadbalancing.targetGroups)).toHaveLength(1);
    const receipt = await other.process().destroy({ pr: 1 });
    expect(receipt.warnings.join()).toContain('it is left alone');
    expect(Object.keys(other.world().elasticloadbalancing.targetGroups)).toHaveLength(1);
  });

  it('a host that another rule routes is a conflict that names the rule', async () => {
    const stage = await createStage();
    const world = stage.world();
    const { rules, listeners } = world.elasticloadbalancing;
    const [listenerArn = ''] = Object.keys(listeners);
    const arn = `${listenerArn.replace(':listener/', ':listener-rule/')}/1234567890abcdef`;
    const hosts = ['pr-1.previews.example.com'];
    rules[arn] = { arn, listenerArn, priority: 7, hosts, otherConditions: [], tags: {} };
    const other = await createStage({ world });
    const process = other.process();
    const error = await failure(process.deploy({ pr: 1 }));
    expect(error).toMatchObject({ code: 'conflict', exitCode: 4 });
    expect(error.message).toContain('rule 7');
    expect(process.calls.filter((call) => call.write)).toEqual([]);
  });

  it('a log group that was made ahead of time is used, and kept', async () => {
    const stage = await createStage();
    const world = stage.world();
    const name = '/ecs/previewops-hello--pr-1';
    const arn = `arn:aws:logs:us-east-1:123456789012:log-group:${name}`;
    world.logs.groups[name] = { name, arn, createdAt: 0, tags: {}, streams: {} };
    const other = await createStage({ world });
    const result = await other.process().deploy({ pr: 1 });
    expect(result.warnings.join()).toContain('exists without previewops tags');
    await other.process().destroy({ pr: 1 });
    expect(Object.keys(other.world().logs.groups)).toContain(name);
  });
});

it('an image of our registry is pinned by digest, one that is not there is said at once', async () => {
  const stage = await createStage();
  const built = await stage.process().deploy({ pr: 1 });
  const [repository] = built.preview.image.split('@');
  const [stored] = Object.values(stage.world().ecr.repositories);
  const tag = Object.values(stored?.images ?? {})[0]?.tags[0];
  const given = await stage.process().deploy({ pr: 2 }, { image: `${repository}:${tag}` });
  expect(given.preview.image).toBe(built.preview.image);
  const error = await failure(stage.process().deploy({ pr: 3 }, { image: `${repository}:none` }));
  expect(error).toMatchObject({ code: 'not-found' });
});

it('Spot and back again', async () => {
  const spot = configOf('task: { spot: true }\n');
  const stage = await createStage({ config: spot });
  await stage.process().deploy({ pr: 1 });
  const again = stage.process();
  expect((await again.deploy({ pr: 1 })).steps).toEqual([]);
  const back = await stage.process({ config: configOf() }).deploy({ pr: 1 });
  expect(back.steps.map((s) => s.resource)).toEqual(['service']);
  expect((await stage.process({ config: configOf() }).deploy({ pr: 1 })).steps).toEqual([]);
});
