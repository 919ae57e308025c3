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

test('of one that cannot be removed it tells which and why', async () => {
  const policy = {
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Action: '*', Resource: '*' },
      { Effect: 'Deny', Action: 'ecs:DeleteService', Resource: '*' },
    ],
  };
  const { previewops } = place({ 'policy.json': JSON.stringify(policy) });
  await previewops('deploy --pr 1 --image nginx:1 --sandbox');
  const line = 'destroy --all --yes --sandbox --sandbox-policy policy.json';
  const { code, out, err } = await previewops(line);
  expect(code).toBe(1);
  expect(out).toBe('[sandbox] 0 previews destroyed\n');
  expect(err).toMatch(
    /^\[sandbox\] error: pr-1 of hello: .*ecs:DeleteService.*\n\[sandbox\] {3}\S/m,
  );
});
