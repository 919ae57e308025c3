import { type Check, fail, type Outcome, ok, skip, warn } from '../check.ts';
import type { Usage } from '../facts/usage.ts';
import type { Facts } from '../facts.ts';

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
      'AWS does not raise this one: destroy previews that nobody needs, or name further load balancers (providerConfig.albListenerArns).',
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
  eachListener: true,
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

export const roomChecks: readonly Check[] = [
  headroom('rules'),
  headroom('targetGroups'),
  headroom('certificates'),
];
