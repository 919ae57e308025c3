import { expect, it } from 'vitest';
import { exampleConfig } from '../../../src/config/example.ts';
import { place } from '../../helpers/place.ts';

const hurry = { PREVIEWOPS_SANDBOX_TIME_SCALE: '0.002' };

it('stop and start, as a person types them', async () => {
  const { previewops, json } = place({ 'previewops.yml': exampleConfig() }, hurry);
  await previewops('deploy --pr 42 --sandbox --image public.ecr.aws/nginx/nginx:1.29');
  const stopped = await previewops('stop --pr 42 --sandbox');
  expect(stopped).toMatchObject({ code: 0, out: '[sandbox] pr-42: stopped\n' });
  const { document: listed } = await json('list --sandbox');
  const { stoppedAt } = listed.previews[0];
  expect(listed.previews).toMatchObject([{ status: 'stopped', detail: `since ${stoppedAt}` }]);
  const again = await json('stop --pr 42 --sandbox');
  expect(again).toMatchObject({
    code: 0,
    document: { type: 'stop', preview: { id: 'pr-42' }, steps: [], stoppedAt },
  });
  const started = await previewops('start --pr 42 --sandbox');
  expect(started.out).toBe('[sandbox] https://pr-42.previews.example.com\n');
  expect(started.err).toMatch(/ready \(/);
  const running = await json('start --pr 42 --sandbox');
  expect(running.document).toMatchObject({ type: 'start', ready: true, steps: [] });
});

it('stop of what is not there fails, and prune --idle asks how long that is', async () => {
  const { previewops } = place({ 'previewops.yml': exampleConfig() });
  const { code, err } = await previewops('stop --pr 43 --sandbox');
  expect([code, err]).toEqual([1, expect.stringContaining('There is no whole preview pr-43')]);
  const pruned = await previewops('prune --idle --yes --sandbox');
  expect([pruned.code, pruned.err]).toEqual([2, expect.stringContaining('idle: 4h')]);
});
