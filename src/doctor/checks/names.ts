import { type Check, fail, ok, skip, warn } from '../check.ts';
import { isZoneOf, parentDomains } from '../names/domains.ts';
import { randomHost } from '../names/random-host.ts';
import { certificateChecks } from './certificates.ts';

const resolves: Check = {
  id: 'names.dns',
  group: 'names',
  title: "the previews' hosts lead to the load balancer",
  async run(facts) {
    const { baseDomain, hostedZoneId } = facts.config.providerConfig;
    if (hostedZoneId !== undefined)
      return ok('each preview gets its own record in the hosted zone');
    const read = await facts.balancer();
    if (!read.ok) return read.gap;
    const target = read.value?.DNSName;
    if (target === undefined) return skip('there is no such load balancer');
    const host = randomHost(facts);
    const record = `Write this record, or set providerConfig.hostedZoneId:\n  *.${baseDomain}  CNAME (in Route 53: A, alias)  ${target}`;
    const [named, balancer] = await Promise.all([facts.addresses(host), facts.addresses(target)]);
    if (!named.ok) return named.gap;
    if (!balancer.ok) return balancer.gap;
    const [given, wanted] = [named.value, balancer.value];
    if (given.length === 0)
      return fail(`*.${baseDomain} has no record: ${host} is not known to DNS`, record);
    if (given.some((address) => wanted.includes(address)))
      return ok(`*.${baseDomain} leads to ${target}`);
    return fail(
      `*.${baseDomain} leads to ${given.join(', ')}, which is not the load balancer ${target}`,
      `${record}\n(A proxy between the two, such as a CDN, looks the same from here.)`,
    );
  },
};

const zone: Check = {
  id: 'names.zone',
  group: 'names',
  title: 'the hosted zone is that of baseDomain',
  async run({ zone: readZone, config }) {
    const { hostedZoneId, baseDomain } = config.providerConfig;
    if (hostedZoneId === undefined)
      return skip('no hostedZoneId is configured, and none is needed');
    const read = await readZone();
    if (!read.ok) return read.gap;
    const list = 'Correct providerConfig.hostedZoneId:\n  aws route53 list-hosted-zones';
    if (!read.value) return fail(`there is no hosted zone ${hostedZoneId}`, list);
    const name = read.value.Name ?? '';
    if (!isZoneOf(name, baseDomain)) {
      return fail(`the zone ${hostedZoneId} is of ${name}, and baseDomain is ${baseDomain}`, list);
    }
    if (read.value.Config?.PrivateZone) {
      return warn(`${name} is a private zone: previews answer inside its VPCs only`, list);
    }
    return ok(name);
  },
};

const cookies: Check = {
  id: 'names.cookies',
  group: 'names',
  title: 'previews share no cookies with another site',
  async run({ config, addresses }) {
    const { baseDomain } = config.providerConfig;
    const above = parentDomains(baseDomain);
    const hosts = above.flatMap((domain) => [domain, `www.${domain}`]);
    const sites = await Promise.all(
      hosts.map(async (host) => ({ host, read: await addresses(host) })),
    );
    const live = sites.find(({ read }) => read.ok && read.value.length > 0)?.host;
    const mute = sites.find(({ read }) => !read.ok)?.read;
    if (live === undefined && mute && !mute.ok) return mute.gap;
    if (live === undefined)
      return ok(
        above.length === 0 ? 'baseDomain has no domain above it' : `no site at ${above.join(', ')}`,
      );
    const domain = live.replace(/^www\./, '');
    return warn(
      `${baseDomain} is under ${domain}, where ${live} is: cookies of that site for all of ${domain} reach every preview, and previews can set such cookies`,
      'Take a domain of its own for previews (baseDomain), or make sure that the site sets its cookies for its host alone (no Domain attribute, __Host- names).',
    );
  },
};

export const nameChecks: readonly Check[] = [...certificateChecks, resolves, zone, cookies];
