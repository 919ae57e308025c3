import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import { askAnonymously } from '../../../src/ci/anonymous.ts';

const { signal } = new AbortController();
/** Credentials in every place that a job may have them. */
const env = {
  PATH: process.env.PATH,
  GIT_CONFIG_COUNT: '1',
  GIT_CONFIG_KEY_0: 'http.extraheader',
  GIT_CONFIG_VALUE_0: 'AUTHORIZATION: basic c2VjcmV0',
  GIT_CONFIG_PARAMETERS: "'http.extraheader'='AUTHORIZATION: basic c2VjcmV0'",
  GIT_ASKPASS: '/bin/echo',
};

const line = (text: string) => (text.length + 4).toString(16).padStart(4, '0') + text;
const refs = `${line('# service=git-upload-pack\n')}0000${line(`${'a'.repeat(40)} HEAD\0\n`)}0000`;

async function ask(answer: RequestListener) {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  try {
    const answered = await askAnonymously(`http://127.0.0.1:${port}/o/r.git`, { env, signal });
    return { answered, requests };
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

describe('a repository asked by a stranger', () => {
  test('is public when it shows its refs', async () => {
    const { answered, requests } = await ask((_, response) => {
      response.setHeader('content-type', 'application/x-git-upload-pack-advertisement');
      response.end(refs);
    });
    expect(answered).toEqual({ kind: 'public' });
    expect(requests.length).toBeGreaterThan(0);
  });

  test.each([401, 403, 404])(
    'is private when it answers %i, and is sent no credentials',
    async (status) => {
      const { answered, requests } = await ask((_, response) => {
        response.writeHead(status, { 'www-authenticate': 'Basic realm="git"' });
        response.end();
      });
      expect(answered).toMatchObject({ kind: 'private', said: expect.any(String) });
      for (const { headers } of requests) expect(headers.authorization).toBeUndefined();
    },
  );

  test.each([500, 503])('is not known when it answers %i', async (status) => {
    const { answered } = await ask((_, response) => {
      response.writeHead(status);
      response.end();
    });
    expect(answered.kind).toBe('unreachable');
  });

  test('nor when nobody answers', async () => {
    const answered = await askAnonymously('http://127.0.0.1:1/o/r.git', { env, signal });
    expect(answered.kind).toBe('unreachable');
  });
});
