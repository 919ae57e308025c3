import { readFileSync } from 'node:fs';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { explain } from '../../src/aws/errors.ts';
import {
  type CallbackDocument,
  type CallbackOutcome,
  callbackDocument,
} from '../../src/ci/callback/document.ts';
import { postOnce } from '../../src/ci/callback/post.ts';
import { parseRunId } from '../../src/ci/callback/run-id.ts';
import { sendCallback } from '../../src/ci/callback/send.ts';
import { parseCallbackUrl } from '../../src/ci/callback/url.ts';
import { type Received, startReceiver, testAuthority } from '../helpers/https-receiver.ts';
import { commitOf, createStage, type Process } from '../helpers/stage.ts';
import { createVirtualClock } from '../helpers/virtual-clock.ts';

const secret = 'of both sides';
const branch = 'qanote/issue-7';
const receiver = await startReceiver({ status: 204 });
afterEach(() => void receiver.requests.splice(0));
afterAll(() => receiver.close());

/** What a command does for `--run-id` and `--callback-url` once its work has ended, however it did. */
async function report(
  facts: Pick<CallbackDocument, 'action'> & { commit?: string; url?: string },
  work: Promise<CallbackOutcome>,
): Promise<CallbackDocument> {
  const outcome = await work.catch(
    (error): CallbackOutcome => ({ kind: 'failed', error: explain(error) }),
  );
  const clock = createVirtualClock();
  const result = await sendCallback({
    target: parseCallbackUrl(receiver.url(), { allowPrivate: true }),
    document: callbackDocument({ ...facts, branch, runId: parseRunId('run 7'), outcome }),
    secret,
    clock,
    signal: new AbortController().signal,
    random: () => 0.5,
    note: (text) => expect.fail(text),
    lookup: async () => ['127.0.0.1'],
    ca: testAuthority,
    post: (request) => clock.hold(postOnce(request)),
  });
  expect(result).toEqual({ delivered: true, attempts: 1 });
  expect(receiver.requests).toHaveLength(1);
  const [request] = receiver.requests.splice(0);
  expect(await isAuthentic(request)).toBe(true);
  return JSON.parse(request?.body ?? '');
}

const deployed = (process: Process, n: number, waits = true): Promise<CallbackOutcome> =>
  process
    .deploy({ branch }, { commit: commitOf(n), wait: waits })
    .then(({ ready }) => ({ kind: 'deployed', ready }));
const destroyed = (process: Process): Promise<CallbackOutcome> =>
  process
    .destroy({ branch })
    .then(({ removed, remaining }) => ({ kind: 'destroyed', removed, remaining }));

const guide = readFileSync(new URL('../../docs/callback.md', import.meta.url), 'utf8');

/** The receiver's check as docs/callback.md tells people to write it. */
async function isAuthentic(request: Received | undefined, key = secret): Promise<boolean> {
  const code = /```js\n([\s\S]*?)```/.exec(guide)?.[1] ?? '';
  const module = await import(`data:text/javascript,${encodeURIComponent(code)}`);
  const { headers, body }: Pick<Received, 'headers' | 'body'> = request ?? {
    headers: {},
    body: '',
  };
  const seconds = Number(headers['x-previewops-timestamp']) + 120;
  return module.isAuthentic(headers, body, key, seconds);
}

describe('the dispatch contract, with a callback each', () => {
  test('deploy, redeploy, failure and destroy', async () => {
    const stage = await createStage();
    const url = 'https://qanote-issue-7.preview.example.com';

    const first = await report(
      { action: 'deploy', commit: commitOf(1), url },
      deployed(stage.process(), 1),
    );
    expect(first).toEqual({
      version: 1,
      action: 'deploy',
      status: 'success',
      ai_run_id: 'run 7',
      branch,
      commit: commitOf(1),
      url,
      description: 'the preview is ready',
      receipt: null,
    });

    const second = await report(
      { action: 'deploy', commit: commitOf(2), url },
      deployed(stage.process(), 2),
    );
    expect(second).toEqual({ ...first, commit: commitOf(2) });

    const broken = stage.process({ behaviour: { build: 'fail' } });
    const failed = await report({ action: 'deploy', commit: commitOf(3) }, deployed(broken, 3));
    expect(failed).toMatchObject({ status: 'failure', commit: commitOf(3), url: null });
    expect(failed.description).toMatch(/build/);

    const gone = await report({ action: 'destroy' }, destroyed(stage.process()));
    expect(gone).toMatchObject({ action: 'destroy', status: 'success', commit: null });
    expect(gone.receipt?.remaining).toEqual([]);
    expect(gone.receipt?.removed.map(({ resource }) => resource)).toContain('service');
    expect(gone.description).toMatch(/^\d+ resources removed, nothing left$/);

    const again = await report({ action: 'destroy' }, destroyed(stage.process()));
    expect(again).toMatchObject({ status: 'success', description: 'there was nothing to remove' });
  });

  test('a deploy that nobody waits for is no success', async () => {
    const stage = await createStage();
    const work = deployed(stage.process(), 1, false);
    expect((await report({ action: 'deploy' }, work)).status).toBe('started');
  });

  test('a deploy without permissions is an error', async () => {
    const stage = await createStage();
    const work = deployed(stage.process({ policies: [] }), 1);
    expect(await report({ action: 'deploy' }, work)).toMatchObject({ status: 'error' });
  });
});

describe("the guide's check of a signature", () => {
  const delivered = async () => {
    let kept: Received | undefined;
    const clock = createVirtualClock();
    await sendCallback({
      target: parseCallbackUrl('https://ci.example.com/'),
      document: callbackDocument({ action: 'deploy', outcome: { kind: 'deployed', ready: true } }),
      secret,
      clock,
      signal: new AbortController().signal,
      random: () => 0.5,
      note: (text) => expect.fail(text),
      post: async ({ headers, body }) => {
        const lower = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
        kept = { method: 'POST', path: '/', headers: Object.fromEntries(lower), body };
        return { kind: 'answered', status: 200, retryAfter: undefined };
      },
    });
    return kept as Received;
  };

  test('refuses another secret, body, time or no signature', async () => {
    const good = await delivered();
    const signed = good.headers;
    expect(await isAuthentic(good)).toBe(true);
    expect(await isAuthentic(good, 'guessed')).toBe(false);
    expect(await isAuthentic({ ...good, body: `${good.body} ` })).toBe(false);
    const later = String(Number(signed['x-previewops-timestamp']) + 1);
    expect(
      await isAuthentic({ ...good, headers: { ...signed, 'x-previewops-timestamp': later } }),
    ).toBe(false);
    const { 'x-previewops-signature-256': _, ...unsigned } = signed;
    expect(await isAuthentic({ ...good, headers: unsigned })).toBe(false);
  });
});

test('the guide shows the document as it is', () => {
  const shown = JSON.parse(/```json\n([\s\S]*?)```/.exec(guide)?.[1] ?? '');
  const { action, ai_run_id, branch: of, commit, url } = shown;
  const outcome = { kind: 'deployed', ready: true } as const;
  const facts = { action, runId: ai_run_id, branch: of, commit, url, outcome };
  expect(callbackDocument(facts)).toEqual(shown);
  expect(Object.keys(callbackDocument(facts))).toEqual(Object.keys(shown));
});
