import { createServer, request as httpRequest, type IncomingMessage, type Server } from 'node:http';
import { createFaults, type Fault, faultAnswer } from './faults.ts';
import { operationOf, type WireRequest } from './operation.ts';
import { correct, type WireAnswer } from './rewrites.ts';

/** A call that went through, with what moto (corrected) answered. */
export interface Exchange {
  operation: string;
  request: WireRequest;
  answer: WireAnswer;
}

export interface MotoProxy {
  url: string;
  /** Every operation asked for, in order of arrival, `service:Operation`; faults are counted too. */
  seen: string[];
  /** Makes the next `times` calls of an operation go wrong. */
  fail(operation: string, fault: Fault, times?: number): void;
  /** Forgets what was seen and the faults that did not happen yet. */
  clear(): void;
  /** Rejects when the harness itself failed at a call, which its caller saw as a lost connection. */
  close(): Promise<void>;
}

/**
 * Stands between the SDK and moto. `after` runs when moto has answered and before the caller
 * hears of it, and may put another answer in its place.
 */
export async function startProxy(
  target: string,
  after: (exchange: Exchange) => Promise<WireAnswer> = async ({ answer }) => answer,
): Promise<MotoProxy> {
  const seen: string[] = [];
  const mistakes: unknown[] = [];
  const faults = createFaults();

  const answerTo = async (request: WireRequest): Promise<WireAnswer | undefined> => {
    const operation = operationOf(request);
    seen.push(operation);
    const fault = faults.take(operation);
    if (fault === 'reset') return undefined;
    if (fault === 'throttle' || fault === 'error') return faultAnswer(request, fault);
    const answer = correct(request, operation, await forward(target, request));
    const final = await after({ operation, request, answer });
    return fault === 'lost' ? undefined : final;
  };

  const server = createServer(async (incoming, outgoing) => {
    const request = await read(incoming).catch(() => undefined); // the caller went away
    if (!request) return;
    const answer = await answerTo(request).catch((error) => {
      mistakes.push(error);
      return undefined;
    });
    if (!answer) return incoming.socket.destroy();
    const length = { 'content-length': String(answer.body.length) };
    outgoing.writeHead(answer.status, { ...answer.headers, ...length }).end(answer.body);
  });
  return {
    url: await listen(server),
    seen,
    fail: faults.plan,
    clear() {
      seen.length = 0;
      faults.clear();
    },
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
      if (mistakes.length > 0) throw new AggregateError(mistakes, 'the test proxy made mistakes');
    },
  };
}

const listen = (server: Server) =>
  new Promise<string>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(`http://127.0.0.1:${typeof address === 'object' ? address?.port : address}`);
    });
  });

async function read(incoming: IncomingMessage): Promise<WireRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk);
  const { method = 'GET', url: path = '/', headers } = incoming;
  return { method, path, headers, body: Buffer.concat(chunks) };
}

// Not fetch: moto checks the signature, which covers the host header, and fetch would replace that.
function forward(target: string, { method, path, headers, body }: WireRequest) {
  return new Promise<WireAnswer>((resolve, reject) => {
    const sent = httpRequest(`${target}${path}`, { method, headers }, (incoming) => {
      const type = incoming.headers['content-type'];
      const status = incoming.statusCode ?? 500;
      read(incoming).then(
        ({ body }) => resolve({ status, headers: type ? { 'content-type': type } : {}, body }),
        reject,
      );
    });
    sent.once('error', reject).end(body);
  });
}
