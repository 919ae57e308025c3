import { expect, it } from 'vitest';
import { commitOf, createStage, outcome } from '../helpers/stage.ts';

const pr = 42;

it('a healthy preview in full', async () => {
  const stage = await createStage();
  const { preview } = await stage.process().deploy({ pr });
  expect(await stage.process().status({ pr })).toMatchObject({
    summary: { id: 'pr-42', status: 'ready', url: preview.url, commit: commitOf(1) },
    revision: 'previewops-hello--pr-42:1',
    image: preview.image,
    deployments: [{ status: 'PRIMARY', rollout: 'COMPLETED', running: 1, desired: 1 }],
    tasks: [{ status: 'RUNNING', revision: 'previewops-hello--pr-42:1' }],
    targets: [{ state: 'healthy' }],
    events: expect.arrayContaining([
      expect.objectContaining({ message: expect.stringContaining('has reached a steady state') }),
    ]),
    failure: null,
  });
});

it('a failed one with the reason', async () => {
  const stage = await createStage();
  await outcome(stage.process({ behaviour: { app: 'crash' } }).deploy({ pr }));
  const { summary, failure } = await stage.process().status({ pr });
  expect(summary.status).toBe('failed');
  expect(failure).toMatchObject({
    tasks: [{ reason: 'Essential container in task exited', containers: ['app exited 1'] }],
    hint: expect.stringContaining('The app ended by itself'),
  });
});

it('one whose first build failed, and one that does not exist', async () => {
  const stage = await createStage();
  await outcome(stage.process({ behaviour: { build: 'fail' } }).deploy({ pr }));
  expect(await stage.process().status({ pr })).toMatchObject({
    summary: { status: 'failed', detail: 'its first deploy: build failed' },
    revision: null,
    tasks: [],
  });
  expect(await outcome(stage.process().status({ pr: 7 }))).toBe('not-found');
});
