import { describe, expect, test } from 'vitest';
import { type AdmissionQuestion, admitDeploy } from '../../../src/ci/admit.ts';
import { type Git, GitError } from '../../../src/ci/git.ts';
import { completeRun } from '../../../src/ci/identity/complete.ts';
import { factsOf } from '../../../src/ci/identity/from-github.ts';
import { readGithubPull } from '../../../src/ci/identity/github-pull.ts';
import { PreviewopsError } from '../../../src/errors.ts';
import { identify, recordedNamed } from './recorded.ts';

const head = '1f3c9a52d7b04e6f8a1c2d3e4f5061728394a5b6';
const pull = {
  number: 42,
  open: true,
  headSha: head,
  headBranch: 'feature/login',
  fork: false,
  author: 'rita',
  authorIsBot: false,
  association: 'MEMBER',
  labels: ['preview'],
};
const askedRefs: string[][] = [];
/** A checkout whose remote has these branches; undefined: it cannot be asked. */
const checkout = (branches: Record<string, string> | undefined) =>
  ({
    origin: async () => 'https://github.com/acme/shop.git',
    remoteRefs: async (remote: string, refs: string[]) => {
      askedRefs.push([remote, ...refs]);
      if (branches === undefined) throw new GitError('no route');
      return new Map(Object.entries(branches).map(([name, id]) => [`refs/heads/${name}`, id]));
    },
  }) as unknown as Git;

const admit = (name: string, more: Partial<AdmissionQuestion> = {}) => {
  askedRefs.length = 0;
  return admitDeploy({
    env: {},
    currentBranch: async () => undefined,
    run: () => identify(recordedNamed(name)),
    rules: { forks: 'deny', bots: 'deny' },
    lookups: {},
    ...more,
  });
};

describe('a deploy', () => {
  test('of a pull request has all it needs in its event, and asks nobody', async () => {
    const lookups = {
      pullRequest: () => Promise.reject(new Error('asked')),
      mayWrite: () => Promise.reject(new Error('asked')),
      git: checkout({}),
    };
    expect(await admit('github-actions/pull-request-synchronize', { lookups })).toMatchObject({
      ref: { pr: 42, branch: 'feature/login' },
      commit: head,
      source: 'ci',
      trust: { verdict: 'allowed' },
      notes: [],
    });
    expect(askedRefs).toEqual([]);
  });

  test('outside any CI is never judged', async () => {
    const rules = { forks: 'deny', bots: 'deny', requireLabel: 'preview' } as const;
    const admission = await admit('', { run: async () => undefined, pr: 42, rules });
    expect(admission).toMatchObject({ ref: { pr: 42 }, trust: { verdict: 'allowed' } });
    expect(admission.run).toBeUndefined();
  });

  test('of a closed pull request is refused, of a closed one that is not trusted skipped', async () => {
    await expect(admit('github-actions/pull-request-merged')).rejects.toMatchObject({
      code: 'pull-request-closed',
    });
    const rules = { forks: 'deny', bots: 'deny', requireLabel: 'other' } as const;
    const skipped = await admit('github-actions/pull-request-merged', { rules });
    expect(skipped.trust.verdict).toBe('skipped');
    const elsewhere = await admit('github-actions/pull-request-merged', { branch: 'main' });
    expect(elsewhere.ref).toEqual({ branch: 'main' });
  });

  test('that names its preview still reads the event', async () => {
    const broken = new PreviewopsError('identity-unknown', 'no event');
    const run = () => Promise.reject(broken);
    await expect(admit('', { run, pr: 42 })).rejects.toBe(broken);
    const fork = await admit('github-actions/pull-request-fork', { pr: 43 });
    expect(fork.trust).toMatchObject({ reason: 'pull request 42 comes from a fork' });
  });

  test('by a comment takes branch, commit and fork from the API', async () => {
    const name = 'github-actions/issue-comment-on-pull-request';
    const answering = (changed: Partial<typeof pull>) => ({
      pullRequest: async () => factsOf({ ...pull, ...changed }),
      mayWrite: async () => true,
    });
    expect(await admit(name, { lookups: answering({}) })).toMatchObject({
      ref: { pr: 42, branch: 'feature/login' },
      commit: head,
      trust: { verdict: 'allowed' },
    });
    const fork = await admit(name, { lookups: answering({ fork: true, headBranch: 'main' }) });
    expect(fork.trust).toMatchObject({ reason: 'pull request 42 comes from a fork' });
    expect(fork.ref).toEqual({ pr: 42 });
    await expect(admit(name, { lookups: answering({ open: false }) })).rejects.toMatchObject({
      code: 'pull-request-closed', // since the comment was written
    });
  });

  test('by a push is judged as the pull request that the API finds', async () => {
    const openPullRequest = async () => 42;
    const question = (changed: Partial<typeof pull>) => ({
      openPullRequest,
      lookups: { pullRequest: async () => factsOf({ ...pull, ...changed }) },
      rules: { forks: 'deny', bots: 'deny', requireLabel: 'preview' } as const,
    });
    const name = 'github-actions/push-branch';
    expect(await admit(name, question({}))).toMatchObject({
      ref: { pr: 42, branch: 'feature/login' },
      commit: head,
      source: 'api',
      trust: { verdict: 'allowed' },
    });
    expect(await admit(name, question({ labels: [] }))).toMatchObject({
      trust: { reason: 'pull request 42 does not have the label "preview"' },
    });
    expect(await admit(name, question({ author: 'x', authorIsBot: true }))).toMatchObject({
      trust: { reason: expect.stringContaining('a bot') },
    });
  });
});

