import { describe, expect, test } from 'vitest';
import { callbackDocument } from '../../../src/ci/callback/document.ts';
import type { PostOutcome, PostRequest } from '../../../src/ci/callback/post.ts';
import { parseRetryAfter } from '../../../src/ci/callback/retry.ts';
import { type Delivery, sendCallback } from '../../../src/ci/callback/send.ts';
import { signatureOf } from '../../../src/ci/callback/sign.ts';
import { parseCallbackUrl } from '../../../src/ci/callback/url.ts';
import { createVirtualClock, virtualStart } from '../../helpers/virtual-clock.ts';

const target = parseCallbackUrl('https://ci.example.com/hook?token=hush-hush');
const document = callbackDocument({
  action: 'deploy',
  runId: 'r1',
  outcome: { kind: 'deployed', ready: true },
});

const answered = (status: number, retryAfter?: string): PostOutcome => ({
  kind: 'answered',
  status,
  retryAfter,
});
const unreachable: PostOutcome = { kind: 'unreachable', reason: 'it could not be reached (E)' };

type Script = PostOutcome | 'silence';

/** Delivers to a receiver that answers by the script, its last entry from then on. */
async function deliver(script: readonly Script[], given: Partial<Delivery> = {}) {
  const clock = createVirtualClock();
  const tries: (PostRequest & { at: number })[] = [];
  const notes: string[] = [];
  const post = async (request: PostRequest): Promise<PostOutcome> => {
    tries.push({ ...request, at: clock.now() - virtualStart });
    const entry = script[Math.min(tries.length, script.length) - 1] ?? unreachable;
    if (entry !== 'silence') return entry;
    return new Promise((resolve) =>
      request.signal.addEventListener('abort', () =>
        resolve({ kind: 'unreachable', reason: (request.signal.reason as Error).message }),
      ),
    );
  };
  const result = await sendCallback({
    target,
    document,
    clock,
    signal: new AbortController().signal,
    random: () => 0.5,
    note: (text) => notes.push(text),
    post,
    ...given,
  });
  const at = tries.map((one) => one.at / 1000);
  return { result, tries, notes, at, took: (clock.now() - virtualStart) / 1000, clock };
}

describe('delivering a callback', () => {
  test.each([200, 201, 202, 204])('HTTP %i ends it, without a word', async (status) => {
    const { result, notes, tries, clock } = await deliver([answered(status), answered(500)]);
    expect(result).toEqual({ delivered: true, attempts: 1 });
    expect(notes).toEqual([]);
    expect(tries).toHaveLength(1);
    expect(clock.pending).toBe(0);
  });

  test.each([400, 401, 403, 404, 409, 410, 422])('HTTP %i ends it at once', async (status) => {
    const { result, notes, took } = await deliver([answered(status, '1')]);
    expect(result).toEqual({ delivered: false, attempts: 1, reason: `it answered HTTP ${status}` });
    expect(notes).toEqual([
      `the callback to ci.example.com was not delivered: it answered HTTP ${status} (1 try)`,
    ]);
    expect(took).toBe(0);
  });

  test.each([301, 302, 303, 307, 308, 304])('redirect %i is not followed', async (status) => {
    const { result } = await deliver([answered(status)]);
    expect(result).toMatchObject({
      delivered: false,
      attempts: 1,
      reason: `it answered with a redirect (HTTP ${status}), and none is followed`,
    });
  });

  test.each([408, 425, 429, 500, 502, 503, 504, 599])('HTTP %i is tried again', async (status) => {
    const { result, notes } = await deliver([answered(status), answered(200)]);
    expect(result).toEqual({ delivered: true, attempts: 2 });
    expect(notes).toEqual([
      `the callback to ci.example.com failed: it answered HTTP ${status}; trying for up to 2 minutes`,
    ]);
  });

  test('a refused address or certificate is not tried again', async () => {
    const { result } = await deliver([
      { kind: 'refused', reason: '10.0.0.1 is a private address' },
    ]);
    expect(result).toMatchObject({ attempts: 1, reason: '10.0.0.1 is a private address' });
  });

  test('waits grow, up to 20 s, and end with the two minutes', async () => {
    const { result, at, took, notes } = await deliver([unreachable]);
    expect(at).toEqual([
      0, 0.75, 2.25, 5.25, 11.25, 23.25, 38.25, 53.25, 68.25, 83.25, 98.25, 113.25,
    ]);
    expect(took).toBeLessThan(120);
    expect(result).toEqual({
      delivered: false,
      attempts: 12,
      reason: 'it could not be reached (E); the two minutes are over',
    });
    expect(notes).toHaveLength(2);
    expect(notes[1]).toBe(
      'the callback to ci.example.com was not delivered: it could not be reached (E); the two minutes are over (12 tries)',
    );
  });

  test('jitter keeps receivers from being asked in step', async () => {
    const [low, high] = await Promise.all(
      [0, 0.999].map((n) => deliver([unreachable], { random: () => n })),
    );
    expect(low?.at.slice(0, 4)).toEqual([0, 0.5, 1.5, 3.5]);
    expect(high?.at[1]).toBeCloseTo(1, 2);
    expect(high?.at[2]).toBeCloseTo(3, 2);
  });

  test('Retry-After is kept to', async () => {
    const date = new Date(virtualStart + 45_000).toUTCString();
    const { result, at } = await deliver([answered(429, '30'), answered(503, date), answered(200)]);
    expect(result.delivered).toBe(true);
    expect(at).toEqual([0, 30, 45]);
  });

  test('a Retry-After past the two minutes ends it', async () => {
    const { result, took } = await deliver([answered(429, '600')]);
    expect(took).toBe(0);
    expect(result.reason).toBe(
      'it answered HTTP 429; it asks to wait 600 s, which is past the two minutes',
    );
  });

  test('a receiver that never answers is left after 10 s, each time, and after two minutes for good', async () => {
    const { result, tries, took, clock } = await deliver(['silence']);
    expect(result.reason).toMatch(/^no answer within \d+ s; the two minutes are over$/);
    expect(tries.length).toBeGreaterThan(3);
    expect(took).toBeLessThanOrEqual(120);
    const [first, second] = tries;
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBe(10_750);
    expect(clock.pending).toBe(0);
  });

  test('one delivery keeps its id and body, and signs each try with its time', async () => {
    const { tries } = await deliver([answered(500), answered(200)], { secret: 's3cret' });
    const [first, second] = tries.map(({ headers, body }) => ({ headers, body }));
    expect(first?.body).toBe(JSON.stringify(document));
    expect(second?.body).toBe(first?.body);
    const id = first?.headers['X-Previewops-Delivery'];
    expect(id).toMatch(/^[0-9a-f]{32}$/);
    expect(second?.headers['X-Previewops-Delivery']).toBe(id);
    const later = { at: tries[1]?.at ?? 0, headers: second?.headers ?? {} };
    const timestamp = Math.floor((virtualStart + later.at) / 1000);
    expect(later.headers['X-Previewops-Timestamp']).toBe(String(timestamp));
    expect(later.headers['X-Previewops-Signature-256']).toBe(
      signatureOf({ body: JSON.stringify(document), timestamp, secret: 's3cret' }),
    );
  });

  test('two deliveries of the same document have two ids', async () => {
    const ids = await Promise.all(
      [0.1, 0.2].map(async (n) => {
        const { tries } = await deliver([answered(200)], { random: () => n });
        return tries[0]?.headers['X-Previewops-Delivery'];
      }),
    );
    expect(ids[0]).not.toBe(ids[1]);
  });

  test.each([undefined, ''])('with secret %j it is not signed', async (secret) => {
    const { tries } = await deliver([answered(200)], { secret });
    expect(Object.keys(tries[0]?.headers ?? {})).not.toContain('X-Previewops-Signature-256');
    expect(tries[0]?.headers['X-Previewops-Timestamp']).toBe(String(virtualStart / 1000));
  });

  test('neither notes nor reasons repeat the URL, which may hold a token', async () => {
    const { result, notes } = await deliver([answered(503, '500')]);
    expect(JSON.stringify([result, notes])).not.toContain('hush');
  });
});

