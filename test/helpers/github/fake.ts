import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Answer, type Call, notFound } from './answers.ts';
import * as conversation from './conversation.ts';
import * as deployments from './deployments.ts';
import { emptyState, type GithubState } from './state.ts';

export interface Fault {
  /** Of `POST /repos/acme/shop/deployments`. */
  when: RegExp;
  /** How many requests it meets; for ever when left out. */
  times?: number;
  /** Instead of the real one; `hang` gives none at all. */
  answer: Answer | 'hang';
  /** Do the work all the same, so that only the answer is lost. */
  afterTheWork?: boolean;
}

export interface FakeGithub {
  url: string;
  state: GithubState;
  faults: Fault[];
  /** `POST /repos/acme/shop/deployments`, in the order in which they came. */
  requests: string[];
  userAgents: Set<string>;
  /** Is awaited before a request is carried out: a test's way to put another run in between. */
  before: ((request: string) => Promise<void>) | undefined;
  close(): Promise<void>;
}

type Route = (state: GithubState, call: Call) => Answer;

const routes: [RegExp, Route][] = [
  [/^GET \/repos\/acme\/shop\/deployments$/, deployments.listDeployments],
  [/^POST \/repos\/acme\/shop\/deployments$/, deployments.createDeployment],
  [/^DELETE \/repos\/acme\/shop\/deployments\/(\d+)$/, deployments.deleteDeployment],
  [/^GET \/repos\/acme\/shop\/deployments\/(\d+)\/statuses$/, deployments.listStatuses],
  [/^POST \/repos\/acme\/shop\/deployments\/(\d+)\/statuses$/, deployments.createStatus],
  [/^GET \/repos\/acme\/shop\/issues\/(\d+)\/comments$/, conversation.listComments],
  [/^POST \/repos\/acme\/shop\/issues\/(\d+)\/comments$/, conversation.createComment],
  [/^PATCH \/repos\/acme\/shop\/issues\/comments\/(\d+)$/, conversation.editComment],
  [/^DELETE \/repos\/acme\/shop\/issues\/comments\/(\d+)$/, conversation.deleteComment],
  [/^GET \/repos\/acme\/shop\/pulls$/, conversation.listPulls],
  [/^GET \/repos\/acme\/shop\/pulls\/(\d+)$/, conversation.getPull],
  [/^GET \/repos\/acme\/shop\/branches\/(.+)$/, conversation.getBranch],
  [/^GET \/repos\/acme\/shop\/compare\/(.+)$/, conversation.compare],
  [/^GET \/user$/, conversation.getUser],
  [/^POST \/graphql$/, conversation.graphql],
];

/** GitHub's HTTP API for the repository acme/shop, with a memory, on a port of its own. */
export async function startGithub(): Promise<FakeGithub> {
  const github: FakeGithub = {
    url: '',
    state: emptyState(),
    faults: [],
    requests: [],
    userAgents: new Set(),
    before: undefined,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  const server = createServer((request, response) => void handle(github, request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  github.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return github;
}

async function handle(
  github: FakeGithub,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://github.invalid');
  const name = `${request.method} ${url.pathname}`;
  const body = await readBody(request);
  github.requests.push(name);
  github.userAgents.add(request.headers['user-agent'] ?? '');
  await github.before?.(name);
  const fault = takeFault(github, name);
  if (fault?.answer === 'hang') return;
  const carriedOut =
    fault === undefined || fault.afterTheWork
      ? carryOut(github.state, { name, query: url.searchParams, body })
      : notFound();
  send(response, fault?.answer ?? carriedOut);
}

function carryOut(
  state: GithubState,
  { name, ...call }: Omit<Call, 'params'> & { name: string },
): Answer {
  for (const [pattern, route] of routes) {
    const match = pattern.exec(name);
    if (match) return route(state, { ...call, params: match.slice(1).map(decodeURIComponent) });
  }
  return notFound();
}

function takeFault({ faults }: FakeGithub, name: string): Fault | undefined {
  const fault = faults.find(({ when, times = 1 }) => times > 0 && when.test(name));
  if (fault?.times !== undefined) fault.times--;
  return fault;
}

async function readBody(request: IncomingMessage): Promise<Record<string, unknown>> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += chunk;
  return text === '' ? {} : JSON.parse(text);
}

function send(response: ServerResponse, { status, data, headers }: Answer): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers });
  response.end(data === undefined ? undefined : JSON.stringify(data));
}
