import type { PolicyDocument, Statement } from './evaluate.ts';
import { type Group, groupNeeds } from './groups.ts';
import { matchesResource } from './match.ts';
import { needsOf, type PolicyOptions } from './needs.ts';
import {
  type ConditionBlock,
  type ConditionKey,
  conditions,
  type ResourceKey,
  resources,
  type Scope,
} from './scope.ts';

/**
 * The least-privilege policy for these commands in this scope: every need of the manifest, merged
 * where that grants nothing more. All commands together fit an inline policy of a role (10,240
 * characters that are not white space: IAM User Guide, "IAM and AWS STS quotas"); `split.ts` cuts
 * what a managed policy does not hold.
 * The same arguments always give the same document: manifest order, actions sorted.
 */
export function policyFor(scope: Scope, options: PolicyOptions = {}): PolicyDocument {
  const sids = new Map<string, number>();
  return {
    Version: '2012-10-17',
    Statement: groupNeeds(needsOf(scope, options)).map((group) => {
      const sid = sidOf(group);
      const count = (sids.get(sid) ?? 0) + 1;
      sids.set(sid, count);
      return statementOf(group, { scope, sid: count === 1 ? sid : `${sid}${count}` });
    }),
  };
}

function statementOf({ needs }: Group, { scope, sid }: { scope: Scope; sid: string }): Statement {
  const arns = arnsOf(
    needs.flatMap(({ on }) => on),
    scope,
  );
  return {
    Sid: sid,
    Effect: 'Allow',
    Action: oneOr(unique(needs.map(({ action }) => action)).sort()),
    Resource: oneOr(arns),
    ...conditionOf(conditionsOf(needs), scope),
  };
}

/** As IAM takes it too, for a managed policy has little room. */
const oneOr = (values: string[]): string | string[] =>
  values.length === 1 ? (values[0] ?? '') : values;
const unique = <T>(values: readonly T[]): T[] => [...new Set(values)];
const conditionsOf = (needs: Group['needs']) => unique(needs.flatMap(({ when = [] }) => when));

/** `{ Condition }` with every one of these; nothing for none. */
export function conditionOf(
  when: readonly ConditionKey[],
  scope: Scope,
): { Condition?: ConditionBlock } {
  if (when.length === 0) return {};
  return { Condition: when.map((key): ConditionBlock => conditions[key](scope)).reduce(merge, {}) };
}

const plain = { variables: false, lookup: () => undefined };

/** The ARNs of these resources, each once, without those that another one's `*` includes. */
export function arnsOf(keys: readonly ResourceKey[], scope: Scope): string[] {
  const arns = unique(keys.flatMap((key) => resources[key](scope)));
  const covers = (other: string, arn: string) =>
    other !== arn && matchesResource(other, arn, plain);
  return arns.filter((arn) => !arns.some((other) => covers(other, arn)));
}

/** Only the `CreateAction` keys meet in one block, from needs that share it: their values are alternatives. */
function merge(block: ConditionBlock, more: ConditionBlock): ConditionBlock {
  const merged = { ...block };
  for (const [operator, keys] of Object.entries(more)) {
    const together = { ...merged[operator] };
    for (const [key, values] of Object.entries(keys)) {
      together[key] = key in together ? [together[key] ?? [], values].flat() : values;
    }
    merged[operator] = together;
  }
  return merged;
}

/** What each condition says, for the statement's Sid, where verb and noun do not say it already. */
const suffixes: Record<ConditionKey, string> = {
  inCluster: 'InCluster',
  tagsApp: 'AsOurs',
  ownsResource: 'OfOurs',
  whileCreatingService: '',
  whileRegistering: '',
  whileRunningTask: '',
  whileCreatingTargetGroup: '',
  whileCreatingRule: '',
  passedToTasks: '',
  passedToBuild: '',
  ownRecords: 'OfPreviews',
};

/** `ChangeServiceDeployment`, `ReadAny`: letters and digits, because IAM takes nothing else in a Sid. Short, for a policy has little room. */
function sidOf({ write, needs }: Group): string {
  const on = unique(needs.flatMap((need) => need.on));
  const when = conditionsOf(needs);
  const nouns = on.length > 1 ? '' : on.map(capitalised).join('');
  return verbOf(write, when) + nouns + unique(when.map((key) => suffixes[key])).join('');
}

const capitalised = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

function verbOf(write: boolean, when: readonly ConditionKey[]): string {
  if (when.some((key) => key.startsWith('passedTo'))) return 'Pass';
  if (when.some((key) => key.startsWith('while'))) return 'Tag';
  if (when.includes('tagsApp')) return 'Create';
  return write ? 'Change' : 'Read';
}
