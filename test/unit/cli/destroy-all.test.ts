import { expect, test } from 'vitest';
import { place } from '../../helpers/place.ts';

test('destroy --all removes every preview of the app, when it is meant', async () => {
  const { previewops, json } = place();
  expect((await previewops('destroy --all --yes --sandbox')).out).toContain('nothing to remove');
  for (const pr of [1, 2]) await previewops(`deploy --pr ${pr} --image nginx:1 --sandbox`);
  const shown = await previewops('destroy --all --dry-run --sandbox');
  expect(shown.out.match(/^\[sandbox\] - pr-\d of hello$/gm)).toHaveLength(2);
  const unsure = await previewops('destroy --all --sandbox');
  expect(unsure).toMatchObject({ code: 2 });
  expect(unsure.err).toContain('--all would remove 2 previews');
  expect((await previewops('destroy --all --pr 1 --sandbox')).code).toBe(2);
  const { code, document } = await json('destroy --all --yes --sandbox');
  expect(code).toBe(0);
  expect(document.receipts).toHaveLength(2);
  expect(document.failed).toEqual([]);
  expect((await json('list --sandbox')).document.previews).toEqual([]);
});
