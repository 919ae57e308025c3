import type { Input } from '../../../aws/api.ts';
import { isNamed } from '../../../aws/errors.ts';
import { PreviewopsError } from '../../../errors.ts';
import type { Session } from '../session.ts';
import { settle } from '../settle.ts';
import { tagList } from '../target.ts';
import { freePriority, ownRules, type Rule, readRules, removeRule } from './listener-rule.ts';
import { stoppedPage } from './stopped-page.ts';

type Actions = NonNullable<Input<'elasticloadbalancing:ModifyRule'>['Actions']>;

const forwardTo = (TargetGroupArn: string): Actions => [{ Type: 'forward', TargetGroupArn }];

const answerWith = (MessageBody: string): Actions => [
  {
    Type: 'fixed-response',
    FixedResponseConfig: { StatusCode: '503', ContentType: 'text/html', MessageBody },
  },
];

export interface RuleOrder {
  rules: Rule[];
  targetGroupArn: string;
  guard: () => Promise<void>;
}

/** Has the load balancer answer for the host by itself. The rule keeps its host and its tags. */
export async function showPage(session: Session, order: RuleOrder): Promise<void> {
  const page = stoppedPage(session.target.identity);
  await setActions(session, order, {
    isDone: (rule) => rule.page === page,
    actions: answerWith(page),
  });
}

/** Has requests go to the preview's tasks again. */
export async function forwardAgain(session: Session, order: RuleOrder): Promise<void> {
  const { targetGroupArn } = order;
  await setActions(session, order, {
    isDone: (rule) => rule.targetGroupArn === targetGroupArn,
    actions: forwardTo(targetGroupArn),
  });
}

async function setActions(
  session: Session,
  { rules, targetGroupArn, guard }: RuleOrder,
  { isDone, actions }: { isDone: (rule: Rule) => boolean; actions: Actions },
): Promise<void> {
  await settle(session, {
    observed: rules,
    read: () => readRules(session, targetGroupArn),
    race: (error) => isNamed(error, 'RuleNotFoundException'),
    act: async (current) => {
      await guard();
      const [own] = ownRules(session.target, current);
      if (!own || own.otherConditions) throw noRule(session);
      if (isDone(own)) return;
      await session.aws.call('elasticloadbalancing:ModifyRule', {
        RuleArn: own.arn,
        Actions: actions,
      });
    },
  });
}

/** What only a deploy can mend. */
export function noRule({ target }: Session): PreviewopsError {
  const { id, host } = target.identity;
  return new PreviewopsError('not-found', `No listener rule of ${id} routes ${host}`, {
    hint: 'Deploy it again: that makes the rule anew.',
  });
}

/**
 * No client has it: documentation addresses are never routed (RFC 5737, TEST-NET-1), and the
 * load balancer compares the address of the connection, not what a header says.
 */
const nobody = '192.0.2.1/32';

/**
 * Attaches the target group to the load balancer with a rule that no request matches: targets of a
 * group that no rule uses are not checked ("Target group is not configured to receive traffic", ALB
 * guide on target health), and the host's own rule still shows the page. False where the load
 * balancer takes no further rule, or no priority is free.
 */
export async function attachUnseen(session: Session, order: RuleOrder): Promise<boolean> {
  try {
    await attachOnce(session, order);
    return true;
  } catch (error) {
    if (isFull(error)) return false;
    throw error;
  }
}

const isFull = (error: unknown) =>
  isNamed(error, 'TooManyRulesException') ||
  (error instanceof PreviewopsError && error.code === 'limit-reached');

async function attachOnce(session: Session, order: RuleOrder): Promise<void> {
  const { aws, target } = session;
  const { rules, targetGroupArn, guard } = order;
  await settle(session, {
    observed: rules,
    read: () => readRules(session, targetGroupArn),
    race: (error) => isNamed(error, 'PriorityInUseException'),
    act: async (current) => {
      await guard();
      const own = ownRules(target, current);
      if (own.some((rule) => rule.targetGroupArn === targetGroupArn)) return;
      const [shown] = own;
      if (!shown) throw noRule(session);
      const { listenerArn } = shown;
      const neighbours = current.filter((rule) => rule.listenerArn === listenerArn);
      await aws.call('elasticloadbalancing:CreateRule', {
        ListenerArn: listenerArn,
        Priority: freePriority(target, neighbours),
        Conditions: [
          { Field: 'host-header', HostHeaderConfig: { Values: [target.identity.host] } },
          { Field: 'source-ip', SourceIpConfig: { Values: [nobody] } },
        ],
        Actions: forwardTo(targetGroupArn),
        Tags: tagList(target.tags),
      });
    },
  });
}

/** Removes what `attachUnseen` made, in this run or in one that was cut short. */
export async function detachUnseen(session: Session, targetGroupArn: string): Promise<void> {
  const [, ...further] = ownRules(session.target, await readRules(session, targetGroupArn));
  for (const { arn, otherConditions } of further) {
    if (otherConditions) await removeRule(session, arn);
  }
}
