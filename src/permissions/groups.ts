import type { Need } from './manifest.ts';
import type { UsedNeed } from './needs.ts';
import type { ConditionKey, ResourceKey } from './scope.ts';

/** Needs that one statement can state. */
export interface Group {
  write: boolean;
  needs: Need[];
}

/**
 * Gathers needs into statements where that grants nothing more than a statement for each would:
 * the conditions are the same, and no action takes a resource that another one brought in. Reads
 * stay apart from writes, for who reads the policy.
 */
export function groupNeeds(needs: readonly UsedNeed[]): Group[] {
  const groups: Group[] = [];
  for (const { need, write } of needs) {
    const group = groups.find((g) => g.write === write && g.needs.every((n) => share(n, need)));
    if (group) group.needs.push(need);
    else groups.push({ write, needs: [need] });
  }
  return groups;
}

function share(one: Need, other: Need): boolean {
  if (kindOf(one) !== kindOf(other)) return false;
  // `*` covers every service, so it only goes with itself.
  if (one.on.includes('any') !== other.on.includes('any')) return false;
  if (serviceOf(one) !== serviceOf(other)) return true;
  return staysOff(one, other.on) && staysOff(other, one.on);
}

const serviceOf = ({ action }: Need) => action.split(':', 1)[0] ?? '';

const atCreation = (key: ConditionKey) => key.startsWith('while');

/** Needs of one kind have the same conditions, but for what is being created. */
const kindOf = (need: Need) =>
  (need.when ?? []).map((key) => (atCreation(key) ? `${serviceOf(need)} creates` : key)).join();

/**
 * Actions that take more than one type of resource, or a type of which the manifest names several
 * resources. The rest take the type that they are used on and no other (Service Authorization
 * Reference; a contract test holds this list against it).
 */
const manyTypes = new Set([
  'ecs:ListTagsForResource',
  'ecs:StopServiceDeployment',
  'ecs:TagResource',
  'elasticloadbalancing:AddTags',
  'iam:SimulatePrincipalPolicy',
]);

/** Two forms of one ARN, and ARNs of one type, that differ in nothing that an action could tell. */
const subjects: Partial<Record<ResourceKey, string>> = {
  logGroup: 'logs of the preview',
  logGroupBare: 'logs of the preview',
};
const subjectOf = (key: ResourceKey) => subjects[key] ?? key;

/** Resources of different keys that are of one type: what takes the one takes the other. */
const alike: readonly (readonly ResourceKey[])[] = [
  ['logGroup', 'logGroupBare', 'buildLogGroup'],
  ['taskRoles', 'buildRole', 'roles', 'principals'],
  ['users', 'principals'],
];

/** Whether the need's action gains nothing from these resources beside its own. */
function staysOff({ action, on, when = [] }: Need, more: readonly ResourceKey[]): boolean {
  const own = on.map(subjectOf);
  return more.every((key) => {
    if (own.includes(subjectOf(key))) return true;
    // What is being created decides which resource is tagged, whatever else is listed.
    if (when.some(atCreation)) return true;
    if (manyTypes.has(action)) return false;
    return !alike.some((keys) => keys.includes(key) && on.some((mine) => keys.includes(mine)));
  });
}