describe('an interrupted run', () => {
  const interrupted = AbortSignal.abort(new Error('Ctrl-C'));

  test('still tries once', async () => {
    const { result, notes } = await deliver([answered(200)], { signal: interrupted });
    expect(result).toEqual({ delivered: true, attempts: 1 });
    expect(notes).toEqual([]);
  });

  test('tries no more than once', async () => {
    const { result, took } = await deliver([answered(503)], { signal: interrupted });
    expect(result).toEqual({
      delivered: false,
      attempts: 1,
      reason: 'it answered HTTP 503; the run was interrupted',
    });
    expect(took).toBe(0);
  });

  test('waits 5 s for an answer', async () => {
    const { result, took } = await deliver(['silence'], { signal: interrupted });
    expect(result.reason).toBe('no answer within 5 s; the run was interrupted');
    expect(took).toBe(5);
  });

  test('during a try: that one gets 5 s more', async () => {
    const stop = new AbortController();
    const clock = createVirtualClock();
    void clock.sleep(3_000).then(() => stop.abort());
    const { result } = await deliver(['silence'], { signal: stop.signal, clock });
    expect(result.attempts).toBe(1);
    expect(clock.now() - virtualStart).toBe(8_000);
  });

  test('during a wait: one last try at once', async () => {
    const stop = new AbortController();
    const clock = createVirtualClock();
    void clock.sleep(20_000).then(() => stop.abort());
    const script = [answered(429, '60'), answered(200)];
    const { result } = await deliver(script, { signal: stop.signal, clock });
    expect(result).toEqual({ delivered: true, attempts: 2 });
    expect(clock.now() - virtualStart).toBe(20_000);
  });
});

test.each([
  ['7', 7_000],
  [' 7 ', 7_000],
  ['0', 0],
  ['-7', 0],
  ['7.5', 0],
  ['1e3', 0],
  ['99999999999999', 0],
  ['soon', 0],
  ['2031', 2_031_000],
  [new Date(virtualStart + 5_000).toUTCString(), 5_000],
  [new Date(virtualStart - 5_000).toUTCString(), 0],
  [undefined, 0],
])('Retry-After %j is %i ms', (text, ms) => {
  expect(parseRetryAfter(text, virtualStart)).toBe(ms);
});
