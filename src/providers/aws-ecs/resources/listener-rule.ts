import type { Output } from '../../../aws/api.ts';
import { isNamed } from '../../../aws/errors.ts';
import { allPages } from '../../../aws/paginate.ts';
import { PreviewopsError } from '../../../errors.ts';
import { hash } from '../../../preview/hash.ts';
import { owns, type Tags } from '../../../preview/tags.ts';
import { combine, conflict, type Draft, nothing, step } from '../draft.ts';
import type { Session } from '../session.ts';
import { settle } from '../settle.ts';
import { type Target, tagList } from '../target.ts';
import { readTags, type TargetGroup } from './target-group.ts';

export interface Rule {
  arn: string;
  /** Absent on the default rule. */
  priority: number | undefined;
  hosts: string[];
  /** Whether anything but the host decides, which ours never has. */
  otherConditions: boolean;
  /** Where it forwards to; absent when it does anything but forward to one group. */
  targetGroupArn: string | undefined;
  /** Read for the rules that concern the preview, else absent. */
  tags: Tags | undefined;
}

type RuleAnswer = NonNullable<Output<'elasticloadbalancing:DescribeRules'>['Rules']>[number];

/** Every rule of the listener: the priorities in use are among them. */
export async function listRules({ aws, target }: Session): Promise<Rule[]> {
  const ListenerArn = target.config.providerConfig.albListenerArn;
  const rules = await allPages({
    page: (Marker) =>
      aws.call('elasticloadbalancing:DescribeRules', { ListenerArn, Marker, PageSize: 400 }),
    items: (page) => page.Rules,
    token: (page) => page.NextMarker,
  });
  return rules.map(shapeRule);
}

function shapeRule(rule: RuleAnswer): Rule {
  const conditions = rule.Conditions ?? [];
  const hosts = conditions
    .filter((c) => c.Field === 'host-header')
    .flatMap((c) => c.HostHeaderConfig?.Values ?? c.Values ?? []);
  const [action, ...others] = rule.Actions ?? [];
  const groups = action?.ForwardConfig?.TargetGroups ?? [];
  const single = others.length === 0 && action?.Type === 'forward' && groups.length < 2;
  const priority = Number(rule.Priority);
  return {
    arn: rule.RuleArn ?? '',
    priority: Number.isInteger(priority) ? priority : undefined,
    hosts: hosts.map((host) => host.toLowerCase()),
    otherConditions: conditions.some((c) => c.Field !== 'host-header'),
    targetGroupArn: single ? (action.TargetGroupArn ?? groups[0]?.TargetGroupArn) : undefined,
    tags: undefined,
  };
}

/** Rules that may be the preview's: they name its host, or forward to its target group. */
export function relatedRules(target: Target, rules: Rule[], targetGroupArn?: string): Rule[] {
  return rules.filter(
    (rule) =>
      rule.hosts.includes(target.identity.host) ||
      (targetGroupArn !== undefined && rule.targetGroupArn === targetGroupArn),
  );
}

/** The rules again, with tags on those that concern the preview. */
export async function readRules(session: Session, targetGroupArn?: string): Promise<Rule[]> {
  const rules = await listRules(session);
  const related = relatedRules(session.target, rules, targetGroupArn);
  const tags = await readTags(
    session,
    related.slice(0, 20).map((rule) => rule.arn),
  );
  return rules.map((rule) => ({ ...rule, tags: tags[rule.arn] }));
}

/** The preview's own rules: the one to keep, lowest priority first, and duplicates left by a race. */
export function ownRules(target: Target, rules: Rule[]): Rule[] {
  return rules
    .filter((rule) => owns(rule.tags, target.identity.app, target.identity.id))
    .sort((a, b) => (a.priority ?? 0) - (b.priority ?? 0));
}

function isCurrent(target: Target, rule: Rule, targetGroupArn: string | undefined): boolean {
  return (
    rule.hosts.length === 1 &&
    rule.hosts[0] === target.identity.host &&
    !rule.otherConditions &&
    rule.targetGroupArn !== undefined &&
    rule.targetGroupArn === targetGroupArn
  );
}

