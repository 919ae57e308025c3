import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { CiRun } from '../../../src/ci/identity/run.ts';
import { judgeTrust, refuseOver, type Trust, type TrustRules } from '../../../src/ci/trust.ts';
import { withoutSecrets } from '../../../src/ci/trust-config.ts';
import { checkConfig } from '../../../src/config/check.ts';
import { exampleConfig } from '../../../src/config/example.ts';
import type { Config } from '../../../src/config/types.ts';
import { PreviewopsError } from '../../../src/errors.ts';
import { identify, recorded, recordedNamed } from './recorded.ts';

const strict: TrustRules = { forks: 'deny', bots: 'deny' };
const runOf = (name: string) => identify(recordedNamed(name));
/** `allowed`, `without secrets`, or why it was skipped. */
const say = (trust: Trust) =>
  trust.verdict === 'skipped' ? trust.reason : trust.withoutSecrets ? 'without secrets' : 'allowed';
const judge = async (name: string, rules: Partial<TrustRules> = {}) =>
  say(judgeTrust(await runOf(name), { ...strict, ...rules }));

const team: CiRun = {
  ci: 'github-actions',
  event: 'pull_request',
  eventName: 'pull_request',
  pr: 42,
  branch: 'feature/login',
  fork: false,
  author: { login: 'rita', type: 'user', association: 'MEMBER' },
  labels: ['preview'],
};
const stranger = { login: 'mallory', type: 'user', association: 'CONTRIBUTOR' } as const;
const bot = { login: 'dependabot[bot]', type: 'bot', association: 'NONE' } as const;
const judged = (changed: Partial<CiRun>, rules: Partial<TrustRules> = {}) =>
  say(judgeTrust({ ...team, ...changed }, { ...strict, ...rules }));

describe('what is deployed by default', () => {
  test('everything from a laptop', () => {
    expect(judgeTrust(undefined, { ...strict, requireLabel: 'preview' })).toEqual({
      verdict: 'allowed',
    });
  });

  test.each([
    'github-actions/pull-request-opened',
    'github-actions/pull-request-review',
    'github-actions/pull-request-review-comment',
    'github-actions/push-branch',
    'github-actions/push-default-branch',
    'github-actions/workflow-dispatch',
    'github-actions/schedule',
    'gitlab/merge-request',
    'gitlab/branch-with-open-merge-request',
    'gitlab/by-hand',
    'buildkite/pull-request',
    'bitbucket/pull-request',
    'azure-pipelines/pull-request-at-github',
    'jenkins/multibranch-change',
    'jenkins/ghprb',
    'travis/pull-request',
    'semaphore/pull-request',
    'codebuild/by-hand-of-pull-request',
  ])('%s', async (name) => expect(await judge(name)).toBe('allowed'));
});

describe('what is skipped by default', () => {
  const fork = 'pull request 42 comes from a fork';
  test.each([
    ['github-actions/pull-request-fork', fork],
    ['github-actions/pull-request-target-fork', fork],
    ['github-actions/pull-request-deleted-fork', fork],
    ['github-actions/workflow-run-of-fork', 'branch "main" comes from a fork'],
    ['gitlab/fork', fork],
    ['circleci/fork', fork],
    ['buildkite/fork', fork],
    ['buildkite/fork-with-prefixed-branch', fork],
    ['azure-pipelines/fork', fork],
    ['jenkins/multibranch-fork', fork],
    ['jenkins/ghprb-fork', fork],
    ['travis/fork', fork],
    ['semaphore/fork', fork],
    [
      'github-actions/pull-request-bot',
      'pull request 42 is by "dependabot[bot]" (CONTRIBUTOR), a bot',
    ],
    [
      'github-actions/pull-request-stranger',
      'pull request 42 is by "mallory" (NONE), not by an owner, member or collaborator',
    ],
    [
      'github-actions/issue-comment-on-pull-request',
      'the comment is by "mallory" (NONE), not by an owner, member or collaborator',
    ],
  ])('%s', async (name, reason) => {
    expect(await judge(name)).toBe(reason);
    expect(judgeTrust(await runOf(name), strict)).toMatchObject({ hint: expect.any(String) });
  });

  test.each([
    'codebuild/pull-request-created',
    'drone/pull-request',
    'woodpecker/pull-request',
    'circleci/pull-request',
  ])('%s, which may be of a fork', async (name) =>
    expect(await judge(name)).toMatch(/^it is not known whether pull request 42 /),
  );

  test('a comment by nobody, and one on nothing', () => {
    expect(judged({ event: 'comment' })).toBe(
      'the comment is by somebody unknown, not by an owner, member or collaborator',
    );
    expect(judged({ event: 'comment', commenter: stranger, pr: undefined })).toMatch(
      /^the comment/,
    );
  });

  test('an author that GitHub does not tell', () => {
    expect(judged({ event: 'workflow_run', author: undefined })).toMatch(/by somebody unknown/);
    expect(judged({ ci: 'jenkins', author: { login: 'rita' } })).toBe('allowed');
  });

  test('the author counts, not who started the run', async () => {
    const one = recordedNamed('github-actions/pull-request-bot');
    expect(one.env.GITHUB_ACTOR).toBe('rita');
    const started = await identify(recordedNamed('github-actions/pull-request-opened'), {
      env: { GITHUB_ACTOR: 'dependabot[bot]' },
    });
    expect(say(judgeTrust(started, strict))).toBe('allowed');
  });
});

