import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isCommitOnBranch, openPullRequest, pullRequest } from '../../src/ci/github/pulls.ts';
import { type GithubSession, openSession } from '../helpers/github/session.ts';
import type { FakePull } from '../helpers/github/state.ts';

let session: GithubSession;
beforeEach(async () => {
  session = await openSession();
});
afterEach(() => session.fake.close());

const [a, b, c, stray] = ['a', 'b', 'c', 'd'].map((digit) => digit.repeat(40)) as [
  string,
  string,
  string,
  string,
];

function open(number: number, ref: string, more: Partial<FakePull> = {}): void {
  session.fake.state.pulls.push({
    number,
    state: 'open',
    head: { sha: a, ref, label: `acme:${ref}`, repo: { full_name: 'acme/shop' } },
    base: { repo: { full_name: 'acme/shop' } },
    user: { login: 'octocat', type: 'User' },
    author_association: 'MEMBER',
    labels: [{ name: 'preview' }],
    ...more,
  });
}

describe('openPullRequest', () => {
  test('is the one open pull request of the branch', async () => {
    open(7, 'feature/login');
    open(8, 'other');
    open(9, 'feature/login', { state: 'closed' });
    expect(await openPullRequest(session.client(), 'feature/login')).toBe(7);
  });

  test('is unknown when there is none, or more than one', async () => {
    open(7, 'twice');
    open(8, 'twice');
    expect(await openPullRequest(session.client(), 'none')).toBeUndefined();
    expect(await openPullRequest(session.client(), 'twice')).toBeUndefined();
    expect(session.notes).toEqual([]);
  });

  test('is not one that a server lists although it was not asked for', async () => {
    open(7, 'other');
    const { pulls } = session.fake.state;
    session.fake.faults.push({ when: /pulls$/, answer: { status: 200, data: pulls } });
    expect(await openPullRequest(session.client(), 'feature')).toBeUndefined();
  });
});

describe('pullRequest', () => {
  test('gives what trust and identity ask for', async () => {
    open(7, 'feature/login');
    expect(await pullRequest(session.client(), 7)).toEqual({
      number: 7,
      open: true,
      headSha: a,
      headBranch: 'feature/login',
      fork: false,
      author: 'octocat',
      authorIsBot: false,
      association: 'MEMBER',
      labels: ['preview'],
    });
  });

  test.each([
    ['another repository', { full_name: 'mallory/shop' }],
    ['a repository that is gone', null],
  ])('a head in %s is a fork', async (_, repo) => {
    open(7, 'x', { head: { sha: a, ref: 'x', label: 'mallory:x', repo } });
    expect(await pullRequest(session.client(), 7)).toMatchObject({ fork: true });
  });

  test('is unknown where GitHub does not tell, with a note', async () => {
    expect(await pullRequest(session.client(), 404)).toBeUndefined();
    expect(session.notes[0]).toMatch(/404.*`pull-requests: read`/);
  });
});

describe('isCommitOnBranch', () => {
  beforeEach(() => {
    Object.assign(session.fake.state, {
      branches: { 'feature/login': [a, b], main: [c] },
      strayCommits: [stray],
    });
  });

  test.each([
    ['the newest', b, true],
    ['an earlier one', a, true],
    ["another branch's", c, false],
    ["a fork's", stray, false],
    ['one that GitHub does not know', 'e'.repeat(40), false],
    ['no commit at all', '../../user', false],
  ])('%s', async (_, commit, expected) => {
    const branch = 'feature/login';
    expect(await isCommitOnBranch(session.client(), { commit, branch })).toBe(expected);
    expect(session.notes).toEqual([]);
  });

  test('a name that would change the question is no branch', async () => {
    const branch = `main...${a}`;
    expect(await isCommitOnBranch(session.client(), { commit: a, branch })).toBe(false);
    expect(session.fake.requests).toEqual([]);
  });

  test('is unknown where GitHub does not tell, with a note', async () => {
    const asked = { commit: a, branch: 'secret' };
    expect(await isCommitOnBranch(session.client(), asked)).toBeUndefined();
    expect(session.notes[0]).toMatch(/`contents: read`/);
  });
});
