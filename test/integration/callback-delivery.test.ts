import { afterEach, describe, expect, test } from 'vitest';
import { addressMistake, type Judge } from '../../src/ci/callback/address.ts';
import { callbackDocument } from '../../src/ci/callback/document.ts';
import type { Lookup } from '../../src/ci/callback/judged-lookup.ts';
import { type PostRequest, postOnce } from '../../src/ci/callback/post.ts';
import { type Delivery, sendCallback } from '../../src/ci/callback/send.ts';
import { parseCallbackUrl } from '../../src/ci/callback/url.ts';
import {
  type Answer,
  type Receiver,
  startReceiver,
  testAuthority,
} from '../helpers/https-receiver.ts';
import { createVirtualClock } from '../helpers/virtual-clock.ts';

const open: Receiver[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((receiver) => receiver.close()));
});

async function receive(...answers: (Answer | 'silence')[]): Promise<Receiver> {
  const receiver = await startReceiver(...answers);
  open.push(receiver);
  return receiver;
}

const document = callbackDocument({
  action: 'deploy',
  runId: 'r1',
  branch: 'feature/\u00e9',
  outcome: { kind: 'deployed', ready: true },
});

const loopback: Lookup = async () => ['127.0.0.1'];
/** An internet in which 127.0.0.1 is a public address; all others are what they are. */
const publicLoopback: Judge = (address) =>
  address === '127.0.0.1' ? undefined : addressMistake(address);

/** Over real sockets, while time stands still until a try has ended. */
async function deliver(url: string, given: Partial<Delivery> & { allowPrivate?: boolean } = {}) {
  const { allowPrivate = false, ...options } = given;
  const clock = createVirtualClock();
  const notes: string[] = [];
  const result = await sendCallback({
    // As parseCallbackUrl gives it, which refuses some of these hosts itself.
    target: { href: url, host: new URL(url).hostname.replace(/^\[|\]$/g, ''), allowPrivate },
    document,
    clock,
    signal: new AbortController().signal,
    random: () => 0.5,
    note: (text) => notes.push(text),
    lookup: loopback,
    ca: testAuthority,
    post: (request) => clock.hold(postOnce(request)),
    ...options,
  });
  return { result, notes };
}

describe('a callback arrives', () => {
  test('once, as JSON, signed', async () => {
    const receiver = await receive({ status: 202 });
    const target = parseCallbackUrl(`${receiver.url()}/7?token=a`, { allowPrivate: true });
    const { result, notes } = await deliver(target.href, { allowPrivate: true, secret: 's3cret' });
    expect(result).toEqual({ delivered: true, attempts: 1 });
    expect(notes).toEqual([]);
    expect(receiver.requests).toHaveLength(1);
    const [request] = receiver.requests;
    expect(request).toMatchObject({ method: 'POST', path: '/hook/7?token=a' });
    expect(request?.headers).toMatchObject({
      host: `callback.test:${receiver.port}`,
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(request?.body ?? '')),
      'x-previewops-signature-256': expect.stringMatching(/^sha256=[0-9a-f]{64}$/),
    });
    expect(request?.headers['user-agent']).toMatch(/^previewops\/\d+\.\d+\.\d+/);
    expect(JSON.parse(request?.body ?? '')).toEqual(document);
  });

  test('at a host that is an address', async () => {
    const receiver = await receive();
    const { result } = await deliver(receiver.url('127.0.0.1'), { allowPrivate: true });
    expect(result.delivered).toBe(true);
    expect(receiver.requests).toHaveLength(1);
  });

  test('after two answers of 500, with one delivery id', async () => {
    const receiver = await receive({ status: 500 }, { status: 500 }, { status: 200 });
    const { result, notes } = await deliver(receiver.url(), { allowPrivate: true });
    expect(result).toEqual({ delivered: true, attempts: 3 });
    expect(notes).toHaveLength(1);
    const ids = receiver.requests.map(({ headers }) => headers['x-previewops-delivery']);
    expect(ids).toHaveLength(3);
    expect(new Set(ids).size).toBe(1);
  });

  test('after 429 with Retry-After', async () => {
    const receiver = await receive(
      { status: 429, headers: { 'Retry-After': '60' } },
      { status: 200 },
    );
    const { result } = await deliver(receiver.url(), { allowPrivate: true });
    expect(result).toEqual({ delivered: true, attempts: 2 });
    const [first, second] = receiver.requests.map(({ headers }) =>
      Number(headers['x-previewops-timestamp']),
    );
    expect((second ?? 0) - (first ?? 0)).toBe(60);
  });

  test('whatever else the answer holds, which is not read to its end', async () => {
    // Time stands still here, so that only the cap on the body ends this one.
    const receiver = await receive({ status: 200, body: 'endless' });
    const { result } = await deliver(receiver.url(), { allowPrivate: true });
    expect(result).toEqual({ delivered: true, attempts: 1 });
  });
});

