// Longer than most: one file for the life of a rule, which the four operations share.
import type {
  CreateRuleCommandInput,
  CreateRuleOutput,
  DeleteRuleCommandInput,
  DescribeRulesCommandInput,
  DescribeRulesOutput,
  ModifyRuleCommandInput,
  ModifyRuleOutput,
  Rule as RuleShape,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { ruleArnPrefix } from '../arn.ts';
import { requestTagContext, resourceTagContext, tagsOf } from '../tags.ts';
import type { Authorization, Ctx, Operation, Rule, World } from '../types.ts';
import { actionsOf, checkGroups, shapeOfActions } from './elasticloadbalancing-actions.ts';
import {
  anywhere,
  checkElbTags,
  elbError,
  groupsOf,
  listenerOf,
  pageOf,
  required,
  ruleOf,
  rulesOf,
  validationError,
} from './elasticloadbalancing-common.ts';
import { conditionsOf, shapeOfConditions } from './elasticloadbalancing-conditions.ts';
import { limitOf } from './elasticloadbalancing-limits.ts';

/** The world keeps a listener's default rule under this priority, which no other rule can have. */
export const defaultPriority = 0;

const onRule = (action: string, arn: string | undefined, ctx: Ctx): Authorization[] => [
  {
    action: `elasticloadbalancing:${action}`,
    resource: arn ?? '*',
    context: resourceTagContext(ctx.world.elasticloadbalancing.rules[arn ?? '']?.tags),
  },
];

export const CreateRule = {
  authorize(input: CreateRuleCommandInput, { world }: Ctx): Authorization[] {
    const tags = tagsOf(input.Tags);
    const listenerArn = input.ListenerArn ?? '*';
    const listener = world.elasticloadbalancing.listeners[listenerArn];
    const create = {
      action: 'elasticloadbalancing:CreateRule',
      resource: listenerArn,
      context: { ...requestTagContext(tags), ...resourceTagContext(listener?.tags) },
    };
    if (Object.keys(tags).length === 0) return [create];
    return [
      create,
      {
        action: 'elasticloadbalancing:AddTags',
        resource: `${ruleArnPrefix(listenerArn)}/*`,
        context: { ...requestTagContext(tags), 'elasticloadbalancing:CreateAction': 'CreateRule' },
      },
    ];
  },
  run(input: CreateRuleCommandInput, ctx: Ctx): CreateRuleOutput {
    const { world } = ctx;
    const listener = listenerOf(world, required(input.ListenerArn, 'listenerArn'));
    const priority = checkPriority(required(input.Priority, 'priority'));
    const conditions = conditionsOf(required(input.Conditions, 'conditions'));
    const actions = actionsOf(required(input.Actions, 'actions'));
    const tags = tagsOf(input.Tags);
    checkElbTags(tags);
    const { rules } = world.elasticloadbalancing;
    const taken = Object.values(rules).some(
      (rule) => rule.listenerArn === listener.arn && rule.priority === priority,
    );
    if (taken) throw elbError('PriorityInUse', `Priority '${priority}' is currently in use`);
    checkGroups(world, listener, { actions });
    // Of all listeners of the load balancer, the default rules not counted.
    const maxRules = limitOf(world, 'rules-per-application-load-balancer');
    const own = rulesOf(world, listener.loadBalancerArn).filter((rule) => !isDefault(rule));
    if (own.length >= maxRules) {
      throw elbError(
        'TooManyRules',
        `The maximum number of rules per load balancer, ${maxRules}, is reached on load balancer '${listener.loadBalancerArn}'`,
      );
    }
    const arn = `${ruleArnPrefix(listener.arn)}/${ctx.id(16)}`;
    const rule = { arn, listenerArn: listener.arn, priority, ...conditions, ...actions, tags };
    rules[arn] = rule;
    return { Rules: [shapeOf(rule)] };
  },
} satisfies Operation;

export const ModifyRule = {
  authorize: (input: ModifyRuleCommandInput, ctx: Ctx) => onRule('ModifyRule', input.RuleArn, ctx),
  run(input: ModifyRuleCommandInput, { world, now }: Ctx): ModifyRuleOutput {
    const before = ruleOf(world, required(input.RuleArn, 'ruleArn'));
    if (isDefault(before)) {
      throw elbError('OperationNotPermitted', `Default rule '${before.arn}' cannot be modified`);
    }
    if (!input.Conditions && !input.Actions) {
      throw validationError('Conditions or actions must be given');
    }
    const { targetGroupArn, otherActions, ...rest } = before;
    const actions = input.Actions
      ? actionsOf(input.Actions)
      : {
          ...(targetGroupArn === undefined ? {} : { targetGroupArn }),
          ...(otherActions === undefined ? {} : { otherActions }),
        };
    const conditions = input.Conditions ? conditionsOf(input.Conditions) : {};
    checkGroups(world, listenerOf(world, before.listenerArn), { actions, instead: before });
    const rule: Rule = { ...rest, ...conditions, ...actions };
    world.elasticloadbalancing.rules[rule.arn] = rule;
    release(world, groupsOf(before), now);
    return { Rules: [shapeOf(rule)] };
  },
} satisfies Operation;

export const DeleteRule = {
  authorize: (input: DeleteRuleCommandInput, ctx: Ctx) => onRule('DeleteRule', input.RuleArn, ctx),
  run(input: DeleteRuleCommandInput, { world, now }: Ctx): object {
    const rule = ruleOf(world, required(input.RuleArn, 'ruleArn'));
    if (isDefault(rule)) {
      throw elbError('OperationNotPermitted', `Default rule '${rule.arn}' cannot be deleted`);
    }
    delete world.elasticloadbalancing.rules[rule.arn];
    release(world, groupsOf(rule), now);
    return {};
  },
} satisfies Operation;

export const DescribeRules = {
  authorize: anywhere('DescribeRules'),
  run(input: DescribeRulesCommandInput, { world }: Ctx): DescribeRulesOutput {
    const { items, next } = pageOf(chooseRules(input, world), input, sortKey);
    return { Rules: items.map(shapeOf), ...(next === undefined ? {} : { NextMarker: next }) };
  },
} satisfies Operation;

function chooseRules({ ListenerArn, RuleArns }: DescribeRulesCommandInput, world: World): Rule[] {
  if ((ListenerArn === undefined) === (RuleArns === undefined)) {
    throw validationError('Either a listener ARN or rule ARNs must be given');
  }
  if (RuleArns) return [...new Set(RuleArns)].map((arn) => ruleOf(world, arn));
  const listener = listenerOf(world, ListenerArn ?? '');
  const all = Object.values(world.elasticloadbalancing.rules);
  return all.filter((rule) => rule.listenerArn === listener.arn);
}

/** Rules come in the order in which the listener tries them; its default rule is the last. */
const sortKey = (rule: Rule) =>
  `${isDefault(rule) ? '99999' : String(rule.priority).padStart(5, '0')} ${rule.arn}`;

const isDefault = (rule: Rule) => rule.priority === defaultPriority;

/** Notes when a group stopped being used: AWS goes on refusing its deletion for a moment. */
function release(world: World, arns: readonly string[], now: number): void {
  const { targetGroups, rules } = world.elasticloadbalancing;
  const used = new Set(Object.values(rules).flatMap(groupsOf));
  for (const arn of arns) {
    const group = targetGroups[arn];
    if (group && !used.has(arn)) group.releasedAt = now;
  }
}

function checkPriority(priority: number): number {
  if (Number.isInteger(priority) && priority >= 1 && priority <= 50000) return priority;
  throw validationError(
    `1 validation error detected: Value '${priority}' at 'priority' failed to satisfy constraint: Member must have value between 1 and 50000`,
  );
}

function shapeOf(rule: Rule): RuleShape {
  return {
    RuleArn: rule.arn,
    Priority: isDefault(rule) ? 'default' : String(rule.priority),
    Conditions: shapeOfConditions(rule),
    Actions: shapeOfActions(rule),
    IsDefault: isDefault(rule),
  };
}
