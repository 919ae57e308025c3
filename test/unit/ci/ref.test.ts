import { describe, expect, test } from 'vitest';
import { appFromRepository } from '../../../src/ci/app.ts';
import type { CiRun } from '../../../src/ci/identity/run.ts';
import { parseBranch, parseCommit, parsePr } from '../../../src/ci/parse.ts';
import { type RefQuestion, resolveRef, resolveSubject } from '../../../src/ci/ref.ts';
import { PreviewopsError } from '../../../src/errors.ts';
import { identify, recorded, recordedNamed } from './recorded.ts';

const nowhere = { env: {}, currentBranch: async () => undefined };
const commit = '1f3c9a52d7b04e6f8a1c2d3e4f5061728394a5b6';
const other = '2'.repeat(40);

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
  expect(await resolveRef({ env: { PREVIEWOPS_BRANCH: 'b' }, currentBranch })).toEqual({
    branch: 'b',
  });
  expect(await resolveRef({ env: { PREVIEWOPS_PR: '' }, currentBranch })).toEqual({
    branch: 'feature/login',
  });
});

test.each([
  ['PREVIEWOPS_PR', 'x', 'PREVIEWOPS_PR must be a whole number'],
  ['PREVIEWOPS_BRANCH', '-x', 'PREVIEWOPS_BRANCH must not begin with a hyphen'],
  ['PREVIEWOPS_COMMIT', 'main', 'PREVIEWOPS_COMMIT must be a commit id'],
])('%s=%s is said, not skipped', async (name, value, message) => {
  await expect(resolveSubject({ ...nowhere, env: { [name]: value } })).rejects.toMatchObject({
    code: 'bad-usage',
    message: expect.stringContaining(message),
  });
});

describe('in a CI', () => {
  const inCi = (name: string, question: Partial<RefQuestion> = {}) =>
    resolveSubject({ ...nowhere, run: () => identify(recordedNamed(name)), ...question });

  test('a pull request is meant with its own commit', async () => {
    expect(await inCi('github-actions/pull-request-synchronize')).toEqual({
      ref: { pr: 42, branch: 'feature/login' },
      commit,
      source: 'ci',
      notes: [],
    });
  });

  test("a fork's branch name is not taken for one of this repository", async () => {
    expect((await inCi('github-actions/pull-request-fork')).ref).toEqual({ pr: 42 });
    expect((await inCi('codebuild/pull-request-created')).ref).toEqual({ pr: 42 });
    const named = await inCi('github-actions/pull-request-fork', { branch: 'main' });
    expect(named).toMatchObject({ ref: { branch: 'main' }, source: 'flag' });
    expect(named.commit).toBeUndefined();
  });

  test('flags and environment win, and the run adds what belongs to them', async () => {
    const name = 'github-actions/pull-request-opened';
    expect(await inCi(name, { pr: 42 })).toMatchObject({
      ref: { pr: 42, branch: 'feature/login' },
      commit,
      source: 'flag',
    });
    const foreign = await inCi(name, { env: { PREVIEWOPS_PR: '43' } });
    expect(foreign).toMatchObject({ ref: { pr: 43 }, source: 'environment' });
    expect(foreign.commit).toBeUndefined();
    const dispatched = await inCi('github-actions/workflow-dispatch', { branch: 'qanote/issue-7' });
    expect(dispatched.ref).toEqual({ branch: 'qanote/issue-7' });
    expect(dispatched.commit).toBeUndefined();
  });

  test('a commit that is asked for wins over that of the run', async () => {
    const env = { PREVIEWOPS_COMMIT: other.toUpperCase() };
    const name = 'github-actions/pull-request-opened';
    expect((await inCi(name, { env })).commit).toBe(other);
    expect((await inCi(name, { env, commit: '3'.repeat(40) })).commit).toBe('3'.repeat(40));
  });

  test('an event that cannot be read stops only who needs it', async () => {
    const run = () => Promise.reject(new PreviewopsError('identity-unknown', 'no event'));
    expect((await resolveSubject({ ...nowhere, run, pr: 42 })).ref).toEqual({ pr: 42 });
    await expect(resolveSubject({ ...nowhere, run })).rejects.toThrow('no event');
  });

  test.each(
    recorded
      .filter(({ run }) => run.pr === undefined && run.branch === undefined && run.elsewhere)
      .map(({ name }) => name),
  )('%s is not about the branch that is checked out', async (name) => {
    const question = { currentBranch: async () => 'main' };
    await expect(inCi(name, question)).rejects.toMatchObject({ code: 'identity-unknown' });
  });

  test('a tag, or a CI that knows no branch, leaves the checkout', async () => {
    const currentBranch = async () => 'main';
    expect(await inCi('jenkins/freestyle-detached', { currentBranch })).toMatchObject({
      ref: { branch: 'main' },
      source: 'checkout',
    });
    await expect(inCi('gitlab/tag')).rejects.toMatchObject({ code: 'identity-unknown' });
  });
});

