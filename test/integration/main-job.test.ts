import { describe, expect, it } from 'vitest';
import { worldDigest } from '../../src/sandbox/digest.ts';
import { commitOf, configOf, createStage, writes } from '../helpers/stage.ts';

const pr = 42;

describe('the life of a preview', () => {
  it('deploys, is listed, redeploys without a write, and is destroyed to nothing', async () => {
    const stage = await createStage();
    const setUp = stage.process();
    await setUp.deploy({ pr: 1 }); // the app's shared repository and build project come with it
    await setUp.destroy({ pr: 1 });
    const before = worldDigest(stage.world());

    const first = await stage.process().deploy({ pr });
    expect(first.preview).toMatchObject({
      app: 'hello',
      id: 'pr-42',
      url: 'https://pr-42.previews.example.com',
      commit: commitOf(1),
      image: expect.stringMatching(
        /^123456789012\.dkr\.ecr\.us-east-1\.amazonaws\.com\/previewops\/hello@sha256:[0-9a-f]{64}$/,
      ),
    });
    expect(first.ready).toBe(true);

    const [listed] = await stage.process().provider.list({ app: 'hello' });
    expect(listed).toMatchObject({ id: 'pr-42', pr: 42, status: 'ready', commit: commitOf(1) });

    const again = stage.process();
    const second = await again.deploy({ pr });
    expect(second.steps).toEqual([]);
    expect(second.preview).toEqual(first.preview);
    expect(writes(again.calls)).toEqual([]);

    const receipt = await stage.process().destroy({ pr });
    expect(receipt.remaining).toEqual([]);
    expect(receipt.removed.map((r) => r.resource).sort()).toEqual([
      'image',
      'listener-rule',
      'log-group',
      'service',
      'target-group',
      'task-definition',
    ]);
    expect(worldDigest(stage.world())).toEqual(before);

    const nothing = stage.process();
    expect(await nothing.destroy({ pr })).toMatchObject({ removed: [], remaining: [] });
    expect(writes(nothing.calls)).toEqual([]);
    expect(stage.clock.pending).toBe(0);
  });
});

describe('a change of one setting', () => {
  it.each([
    ['retention', 'logs: { retentionDays: 30 }\n', ['log-group'], false],
    ['lifecycle', 'images: { keep: 7 }\n', ['repository'], false],
    [
      'health check',
      'container: { healthCheck: { path: /up } }\n',
      ['service', 'target-group'],
      true,
    ],
    ['grace period', 'container: { healthCheck: { grace: 90s } }\n', ['service'], true],
    ['size', 'task: { cpu: 1024, memory: 2048 }\n', ['service', 'task-definition'], true],
    ['a tag', 'tags: { team: web }\n', ['build-project', 'service'], true],
  ] as const)(
    '%s touches what it must, and the next deploy nothing',
    async (_, extra, touched, claims) => {
      const stage = await createStage();
      await stage.process().deploy({ pr });
      const config = configOf(extra);
      const change = stage.process({ config });
      const { steps } = await change.deploy({ pr });
      expect(steps.map((step) => step.resource).sort()).toEqual(touched);
      const claimed = change.calls.some((call) => call.call === 'elasticloadbalancing:AddTags');
      expect(claimed).toBe(claims);
      const again = stage.process({ config });
      expect((await again.deploy({ pr })).steps).toEqual([]);
      expect(writes(again.calls)).toEqual([]);
    },
  );
});

it('the log of the build is followed while it is built: every line once, in order', async () => {
  const stage = await createStage();
  const process = stage.process();
  await process.deploy({ pr });
  const told = process.events.flatMap((event) => (event.type === 'log' ? event.lines : []));
  const [group] = Object.values(stage.world().logs.groups).filter((g) =>
    g.name.startsWith('/aws/codebuild/'),
  );
  const [lines = []] = Object.values(group?.streams ?? {});
  expect(told.length).toBeGreaterThan(5);
  expect(lines.map((line) => line.message).slice(0, told.length)).toEqual(told);
});
