import { isNamed } from '../../../aws/errors.ts';
import { placeOf, type Seen } from '../listeners.ts';
import { type Fill, refusedFill } from '../room/limits.ts';
import { noRoom } from '../room/no-room.ts';
import type { Session } from '../session.ts';
import { settle } from '../settle.ts';
import { tagList } from '../target.ts';
import { freePriority, isCurrent, ownRules, type Rule, readRules } from './listener-rule.ts';

/** Another run of the preview gave its target group to another load balancer: its rule is seen soon. */
const maxAssociationRaces = 5;

export interface RuleOrder extends Omit<Seen, 'refused'> {
  targetGroupArn: string;
  guard: () => Promise<void>;
}

/**
 * Creates or corrects the route from the host to the target group; gives the listener that it is on
 * once it is there. Rejects with `limit-reached` when no listener takes another rule.
 */
export async function ensureRule(session: Session, order: RuleOrder): Promise<string> {
  const { aws, target } = session;
  const { targetGroupArn, guard } = order;
  const refused = new Map<string, Fill>();
  let tried: { listenerArn: string; rules: readonly Rule[] } | undefined;
  let associations = 0;
  const noteRefusal = (error: unknown): boolean => {
    const found = tried && refusedFill(error, tried);
    if (found) refused.set(found.balancer, found.fill);
    return found !== undefined;
  };
  const change = {
    Conditions: [{ Field: 'host-header', HostHeaderConfig: { Values: [target.identity.host] } }],
    Actions: [{ Type: 'forward' as const, TargetGroupArn: targetGroupArn }],
  };
  return settle<readonly Rule[], string>(session, {
    observed: order.rules,
    read: () => readRules(session, targetGroupArn),
    race: (error) =>
      isNamed(error, 'PriorityInUseException', 'RuleNotFoundException') ||
      (isNamed(error, 'TargetGroupAssociationLimitException') &&
        associations++ < maxAssociationRaces) ||
      noteRefusal(error),
    act: async (rules) => {
      await guard();
      const [own] = ownRules(target, rules);
      if (own && isCurrent(target, own, targetGroupArn)) return own.listenerArn;
      tried = undefined;
      if (own) {
        await aws.call('elasticloadbalancing:ModifyRule', { RuleArn: own.arn, ...change });
        return own.listenerArn;
      }
      const place = placeOf(target, { ...order, rules, refused });
      if ('full' in place) throw await noRoom(session, { fills: place.full, rules });
      const { listenerArn } = place;
      tried = { listenerArn, rules };
      const here = rules.filter((rule) => rule.listenerArn === listenerArn);
      await aws.call('elasticloadbalancing:CreateRule', {
        ListenerArn: listenerArn,
        Priority: freePriority(target, here),
        ...change,
        Tags: tagList(target.tags),
      });
      return listenerArn;
    },
  });
}
