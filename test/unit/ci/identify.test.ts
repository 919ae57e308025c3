import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { identifyRun } from '../../../src/ci/identity/identify.ts';
import { type CiName, ciTitles } from '../../../src/ci/identity/run.ts';
import { PreviewopsError } from '../../../src/errors.ts';
import { identify, recorded, recordedNamed } from './recorded.ts';

const never = () => Promise.reject(new Error('no file is read here'));

describe('recorded runs', () => {
  test.each(recorded.map((one) => [one.name, one] as const))('%s', async (_, one) => {
    expect(await identify(one)).toEqual(one.run);
  });

  test('there are some of every CI', () => {
    const seen = new Set(recorded.map(({ run }) => run.ci));
    expect([...seen].sort()).toEqual((Object.keys(ciTitles) as CiName[]).sort());
    expect(recorded.length).toBeGreaterThan(90);
  });

  test('no run of a pull request has the commit of a merge', () => {
    const merge = 'a0b1c2d3e4f5a6b7c8d9e0f1a2b3c4d5e6f70819';
    const pulls = recorded.filter(({ run }) => run.pr !== undefined);
    expect(pulls.some(({ env }) => Object.values(env).includes(merge))).toBe(true);
    expect(pulls.filter(({ run }) => run.commit === merge)).toEqual([]);
  });
});

describe('which CI it is', () => {
  test('none', async () => {
    expect(await identifyRun({ env: {}, readFile: never })).toBeUndefined();
    const env = { CI: 'true', GITHUB_ACTIONS: 'false', DRONE: '', TRAVIS: '0' };
    expect(await identifyRun({ env, readFile: never })).toBeUndefined();
  });

  test('the one whose runner it is, before the machine that it runs on', async () => {
    const codebuild = recordedNamed('codebuild/push').env;
    const run = await identify(recordedNamed('github-actions/push-branch'), { env: codebuild });
    expect(run?.ci).toBe('github-actions');
    const both = { ...recordedNamed('drone/push').env, ...recordedNamed('woodpecker/push').env };
    expect((await identifyRun({ env: both, readFile: never }))?.ci).toBe('woodpecker');
  });
});

describe('an event file of GitHub', () => {
  const { env } = recordedNamed('github-actions/pull-request-opened');
  const read = (readFile: (path: string) => Promise<string>, more = {}) =>
    identifyRun({ env: { ...env, ...more }, readFile });

  test.each([
    ['{"pull_request": {', 'is not valid JSON'],
    ['', 'is not valid JSON'],
    ['['.repeat(200_000), 'is not valid JSON'],
    ['[1, 2]', 'is not a JSON object'],
    ['null', 'is not a JSON object'],
    [' '.repeat(32 * 1024 * 1024 + 1), 'is too large to be an event'],
  ])('that makes no sense is one clear line (%#)', async (text, said) => {
    const message = `the event file "/runner/event.json" ${said}`;
    await expect(read(async () => text)).rejects.toMatchObject({
      code: 'identity-unknown',
      message,
      hint: expect.stringContaining('GITHUB_EVENT_PATH'),
    });
  });

  test('that is not there is said', async () => {
    await expect(read(() => Promise.reject(new Error('ENOENT')))).rejects.toMatchObject({
      code: 'identity-unknown',
      message: 'the event file "/runner/event.json" cannot be read',
    });
    await expect(read(never, { GITHUB_EVENT_PATH: '' })).rejects.toMatchObject({
      code: 'identity-unknown',
      message: expect.stringContaining('GITHUB_EVENT_PATH is not set'),
    });
    await expect(read(async () => '{}')).rejects.toMatchObject({
      code: 'identity-unknown',
      message: expect.stringContaining('has no pull request in its file'),
    });
  });

  test('is not needed for a push', async () => {
    const push = { ...recordedNamed('github-actions/push-branch').env, GITHUB_EVENT_PATH: '' };
    expect(await identifyRun({ env: push, readFile: never })).toMatchObject({
      event: 'push',
      branch: 'feature/login',
    });
  });

  test('may be large, and full of what nobody asked for', async () => {
    const { event } = recordedNamed('github-actions/pull-request-opened') as { event: object };
    const labels = Array.from({ length: 5000 }, (_, at) => ({ name: `label ${at}` }));
    const title = 'x'.repeat(3_000_000);
    const pull = { ...Object(event).pull_request, labels, title, body: title };
    const run = await read(async () => JSON.stringify({ ...event, pull_request: pull }));
    expect(run).toMatchObject({ pr: 42, fork: false });
    expect(run?.title).toHaveLength(300);
    expect(run?.labels).toHaveLength(100);
  });

  test.each([
    ['branch', 'pull_request.head.ref', { head: { ref: 'a b' } }],
    ['branch', 'pull_request.head.ref', { head: { ref: '--upload-pack=x' } }],
    ['commit', 'pull_request.head.sha', { head: { sha: 'main' } }],
    ['number', 'pull_request.number', { number: -1 }],
    ['number', 'pull_request.number', { number: '42; rm' }],
    ['number', 'pull_request.number', { number: 4.2 }],
  ])('with a %s that is none names the field %s', async (_, field, changed) => {
    const { event } = recordedNamed('github-actions/pull-request-opened');
    const pull = { ...Object(event).pull_request, ...changed };
    const text = JSON.stringify({ ...Object(event), pull_request: pull });
    await expect(read(async () => text)).rejects.toMatchObject({
      code: 'bad-usage',
      message: expect.stringContaining(field),
    });
  });
});

