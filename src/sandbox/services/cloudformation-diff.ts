import type {
  Change,
  Replacement,
  ResourceAttribute,
  ResourceChange,
  ResourceChangeDetail,
} from '@aws-sdk/client-cloudformation';
import type { Properties, Stack, StackResource, Template } from '../stack-types.ts';
import type { World } from '../types.ts';
import { validationError } from './cloudformation-errors.ts';
import { holds, resolve } from './cloudformation-functions.ts';
import { needKind } from './cloudformation-kinds.ts';
import { namesOf } from './cloudformation-names.ts';
import { differing } from './cloudformation-steps.ts';

/** Stands in a value for what only a new resource will tell. */
const mark = '\u0000';
const unknown = (id: string) => `${mark}${id}${mark}`;

export interface Difference {
  changes: Change[];
  /** Whether resources, outputs or their policies differ at all. */
  any: boolean;
}

/** What carrying out the template would change, from what is known before. */
export function differenceOf(
  world: World,
  stack: Stack,
  next: { template: Template; parameters: Record<string, string>; needs: Record<string, string[]> },
): Difference {
  const { template, needs } = next;
  checkTypes(stack, next);
  const known: Record<string, StackResource> = {};
  const names = namesOf({ world, stack, ...next, resources: known, unknown });
  const changes = Object.keys(needs).flatMap((id): ResourceChange[] => {
    const declared = template.resources[id];
    const before = stack.resources[id];
    const properties = (resolve(declared?.properties ?? {}, names) ?? {}) as Properties;
    if (!before) {
      return [
        {
          Action: 'Add',
          LogicalResourceId: id,
          ResourceType: declared?.type,
          Scope: [],
          Details: [],
        },
      ];
    }
    const change = modified(before, { ...before, properties, keep: declared?.keep ?? before.keep });
    if (!change || change.Replacement === 'False') known[id] = before;
    return change ? [change] : [];
  });
  const removed = Object.values(stack.resources).filter(({ id }) => !Object.hasOwn(needs, id));
  const all = [...changes, ...removed.map(removal)].sort((a, b) =>
    (a.LogicalResourceId ?? '') < (b.LogicalResourceId ?? '') ? -1 : 1,
  );
  return {
    changes: all.map((ResourceChange) => ({ Type: 'Resource', ResourceChange })),
    any: all.length > 0 || quietly(stack, template) || outputs(template) !== outputsNow(stack),
  };

  function outputs({ outputs: declared }: Template): string {
    const made = Object.entries(declared).filter(
      ([, { condition }]) => condition === undefined || holds(condition, names),
    );
    return inOrder(
      made.map(([key, { value, description }]) => [key, resolve(value, names), description]),
    );
  }
}

const inOrder = (entries: readonly unknown[][]) =>
  JSON.stringify(entries.map((entry) => JSON.stringify(entry)).sort());

const outputsNow = ({ outputs }: Stack) =>
  inOrder(
    Object.entries(outputs).map(([key, { value, description }]) => [key, value, description]),
  );

/** Whether a policy on keeping differs, which no change tells of. */
const quietly = ({ resources }: Stack, template: Template) =>
  Object.values(resources).some(
    ({ id, keep }) => JSON.stringify(keep) !== JSON.stringify(template.resources[id]?.keep ?? keep),
  );

function checkTypes(
  { resources }: Stack,
  { template, needs }: { template: Template; needs: object },
) {
  const other = Object.keys(needs).filter((id) => {
    const before = resources[id];
    return before !== undefined && before.type !== template.resources[id]?.type;
  });
  if (other.length === 0) return;
  throw validationError(
    `Update of resource type is not permitted. The new template modifies resource type of the following resources: [${other.join(', ')}]`,
  );
}

const removal = ({ id, type, physicalId, keep }: StackResource): ResourceChange => ({
  Action: 'Remove',
  LogicalResourceId: id,
  PhysicalResourceId: physicalId,
  ResourceType: type,
  PolicyAction: keep.removed ? 'Retain' : 'Delete',
  Scope: [],
  Details: [],
});

function modified(before: StackResource, after: StackResource): ResourceChange | undefined {
  const { id, type, physicalId, keep } = after;
  const names = differing(before.properties, after.properties);
  if (names.length === 0) return undefined;
  const meanings = needKind(type).properties;
  const details = names.map((name) =>
    detailOf(name, after.properties, meanings[name] === 'replace'),
  );
  const always = details.filter(({ Target }) => Target?.RequiresRecreation === 'Always');
  const Replacement: Replacement = always.some(({ Evaluation }) => Evaluation === 'Static')
    ? 'True'
    : always.length > 0
      ? 'Conditional'
      : 'False';
  return {
    Action: 'Modify',
    LogicalResourceId: id,
    PhysicalResourceId: physicalId,
    ResourceType: type,
    Replacement,
    ...(Replacement === 'True'
      ? { PolicyAction: keep.replaced ? 'ReplaceAndRetain' : 'ReplaceAndDelete' }
      : {}),
    Scope: [...new Set(names.map(scopeOf))],
    Details: details,
  };
}

const scopeOf = (name: string): ResourceAttribute => (name === 'Tags' ? 'Tags' : 'Properties');

function detailOf(name: string, properties: Properties, replaces: boolean): ResourceChangeDetail {
  const [, causing] = /\\u0000([^\\]+)\\u0000/.exec(JSON.stringify(properties[name]) ?? '') ?? [];
  const tags = name === 'Tags';
  return {
    Target: {
      Attribute: scopeOf(name),
      ...(tags ? {} : { Name: name }),
      RequiresRecreation: replaces ? 'Always' : 'Never',
    },
    Evaluation: causing === undefined ? 'Static' : 'Dynamic',
    ChangeSource: causing === undefined ? 'DirectModification' : 'ResourceReference',
    ...(causing === undefined ? {} : { CausingEntity: causing }),
  };
}