describe('the rules', () => {
  test.each([
    ['deny', 'pull request 42 comes from a fork'],
    ['without-secrets', 'without secrets'],
    ['allow', 'allowed'],
  ] as const)('forks: %s', (forks, said) => {
    expect(judged({ fork: true, author: stranger }, { forks })).toBe(said);
    expect(judged({ author: stranger }, { forks })).toEqual(
      forks === 'deny' ? expect.stringContaining('"mallory" (CONTRIBUTOR)') : said,
    );
    expect(judged({ fork: undefined }, { forks })).toEqual(
      forks === 'deny' ? expect.stringContaining('not known') : said,
    );
    expect(judged({}, { forks })).toBe('allowed');
  });

  test('bots: allow lets in those of the repository, and no forks', () => {
    expect(judged({ author: bot })).toMatch(/a bot$/);
    expect(judged({ author: bot }, { bots: 'allow' })).toBe('allowed');
    expect(judged({ author: bot, fork: true }, { bots: 'allow' })).toMatch(/comes from a fork/);
    expect(judged({ author: bot }, { forks: 'allow' })).toMatch(/a bot$/);
  });

  test.each([
    [{ login: 'renovate' }, 'feature/x', true],
    [{ login: 'Dependabot-Preview' }, 'feature/x', true],
    [{ login: 'Copilot', type: 'bot' }, 'feature/x', true],
    [{ login: 'project_17_bot_1a2b' }, 'feature/x', true],
    [undefined, 'dependabot/npm/vite-7', true],
    [undefined, 'renovate/all', true],
    [undefined, 'fix/renovate/all', false],
    [{ login: 'rita' }, 'renovate/all', false],
    [{ login: 'robot' }, 'feature/x', false],
  ] as const)('%j on %s: a bot is %s', (author, branch, isBot) => {
    const said = judged({ ci: 'gitlab', author, branch });
    expect(said.includes('bot')).toBe(isBot);
  });

  test('a push to the branch of a bot is a bot too', () => {
    const push = { event: 'push', pr: undefined, author: undefined } as const;
    expect(judged({ ...push, branch: 'renovate/all' })).toBe(
      'branch "renovate/all" is on the branch of a bot',
    );
    expect(judged({ ...push, branch: 'renovate/all' }, { bots: 'allow' })).toBe('allowed');
    expect(judged({ ...push, event: 'dispatch', branch: 'renovate/all' })).toBe('allowed');
  });

  test('requireLabel is looked at first, and opens no door', () => {
    const rules = { requireLabel: 'deploy' };
    const missing = 'pull request 42 does not have the label "deploy"';
    expect(judged({ fork: true, author: bot }, rules)).toBe(missing);
    expect(judged({ event: 'comment', commenter: stranger }, rules)).toBe(missing);
    expect(judged({ labels: ['Deploy'] }, rules)).toBe(missing);
    expect(judged({ labels: ['x', 'deploy'] }, rules)).toBe('allowed');
    expect(judged({ labels: ['deploy'], fork: true }, rules)).toMatch(/fork/);
    expect(judged({ labels: undefined }, rules)).toMatch(/does not tell the labels/);
    expect(judged({ labels: undefined, event: 'dispatch' }, rules)).toBe('allowed');
  });
});

