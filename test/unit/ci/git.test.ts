import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { madeUp, resolveCommit } from '../../../src/ci/commit.ts';
import { openGit, withoutCredentials } from '../../../src/ci/git.ts';
import { gitEnv, runGit } from '../../helpers/git.ts';

const root = mkdtempSync(join(tmpdir(), 'previewops-git-'));
const [remote, checkout, empty] = ['remote', 'checkout', 'empty'].map((name) => join(root, name));
const env = gitEnv(root);
const { signal } = new AbortController();
const sh = (cwd: string | undefined, ...args: string[]) => runGit({ cwd, env }, ...args);
const git = (cwd = checkout as string) => openGit({ cwd, env, signal });
const commits = { first: '', second: '' };

beforeAll(() => {
  sh(root, 'init', '-q', '-b', 'main', 'checkout');
  sh(root, 'init', '-q', '-b', 'main', 'empty');
  sh(root, 'init', '-q', '--bare', 'remote');
  writeFileSync(join(checkout as string, 'a'), '1');
  sh(checkout, 'add', '.');
  sh(checkout, 'commit', '-q', '-m', 'first');
  commits.first = sh(checkout, 'rev-parse', 'HEAD');
  sh(checkout, 'commit', '-q', '--allow-empty', '-m', 'second');
  commits.second = sh(checkout, 'rev-parse', 'HEAD');
  sh(checkout, 'remote', 'add', 'origin', remote as string);
  const refs = ['refs/heads/main', 'refs/pull/42/head'].map((ref) => `${commits.first}:${ref}`);
  sh(checkout, 'push', '-q', 'origin', ...refs, `${commits.second}:refs/merge-requests/7/head`);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('git', () => {
  test('tells top level, branch, head and origin of a checkout', async () => {
    expect(await git().branch()).toBe('main');
    expect(await git().head()).toBe(commits.second);
    expect(await git().origin()).toBe(remote);
    expect(await git().topLevel()).toMatch(/checkout$/);
  });

  test('answers undefined where there is nothing', async () => {
    expect(await git(empty).head()).toBeUndefined();
    expect(await git(empty).origin()).toBeUndefined();
    expect(await git(root).topLevel()).toBeUndefined();
    expect(await git(root).branch()).toBeUndefined();
  });

  test('expands a short commit id and takes nothing for an option', async () => {
    expect(await git().resolve(commits.first.slice(0, 8))).toBe(commits.first);
    expect(await git().resolve('0000000')).toBeUndefined();
    await expect(git().remoteRefs('--upload-pack=touch x', ['HEAD'])).rejects.toThrow();
  });

  test('an aborted run rejects with the reason', async () => {
    const stop = new AbortController();
    stop.abort(new Error('enough'));
    const aborted = openGit({ cwd: checkout as string, env, signal: stop.signal });
    await expect(aborted.head()).rejects.toThrow('enough');
  });
});

describe('the commit to build', () => {
  const warnings: string[] = [];
  const question = (given: Partial<Parameters<typeof resolveCommit>[0]>) => {
    warnings.length = 0;
    return resolveCommit({
      ref: { pr: 42 },
      repository: undefined,
      git: git(),
      sandbox: false,
      warn: (text) => warnings.push(text),
      ...given,
    });
  };

  test('a full --commit is taken as it is', async () => {
    const commit = '1'.repeat(40);
    expect(await question({ commit })).toBe(commit);
  });

  test('a short one is looked up in the checkout', async () => {
    expect(await question({ commit: commits.first.slice(0, 9) })).toBe(commits.first);
    await expect(question({ commit: '0123456' })).rejects.toMatchObject({ code: 'bad-usage' });
  });

  test.each([
    [{ pr: 42 }, 'first'],
    [{ pr: 7 }, 'second'],
    [{ branch: 'main' }, 'first'],
    [{ pr: 42, branch: 'other' }, 'first'],
  ] as const)('%j is asked for at the remote', async (ref, commit) => {
    expect(await question({ ref })).toBe(commits[commit]);
    expect(warnings).toEqual([]);
  });

  test.each([
    [{ pr: 9999 }, 'pull request 9999'],
    [{ branch: 'typo' }, 'branch typo'],
  ])('%j that the remote does not have is an error', async (ref, words) => {
    await expect(question({ ref })).rejects.toMatchObject({
      code: 'identity-unknown',
      message: `the remote repository has no ${words}`,
    });
  });

  test('a remote that cannot be asked leaves the checked-out commit, with a warning', async () => {
    const repository = 'https://user:secret@127.0.0.1:1/o/r.git';
    expect(await question({ repository })).toBe(commits.second);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(/the remote could not be asked \(fatal: /);
    expect(warnings[0]).not.toContain('secret');
  });

  test('without remote and checkout there is none', async () => {
    await expect(question({ git: git(empty) })).rejects.toMatchObject({
      code: 'identity-unknown',
    });
  });

  test('the sandbox asks no remote', async () => {
    const repository = 'https://github.com/example/hello.git';
    const offline = { ...git(), remoteRefs: () => Promise.reject(new Error('network')) };
    expect(await question({ sandbox: true, git: offline, repository })).toBe(commits.second);
    const bare = { ...offline, head: async () => undefined };
    expect(await question({ sandbox: true, git: bare, repository })).toBe(madeUp({ pr: 42 }));
    expect(madeUp({ pr: 42 })).toMatch(/^[0-9a-f]{40}$/);
    expect(madeUp({ branch: 'b' })).not.toBe(madeUp({ pr: 42 }));
  });
});

test('credentials are taken out of what git says', () => {
  expect(withoutCredentials("unable to access 'https://x:tok@host/o/r.git/': no")).toBe(
    "unable to access 'https://host/o/r.git/': no",
  );
});