test('a branch that looks like a shell is a branch all the same', async () => {
  const env = { BITBUCKET_BRANCH: '$(touch$IFS)`id`;\'"' };
  expect(await identify(recordedNamed('bitbucket/push'), { env })).toMatchObject({
    branch: env.BITBUCKET_BRANCH,
  });
});

describe('a variable that makes no sense is one clear line', () => {
  test.each([
    ['gitlab/merge-request', 'CI_MERGE_REQUEST_IID', '4\u001b[31m2\n::error::x'],
    ['buildkite/pull-request', 'BUILDKITE_PULL_REQUEST', 'true'],
    ['circleci/pull-request', 'CIRCLE_PULL_REQUEST', 'https://github.com/acme/shop/pull/abc'],
    ['azure-pipelines/push', 'BUILD_SOURCEVERSION', 'refs/heads/main'],
    ['jenkins/multibranch-change', 'CHANGE_ID', 'I8473b95934b5732ac55d26311a706c9c2bde9940'],
    ['travis/pull-request', 'TRAVIS_PULL_REQUEST_BRANCH', '-o'],
    ['bitbucket/push', 'BITBUCKET_COMMIT', '$(id)'],
    ['woodpecker/pull-request', 'CI_COMMIT_SOURCE_BRANCH', 'a..b'],
  ])('%s: %s', async (name, variable, value) => {
    const failure = await identify(recordedNamed(name), { env: { [variable]: value } }).catch(
      (error: unknown) => error,
    );
    expect(failure).toBeInstanceOf(PreviewopsError);
    expect(failure).toMatchObject({ code: 'bad-usage' });
    const { message } = failure as PreviewopsError;
    expect(message).toContain(variable);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: none may be left
    expect(message).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
    expect(message.length).toBeLessThan(300);
  });
});

describe('whatever the CI says', () => {
  const hostile = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom(
      'false',
      'HEAD',
      '$(touch x)`id`;\'"\n::set-output::',
      '\u001b]0;x\u0007',
      '..',
      '42',
    ),
  );

  test('a run or an error of ours comes out, with nothing unchecked in it', async () => {
    const cases = fc.record({ one: fc.constantFrom(...recorded), value: hostile, at: fc.nat() });
    await fc.assert(
      fc.asyncProperty(cases, async ({ one, value, at }) => {
        const names = Object.keys(one.env);
        const name = names[at % names.length] ?? '';
        const run = await identify(one, { env: { [name]: value } }).catch((error: unknown) => {
          expect(error).toBeInstanceOf(PreviewopsError);
        });
        if (!run) return;
        if (run.pr !== undefined) expect(Number.isInteger(run.pr) && run.pr > 0).toBe(true);
        if (run.commit !== undefined) expect(run.commit).toMatch(/^[0-9a-f]{7,64}$/);
        for (const branch of [run.branch, run.baseBranch, run.defaultBranch]) {
          if (branch !== undefined) expect(branch).not.toMatch(/^-|\s|\p{Cc}/u);
        }
        if (run.repository !== undefined) {
          expect(run.repository.url).toMatch(/^https:\/\/[\w.:-]+\/[\w./~%+-]+$/);
        }
        if (run.runUrl !== undefined) expect(run.runUrl).toMatch(/^https?:\/\/[^\s\p{Cc}]+$/u);
      }),
      { numRuns: 1500 },
    );
  });

  test('an event of any shape is read or refused, never stumbled over', async () => {
    const { env, event } = recordedNamed('github-actions/pull-request-opened');
    const names = recorded.map((one) => one.env.GITHUB_EVENT_NAME ?? '__proto__');
    const keys = [
      'pull_request',
      'issue',
      'comment',
      'workflow_run',
      'merge_group',
      'ref',
      'action',
    ];
    const cases = fc.record({
      name: fc.constantFrom(...names),
      key: fc.constantFrom(...keys),
      value: fc.oneof(fc.jsonValue(), hostile),
    });
    await fc.assert(
      fc.asyncProperty(cases, async ({ name, key, value }) => {
        await identifyRun({
          env: { ...env, GITHUB_EVENT_NAME: name },
          readFile: async () => JSON.stringify({ ...Object(event), [key]: value }),
        }).catch((error: unknown) => expect(error).toBeInstanceOf(PreviewopsError));
      }),
      { numRuns: 1500 },
    );
  });
});
