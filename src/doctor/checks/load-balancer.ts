import { describeListenerMistake } from '../../config/arn.ts';
import { type Check, fail, type Outcome, ok, skip, warn } from '../check.ts';
import { balancerArnOf, type Listener } from '../facts/balancer.ts';
import type { Usage } from '../facts/usage.ts';
import type { Facts } from '../facts.ts';

const arn: Check = {
  id: 'load-balancer.listener',
  group: 'load-balancer',
  title: 'albListenerArn is the ARN of a listener',
  async run(facts) {
    const given = facts.config.providerConfig.albListenerArn;
    const read = await facts.listeners();
    if (!read.ok) return read.gap;
    const mistake = describeListenerMistake(given);
    const found = await facts.listener();
    const meant = found.ok ? found.value : undefined;
    if (mistake !== undefined) return fail(`albListenerArn ${mistake}`, fixOf(meant, given));
    if (read.value?.some(({ ListenerArn }) => ListenerArn === given)) return ok(given);
    const seen = read.value
      ? `the load balancer has no listener ${given}`
      : `there is no load balancer for the listener ${given}`;
    return fail(seen, fixOf(meant, given));
  },
};

function fixOf(meant: Listener | undefined, given: string): string {
  if (meant?.ListenerArn) return `providerConfig.albListenerArn: ${meant.ListenerArn}`;
  const balancer = balancerArnOf(given);
  return balancer === undefined
    ? 'Find it with:\n  aws elbv2 describe-load-balancers\n  aws elbv2 describe-listeners --load-balancer-arn ARN'
    : `Find it with:\n  aws elbv2 describe-listeners --load-balancer-arn ${balancer}`;
}

const https: Check = {
  id: 'load-balancer.https',
  group: 'load-balancer',
  title: 'it speaks HTTPS on port 443',
  async run({ listener }) {
    const read = await listener();
    if (!read.ok) return read.gap;
    if (!read.value) return skip('there is no such listener');
    const { Protocol, Port, LoadBalancerArn } = read.value;
    const seen = `${Protocol} on port ${Port}`;
    if (Protocol === 'HTTPS' && Port === 443) return ok(seen);
    return fail(
      `the listener speaks ${seen}`,
      `Previews answer at https:// without a port. Make a listener for that and put its ARN into providerConfig.albListenerArn:\n  aws elbv2 create-listener --load-balancer-arn ${LoadBalancerArn} --protocol HTTPS --port 443 --certificates CertificateArn=ARN --default-actions Type=fixed-response,FixedResponseConfig={StatusCode=404}`,
    );
  },
};

const active: Check = {
  id: 'load-balancer.active',
  group: 'load-balancer',
  title: 'the load balancer is an active Application Load Balancer',
  async run({ balancer, config }) {
    const read = await balancer();
    if (!read.ok) return read.gap;
    const given = config.providerConfig.albListenerArn;
    const of = balancerArnOf(given);
    if (of === undefined) return skip('the ARN names no load balancer');
    if (!read.value) {
      return fail(
        `there is no load balancer ${of}`,
        'Correct providerConfig.albListenerArn; these exist:\n  aws elbv2 describe-load-balancers',
      );
    }
    const { Type, State, LoadBalancerName: name } = read.value;
    if (Type !== 'application') {
      return fail(
        `${name} is a ${Type} load balancer`,
        'Use an Application Load Balancer: only those route by host.',
      );
    }
    const state = State?.Code ?? 'in an unknown state';
    if (state === 'active') return ok(name ?? of);
    const why = State?.Reason === undefined ? '' : ` (${State.Reason})`;
    const wait = `See what AWS says of it:\n  aws elbv2 describe-load-balancers --load-balancer-arns ${of}`;
    if (state === 'active_impaired') return warn(`${name} is impaired${why}`, wait);
    return fail(`${name} is ${state}${why}`, wait);
  },
};

const scheme: Check = {
  id: 'load-balancer.scheme',
  group: 'load-balancer',
  title: 'it can be reached from the internet',
  async run({ balancer }) {
    const read = await balancer();
    if (!read.ok) return read.gap;
    if (!read.value) return skip('there is no such load balancer');
    if (read.value.Scheme === 'internet-facing') return ok('internet-facing');
    return warn(
      `it is ${read.value.Scheme ?? 'of an unknown scheme'}: previews answer inside its network only`,
      'Fine behind a VPN; otherwise use a load balancer with the scheme internet-facing.',
    );
  },
};

/** Limits by their names in DescribeAccountLimits. */
const limits: Record<keyof Usage, { limit: string; noun: string; advice: string }> = {
  rules: {
    limit: 'rules-per-application-load-balancer',
    noun: 'listener rules',
    advice:
      'Destroy previews that nobody needs, or ask for more:\n  aws service-quotas request-service-quota-increase --service-code elasticloadbalancing --quota-code L-7EED9B64 --desired-value 200',
  },
  targetGroups: {
    limit: 'target-groups-per-application-load-balancer',
    noun: 'target groups',
    advice:
      'AWS does not raise this one: destroy previews that nobody needs, or use another load balancer (providerConfig.albListenerArn).',
  },
  certificates: {
    limit: 'certificates-per-application-load-balancer',
    noun: 'certificates',
    advice:
      'Remove certificates that no host needs:\n  aws elbv2 remove-listener-certificates --listener-arn ARN --certificates CertificateArn=ARN',
  },
};

/** Below this part of a limit left it is time to think of it. */
const enough = 0.1;

const headroom = (what: keyof Usage): Check => ({
  id: `load-balancer.${what === 'targetGroups' ? 'target-groups' : what}`,
  group: 'load-balancer',
  title: `it has room for ${limits[what].noun}`,
  async run(facts: Facts): Promise<Outcome> {
    const { limit, noun, advice } = limits[what];
    const [most, usage] = await Promise.all([facts.limits(), facts.usage[what]()]);
    if (!most.ok) return most.gap;
    if (!usage.ok) return usage.gap;
    const max = most.value.get(limit);
    const used = usage.value;
    if (used === undefined) return skip('there is no such load balancer');
    if (max === undefined || Number.isNaN(max))
      return skip(`${used} ${noun}; AWS did not tell the limit`);
    const seen = `${used} of ${max} ${noun}`;
    // A certificate more is only needed by who adds one, so that a full list stops no preview.
    if (used >= max) return what === 'certificates' ? warn(seen, advice) : fail(seen, advice);
    return max - used < max * enough ? warn(seen, advice) : ok(seen);
  },
});

export const loadBalancerChecks: readonly Check[] = [
  arn,
  https,
  active,
  scheme,
  headroom('rules'),
  headroom('targetGroups'),
  headroom('certificates'),
];
