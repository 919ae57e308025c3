import { expect, test } from 'vitest';
import { remoteRefNames, resolveCommit } from '../../../src/ci/commit.ts';
import type { Git } from '../../../src/ci/git.ts';

const pullRefs = ['refs/pull/42/head', 'refs/merge-requests/42/head'];

test.each([
  [{ branch: 'b' }, undefined, ['refs/heads/b']],
  [{ pr: 42 }, undefined, pullRefs],
  [{ pr: 42, branch: 'b' }, 'https://github.com/acme/shop.git', pullRefs],
  [{ pr: 42, branch: 'b' }, 'https://bitbucket.org/acme/shop.git', ['refs/heads/b']],
  [{ pr: 42, branch: 'b' }, 'https://dev.azure.com/acme/web/_git/shop', ['refs/heads/b']],
  [{ pr: 42, branch: 'b' }, 'https://acme.visualstudio.com/web/_git/shop', ['refs/heads/b']],
  [{ pr: 42, branch: 'b' }, 'https://notbitbucket.org/acme/shop.git', pullRefs],
  [{ pr: 42 }, 'https://bitbucket.org/acme/shop.git', pullRefs],
  [{}, undefined, []],
])('%j of %s is looked for in %j', (ref, repository, names) => {
  expect(remoteRefNames(ref, repository)).toEqual(names);
});

test('a pull request at Bitbucket is found by its branch, with the origin alone', async () => {
  const commit = '4'.repeat(40);
  const git = {
    origin: async () => 'git@bitbucket.org:acme/shop.git',
    remoteRefs: async () => new Map([['refs/heads/feature/login', commit]]),
  } as unknown as Git;
  const question = { repository: undefined, git, sandbox: false, warn: () => {} };
  const ref = { pr: 42, branch: 'feature/login' };
  expect(await resolveCommit({ ...question, ref })).toBe(commit);
});