export function planRule(
  target: Target,
  rules: Rule[],
  targetGroup: TargetGroup | undefined,
): Draft {
  const { host, app, id } = target.identity;
  const foreign = rules.find((rule) => rule.hosts.includes(host) && !owns(rule.tags, app, id));
  if (foreign) {
    const owner = foreign.tags?.['previewops:app'];
    return conflict(
      'listener-rule',
      host,
      `is routed by rule ${foreign.priority ?? 'default'} of ${owner ? `preview ${foreign.tags?.['previewops:preview']} of app ${owner}` : 'someone else'}`,
      'Delete that rule, or set another hostPattern.',
    );
  }
  const [own, ...duplicates] = ownRules(target, rules);
  const main = !own
    ? step('create', 'listener-rule', host, { after: ['target-group'] })
    : isCurrent(target, own, targetGroup?.arn)
      ? nothing
      : step('update', 'listener-rule', host, { changes: ['route'], after: ['target-group'] });
  return combine([main, ...duplicates.map((rule, i) => removalStep(rule, i + 2))]);
}

function removalStep(rule: Rule, number: number): Draft {
  return step('delete', 'listener-rule', rule.hosts[0] ?? rule.arn, {
    id: number === 1 ? 'listener-rule' : `listener-rule:${number}`,
  });
}

/** Creates or corrects the route from the host to the target group; returns once it is there. */
export async function ensureRule(
  session: Session,
  options: { rules: Rule[]; targetGroupArn: string; guard: () => Promise<void> },
): Promise<void> {
  const { aws, target } = session;
  const { targetGroupArn, guard } = options;
  const change = {
    Conditions: [{ Field: 'host-header', HostHeaderConfig: { Values: [target.identity.host] } }],
    Actions: [{ Type: 'forward' as const, TargetGroupArn: targetGroupArn }],
  };
  await settle(session, {
    observed: options.rules,
    read: () => readRules(session, targetGroupArn),
    race: (error) => isNamed(error, 'PriorityInUseException', 'RuleNotFoundException'),
    act: async (rules) => {
      await guard();
      const [own] = ownRules(target, rules);
      if (own && isCurrent(target, own, targetGroupArn)) return;
      if (own) {
        await aws.call('elasticloadbalancing:ModifyRule', { RuleArn: own.arn, ...change });
        return;
      }
      await aws.call('elasticloadbalancing:CreateRule', {
        ListenerArn: target.config.providerConfig.albListenerArn,
        Priority: freePriority(target, rules),
        ...change,
        Tags: tagList(target.tags),
      });
    },
  });
}

/**
 * A free priority inside the configured range. Each preview begins its search at a place of its own,
 * so that many first deploys at once rarely want the same one, while two deploys of one preview do -
 * and then the second finds the rule that the first made.
 */
export function freePriority(target: Target, rules: readonly Pick<Rule, 'priority'>[]): number {
  const { from, to } = target.config.providerConfig.rulePriority;
  const size = to - from + 1;
  const used = new Set(rules.map((rule) => rule.priority));
  const start = Number.parseInt(hash(8, target.identity.app, target.identity.id), 16) % size;
  for (let i = 0; i < size; i++) {
    const priority = from + ((start + i) % size);
    if (!used.has(priority)) return priority;
  }
  throw new PreviewopsError(
    'limit-reached',
    `No listener rule priority from ${from} to ${to} is free`,
    { hint: 'Widen providerConfig.rulePriority, or destroy previews (`previewops list`).' },
  );
}

export function planRuleRemoval(target: Target, rules: Rule[]): Draft {
  return combine(ownRules(target, rules).map((rule, i) => removalStep(rule, i + 1)));
}

export async function removeRule(session: Session, arn: string): Promise<void> {
  await settle(session, {
    observed: true,
    read: async () => (await listRules(session)).some((rule) => rule.arn === arn),
    race: (error) => isNamed(error, 'RuleNotFoundException'),
    act: async (exists) => {
      if (exists) await session.aws.call('elasticloadbalancing:DeleteRule', { RuleArn: arn });
    },
  });
}