describe('a callback is refused before a byte of it is sent', () => {
  const refused = async (url: string, given?: Parameters<typeof deliver>[1]) => {
    const { result, notes } = await deliver(url, given);
    expect(result).toMatchObject({ delivered: false, attempts: 1 });
    expect(notes).toEqual([
      `the callback to ${new URL(url).hostname.replace(/[[\]]/g, '')} was not delivered: ${result.reason} (1 try)`,
    ]);
    return result.reason;
  };

  test('when its name resolves to this machine', async () => {
    const receiver = await receive();
    expect(await refused(receiver.url())).toBe('callback.test: 127.0.0.1 is a loopback address');
    expect(receiver.connections()).toBe(0);
  });

  test.each([
    [['93.184.215.14', '10.0.0.1'], '10.0.0.1 is a private address'],
    [['169.254.169.254'], 'instance metadata'],
    [['2606:4700::1111', 'fd00:ec2::254'], "AWS's own host services"],
    [['::ffff:127.0.0.1'], 'in the clothes of IPv6'],
    [['not an address'], 'is not an IP address'],
  ])('when its name resolves to %j', async (addresses, words) => {
    const receiver = await receive();
    const reason = await refused(receiver.url(), { lookup: async () => addresses });
    expect(reason).toContain(words);
    expect(receiver.connections()).toBe(0);
  });

  test('when one good address comes with a bad one, in whatever order', async () => {
    const receiver = await receive();
    for (const addresses of [
      ['127.0.0.1', '10.0.0.1'],
      ['10.0.0.1', '127.0.0.1'],
    ]) {
      const given = { lookup: async () => addresses, judge: publicLoopback };
      expect(await refused(receiver.url(), given)).toContain('10.0.0.1 is a private address');
    }
    expect(receiver.connections()).toBe(0);
  });

  test('when its name resolves elsewhere the second time', async () => {
    const receiver = await receive({ status: 500 });
    const answers = [['127.0.0.1'], ['10.0.0.1']];
    let asked = 0;
    const { result } = await deliver(receiver.url(), {
      lookup: async () => answers[asked++] ?? [],
      judge: publicLoopback,
    });
    // One question a try: what is judged is what is connected to.
    expect(asked).toBe(2);
    expect(result).toMatchObject({ delivered: false, attempts: 2 });
    expect(result.reason).toContain('10.0.0.1 is a private address');
    expect(receiver.requests).toHaveLength(1);
  });

  test('when its host is an address, which is never looked up', async () => {
    const receiver = await receive();
    expect(await refused(receiver.url('127.0.0.1'))).toBe('127.0.0.1 is a loopback address');
    expect(receiver.requests).toEqual([]);
  });

  test('when its certificate is of an authority that is not known', async () => {
    const receiver = await receive();
    const post = ({ ca: _, ...request }: PostRequest) => postOnce(request);
    const reason = await refused(receiver.url(), { allowPrivate: true, post });
    expect(reason).toBe('its certificate is not accepted (UNABLE_TO_VERIFY_LEAF_SIGNATURE)');
    expect(receiver.requests).toEqual([]);
  });

  test('when its certificate is of another host, even where the environment trusts all', async () => {
    const receiver = await receive();
    const before = process.env.NODE_TLS_REJECT_UNAUTHORIZED;
    process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
    try {
      const reason = await refused(receiver.url('other.test'), { allowPrivate: true });
      expect(reason).toBe('its certificate is not accepted (ERR_TLS_CERT_ALTNAME_INVALID)');
    } finally {
      if (before === undefined) delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
      else process.env.NODE_TLS_REJECT_UNAUTHORIZED = before;
    }
    expect(receiver.requests).toEqual([]);
  });
});

describe('a callback is given up', () => {
  test('at a redirect, which is not followed', async () => {
    const elsewhere = await receive();
    const Location = `http://127.0.0.1:${elsewhere.port}/`;
    const receiver = await receive({ status: 302, headers: { Location } });
    const { result } = await deliver(receiver.url(), { allowPrivate: true });
    expect(result).toMatchObject({
      attempts: 1,
      reason: 'it answered with a redirect (HTTP 302), and none is followed',
    });
    expect(receiver.requests).toHaveLength(1);
    expect(elsewhere.connections()).toBe(0);
  });

  test('where nobody listens, after two minutes', async () => {
    const receiver = await receive();
    const url = receiver.url();
    await receiver.close();
    const { result } = await deliver(url, { allowPrivate: true });
    expect(result.attempts).toBeGreaterThan(5);
    expect(result.reason).toBe('it could not be reached (ECONNREFUSED); the two minutes are over');
  });

  test('where the name cannot be resolved', async () => {
    const failing = Object.assign(new Error('getaddrinfo'), { code: 'EAI_AGAIN' });
    const { result } = await deliver('https://callback.test/', {
      lookup: () => Promise.reject(failing),
    });
    expect(result.reason).toBe('it could not be reached (EAI_AGAIN); the two minutes are over');
    const none = await deliver('https://callback.test/', { lookup: async () => [] });
    expect(none.result.reason).toContain('the name has no address');
  });

  test('when a receiver takes it and never answers', async () => {
    const receiver = await receive('silence');
    const clock = createVirtualClock();
    let tries = 0;
    const { result, notes } = await deliver(receiver.url(), {
      allowPrivate: true,
      clock,
      post: (request) => {
        const answer = postOnce(request);
        void clock.hold(receiver.received(++tries));
        return answer;
      },
    });
    expect(result.reason).toMatch(/^no answer within \d+ s; the two minutes are over$/);
    expect(result.attempts).toBe(receiver.requests.length);
    expect(notes[0]).toContain('no answer within 10 s; trying for up to 2 minutes');
  });

  test('when a receiver sends its status and then no end', async () => {
    const receiver = await receive({ status: 200, headers: { 'Content-Length': '9' }, body: 'x' });
    const clock = createVirtualClock();
    const { result } = await deliver(receiver.url(), {
      allowPrivate: true,
      clock,
      post: (request) => {
        const answer = postOnce(request);
        void clock.hold(receiver.received(1));
        return answer;
      },
    });
    // The status is what counts.
    expect(result).toEqual({ delivered: true, attempts: 1 });
  });
});
