import { expect, test } from 'vitest';
import { appFromRepository } from '../../../src/ci/app.ts';
import { resolveRef } from '../../../src/ci/ref.ts';

const nowhere = { env: {}, currentBranch: async () => undefined };

test('flags win over everything', async () => {
  const env = { PREVIEWOPS_PR: '7' };
  expect(await resolveRef({ ...nowhere, env, pr: 42, branch: 'b' })).toEqual({
    pr: 42,
    branch: 'b',
  });
});

test('then the environment, then the branch that is checked out', async () => {
  const currentBranch = async () => 'feature/login';
  expect(await resolveRef({ env: { PREVIEWOPS_PR: '7' }, currentBranch })).toEqual({ pr: 7 });
  expect(await resolveRef({ env: { PREVIEWOPS_PR: '' }, currentBranch })).toEqual({
    branch: 'feature/login',
  });
});

test('a bad number in the environment is said, not skipped', async () => {
  await expect(resolveRef({ ...nowhere, env: { PREVIEWOPS_PR: 'x' } })).rejects.toMatchObject({
    code: 'bad-usage',
    message: expect.stringContaining('PREVIEWOPS_PR must be a whole number'),
  });
});

test('nothing that says which is an error with the ways out', async () => {
  await expect(resolveRef(nowhere)).rejects.toMatchObject({
    code: 'identity-unknown',
    hint: expect.stringContaining('--pr <number>'),
  });
});

test.each([
  ['https://github.com/Acme/My.Shop.git', 'acme-my-shop'],
  ['https://github.com/acme/shop', 'acme-shop'],
  ['https://gitlab.com/group/sub/repo.git/', 'group-sub-repo'],
  [
    'https://github.com/an-organisation-with-a-long-name/and-a-repository.git',
    'an-organisation-with-a-long-nam-96999a5a',
  ],
  ['https://github.com/%E6%97%A5/%E6%9C%AC.git', undefined],
  ['https://github.com/a%ZZ/b', 'a-zz-b'],
  ['not a url', undefined],
])('the app of %s is %s', (url, app) => {
  expect(appFromRepository(url)).toBe(app);
  if (app !== undefined) expect(app.length).toBeLessThanOrEqual(40);
});
