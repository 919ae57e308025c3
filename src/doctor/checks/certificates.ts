import { type Check, fail, ok, skip, warn } from '../check.ts';
import type { ListenerCertificate } from '../facts/certificates.ts';
import { nameCovers, namesOf, stateOf, wantedDays } from '../names/certificates.ts';
import { randomHost } from '../names/random-host.ts';

const covering = (certificates: readonly ListenerCertificate[], host: string) =>
  certificates.flatMap(({ detail, arn }) =>
    detail && namesOf(detail).some((name) => nameCovers(name, host)) ? [{ detail, arn }] : [],
  );

const certificate: Check = {
  id: 'names.certificate',
  group: 'names',
  eachListener: true,
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
  eachListener: true,
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
      state.kind === 'bad' ? { arn, seen: `${arn} ${state.why}` } : [],
    );
    const seen = bad.map((each) => each.seen).join('; ');
    if (bad.length === states.length) return fail(seen, renewal(bad.map(({ arn }) => arn)));
    // The load balancer may still choose a bad one that covers the host.
    if (bad.length > 0) {
      const found = await facts.listener();
      const listener = found.ok ? found.value?.ListenerArn : undefined;
      const list = bad.map(({ arn }) => `CertificateArn=${arn}`).join(' ');
      return warn(
        seen,
        `Take it off the listener:\n  aws elbv2 remove-listener-certificates --listener-arn ${listener} --certificates ${list}`,
      );
    }
    const days = Math.max(
      ...states.map(({ state }) => (state.kind === 'bad' ? 0 : state.daysLeft)),
    );
    return days < wantedDays
      ? warn(`${days} days left`, renewal(states.map(({ arn }) => arn)))
      : ok(`${days} days left`);
  },
};

const renewal = (arns: readonly string[]) =>
  [
    'ACM renews by itself while the validation records are in DNS; these show them. An imported certificate is to be imported anew (aws acm import-certificate).',
    ...arns.map((arn) => `  aws acm describe-certificate --certificate-arn ${arn}`),
  ].join('\n');

export const certificateChecks: readonly Check[] = [certificate, validity];
