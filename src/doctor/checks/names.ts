import { type Check, fail, ok, skip, warn } from '../check.ts';
import type { ListenerCertificate } from '../facts/certificates.ts';
import type { Facts } from '../facts.ts';
import { nameCovers, namesOf, stateOf, wantedDays } from '../names/certificates.ts';
import { isZoneOf, parentDomains } from '../names/domains.ts';

/** A host that no preview has. */
function randomHost({ random, config }: Facts): string {
  const digits = Math.floor(random() * 2 ** 32).toString(36);
  return `previewops-doctor-${digits}.${config.providerConfig.baseDomain}`;
}

const covering = (certificates: readonly ListenerCertificate[], host: string) =>
  certificates.flatMap(({ detail, arn }) =>
    detail && namesOf(detail).some((name) => nameCovers(name, host)) ? [{ detail, arn }] : [],
  );

const certificate: Check = {
  id: 'names.certificate',
  group: 'names',
  title: "a certificate of the listener covers the previews' hosts",
  async run(facts) {
    const [found, read] = await Promise.all([facts.listener(), facts.certificates()]);
    if (!found.ok) return found.gap;
    if (!read.ok) return read.gap;
    if (!found.value) return skip('there is no such listener');
    const wanted = `*.${facts.config.providerConfig.baseDomain}`;
    if (covering(read.value, randomHost(facts)).length > 0) return ok(wanted);
    const elsewhere = read.value.filter(({ arn }) => !arn.includes(':acm:'));
    if (elsewhere.length > 0) {
      return warn(
        `cannot be verified: ${elsewhere.map(({ arn }) => arn).join(', ')} is not in ACM`,
        `Make sure that it covers ${wanted}.`,
      );
    }
    const names = read.value.flatMap(({ detail }) => (detail ? namesOf(detail) : []));
    return fail(
      `no certificate covers ${wanted}; the listener has ${names.join(', ') || 'none'}`,
      `aws acm request-certificate --domain-name '${wanted}' --validation-method DNS\n  aws elbv2 add-listener-certificates --listener-arn ${found.value.ListenerArn} --certificates CertificateArn=ARN`,
    );
  },
};

const validity: Check = {
  id: 'names.validity',
  group: 'names',
  title: `it is issued, and valid for ${wantedDays} days more`,
  async run(facts) {
    const read = await facts.certificates();
    if (!read.ok) return read.gap;
    const states = covering(read.value, randomHost(facts)).map(({ detail, arn }) => ({
      arn,
      state: stateOf(detail, facts.clock.now()),
    }));
    if (states.length === 0) return skip('no certificate covers the hosts');
    const bad = states.flatMap(({ arn, state }) =>
      state.kind === 'bad' ? `${arn} ${state.why}` : [],
    );
    const renewal =
      'ACM renews by itself while the validation records are in DNS; an imported certificate is to be imported anew:\n  aws acm describe-certificate --certificate-arn ARN';
    if (bad.length === states.length) return fail(bad.join('; '), renewal);
    // The load balancer may still choose a bad one that covers the host.
    if (bad.length > 0)
      return warn(
        bad.join('; '),
        'Remove it from the listener:\n  aws elbv2 remove-listener-certificates',
      );
    const days = Math.max(
      ...states.map(({ state }) => (state.kind === 'bad' ? 0 : state.daysLeft)),
    );
    return days < wantedDays ? warn(`${days} days left`, renewal) : ok(`${days} days left`);
  },
};

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

export const nameChecks: readonly Check[] = [certificate, validity, resolves, zone, cookies];