describe('a fork that the CI does not tell from a branch', () => {
  const name = 'codebuild/pull-request-created';

  test('is none where the remote has the branch at this commit', async () => {
    const lookups = { git: checkout({ 'feature/login': head }) };
    expect(await admit(name, { lookups })).toMatchObject({
      ref: { pr: 42, branch: 'feature/login' },
      trust: { verdict: 'allowed' },
    });
    expect(askedRefs).toEqual([['origin', 'refs/heads/feature/login']]);
  });

  test.each([
    ['another commit', { 'feature/login': '3'.repeat(40) }],
    ['no such branch', {}],
    ['no answer', undefined],
  ])('counts as one with %s', async (_, branches) => {
    const lookups = { git: checkout(branches) };
    const { trust, ref } = await admit(name, { lookups });
    expect(trust).toMatchObject({ reason: expect.stringContaining('not known whether') });
    expect(ref).toEqual({ pr: 42 });
  });

  test('is what the API says it is', async () => {
    const lookups = {
      git: checkout({ 'feature/login': head }),
      pullRequest: async () => factsOf({ ...pull, fork: true }),
    };
    expect((await admit(name, { lookups })).trust).toMatchObject({
      reason: 'pull request 42 comes from a fork',
    });
    expect(askedRefs).toEqual([]);
  });
});

describe('who may write', () => {
  test('counts as a collaborator although GitHub hides the membership', async () => {
    const name = 'github-actions/pull-request-stranger';
    const asked: string[] = [];
    const mayWrite = async (login: string) => {
      asked.push(login);
      return true;
    };
    expect((await admit(name, { lookups: { mayWrite } })).trust.verdict).toBe('allowed');
    expect(asked).toEqual(['mallory']);
    const refused = { mayWrite: async () => false };
    expect((await admit(name, { lookups: refused })).trust.verdict).toBe('skipped');
  });

  test('is not asked of forks, bots and members', async () => {
    const mayWrite = () => Promise.reject(new Error('asked'));
    for (const name of ['fork', 'bot', 'opened']) {
      expect(
        (await admit(`github-actions/pull-request-${name}`, { lookups: { mayWrite } })).notes,
      ).toEqual([]);
    }
  });
});

describe('a question that fails', () => {
  const run = () => identify(recordedNamed('github-actions/issue-comment-on-pull-request'));

  test('is a note, and leaves what it is about open', async () => {
    const known = await run();
    if (known === undefined) throw new Error('no run');
    const { run: completed, notes } = await completeRun(known, {
      pullRequest: () => Promise.reject(new Error('rate limit')),
    });
    expect(notes).toEqual(['pull request 42 could not be asked: rate limit']);
    expect(completed.fork).toBeUndefined();
  });

  test('ends the run when somebody stopped it', async () => {
    const stopped = new PreviewopsError('interrupted', 'stopped');
    const lookups = { pullRequest: () => Promise.reject(stopped) };
    await expect(admit('github-actions/issue-comment-on-pull-request', { lookups })).rejects.toBe(
      stopped,
    );
  });
});

test('an answer of the API is checked as an event is', () => {
  expect(factsOf({ ...pull, association: 'x\n', labels: [' a ', ''] })).toEqual({
    branch: 'feature/login',
    commit: head,
    fork: false,
    author: { login: 'rita', type: 'user' },
    labels: ['a'],
    state: 'open',
  });
  expect(() => factsOf({ ...pull, headSha: 'HEAD~1' })).toThrow(/must be a commit id/);
  expect(() => factsOf({ ...pull, headBranch: '--x' })).toThrow(/must not begin with a hyphen/);
  expect(readGithubPull('nonsense').pr).toBeUndefined();
});
