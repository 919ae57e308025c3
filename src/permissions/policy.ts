import type { PolicyDocument, Statement } from './evaluate.ts';
import { type CallingCommand, type ManifestEntry, manifest, type Need } from './manifest.ts';
import {
  type ConditionBlock,
  type ConditionKey,
  conditions,
  type ResourceKey,
  resources,
  type Scope,
} from './scope.ts';

export interface PolicyOptions {
  /** The commands that the policy is for; all of them by default. */
  commands?: readonly CallingCommand[];
  /** What the configuration uses. By default DNS when the scope has a hosted zone, and builds. */
  features?: { dns: boolean; build: boolean };
}

/** Needs of the same kind under the same conditions; they become one statement. */
interface Group {
  write: boolean;
  when: readonly ConditionKey[];
  on: Set<ResourceKey>;
  /** The resources of each service's actions. */
  services: Map<string, string>;
  actions: Set<string>;
}

/**
 * The least-privilege policy for these commands in this scope: every need of the manifest, merged
 * where that grants nothing more. Needs share a statement when they have the same conditions and
 * either the same resources or different services, whose ARNs never answer to each other's
 * actions; reads stay apart from writes. All commands together fit an inline policy of a role
 * (10,240 characters); a managed policy (6,144) may need one document for each command or two
 * (IAM User Guide, "IAM and AWS STS quotas", which does not count white space).
 * The same arguments always give the same document: manifest order, actions sorted.
 */
export function policyFor(scope: Scope, options: PolicyOptions = {}): PolicyDocument {
  const groups: Group[] = [];
  for (const { need, write } of needsOf(scope, options)) {
    const { action, on, when = [] } = need;
    const service = action.split(':', 1)[0] ?? '';
    const same = JSON.stringify([write, when]);
    let group = groups.find(
      (other) => JSON.stringify([other.write, other.when]) === same && admits(other, service, on),
    );
    if (!group) {
      group = { write, when, on: new Set(), services: new Map(), actions: new Set() };
      groups.push(group);
    }
    for (const key of on) group.on.add(key);
    group.services.set(service, on.join());
    group.actions.add(action);
  }
  const sids = new Map<string, number>();
  return {
    Version: '2012-10-17',
    Statement: groups.map((group) => {
      const sid = sidOf(group);
      const count = (sids.get(sid) ?? 0) + 1;
      sids.set(sid, count);
      return statementOf(group, { scope, sid: count === 1 ? sid : `${sid}${count}` });
    }),
  };
}

/** `*` covers every service, so it only goes with itself. */
function admits(group: Group, service: string, on: readonly ResourceKey[]): boolean {
  const star = on.includes('any');
  if (star !== group.on.has('any')) return false;
  return star || (group.services.get(service) ?? on.join()) === on.join();
}

function needsOf(
  scope: Scope,
  { commands, features }: PolicyOptions,
): { need: Need; write: boolean }[] {
  const used = features ?? { dns: scope.hostedZoneId !== undefined, build: true };
  const entries: ManifestEntry[] = Object.values(manifest);
  return entries
    .filter((entry) => !commands || entry.commands.some((command) => commands.includes(command)))
    .filter(({ only }) => !only || used[only])
    .flatMap(({ needs, write }) => needs.map((need) => ({ need, write })));
}

function statementOf(
  { on, when, actions }: Group,
  { scope, sid }: { scope: Scope; sid: string },
): Statement {
  const arns = [...new Set([...on].flatMap((key) => resources[key](scope)))];
  const condition = when.map((key) => conditions[key](scope)).reduce(merge, {});
  return {
    Sid: sid,
    Effect: 'Allow',
    Action: [...actions].sort(),
    Resource: arns.length === 1 && arns[0] !== undefined ? arns[0] : arns,
    ...(when.length > 0 ? { Condition: condition } : {}),
  };
}

function merge(block: ConditionBlock, more: ConditionBlock): ConditionBlock {
  const merged = { ...block };
  for (const [operator, keys] of Object.entries(more)) {
    merged[operator] = { ...merged[operator], ...keys };
  }
  return merged;
}

/** What each condition says, for the statement's Sid. */
const suffixes: Record<ConditionKey, string> = {
  inCluster: 'InCluster',
  tagsApp: 'AsOurs',
  ownsResource: 'ThatIsOurs',
  whileCreatingService: 'AtCreation',
  whileRegistering: 'AtCreation',
  whileCreatingTargetGroup: 'AtCreation',
  whileCreatingRule: 'AtCreation',
  passedToTasks: 'ToTasks',
  passedToBuild: 'ToCodeBuild',
  ownRecords: 'OfPreviews',
};

/** `ChangeListenerRuleThatIsOurs`: letters and digits, because IAM takes nothing else in a Sid. */
function sidOf({ write, on, when }: Group): string {
  const nouns = on.size > 1 ? 'Each' : [...on].map(capitalised).join('');
  return verbOf(write, when) + nouns + when.map((key) => suffixes[key]).join('');
}

const capitalised = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

function verbOf(write: boolean, when: readonly ConditionKey[]): string {
  if (when.some((key) => key.startsWith('passedTo'))) return 'Pass';
  if (when.some((key) => key.startsWith('while'))) return 'Tag';
  if (when.includes('tagsApp')) return 'Create';
  return write ? 'Change' : 'Read';
}
