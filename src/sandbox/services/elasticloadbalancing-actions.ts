import type { Action } from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Listener, Rule, World } from '../types.ts';
import {
  elbError,
  groupsOf,
  rulesOf,
  targetGroupOf,
  validationError,
} from './elasticloadbalancing-common.ts';
import { limitOf } from './elasticloadbalancing-limits.ts';

export type Actions = Pick<Rule, 'targetGroupArn' | 'otherActions'>;

/**
 * The actions of a rule as the world keeps them. One forward to one group is the ordinary case,
 * whichever of the API's two forms it came in; anything else is kept as given.
 */
export function actionsOf(given: readonly Action[]): Actions {
  const last = given.at(-1);
  const routing = given.filter(({ Type }) =>
    /^(forward|redirect|fixed-response)$/.test(Type ?? ''),
  );
  if (!last || routing.length !== 1 || routing[0] !== last) {
    throw validationError(
      'Exactly one forward, redirect or fixed-response action is required, and it must be the last',
    );
  }
  if (last.Type === 'redirect' && !last.RedirectConfig) {
    throw validationError('A redirect config is required for an action of the type redirect');
  }
  if (last.Type === 'fixed-response' && !last.FixedResponseConfig) {
    throw validationError(
      'A fixed response config is required for an action of the type fixed-response',
    );
  }
  checkFixedResponse(last);
  const single = singleForward(last);
  if (given.length === 1 && single !== undefined) return { targetGroupArn: single };
  return { otherActions: [...given] };
}

// FixedResponseActionConfig, Elastic Load Balancing API reference.
const contentTypes = [
  'text/plain',
  'text/css',
  'text/html',
  'application/javascript',
  'application/json',
];
const longestBody = 1024;

function checkFixedResponse({ FixedResponseConfig: fixed }: Action): void {
  if (!fixed) return;
  const { StatusCode = '', ContentType = 'text/plain', MessageBody = '' } = fixed;
  if (!/^[245]\d\d$/.test(StatusCode)) {
    throw validationError(`Fixed response status code '${StatusCode}' must be a 2XX, 4XX or 5XX`);
  }
  if (!contentTypes.includes(ContentType)) {
    throw validationError(`Fixed response content type '${ContentType}' is not supported`);
  }
  if (MessageBody.length > longestBody) {
    throw validationError(`The message body can have at most ${longestBody} characters`);
  }
}

function singleForward({ Type, TargetGroupArn, ForwardConfig }: Action): string | undefined {
  if (Type !== 'forward') return undefined;
  const groups = ForwardConfig?.TargetGroups ?? [];
  const first = groups[0]?.TargetGroupArn;
  if (TargetGroupArn === undefined && groups.length === 0) {
    throw validationError('A target group is required for an action of the type forward');
  }
  if (groups.length > 5) throw validationError('A forward action takes at most 5 target groups');
  if (
    TargetGroupArn !== undefined &&
    groups.some((group) => group.TargetGroupArn !== TargetGroupArn)
  ) {
    throw validationError('The target group ARN and the forward config must name the same group');
  }
  if (ForwardConfig?.TargetGroupStickinessConfig?.Enabled) return undefined;
  return groups.length > 1 ? undefined : (TargetGroupArn ?? first);
}

/** Refuses groups that are missing, in another VPC, of another load balancer, or one too many. */
export function checkGroups(
  world: World,
  listener: Listener,
  options: { actions: Actions; instead?: Rule },
): void {
  const { loadBalancers, listeners, rules } = world.elasticloadbalancing;
  const wanted = groupsOf(options.actions);
  const balancerArn = listener.loadBalancerArn;
  for (const arn of wanted) {
    const group = targetGroupOf(world, arn);
    if (group.vpcId !== loadBalancers[balancerArn]?.vpcId) {
      throw elbError(
        'InvalidConfigurationRequest',
        `The target group '${arn}' is not in the VPC of the load balancer`,
      );
    }
    const elsewhere = Object.values(rules).some(
      (rule) =>
        listeners[rule.listenerArn]?.loadBalancerArn !== balancerArn &&
        groupsOf(rule).includes(arn),
    );
    if (elsewhere) {
      throw elbError(
        'TargetGroupAssociationLimit',
        `The following target groups cannot be associated with more than one load balancer: ${arn}`,
      );
    }
  }
  const kept = rulesOf(world, balancerArn).filter((rule) => rule !== options.instead);
  const maxGroups = limitOf(world, 'target-groups-per-application-load-balancer');
  if (new Set([...kept.flatMap(groupsOf), ...wanted]).size > maxGroups) {
    throw elbError(
      'TooManyUniqueTargetGroupsPerLoadBalancer',
      `The maximum number of unique target groups per load balancer, ${maxGroups}, is reached on load balancer '${balancerArn}'`,
    );
  }
}

/** Actions as the API shows them: a forward always has a forward config with weights. */
export function shapeOfActions({ targetGroupArn, otherActions }: Actions): Action[] {
  if (targetGroupArn === undefined) return [...((otherActions ?? []) as Action[])];
  return [
    {
      Type: 'forward',
      TargetGroupArn: targetGroupArn,
      Order: 1,
      ForwardConfig: {
        TargetGroups: [{ TargetGroupArn: targetGroupArn, Weight: 1 }],
        TargetGroupStickinessConfig: { Enabled: false },
      },
    },
  ];
}
