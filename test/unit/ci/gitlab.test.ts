import { expect, it } from 'vitest';
import { mergeRequestState } from '../../../src/ci/gitlab/merge-requests.ts';
import type { Clock } from '../../../src/clock.ts';

const patient: Clock = {
  now: () => 0,
  sleep: (_, signal) =>
    new Promise((_resolve, reject) =>
      signal?.addEventListener('abort', () => reject(signal.reason), { once: true }),
    ),
};
const hurried: Clock = { now: () => 0, sleep: async () => {} };
const env = {
  CI_API_V4_URL: 'https://gitlab.example.com/api/v4',
  CI_PROJECT_ID: '17',
  PREVIEWOPS_GITLAB_TOKEN: 'secret',
};

interface Asked {
  url: string;
  init: RequestInit | undefined;
}

function ask(
  answer: () => Promise<Response>,
  given: Record<string, string> = env,
  clock = patient,
) {
  const asked: Asked[] = [];
  const fetch = (url: string | URL | Request, init?: RequestInit) => {
    asked.push({ url: String(url), init });
    return answer();
  };
  const { signal } = new AbortController();
  return mergeRequestState(42, { env: given, fetch, signal, clock }).then((state) => ({
    state,
    asked,
  }));
}

const says =
  (body: unknown, status = 200) =>
  async () =>
    Response.json(body, { status });

it.each([
  ['opened', 'open'],
  ['locked', 'open'],
  ['closed', 'closed'],
  ['merged', 'merged'],
  ['something new', undefined],
])('%s is %s', async (word, state) => {
  expect((await ask(says({ state: word }))).state).toBe(state);
});

it('asks for the one merge request, with the token in a header and no redirect', async () => {
  const { asked } = await ask(says({ state: 'opened' }));
  expect(asked).toMatchObject([
    {
      url: 'https://gitlab.example.com/api/v4/projects/17/merge_requests/42',
      init: { redirect: 'error', headers: { 'PRIVATE-TOKEN': 'secret' } },
    },
  ]);
});

it.each<[string, () => Promise<Response>]>([
  ['not found', says({ message: '404' }, 404)],
  ['denied', says({ message: '403' }, 403)],
  ['no JSON', async () => new Response('<html>')],
  ['null', says(null)],
  ['no connection', () => Promise.reject(new TypeError('fetch failed'))],
])('%s tells nothing', async (_, answer) => {
  expect((await ask(answer)).state).toBeUndefined();
});

it.each<[string, Record<string, string>]>([
  ['no token', { ...env, PREVIEWOPS_GITLAB_TOKEN: '' }],
  ['no project', { ...env, CI_PROJECT_ID: '' }],
  ['a connection that others read', { ...env, CI_API_V4_URL: 'http://gitlab.example.com/api/v4' }],
  ['no address', { ...env, CI_API_V4_URL: 'gitlab' }],
])('%s: nobody is asked', async (_, given) => {
  expect(await ask(says({ state: 'closed' }), given)).toEqual({ state: undefined, asked: [] });
});

it('does not wait for ever', async () => {
  const never = (init?: RequestInit) =>
    new Promise<Response>((_, reject) =>
      init?.signal?.addEventListener('abort', () => reject(init.signal?.reason), { once: true }),
    );
  const { signal } = new AbortController();
  const fetch = (_: string | URL | Request, init?: RequestInit) => never(init);
  expect(await mergeRequestState(1, { env, fetch, signal, clock: hurried })).toBeUndefined();
});

it('an interruption is one', async () => {
  const stop = new AbortController();
  const fetch = () => {
    stop.abort(new Error('stopped'));
    return Promise.reject(new TypeError('aborted'));
  };
  const work = mergeRequestState(1, { env, fetch, signal: stop.signal, clock: patient });
  await expect(work).rejects.toThrow('stopped');
});
