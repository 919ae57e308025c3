import { readFileSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { vi } from 'vitest';

const tls = (file: string) =>
  readFileSync(new URL(`../../fixtures/tls/${file}`, import.meta.url), 'utf8');

/** The authority that signed the receiver's certificate: for `callback.test`, `localhost`, 127.0.0.1 and ::1. */
export const testAuthority = tls('ca.pem');

export interface Received {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

export interface Answer {
  status: number;
  headers?: Record<string, string>;
  /** `endless` goes on for as long as somebody reads. */
  body?: string;
}

export interface Receiver {
  port: number;
  /** `https://callback.test:<port>/hook`, or of another host. */
  url(host?: string): string;
  requests: Received[];
  /** TCP connections so far, whatever became of them. */
  connections(): number;
  /** Resolves once `count` requests have arrived in full. */
  received(count: number): Promise<void>;
  close(): Promise<void>;
}

const endless = () =>
  new Readable({
    read(size) {
      this.push('x'.repeat(size));
    },
  });

/**
 * An HTTPS server on 127.0.0.1 that keeps what it gets. `answers` are given in turn, the last one from then on;
 * `silence` leaves a request without one.
 */
export async function startReceiver(
  ...answers: readonly (Answer | 'silence')[]
): Promise<Receiver> {
  const requests: Received[] = [];
  let connections = 0;
  const server = createServer({ cert: tls('leaf.pem'), key: tls('leaf.key') });
  server.on('connection', () => connections++);
  server.on('request', (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url: path = '', headers } = request;
      requests.push({ method, path, headers, body: Buffer.concat(chunks).toString('utf8') });
      const answer = answers[Math.min(requests.length, answers.length) - 1] ?? { status: 204 };
      if (answer === 'silence') return;
      response.writeHead(answer.status, answer.headers);
      if (answer.body === 'endless') endless().pipe(response);
      else response.end(answer.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: (host = 'callback.test') => `https://${host}:${port}/hook`,
    requests,
    connections: () => connections,
    received: (count) =>
      vi.waitUntil(() => requests.length >= count, { timeout: 10_000, interval: 5 }).then(() => {}),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
