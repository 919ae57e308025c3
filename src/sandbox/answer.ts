import { PreviewopsError } from '../errors.ts';
import { parseUrl } from '../url.ts';
import { serve } from './answer-rules.ts';
import { byBalancer, type HttpAnswer } from './answer-shape.ts';
import type { OnTarget } from './answer-target.ts';
import { tlsProblem } from './answer-tls.ts';
import { addressesOf, resolveHost } from './resolve.ts';
import type { Listener, LoadBalancer, World } from './types.ts';

/** What a client on the internet gets for its GET: an answer, or why there is none. */
export type SandboxAnswer = HttpAnswer | { error: 'dns' | 'connect' | 'tls'; message: string };

const defaultPorts: Record<string, number> = { 'http:': 80, 'https:': 443 };

/**
 * Asks the world for a URL as it is at `world.now`; `onTarget` is told the target group's ARN when a
 * target got the request. Throws `bad-usage` for what is no HTTP URL.
 */
export function answerTo(
  world: World,
  address: string,
  onTarget: OnTarget = () => {},
): SandboxAnswer {
  const url = parse(address);
  const [first] = resolveHost(world, url.hostname);
  if (first === undefined) return failed('dns', `getaddrinfo ENOTFOUND ${url.hostname}`);
  const port = Number(url.port) || (defaultPorts[url.protocol] ?? 0);
  const balancer = balancerAt(world, first);
  if (!balancer || !isReachable(world, balancer, port)) {
    return failed('connect', `connect ETIMEDOUT ${first}:${port}`);
  }
  const listener = listenerOf(world, balancer, port);
  if (!listener) return failed('connect', `connect ECONNREFUSED ${first}:${port}`);
  if (url.protocol === 'http:') {
    return listener.protocol === 'HTTPS'
      ? byBalancer(400)
      : serve(world, listener, { url, onTarget });
  }
  const problem = tlsProblem(world, listener, url.hostname);
  return problem === undefined ? serve(world, listener, { url, onTarget }) : failed('tls', problem);
}

const failed = (error: 'dns' | 'connect' | 'tls', message: string) => ({ error, message });

function parse(address: string): URL {
  const url = parseUrl(address);
  if (url && Object.hasOwn(defaultPorts, url.protocol)) return url;
  throw new PreviewopsError(
    'bad-usage',
    `The sandbox can only be asked for http and https URLs, not for ${JSON.stringify(address)}`,
  );
}

const balancerAt = ({ elasticloadbalancing: { loadBalancers } }: World, address: string) =>
  Object.values(loadBalancers).find((balancer) => addressesOf(balancer).includes(address));

const listenerOf = (
  { elasticloadbalancing: { listeners } }: World,
  { arn }: LoadBalancer,
  port: number,
): Listener | undefined =>
  Object.values(listeners).find(
    (listener) => listener.loadBalancerArn === arn && listener.port === port,
  );

/** Whether packets from anywhere arrive: nothing answers for an address or a port that is closed. */
function isReachable({ network }: World, balancer: LoadBalancer, port: number): boolean {
  const { scheme, state = 'active', securityGroups } = balancer;
  if (scheme === 'internal' || !state.startsWith('active')) return false;
  return securityGroups
    .flatMap((id) => network.securityGroups[id]?.ingress ?? [])
    .some(
      ({ protocol, from = 0, to = 65_535, cidrs = [] }) =>
        cidrs.includes('0.0.0.0/0') &&
        (protocol === '-1' || (protocol === 'tcp' && from <= port && port <= to)),
    );
}