test('whoever they are and whatever they write, the reason is one short line', () => {
  const text = fc.string({ unit: 'binary', maxLength: 400 });
  const cases = fc.record({ login: text, branch: text, label: text, pr: fc.option(fc.nat()) });
  fc.assert(
    fc.property(cases, ({ login, branch, label, pr }) => {
      for (const requireLabel of [label, undefined]) {
        const trust = judgeTrust(
          { ...team, pr: pr ?? undefined, fork: true, author: { login }, branch },
          { ...strict, requireLabel },
        );
        // biome-ignore lint/suspicious/noControlCharactersInRegex: none may be left
        expect(say(trust)).toMatch(/^[^\u0000-\u001f\u007f-\u009f\u2028-\u202e]{1,1500}$/);
        expect(trust.verdict).toBe('skipped');
      }
    }),
  );
});

describe('what is over', () => {
  const over = recorded.filter(({ run }) =>
    [run.state, run.action].some((word) => word === 'closed' || word === 'merged'),
  );

  test.each(over.map(({ name, run }) => [name, run] as const))('%s refuses a deploy', (_, run) => {
    const attempt = () => refuseOver({ pr: 42, branch: 'feature/login' }, run);
    expect(attempt).toThrow(PreviewopsError);
    expect(attempt).toThrow(/^pull request 42 is (?:closed|merged): there is nothing to deploy$/);
  });

  test('there are closed ones of several CIs', () => {
    expect(new Set(over.map(({ run }) => run.ci)).size).toBeGreaterThan(3);
  });

  test('the error says destroy, and exits as usage does', async () => {
    const run = await runOf('github-actions/delete-branch');
    const failure = (() => {
      try {
        refuseOver({ branch: 'feature/login' }, run);
      } catch (error) {
        return error;
      }
    })() as PreviewopsError;
    expect(failure).toMatchObject({
      code: 'pull-request-closed',
      exitCode: 2,
      message: 'the branch "feature/login" has been deleted: there is nothing to deploy',
      hint: expect.stringContaining('previewops destroy'),
    });
  });

  test('another pull request, branch or run is none of its business', async () => {
    const run = await runOf('github-actions/pull-request-merged');
    expect(() => refuseOver({ branch: 'main' }, run)).not.toThrow();
    expect(() => refuseOver({ pr: 43 }, run)).not.toThrow();
    expect(() => refuseOver({ pr: 42 }, undefined)).not.toThrow();
    expect(() => refuseOver({ pr: 42 }, team)).not.toThrow();
  });
});

describe('without secrets', () => {
  const checked = checkConfig({ file: 'previewops.yml', text: exampleConfig() });
  const plain = 'config' in checked ? checked.config : undefined;
  const arn = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:db';
  const config = {
    ...plain,
    container: { ...plain?.container, env: { MODE: 'demo' }, secrets: { KEY: arn } },
    sidecars: [{ name: 'db', image: 'postgres:17', env: {}, secrets: { PASSWORD: arn } }],
    task: { ...plain?.task, roleArn: 'arn:aws:iam::123456789012:role/app' },
    build: { ...plain?.build, args: { MODE: 'demo' }, cache: true },
  } as unknown as Config;
  const stripped = withoutSecrets(config);

  test('no secret, no role and no shared cache is left', () => {
    expect(JSON.stringify(stripped)).not.toContain('secretsmanager');
    expect(stripped.container.secrets).toEqual({});
    expect(stripped.sidecars.map(({ secrets }) => secrets)).toEqual([{}]);
    expect(stripped.task).not.toHaveProperty('roleArn');
    expect(stripped.build.cache).toBe(false);
  });

  test('the rest is as it was, and the configuration itself untouched', () => {
    expect(stripped.container.env).toEqual({ MODE: 'demo' });
    expect(stripped.build.args).toEqual({ MODE: 'demo' });
    expect(stripped.providerConfig).toEqual(config.providerConfig);
    expect(config.task.roleArn).toBeDefined();
    expect(config.container.secrets).toEqual({ KEY: arn });
  });
});
