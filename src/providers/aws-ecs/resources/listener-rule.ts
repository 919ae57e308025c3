import type { Output } from '../../../aws/api.ts';
import { isNamed } from '../../../aws/errors.ts';
import { allPages } from '../../../aws/paginate.ts';
import { PreviewopsError } from '../../../errors.ts';
import { hash } from '../../../preview/hash.ts';
import { owns, type Tags } from '../../../preview/tags.ts';
import { combine, conflict, type Draft, nothing, step } from '../draft.ts';
import type { Session } from '../session.ts';
import { settle } from '../settle.ts';
import type { Target } from '../target.ts';
import { readTags, type TargetGroup } from './target-group.ts';

export interface Rule {
  arn: string;
  listenerArn: string;
  /** Absent on the default rule. */
  priority: number | undefined;
  hosts: string[];
  /** Whether anything but the host decides, which ours never has. */
  otherConditions: boolean;
  /** Where it forwards to; absent when it does anything but forward to one group. */
  targetGroupArn: string | undefined;
  /** What the load balancer answers by itself, with status 503; absent when the rule does anything else. */
  page?: string | undefined;
  /** Read for the rules that concern the preview, else absent. */
  tags: Tags | undefined;
}

type RuleAnswer = NonNullable<Output<'elasticloadbalancing:DescribeRules'>['Rules']>[number];

/** Every rule of every listener: the priorities in use are among them. */
export async function listRules(session: Session): Promise<Rule[]> {
  const { albListenerArns } = session.target.config.providerConfig;
  const lists = await Promise.all(albListenerArns.map((arn) => listRulesOf(session, arn)));
  return lists.flat();
}

async function listRulesOf({ aws }: Session, ListenerArn: string): Promise<Rule[]> {
  try {
    const rules = await allPages({
      page: (Marker) =>
        aws.call('elasticloadbalancing:DescribeRules', { ListenerArn, Marker, PageSize: 400 }),
      items: (page) => page.Rules,
      token: (page) => page.NextMarker,
    });
    return rules.map((rule) => shapeRule(rule, ListenerArn));
  } catch (error) {
    throw isNamed(error, 'ListenerNotFoundException', 'ListenerNotFound')
      ? noListener(ListenerArn, error)
      : error;
  }
}

/** Of several, one that is gone stops everything: what was on it may still be somewhere. */
export function noListener(arn: string, cause: unknown): PreviewopsError {
  return new PreviewopsError('not-found', `There is no listener ${arn}`, {
    hint: 'Check providerConfig: it names HTTPS listeners by their ARNs, from `aws elbv2 describe-listeners`.',
    cause,
  });
}

function shapeRule(rule: RuleAnswer, listenerArn: string): Rule {
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
    listenerArn,
    priority: Number.isInteger(priority) ? priority : undefined,
    hosts: hosts.map((host) => host.toLowerCase()),
    otherConditions: conditions.some((c) => c.Field !== 'host-header'),
    targetGroupArn: single ? (action.TargetGroupArn ?? groups[0]?.TargetGroupArn) : undefined,
    ...(others.length === 0 ? pageOf(action) : {}),
    tags: undefined,
  };
}

function pageOf(
  action: NonNullable<RuleAnswer['Actions']>[number] | undefined,
): Pick<Rule, 'page'> {
  const fixed = action?.Type === 'fixed-response' ? action.FixedResponseConfig : undefined;
  return fixed?.StatusCode === '503' ? { page: fixed.MessageBody ?? '' } : {};
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

/**
 * The preview's own rules: the one to keep, on the first listener and of the lowest priority, and
 * duplicates left by a race, be it on another listener.
 * What has more conditions than a host, as the rule that a start makes for its health checks, is last.
 */
export function ownRules(target: Target, rules: readonly Rule[]): Rule[] {
  const { albListenerArns } = target.config.providerConfig;
  const rank = ({ listenerArn }: Rule) => albListenerArns.indexOf(listenerArn);
  return rules
    .filter((rule) => owns(rule.tags, target.identity.app, target.identity.id))
    .sort(
      (a, b) =>
        Number(a.otherConditions) - Number(b.otherConditions) ||
        rank(a) - rank(b) ||
        (a.priority ?? 0) - (b.priority ?? 0),
    );
}

/** Whether the rule is as it should be: the host and nothing else, forwarding to the target group. */
export function isCurrent(target: Target, rule: Rule, targetGroupArn: string | undefined): boolean {
  return (
    rule.hosts.length === 1 &&
    rule.hosts[0] === target.identity.host &&
    !rule.otherConditions &&
    rule.targetGroupArn !== undefined &&
    rule.targetGroupArn === targetGroupArn
  );
}

/** A deploy that fails before its tasks could start leaves the page of a stopped preview where it is. */
const beforeRevival = [
  'target-group',
  'image',
  'task-definition',
  'log-group',
  'hook:onCreate',
  'hook:onDeploy',
];

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
      : own.page === undefined
        ? step('update', 'listener-rule', host, { changes: ['route'], after: ['target-group'] })
        : step('update', 'listener-rule', host, {
            changes: ['route, in place of the page of a stopped preview'],
            after: beforeRevival,
          });
  return combine([main, ...duplicates.map((rule, i) => removalStep(rule, i + 2))]);
}

function removalStep(rule: Rule, number: number): Draft {
  return step('delete', 'listener-rule', rule.hosts[0] ?? rule.arn, {
    id: number === 1 ? 'listener-rule' : `listener-rule:${number}`,
  });
}

/**
 * A free priority inside the configured range, if there is one. Each preview begins its search at a place of its own,
 * so that many first deploys at once rarely want the same one, while two deploys of one preview do -
 * and then the second finds the rule that the first made.
 */
export function findPriority(
  target: Target,
  rules: readonly Pick<Rule, 'priority'>[],
): number | undefined {
  const { from, to } = target.config.providerConfig.rulePriority;
  const size = to - from + 1;
  const used = new Set(rules.map((rule) => rule.priority));
  const start = Number.parseInt(hash(8, target.identity.app, target.identity.id), 16) % size;
  for (let i = 0; i < size; i++) {
    const priority = from + ((start + i) % size);
    if (!used.has(priority)) return priority;
  }
  return undefined;
}

/** As `findPriority`. Rejects with `limit-reached` where there is none. */
export function freePriority(target: Target, rules: readonly Pick<Rule, 'priority'>[]): number {
  const priority = findPriority(target, rules);
  if (priority !== undefined) return priority;
  const { from, to } = target.config.providerConfig.rulePriority;
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
