import { type RequestOptions, request as startRequest } from 'node:https';
import { isIP, type Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { addressMistake, type Judge } from './address.ts';
import { AddressRefused, judgedLookup, type Lookup, systemLookup } from './judged-lookup.ts';
import type { CallbackTarget } from './url.ts';

/** How one try ended. `refused`: no further try can end otherwise. */
export type PostOutcome =
  | { kind: 'answered'; status: number; retryAfter: string | undefined }
  | { kind: 'refused'; reason: string }
  | { kind: 'unreachable'; reason: string };

export interface PostRequest {
  target: CallbackTarget;
  body: string;
  headers: Record<string, string>;
  /** Ends the try; the message of its reason, an Error, is what is told of it. */
  signal: AbortSignal;
  lookup?: Lookup | undefined;
  judge?: Judge | undefined;
  /** Certificate authorities (PEM) instead of the usual ones. */
  ca?: string | undefined;
}

/** The body of an answer means nothing; this much is read so that its sender can finish. */
const maxAnswerBytes = 16 * 1024;

/** One POST over verified TLS: no proxy, no redirect, and no byte of it before the peer is judged. Never rejects. */
export function postOnce(request: PostRequest): Promise<PostOutcome> {
  const { target, body, signal } = request;
  const judge = request.judge ?? judgeFor(target);
  return new Promise((resolve) => {
    let outcome: PostOutcome | undefined;
    let used: Socket | undefined;
    const sent = startRequest({
      ...optionsOf(request),
      lookup: judgedLookup(request.lookup ?? systemLookup, judge),
    });
    sent.once('socket', (socket) => {
      used = socket;
      // A host that is an address is never looked up; and trust is good, a second look is better.
      socket.once('connect', () => {
        const mistake = judge(socket.remoteAddress ?? '');
        if (mistake !== undefined) sent.destroy(new AddressRefused(mistake));
      });
      socket.once('secureConnect', () => sent.end(body));
    });
    sent.once('response', (answer) => {
      const retryAfter = answer.headers['retry-after'];
      outcome = { kind: 'answered', status: answer.statusCode ?? 0, retryAfter };
      let bytes = 0;
      answer.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > maxAnswerBytes) answer.destroy();
      });
      answer.on('error', () => {}); // the status has arrived, and was all that was wanted
    });
    sent.on('error', (error) => {
      outcome ??= outcomeOf(error, { socket: used, signal });
    });
    sent.once('close', () =>
      resolve(outcome ?? { kind: 'unreachable', reason: 'the connection was closed' }),
    );
  });
}

const judgeFor =
  ({ allowPrivate }: CallbackTarget): Judge =>
  (address) =>
    addressMistake(address, { allowPrivate });

function optionsOf({ target, headers, signal, ca }: PostRequest): RequestOptions {
  const { port, pathname, search } = new URL(target.href);
  return {
    method: 'POST',
    host: target.host,
    port: port || 443,
    path: `${pathname}${search}`,
    headers,
    signal,
    // An agent of its own: the shared one may be told by the environment to use a proxy.
    agent: false,
    // Server names are names (RFC 6066, 3); a certificate for an address is checked all the same.
    servername: isIP(target.host) === 0 ? target.host : '',
    // Said aloud, because NODE_TLS_REJECT_UNAUTHORIZED=0 turns the default around.
    rejectUnauthorized: true,
    ...(ca === undefined ? {} : { ca }),
  };
}

interface Circumstances {
  socket: Socket | undefined;
  signal: AbortSignal;
}

function outcomeOf(
  error: NodeJS.ErrnoException,
  { socket, signal }: Circumstances,
): Exclude<PostOutcome, { kind: 'answered' }> {
  if (error instanceof AddressRefused) return { kind: 'refused', reason: error.message };
  if (signal.aborted) return { kind: 'unreachable', reason: (signal.reason as Error).message };
  const distrust = (socket as TLSSocket | undefined)?.authorizationError;
  if (distrust) {
    return { kind: 'refused', reason: `its certificate is not accepted (${error.code})` };
  }
  return {
    kind: 'unreachable',
    reason: `it could not be reached (${error.code ?? error.message})`,
  };
}
