import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import { idOf } from './ids.ts';
import { normalizeName } from './services/route53-names.ts';
import type { HostedZone, LoadBalancer, World } from './types.ts';

/** No chain of names is longer; resolvers give up on loops. */
const mostHops = 8;

/**
 * The IPv4 addresses of a host as public DNS tells them, sorted; none when the name does not exist.
 * The account's public hosted zones answer for what is under them, `world.dns` for everything else,
 * and load balancers have stable addresses that belong to nobody.
 */
export function resolveHost(world: World, host: string, hops = mostHops): string[] {
  const name = host.toLowerCase().replace(/\.$/, '');
  if (/^\d+(\.\d+){3}$/.test(name)) return [name];
  if (hops === 0) return [];
  const bare = name.replace(/^dualstack\./, '');
  const { loadBalancers } = world.elasticloadbalancing;
  const balancer = Object.values(loadBalancers).find(({ dnsName }) => dnsName === bare);
  if (balancer) return addressesOf(balancer);
  const targets = targetsOf(world, name);
  return [...new Set(targets.flatMap((next) => resolveHost(world, next, hops - 1)))].sort();
}

/** Of 198.18.0.0/15, which nobody on the internet has (RFC 2544); an internal one's are private. */
export function addressesOf({ arn, scheme, zones }: LoadBalancer): string[] {
  return zones
    .map(({ zone }) => {
      const [a = 0, b = 0, c = 0] = Buffer.from(idOf(`${arn} ${zone}`, 6), 'hex');
      return scheme === 'internal' ? `10.${a}.${b}.${c}` : `198.${18 + (a & 1)}.${b}.${c}`;
    })
    .sort();
}

function targetsOf(world: World, name: string): string[] {
  const zone = zoneOf(world, name);
  if (zone) return targetsIn(zone, name);
  const { records } = world.dns;
  const key = matchOf(name, (candidate) => Object.hasOwn(records, candidate));
  return key === undefined ? [] : (records[key] ?? []);
}

/** The most specific public zone that a name lies in. */
function zoneOf({ route53 }: World, name: string): HostedZone | undefined {
  return Object.values(route53.zones)
    .filter(({ privateVpcs = [] }) => privateVpcs.length === 0)
    .filter((zone) => `.${name}.`.endsWith(`.${zone.name}`))
    .sort((a, b) => b.name.length - a.name.length)[0];
}

function targetsIn({ records }: HostedZone, name: string): string[] {
  const sets = records as unknown as ResourceRecordSet[];
  const named = (candidate: string) => {
    const wanted = normalizeName(candidate);
    return sets.filter(({ Name }) => Name === wanted);
  };
  const key = matchOf(name, (candidate) => named(candidate).length > 0);
  const found = key === undefined ? [] : named(key);
  return found
    .filter(({ Type }) => Type === 'A' || Type === 'CNAME')
    .flatMap(({ AliasTarget, ResourceRecords = [] }) =>
      AliasTarget?.DNSName
        ? [AliasTarget.DNSName]
        : ResourceRecords.flatMap(({ Value }) => Value ?? []),
    );
}

/** The name itself, or the wildcard of the closest ancestor; an ancestor that exists ends the search (RFC 4592). */
function matchOf(name: string, exists: (candidate: string) => boolean): string | undefined {
  if (exists(name)) return name;
  const labels = name.split('.');
  for (let i = 1; i < labels.length; i++) {
    const ancestor = labels.slice(i).join('.');
    if (exists(`*.${ancestor}`)) return `*.${ancestor}`;
    if (exists(ancestor)) return undefined;
  }
  return undefined;
}
