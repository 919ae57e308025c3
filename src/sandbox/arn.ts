import { idOf } from './ids.ts';
import type { World } from './types.ts';

/** `arn:<partition>:<service>:<region>:<account>:<rest>` of the world's account. */
export function arnOf(world: World, service: string, rest: string): string {
  return `arn:${world.partition}:${service}:${world.region}:${world.account}:${rest}`;
}

/** The ARN under which the rules of a listener are; a rule's own has `/<16 hex digits>` after it. */
export function ruleArnPrefix(listenerArn: string): string {
  return listenerArn.replace(':listener/', ':listener-rule/');
}

/**
 * The ALB that a listener belongs to: its ARN repeats the load balancer's name and id. Where the
 * load balancer's own ARN was given for a listener's, which is a common mistake, it is that one.
 */
export function loadBalancerOf(listenerArn: string): string {
  if (listenerArn.includes(':loadbalancer/')) return listenerArn;
  const parts = listenerArn.split('/');
  return parts.slice(0, -1).join('/').replace(':listener/', ':loadbalancer/');
}

/** A listener's ARN as it is, or one made up for the load balancer that was given instead. */
export function listenersOwnArn(listenerArn: string): string {
  if (!listenerArn.includes(':loadbalancer/')) return listenerArn;
  return `${listenerArn.replace(':loadbalancer/', ':listener/')}/${idOf(listenerArn, 16)}`;
}

/** A log group's ARN without the `:*` that CloudWatch Logs adds in its older fields. */
export function logGroupArn(world: World, name: string): string {
  return arnOf(world, 'logs', `log-group:${name}`);
}

/** Who calls when nobody is named. */
export function defaultCallerArn({ partition, account }: World): string {
  return `arn:${partition}:iam::${account}:user/sandbox`;
}
