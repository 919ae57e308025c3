import { vcpuQuotas } from '../../../preview/quotas.ts';
import { findPriority, ownRules, type Rule } from '../resources/listener-rule.ts';
import { hasServed, placed, type Service } from '../resources/service.ts';
import { balancerName, loadBalancerArn, type Target } from '../target.ts';
import { type AccountRoom, type VcpuRoom, vcpuWanted } from './account-room.ts';

/** A limit that leaves no room for one more preview. */
export interface Fill {
  limit:
    | 'max-previews'
    | 'target-groups'
    | 'listener-rules'
    | 'priorities'
    | 'region-target-groups'
    | 'vcpu'
    | 'addresses';
  /** Which, and how full: `load balancer edge has 100 of 100 target groups`. */
  text: string;
  /** How many previews more than one would have to go; none when absent. */
  over?: number;
  /** How much of it is missing, where previews hold more or less of it. */
  missing?: number;
  /** Removing others would not help. */
  hopeless?: boolean;
  /** What raises it. */
  advice: string;
}

/** What tasks find too little of, and so only a preview with tasks makes room in. */
export const isOfTasks = (fill: Fill): fill is Fill & { limit: 'vcpu' | 'addresses' } =>
  fill.limit === 'vcpu' || fill.limit === 'addresses';

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
  { service, rules }: { service: Service | undefined; rules: readonly Rule[] },
): boolean {
  return service === undefined && ownRules(target, rules).length === 0;
}

/**
 * What keeps a preview out, as far as it is known before AWS is asked. Nothing keeps out one that exists;
 * where others may go for it, one that never ran has to know what its tasks lack.
 */
export function fillsOf(
  target: Target,
  observed: {
    service: Service | undefined;
    rules: readonly Rule[];
    previews: number | undefined;
    account: AccountRoom | undefined;
  },
  { place, evicting }: { place: { full: Fill[] } | { listenerArn: string }; evicting: boolean },
): Fill[] {
  const { service, previews, account } = observed;
  if (isNew(target, observed)) {
    return [
      ...appFills(target, previews),
      ...('full' in place ? place.full : []),
      ...accountFills(target, account),
    ];
  }
  return evicting && !holdsPlace(service) ? accountFills(target, account) : [];
}

/** Its tasks run, are on their way, or make room for its next ones: nobody has to go for those. */
function holdsPlace(service: Service | undefined): boolean {
  const under = service?.deployments.some((deployment) => placed(deployment) > 0) === true;
  return under || service?.status === 'DRAINING' || hasServed(service);
}

function appFills({ config, identity }: Target, previews: number | undefined): Fill[] {
  const { maxPreviews: most } = config;
  if (most === undefined || previews === undefined || previews < most) return [];
  return [
    {
      limit: 'max-previews',
      text: `app ${identity.app} has ${previews} of ${most} previews`,
      over: previews - most,
      advice: 'Or raise maxPreviews.',
    },
  ];
}

/** What the tasks of a preview find too little of, whichever load balancer is in front of them. */
export function accountFills(target: Target, account: AccountRoom | undefined): Fill[] {
  return [...vcpuFills(target, account?.vcpu), ...addressFills(target, account?.addresses)];
}

function vcpuFills(target: Target, room: VcpuRoom | undefined): Fill[] {
  const wanted = vcpuWanted(target);
  if (!room || room.used + wanted <= room.quota) return [];
  const { spot } = target.config.task;
  const { quota, used } = room;
  const kind = `vCPU of Fargate${spot ? ' Spot' : ''}`;
  const hopeless = quota < wanted;
  const held = hopeless ? `may run ${quota} ${kind}` : `runs ${used} of ${quota} ${kind}`;
  return [
    {
      limit: 'vcpu',
      text: `the account ${held} in ${target.region}, and a preview takes ${wanted}`,
      missing: used + wanted - quota,
      hopeless,
      advice: `More of them: Service Quotas, "Fargate ${spot ? 'Spot' : 'On-Demand'} vCPU resource count" (${vcpuQuotas[spot ? 'spot' : 'onDemand']}). Or take less: task.cpu, task.count.`,
    },
  ];
}

function addressFills({ config }: Target, free: number | undefined): Fill[] {
  const { count } = config.task;
  if (free === undefined || free >= count) return [];
  const subnets = config.providerConfig.subnets.length;
  return [
    {
      limit: 'addresses',
      text: `${subnets === 1 ? 'the subnet has' : `the ${subnets} subnets have`} ${free} free ${free === 1 ? 'address' : 'addresses'}, and a preview takes ${count}`,
      missing: count - free,
      advice: 'Or name further subnets in providerConfig.subnets, of the same VPC.',
    },
  ];
}