describe('the open pull request of a branch', () => {
  const asked: string[] = [];
  const openPullRequest = async (branch: string) => {
    asked.push(branch);
    return branch === 'feature/login' ? 42 : undefined;
  };
  const question = (run: CiRun | undefined, more: Partial<RefQuestion> = {}) => {
    asked.length = 0;
    return resolveSubject({ ...nowhere, run: async () => run, openPullRequest, ...more });
  };
  const runOf = (name: string) => identify(recordedNamed(name));

  test('is what a push to it is about', async () => {
    expect(await question(await runOf('github-actions/push-branch'))).toEqual({
      ref: { pr: 42, branch: 'feature/login' },
      commit,
      source: 'api',
      notes: [],
    });
  });

  test('is asked for from a laptop too', async () => {
    const currentBranch = async () => 'feature/login';
    expect(await question(undefined, { currentBranch })).toMatchObject({ ref: { pr: 42 } });
    const none = await question(undefined, { currentBranch: async () => 'feature/logout' });
    expect(none).toMatchObject({ ref: { branch: 'feature/logout' }, source: 'checkout' });
  });

  test.each([
    'github-actions/push-default-branch',
    'github-actions/schedule',
    'github-actions/delete-branch',
    'github-actions/workflow-run-of-fork',
  ])('is not asked for in %s', async (name) => {
    expect((await question(await runOf(name))).ref.pr).toBeUndefined();
    expect(asked).toEqual([]);
  });

  test('is not asked for when flags or the CI tell', async () => {
    await question(await runOf('github-actions/push-branch'), { branch: 'feature/login' });
    await question(await runOf('github-actions/pull-request-opened'));
    expect(asked).toEqual([]);
  });

  test('that cannot be asked for leaves the branch, and says so', async () => {
    const broken = { openPullRequest: () => Promise.reject(new Error('no route')) };
    const subject = await question(await runOf('github-actions/push-branch'), broken);
    expect(subject).toMatchObject({ ref: { branch: 'feature/login' }, source: 'ci' });
    expect(subject.notes).toEqual([expect.stringContaining('no route')]);
    const stopped = new PreviewopsError('interrupted', 'stopped');
    await expect(
      question(undefined, {
        currentBranch: async () => 'b',
        openPullRequest: () => Promise.reject(stopped),
      }),
    ).rejects.toBe(stopped);
  });
});

describe('nothing that says which', () => {
  test('is an error with the ways out and what was looked at', async () => {
    await expect(resolveRef(nowhere)).rejects.toMatchObject({
      code: 'identity-unknown',
      hint: expect.stringContaining('--pr <number>'),
    });
    const run = () => identify(recordedNamed('github-actions/release'));
    const failure = await resolveRef({ ...nowhere, run }).catch((error: unknown) => error);
    expect((failure as PreviewopsError).hint?.split('\n')).toEqual([
      'Looked at:',
      '  --pr and --branch: not given',
      '  PREVIEWOPS_PR and PREVIEWOPS_BRANCH: not set',
      '  GitHub Actions: its event "release" names no pull request and no branch',
      '  open pull request: no branch to ask for',
      '  checked-out branch: not what this event is about',
      expect.stringContaining('Give --pr <number> or --branch <name>'),
    ]);
  });
});

describe('names and numbers', () => {
  test.each(['0', '-1', '1.5', '4e2', '2147483649', '', ' 7', '٤٢'])('%j is no number', (text) => {
    expect(() => parsePr(text)).toThrow('--pr must be a whole number from 1 to 2147483648');
  });

  test.each(['', '-x', 'a b', 'a..b', 'a\u009bb', '/a', 'a/', 'a.', 'x'.repeat(256), 'a@{b'])(
    '%j is no branch',
    (text) => {
      expect(() => parseBranch(text)).toThrow(/^--branch /);
    },
  );

  test('what is shown of a bad one is short and harmless', () => {
    const attempt = () => parseBranch(`\u009b31m\u202e${'x'.repeat(1000)} `);
    expect(attempt).toThrow('"\\u009b31m\\u202e');
    expect(attempt).toThrow(/^.{1,200}$/);
  });

  test('a commit is 7 to 64 hex digits', () => {
    expect(parseCommit('ABCDEF1')).toBe('abcdef1');
    expect(() => parseCommit('abcdef')).toThrow('--commit must be a commit id');
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
