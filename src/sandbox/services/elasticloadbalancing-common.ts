import type { Rule as RuleShape } from '@aws-sdk/client-elastic-load-balancing-v2';
import { type AwsErrorShape, awsError } from '../errors.ts';
import { type Page, paginate } from '../paginate.ts';
import { checkTags } from '../tags.ts';
import type { Authorization, Listener, Rule, Tags, TargetGroup, World } from '../types.ts';

/** An error that the ELB API models: the SDK adds `Exception` to the code on the wire. */
export function elbError(code: string, message: string): AwsErrorShape {
  return awsError(`${code}Exception`, message, { code });
}

/** An error that it does not model: the code is the name as it stands. */
export function validationError(message: string): AwsErrorShape {
  return awsError('ValidationError', message, { code: 'ValidationError' });
}

/** Refuses a call that leaves out a member the API requires. */
export function required<T>(value: T | undefined, member: string): T {
  if (value === undefined) {
    throw validationError(`1 validation error detected: Value at '${member}' must not be null`);
  }
  return value;
}

export function checkElbTags(tags: Tags): void {
  checkTags(tags, { error: 'ValidationError', countError: 'TooManyTagsException' });
}

export function targetGroupOf(world: World, arn: string): TargetGroup {
  const group = world.elasticloadbalancing.targetGroups[arn];
  if (!group) throw elbError('TargetGroupNotFound', 'One or more target groups not found');
  return group;
}

export function listenerOf(world: World, arn: string): Listener {
  if (!/^arn:[^:]+:elasticloadbalancing:.*:listener\//.test(arn)) {
    throw validationError(`'${arn}' is not a valid listener ARN`);
  }
  const listener = world.elasticloadbalancing.listeners[arn];
  if (!listener) throw elbError('ListenerNotFound', 'One or more listeners not found');
  return listener;
}

export function ruleOf(world: World, arn: string): Rule {
  const rule = world.elasticloadbalancing.rules[arn];
  if (!rule) throw elbError('RuleNotFound', 'One or more rules not found');
  return rule;
}

/** ELB's Describe calls have no resource type: AWS authorises them on `*`. */
export const anywhere = (action: string) => (): Authorization[] => [
  { action: `elasticloadbalancing:${action}`, resource: '*' },
];

/** Every target group that a rule forwards to. */
export function groupsOf(rule: Pick<Rule, 'targetGroupArn' | 'otherActions'>): string[] {
  const other = (rule.otherActions ?? []) as NonNullable<RuleShape['Actions']>;
  const arns = other.flatMap((action) => [
    action.TargetGroupArn,
    ...(action.ForwardConfig?.TargetGroups ?? []).map((group) => group.TargetGroupArn),
  ]);
  return [...new Set([rule.targetGroupArn, ...arns])].filter((arn) => arn !== undefined);
}

/** The rules of all listeners of a load balancer. */
export function rulesOf(world: World, loadBalancerArn: string): Rule[] {
  const { listeners, rules } = world.elasticloadbalancing;
  return Object.values(rules).filter(
    (rule) => listeners[rule.listenerArn]?.loadBalancerArn === loadBalancerArn,
  );
}

/** The load balancers that a target group serves, for all groups at once. */
export function associations(world: World): Map<string, string[]> {
  const { listeners, rules } = world.elasticloadbalancing;
  const found = new Map<string, Set<string>>();
  for (const rule of Object.values(rules)) {
    const balancer = listeners[rule.listenerArn]?.loadBalancerArn;
    for (const group of balancer ? groupsOf(rule) : []) {
      found.set(group, (found.get(group) ?? new Set()).add(balancer as string));
    }
  }
  return new Map([...found].map(([group, balancers]) => [group, [...balancers]]));
}

/** The API allows 1-400 a page; the sandbox gives 100 unless asked, so that paging is exercised. */
export const defaultPageSize = 100;

export interface PagedInput {
  Marker?: string | undefined;
  PageSize?: number | undefined;
}

export function pageOf<T>(
  all: readonly T[],
  { Marker, PageSize = defaultPageSize }: PagedInput,
  keyOf: (item: T) => string,
): Page<T> {
  if (!Number.isInteger(PageSize) || PageSize < 1 || PageSize > 400) {
    throw validationError(
      `1 validation error detected: Value '${PageSize}' at 'pageSize' failed to satisfy constraint: Member must have value between 1 and 400`,
    );
  }
  const onBadMarker = (): never => {
    throw validationError('Invalid marker');
  };
  return paginate(all, { marker: Marker, size: PageSize, keyOf, onBadMarker });
}
