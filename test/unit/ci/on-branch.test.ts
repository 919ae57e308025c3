import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openGit } from '../../../src/ci/git.ts';
import { openHistory } from '../../../src/ci/history.ts';
import { checkCommitOnBranch, type OnBranchQuestion } from '../../../src/ci/on-branch.ts';
import { gitEnv, runGit } from '../../helpers/git.ts';

const root = mkdtempSync(join(tmpdir(), 'previewops-on-branch-'));
const env = gitEnv(root);
const { signal } = new AbortController();
const place = (name: string) => join(root, name);
const sh = (where: string, ...args: string[]) => runGit({ cwd: place(where), env }, ...args);
const commit = (where: string, message: string) => {
  sh(where, 'commit', '-q', '--allow-empty', '-m', message);
  return sh(where, 'rev-parse', 'HEAD');
};

/** main: a - b; feature: a - b - c - d; other: a - b - x. */
const made = { a: '', b: '', c: '', d: '', x: '', unpushed: '' };
const feature = 'feature/login';

beforeAll(() => {
  sh('.', 'init', '-q', '-b', 'main', 'full');
  sh('.', 'init', '-q', '--bare', '-b', 'main', 'remote');
  sh('remote', 'config', 'uploadpack.allowFilter', 'true');
  sh('full', 'remote', 'add', 'origin', pathToFileURL(place('remote')).href);
  made.a = commit('full', 'a');
  made.b = commit('full', 'b');
  sh('full', 'checkout', '-q', '-b', feature);
  made.c = commit('full', 'c');
  made.d = commit('full', 'd');
  sh('full', 'checkout', '-q', '-b', 'other', made.b);
  made.x = commit('full', 'x');
  sh('full', 'push', '-q', 'origin', 'main', feature, 'other');
  made.unpushed = commit('full', 'unpushed');
  const from = pathToFileURL(place('remote')).href;
  // As actions/checkout leaves it: the newest commit of one branch, and the settings of them all.
  sh('.', 'clone', '-q', '--depth=1', from, 'shallow');
  sh('.', 'clone', '-q', '--single-branch', '-b', 'main', from, 'main-only');
  for (const clone of ['shallow', 'main-only']) {
    sh(clone, 'config', 'remote.origin.fetch', '+refs/heads/*:refs/remotes/origin/*');
  }
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const question = (where: string, given: Partial<OnBranchQuestion> = {}): OnBranchQuestion => {
  const options = { cwd: place(where), env, signal };
  return {
    commit: made.c,
    branch: feature,
    repository: undefined,
    git: openGit(options),
    history: openHistory(options),
    ...given,
  };
};
const check = async (where: string, given?: Partial<OnBranchQuestion>) =>
  checkCommitOnBranch(question(where, given)).then(
    () => 'fine',
    (error) => `${error.code}: ${error.message}`,
  );
const noFetch = (where: string) => ({
  history: {
    ...question(where).history,
    isAncestorAfterFetch: () => expect.fail('nothing needed to be fetched'),
  },
});

/** Every file of a checkout with what it holds. */
const contentOf = (where: string) =>
  (readdirSync(place(where), { recursive: true }) as string[])
    .filter((file) => statSync(join(place(where), file)).isFile())
    .sort()
    .map((file) => {
      const content = readFileSync(join(place(where), file));
      return `${file} ${createHash('sha256').update(content).digest('hex')}`;
    });

describe('a commit with a branch', () => {
  test.each(['full', 'shallow', 'main-only'])('the head, in the checkout %s', async (where) => {
    expect(await check(where, { commit: made.d, ...noFetch(where) })).toBe('fine');
  });

  test.each(['a', 'b', 'c'] as const)(
    'an older one, %s, is found in the checkout',
    async (name) => {
      expect(await check('full', { commit: made[name], ...noFetch('full') })).toBe('fine');
    },
  );

  test.each(['x', 'unpushed'] as const)('%s of another branch is refused', async (name) => {
    expect(await check('full', { commit: made[name], ...noFetch('full') })).toBe(
      `commit-not-on-branch: commit ${made[name].slice(0, 12)} is not on branch ${feature}`,
    );
  });

  test('one that nobody has ever seen is refused', async () => {
    expect(await check('full', { commit: 'e'.repeat(40) })).toMatch(
      /^commit-not-on-branch: .* not on/,
    );
  });

  test('one that was on the branch before a forced push is refused', async () => {
    sh('full', 'push', '-q', 'origin', `${made.d}:refs/heads/moved`);
    expect(await check('full', { branch: 'moved', commit: made.c })).toBe('fine');
    sh('full', 'push', '-q', '--force', 'origin', `${made.x}:refs/heads/moved`);
    expect(await check('full', { branch: 'moved', commit: made.c })).toMatch(
      /is not on branch moved/,
    );
  });

  test('a branch that the remote does not have is another mistake', async () => {
    expect(await check('full', { branch: 'gone' })).toBe(
      'identity-unknown: the remote repository has no branch gone',
    );
  });
});

describe('a checkout that does not hold enough', () => {
  test.each(['c', 'b', 'a'] as const)('fetches the branch, and finds %s', async (name) => {
    expect(await check('main-only', { commit: made[name] })).toBe('fine');
  });

  test.each(['x', 'unpushed'] as const)('fetches the branch, and misses %s', async (name) => {
    expect(await check('main-only', { commit: made[name] })).toMatch(/is not on branch feature/);
  });

  test('fetches in a shallow one too, and stays in doubt about what was cut off', async () => {
    expect(await check('shallow', { commit: made.c })).toBe('fine');
    expect(await check('shallow', { commit: made.b })).toBe('fine');
    expect(await check('shallow', { commit: made.a })).toBe(
      `commit-not-on-branch: it could not be proven that commit ${made.a.slice(0, 12)} is on branch ${feature}: the history that is at hand does not reach far enough`,
    );
  });

  test('is left as it was', async () => {
    for (const where of ['untouched', 'untouched-shallow']) {
      const depth = where === 'untouched' ? [] : ['--depth=1'];
      const from = pathToFileURL(place('remote')).href;
      sh('.', 'clone', '-q', '--single-branch', ...depth, from, where);
      sh(where, 'config', 'remote.origin.fetch', '+refs/heads/*:refs/remotes/origin/*');
      const before = contentOf(where);
      expect(await check(where, { commit: made.c })).toBe('fine');
      expect(contentOf(where)).toEqual(before);
    }
  });

  test('leaves nothing in the directory for temporary files', async () => {
    const left = () =>
      readdirSync(tmpdir()).filter((name) => name.startsWith('previewops-history-'));
    const before = left();
    await check('main-only', { commit: made.x });
    expect(left().filter((name) => !before.includes(name))).toEqual([]);
  });

  test('fetches by URL where the image is built from elsewhere than origin', async () => {
    sh('main-only', 'remote', 'set-url', 'origin', 'https://127.0.0.1:1/other.git');
    try {
      const repository = pathToFileURL(place('remote')).href;
      expect(await check('main-only', { repository, commit: made.c })).toBe('fine');
      expect(await check('main-only', { repository, commit: made.x })).toMatch(/is not on branch/);
    } finally {
      sh('main-only', 'remote', 'set-url', 'origin', pathToFileURL(place('remote')).href);
    }
  });
});

describe("the host's own answer", () => {
  const compare = (answer: boolean | undefined) => ({ compare: async () => answer });
  const silent = { isAncestor: async () => undefined, isAncestorAfterFetch: async () => undefined };

  test('decides where the checkout cannot', async () => {
    const given = { commit: made.a, ...noFetch('shallow') };
    expect(await check('shallow', { ...given, ...compare(true) })).toBe('fine');
    expect(await check('shallow', { ...given, ...compare(false) })).toMatch(/is not on branch/);
  });

  test('is not asked where the checkout can', async () => {
    const asked: string[] = [];
    const asking = async (id: string) => {
      asked.push(id);
      return true;
    };
    expect(await check('full', { commit: made.x, compare: asking })).toMatch(/is not on branch/);
    expect(asked).toEqual([]);
  });

  test('decides where the remote cannot be asked', async () => {
    const { git } = question('full');
    const offline = { ...git, origin: async () => 'https://127.0.0.1:1/o/r.git' };
    const broken = {
      ...offline,
      remoteRefs: () => git.remoteRefs('https://127.0.0.1:1/o/r.git', []),
    };
    expect(await check('full', { git: broken, ...compare(true) })).toBe('fine');
    expect(await check('full', { git: broken, ...compare(false) })).toMatch(/is not on branch/);
    for (const given of [compare(undefined), {}]) {
      expect(await check('full', { git: broken, ...given })).toMatch(
        /^commit-not-on-branch: it could not be proven .*: the remote could not be asked \(fatal: /,
      );
    }
  });

  test('that nobody gives means no, with a way out', async () => {
    const given = { commit: made.c, history: silent, ...compare(undefined) };
    await expect(checkCommitOnBranch(question('full', given))).rejects.toMatchObject({
      code: 'commit-not-on-branch',
      exitCode: 2,
      hint: expect.stringContaining('fetch-depth: 0'),
    });
  });

  test('no remote at all means no', async () => {
    const git = { ...question('full').git, origin: async () => undefined };
    expect(await check('full', { git })).toMatch(/no remote repository is known$/);
  });
});

describe('hostile names', () => {
  const untouched = () => {
    const git = question('full').git;
    return { ...git, remoteRefs: () => expect.fail('git was asked') };
  };

  test.each(['--upload-pack=touch x', '-x', 'a..b', 'a b', 'a\nb', 'refs/*', 'x:y', '@{1}', ''])(
    'branch %j never reaches git',
    async (branch) => {
      expect(await check('full', { branch, git: untouched() })).toMatch(/^bad-usage: --branch/);
    },
  );

  test.each(['--all', 'HEAD', 'main', 'abcdef1', `${'a'.repeat(40)}^`, '', 'A'.repeat(40)])(
    'commit %j never reaches git',
    async (id) => {
      expect(await check('full', { commit: id, git: untouched() })).toBe(
        'bad-usage: --commit must be a full commit id here',
      );
    },
  );

  test('a branch of shell words is only a name', async () => {
    const branch = `$(touch\${IFS}x)\`id\`;'"set-output`;
    expect(await check('full', { branch })).toMatch(/^identity-unknown/);
    sh('full', 'push', '-q', 'origin', `${made.d}:refs/heads/${branch}`);
    expect(await check('main-only', { branch, commit: made.c })).toBe('fine');
    expect(await check('main-only', { branch, commit: made.x })).toMatch(/is not on branch/);
  });

  test('a replaced commit in the checkout proves nothing', async () => {
    sh('full', 'replace', '--graft', made.d, made.x);
    try {
      expect(await check('full', { commit: made.x })).toMatch(/is not on branch/);
    } finally {
      sh('full', 'replace', '-d', made.d);
    }
  });

  test('an interrupted run rejects with the reason', async () => {
    const stop = AbortSignal.abort(new Error('enough'));
    const options = { cwd: place('full'), env, signal: stop };
    const history = openHistory(options);
    await expect(history.isAncestor(made.a, made.d)).rejects.toThrow('enough');
  });
});
