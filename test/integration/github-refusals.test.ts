import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { limitMs } from '../../src/ci/github/channels.ts';
import { requestLimitMs } from '../../src/ci/github/octokit.ts';
import type { Answer } from '../helpers/github/answers.ts';
import {
  deployed,
  destroyed,
  type GithubSession,
  openSession,
  rolloutFailed,
  runOf,
} from '../helpers/github/session.ts';
import { activeDeployments, historyOf } from '../helpers/github/state.ts';

let session: GithubSession;
beforeEach(async () => {
  session = await openSession();
});
afterEach(() => session.fake.close());

const state = () => session.fake.state;
const fault = (when: RegExp, answer: Answer | 'hang', more: object = {}) =>
  session.fake.faults.push({ when, answer, ...more });
const secondary = (seconds: number): Answer => ({
  status: 403,
  data: { message: 'You have exceeded a secondary rate limit.' },
  headers: { 'retry-after': String(seconds) },
});

async function deployOnce() {
  const reporter = session.reporter();
  await reporter.begin(runOf('deploy'));
  await reporter.progress('in_progress');
  await reporter.succeeded(deployed());
}

async function live() {
  await deployOnce();
  const failing = session.reporter();
  await failing.begin(runOf('deploy', '2'));
  await failing.failed(rolloutFailed);
  const closing = session.reporter();
  await closing.begin(runOf('destroy'));
  await closing.destroyed(destroyed);
}

test('with nothing allowed there is one note for each part, and no more', async () => {
  state().may = { deployments: false, deletion: false, comments: false };
  state().viewer = false;
  await deployOnce();
  expect(session.notes).toHaveLength(2);
  expect(session.notes[0]).toMatch(/403.*`deployments: write`/);
  expect(session.notes[1]).toMatch(/403.*`pull-requests: write`/);
  expect(session.notes.join()).not.toContain('ghs_secret');
  await live();
  expect(session.clock.waited).toEqual([]);
});

test.each([
  [401, 'Bad credentials', /not valid any more/],
  [404, 'Not Found', /404.*`deployments: write`/],
  [422, 'No ref found for: 1111', /No ref found/],
  [410, 'Issues are disabled', /Issues are disabled/],
])('%i on everything is told and waited for by nobody', async (status, message, expected) => {
  fault(/./, { status, data: { message } }, { times: 1e9 });
  await live();
  expect(session.notes[0]).toMatch(expected);
  expect(session.clock.waited).toEqual([]);
});

test.each<[string, Answer]>([
  ['a page of HTML', { status: 200, data: '<html>' }],
  ['nothing', { status: 204 }],
  ['something else', { status: 200, data: { unexpected: true } }],
  ['an object where a list should be', { status: 200, data: { length: 3 } }],
])('%s as the answer to everything fails nothing', async (_, answer) => {
  fault(/./, answer, { times: 1e9 });
  await live();
  expect(session.fake.requests.length).toBeGreaterThan(3);
});

test('GitHub that is not there is a note', async () => {
  await session.fake.close();
  await live();
  expect(session.notes[0]).toMatch(
    /^GitHub did not take the deployment of this run: .*ECONNREFUSED/,
  );
});

test('deletion that is forbidden is a note; nothing is active', async () => {
  state().may.deletion = false;
  await deployOnce();
  const closing = session.reporter();
  await closing.begin(runOf('destroy'));
  await closing.destroyed(destroyed);
  expect(activeDeployments(state())).toEqual([]);
  expect(state().deployments).toHaveLength(1);
  expect(session.notes).toHaveLength(1);
  expect(session.notes[0]).toMatch(/removal of old deployment records.*`deployments: write`/);
  expect(state().comments[0]?.body).toContain('removed');
});

describe('what passes', () => {
  test('a server error on every kind of request is tried again, on our clock', async () => {
    for (const when of [/^GET/, /^PATCH/, /statuses$/]) {
      fault(when, { status: 502, data: {} }, { times: 1 });
    }
    await deployOnce();
    expect(activeDeployments(state())).toHaveLength(1);
    expect(state().comments).toHaveLength(1);
    expect(session.notes).toEqual([]);
    expect(session.clock.waited).toEqual([1000, 1000]);
  });

  const creations: [string, RegExp][] = [
    ['deployment', /^POST .*\/deployments$/],
    ['comment', /^POST .*\/comments$/],
  ];
  test.each(creations)('a lost answer to a new %s makes no second one', async (_, when) => {
    fault(when, { status: 502, data: {} }, { times: 1, afterTheWork: true });
    await deployOnce();
    expect(state().deployments.map(historyOf)).toEqual(['queued, in_progress, success']);
    expect(state().comments).toHaveLength(1);
    expect(session.notes).toEqual([]);
  });

  test.each(creations)('a new %s that never came about is made again', async (_, when) => {
    fault(when, { status: 502, data: {} }, { times: 1 });
    await deployOnce();
    expect(state().deployments.map(historyOf)).toEqual(['queued, in_progress, success']);
    expect(state().comments).toHaveLength(1);
    expect(session.notes).toEqual([]);
  });

  test('limits are waited for as long as GitHub says, if that is not long', async () => {
    fault(/statuses$/, secondary(2), { times: 1 });
    fault(
      /comments$/,
      {
        status: 429,
        data: { message: 'API rate limit exceeded' },
        headers: {
          'x-ratelimit-remaining': '0',
          'x-ratelimit-reset': String(Math.floor(Date.now() / 1000) + 1),
        },
      },
      { times: 1 },
    );
    await deployOnce();
    expect(activeDeployments(state())).toHaveLength(1);
    expect(state().comments).toHaveLength(1);
    expect(session.notes).toEqual([]);
    expect(session.clock.waited).toContain(2000);
  });
});

test('a limit of many minutes is a note, and nobody waits', async () => {
  fault(/./, secondary(600), { times: 1e9 });
  await deployOnce();
  expect(session.notes[0]).toMatch(/too many requests/);
  expect(session.clock.waited).toEqual([]);
});

test('a request that hangs is given up and tried again', async () => {
  fault(/^POST .*\/statuses$/, 'hang', { times: 1 });
  const ended = deployOnce();
  await expect
    .poll(() => session.fake.requests.some((one) => /POST .*statuses/.test(one)))
    .toBe(true);
  session.clock.fire(requestLimitMs);
  await ended;
  expect(session.clock.waited.slice(0, 2)).toEqual([requestLimitMs, 1000]);
});

test('GitHub that hangs for ever holds nobody up for ever', async () => {
  fault(/./, 'hang', { times: 1e9 });
  session.clock.fire(limitMs);
  await deployOnce();
  expect(session.notes[0]).toBe(
    'GitHub did not take the deployment of this run: GitHub did not answer within 90 s',
  );
});

test('a repository that is none is a note', async () => {
  const { createGithub } = await import('../../src/ci/github/client.ts');
  const notes: string[] = [];
  const made = createGithub({
    token: 't',
    repository: 'not-a-repository',
    fetch,
    clock: session.clock,
    signal: new AbortController().signal,
    note: (text) => void notes.push(text),
  });
  expect(made).toBeUndefined();
  expect(notes[0]).toContain('GITHUB_REPOSITORY');
});
