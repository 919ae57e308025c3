import { findPriority, ownRules, type Rule } from './resources/listener-rule.ts';
import { balancerName, loadBalancerArn, type Target } from './target.ts';

/** A limit that leaves no room for one more preview. */
export interface Fill {
  limit:
    | 'max-previews'
    | 'target-groups'
    | 'listener-rules'
    | 'priorities'
    | 'region-target-groups';
  /** Which, and how full: `load balancer edge has 100 of 100 target groups`. */
  text: string;
  /** How many more than one would have to go; none when absent. */
  over?: number;
  /** What raises it; removing previews always helps. */
  advice: string;
}

// "Quotas for your Application Load Balancers", Elastic Load Balancing guide: not adjustable.
const maxTargetGroups = 100;

const furtherBalancer =
  'A further load balancer takes 100 more: name its listener in providerConfig.albListenerArns, with hostedZoneId.';

/**
 * Why a listener has no room for another preview, as far as its rules tell. How many rules the
 * account may have is known to AWS alone, which says so when one is made: `refused`, by load balancer.
 */
export function fillOf(
  target: Target,
  {
    listenerArn,
    rules,
    refused,
  }: {
    listenerArn: string;
    rules: readonly Rule[];
    refused?: ReadonlyMap<string, Fill> | undefined;
  },
): Fill | undefined {
  const balancer = loadBalancerArn(listenerArn);
  const known = refused?.get(balancer);
  if (known) return known;
  const used = groupsAt(balancer, rules);
  if (used >= maxTargetGroups) return groupsFill(balancer, used);
  const own = rules.filter((rule) => rule.listenerArn === listenerArn);
  if (findPriority(target, own) !== undefined) return undefined;
  const { from, to } = target.config.providerConfig.rulePriority;
  const size = to - from + 1;
  return {
    limit: 'priorities',
    text: `listener ${listenerArn.split('/').at(-1)} of load balancer ${balancerName(listenerArn)} has ${size} of ${size} rule priorities from ${from} to ${to} in use`,
    advice: 'Widen providerConfig.rulePriority.',
  };
}

/** Target groups that rules of a load balancer forward to. */
function groupsAt(balancer: string, rules: readonly Rule[]): number {
  const at = rules.filter((rule) => loadBalancerArn(rule.listenerArn) === balancer);
  return new Set(at.flatMap(({ targetGroupArn }) => targetGroupArn ?? [])).size;
}

function groupsFill(balancer: string, used: number): Fill {
  return {
    limit: 'target-groups',
    text: `load balancer ${balancerName(balancer)} has ${used} of ${maxTargetGroups} target groups in use`,
    advice: furtherBalancer,
  };
}

/** What AWS's refusal of a rule says of a listener's load balancer; undefined for other errors. */
export function refusedFill(
  error: unknown,
  { listenerArn, rules }: { listenerArn: string; rules: readonly Rule[] },
): { balancer: string; fill: Fill } | undefined {
  const balancer = loadBalancerArn(listenerArn);
  const name = error instanceof Error ? error.name : '';
  if (name === 'TooManyUniqueTargetGroupsPerLoadBalancerException') {
    return { balancer, fill: groupsFill(balancer, maxTargetGroups) };
  }
  if (name !== 'TooManyRulesException') return undefined;
  const counted = rules.filter(
    (rule) => rule.priority !== undefined && loadBalancerArn(rule.listenerArn) === balancer,
  ).length;
  const fill: Fill = {
    limit: 'listener-rules',
    text: `load balancer ${balancerName(balancer)} has ${counted} of ${counted} listener rules in use`,
    advice: `${furtherBalancer}\nMore rules on this one: Service Quotas, "Rules per Application Load Balancer" (L-7EED9B64).`,
  };
  return { balancer, fill };
}

/** Of CreateTargetGroup: the one limit that no other listener helps against. */
export const regionFill = (region: string): Fill => ({
  limit: 'region-target-groups',
  text: `AWS takes no further target group in ${region} (3,000 unless raised)`,
  advice: 'More of them: Service Quotas, "Target Groups per Region" (Elastic Load Balancing).',
});

/** Nothing that others could see is there yet. */
function isNew(
  target: Target,
  { service, rules }: { service: unknown; rules: readonly Rule[] },
): boolean {
  return service === undefined && ownRules(target, rules).length === 0;
}

/** What keeps a new preview out, as far as it is known before AWS is asked; nothing for one that exists. */
export function fillsOf(
  target: Target,
  observed: { service: unknown; rules: readonly Rule[]; previews: number | undefined },
  place: { full: Fill[] } | { listenerArn: string },
): Fill[] {
  if (!isNew(target, observed)) return [];
  const own = appFill(target, observed.previews);
  return [...(own ? [own] : []), ...('full' in place ? place.full : [])];
}

function appFill({ config, identity }: Target, previews: number | undefined): Fill | undefined {
  const { maxPreviews: most } = config;
  if (most === undefined || previews === undefined || previews < most) return undefined;
  return {
    limit: 'max-previews',
    text: `app ${identity.app} has ${previews} of ${most} previews`,
    over: previews - most,
    advice: 'Or raise maxPreviews.',
  };
}
