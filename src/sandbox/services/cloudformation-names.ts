import type { StackResource, Template, Value } from '../stack-types.ts';
import type { World } from '../types.ts';
import { formatError, validationError } from './cloudformation-errors.ts';
import { functionIn, holds, type Names } from './cloudformation-functions.ts';
import { kindOf } from './cloudformation-kinds.ts';
import { parameterValue } from './cloudformation-parameters.ts';

/** What a template is read against. */
export interface Setting {
  world: World;
  stack: { id: string; name: string };
  template: Template;
  parameters: Record<string, string>;
  /** What there is of its resources. */
  resources: Record<string, Pick<StackResource, 'physicalId' | 'attributes'>>;
  /** Stands for the ids of what is not there yet; without it, that is an error. */
  unknown?: (id: string) => string;
}

export function namesOf(setting: Setting): Names {
  const { world, stack, template, parameters, resources, unknown } = setting;
  const found = (id: string) => (Object.hasOwn(resources, id) ? resources[id] : undefined);
  const later = (id: string) => (Object.hasOwn(template.resources, id) ? unknown?.(id) : undefined);
  return {
    world,
    stack,
    conditions: template.conditions,
    ref(id) {
      const declared = Object.hasOwn(parameters, id) ? template.parameters[id] : undefined;
      if (declared) return parameterValue(declared, parameters[id] ?? '');
      return found(id)?.physicalId ?? later(id);
    },
    attribute(id, name) {
      const { type = '' } = template.resources[id] ?? {};
      if (kindOf(type)?.attributes.includes(name) === false) {
        const problem = `resource ${id} does not support attribute type ${name} in Fn::GetAtt`;
        throw validationError(`Template error: ${problem}`);
      }
      return found(id)?.attributes[name] ?? later(id);
    },
  };
}

/** The resources of a template whose conditions hold. */
export function madeBy(template: Template, names: Names): Template['resources'] {
  return Object.fromEntries(
    Object.entries(template.resources).filter(
      ([, { condition }]) => condition === undefined || holds(condition, names),
    ),
  );
}

/** What a value refers to, in the branches that are taken. */
function referencesIn(value: Value, names: Names): string[] {
  const found = functionIn(value);
  if (!found)
    return Object.values(typeof value === 'object' ? value : {}).flatMap((each) =>
      referencesIn(each, names),
    );
  const [name, argument] = found;
  const parts = [argument].flat();
  if (name === 'Ref') return [String(argument)];
  if (name === 'Fn::GetAtt') return [String(parts[0])];
  if (name === 'Fn::If') {
    const [condition = '', then = '', otherwise = ''] = parts;
    return referencesIn(holds(String(condition), names) ? then : otherwise, names);
  }
  if (name !== 'Fn::Sub') return parts.flatMap((each) => referencesIn(each, names));
  const [text = '', own = {}] = parts;
  const inText = [...String(text).matchAll(/\$\{([^!${}.]+)[^${}]*\}/g)].map(([, id = '']) => id);
  return [...inText.filter((id) => !Object.hasOwn(own as object, id)), ...referencesIn(own, names)];
}

/**
 * What each resource needs first, in an order in which all can be made. Throws for circles, and for
 * what is nowhere in the template.
 */
export function orderOf(template: Template, names: Names): Map<string, string[]> {
  const made = madeBy(template, names);
  const needs = new Map(
    Object.entries(made).map(([id, { properties, dependsOn }]) => {
      const all = [...new Set([...referencesIn(properties, names), ...dependsOn])];
      const strange = all.filter(
        (one) =>
          !one.startsWith('AWS::') &&
          !Object.hasOwn(made, one) &&
          !Object.hasOwn(template.parameters, one),
      );
      // A dependency of order alone may be on what a condition leaves out.
      const wrong = strange.filter(
        (one) => !Object.hasOwn(template.resources, one) || !dependsOn.includes(one),
      );
      if (wrong.length > 0) throw unresolved(wrong);
      return [id, all.filter((one) => Object.hasOwn(made, one))] as const;
    }),
  );
  const order = new Map<string, string[]>();
  while (order.size < needs.size) {
    const ready = [...needs].find(
      ([id, after]) => !order.has(id) && after.every((one) => order.has(one)),
    );
    if (!ready) {
      const rest = [...needs.keys()].filter((id) => !order.has(id));
      throw validationError(`Circular dependency between resources: [${rest.join(', ')}]`);
    }
    order.set(...ready);
  }
  return order;
}

const unresolved = (ids: readonly string[]) =>
  formatError(
    `Unresolved resource dependencies [${ids.join(', ')}] in the Resources block of the template`,
  );
