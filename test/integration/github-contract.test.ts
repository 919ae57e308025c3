import { simulation } from '@simulacrum/github-api-simulator';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createGithub, type Github } from '../../src/ci/github/client.ts';
import { commentCalls } from '../../src/ci/github/comments-api.ts';
import { type DeploymentState, deploymentCalls } from '../../src/ci/github/deployments-api.ts';
import { isCommitOnBranch, openPullRequest, pullRequest } from '../../src/ci/github/pulls.ts';
import { createGithubReporter } from '../../src/ci/github/reporter.ts';
import { createPatientClock } from '../helpers/github/patient-clock.ts';
import { deployed, destroyed, rolloutFailed, runOf } from '../helpers/github/session.ts';

/**
 * The simulator's answers are canned, but it refuses what GitHub's OpenAPI description does not allow:
 * an unknown route, a missing or misnamed field, a state that does not exist.
 */
let simulator: Awaited<ReturnType<ReturnType<typeof simulation>['listen']>>;
const answers: { request: string; status: number }[] = [];
const notes: string[] = [];

const clock = createPatientClock();
const signal = new AbortController().signal;
let github: Github;

beforeAll(async () => {
  // It complains about parts of the description that its validator cannot read.
  vi.spyOn(console, 'error').mockImplementation(() => {});
  const nobody = { users: [], organizations: [], repositories: [], branches: [], blobs: [] };
  simulator = await simulation({ initialState: nobody }).listen(0);
  const recording: typeof fetch = async (url, init) => {
    const answer = await fetch(url, init);
    const path = new URL(String(url)).pathname.replace(/\/\d+/g, '/N');
    answers.push({ request: `${init?.method} ${path}`, status: answer.status });
    return answer;
  };
  const made = createGithub({
    token: 'ghs_secret',
    apiUrl: `http://127.0.0.1:${simulator.port}`,
    repository: 'acme/shop',
    fetch: recording,
    clock,
    signal,
    note: (text) => void notes.push(text),
  });
  if (made === undefined) throw new Error('no client');
  github = made;
});

afterAll(async () => {
  await simulator.ensureClose();
  vi.restoreAllMocks();
});

test('every call that a run makes is one of GitHub', async () => {
  const reporter = () =>
    createGithubReporter({
      github,
      clock,
      signal,
      random: () => 0.5,
      note: (text) => void notes.push(text),
      deployments: true,
      comment: 'auto',
    });
  const [good, bad, closing] = [reporter(), reporter(), reporter()];
  await good.begin(runOf('deploy'));
  await good.progress('in_progress');
  await good.succeeded(deployed());
  await bad.begin(runOf('deploy'));
  await bad.failed(rolloutFailed);
  await closing.begin(runOf('destroy'));
  await closing.destroyed(destroyed);

  // What the canned answers give no occasion for.
  await github.attempt('deployments', async (connected) => {
    const calls = deploymentCalls(github, connected);
    const states: DeploymentState[] = [
      'queued',
      'in_progress',
      'success',
      'failure',
      'error',
      'inactive',
    ];
    for (const state of states) {
      const url = 'https://pr-42.preview.example.com';
      await calls.post(1, { state, description: state, environmentUrl: url, targetUrl: url });
    }
    await calls.states(1);
    await calls.remove(1);
  });
  await github.attempt('comment', async (connected) => {
    const calls = commentCalls(github, connected);
    await calls.edit(1, 'text');
    await calls.remove(1);
  });
  await openPullRequest(github, 'feature/login');
  await pullRequest(github, 1347);
  await isCommitOnBranch(github, { commit: 'a'.repeat(40), branch: 'feature/login' });

  expect(answers.filter(({ status }) => status >= 400)).toEqual([]);
  expect([...new Set(answers.map(({ request }) => request))].sort()).toEqual([
    'DELETE /repos/acme/shop/deployments/N',
    'DELETE /repos/acme/shop/issues/comments/N',
    'GET /repos/acme/shop/compare/feature%2Flogin...aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
    'GET /repos/acme/shop/deployments',
    'GET /repos/acme/shop/deployments/N/statuses',
    'GET /repos/acme/shop/issues/N/comments',
    'GET /repos/acme/shop/pulls',
    'GET /repos/acme/shop/pulls/N',
    'PATCH /repos/acme/shop/issues/comments/N',
    'POST /repos/acme/shop/deployments',
    'POST /repos/acme/shop/deployments/N/statuses',
    'POST /repos/acme/shop/issues/N/comments',
  ]);
  expect(notes).toEqual([]);
});

test('the simulator would have refused a call that is none', async () => {
  const answer = await fetch(
    `http://127.0.0.1:${simulator.port}/repos/a/b/deployments/1/statuses`,
    {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ state: 'done' }),
    },
  );
  expect(answer.status).toBe(400);
});
