// Longer than most: the intrinsic functions, each a few lines, in one table.
import { zoneAt } from '../seed-network.ts';
import type { Value } from '../stack-types.ts';
import type { World } from '../types.ts';
import { validationError } from './cloudformation-errors.ts';

/** What names in a template stand for. */
export interface Names {
  world: World;
  stack: { id: string; name: string };
  /** Of a parameter or resource; undefined when there is none of this name. */
  ref(id: string): Value | undefined;
  attribute(id: string, name: string): Value | undefined;
  conditions: Record<string, Value>;
}

type Apply = (value: Value) => Value | undefined;
type Function = (argument: Value, names: Names, apply: Apply) => Value | undefined;

const functions: Record<string, Function> = {
  Ref: (id, names) => reference(text(id, 'Ref'), names),
  'Fn::GetAtt': (argument, names) => {
    const [id = '', name = ''] = list(argument, 'Fn::GetAtt').map(String);
    return (
      names.attribute(id, name) ??
      wrong(`instance of Fn::GetAtt references undefined resource ${id}`)
    );
  },
  'Fn::Sub': (argument, names, apply) => {
    const [template, own = {}] = typeof argument === 'string' ? [argument] : [argument].flat();
    const given = (name: string) => apply((own as Record<string, Value>)[name] ?? '');
    return text(template ?? '', 'Fn::Sub').replace(
      /\$\{(!?)([^${}]+)\}/g,
      (_, literal: string, name: string) => {
        if (literal) return `\${${name}}`;
        const value = Object.hasOwn(own as object, name) ? given(name) : substitute(name, names);
        return text(value ?? '', 'Fn::Sub');
      },
    );
  },
  'Fn::Join': (argument, _, apply) => {
    const [by = '', parts = []] = list(argument, 'Fn::Join');
    return list(apply(parts) ?? [], 'Fn::Join').join(text(by, 'Fn::Join'));
  },
  'Fn::Split': (argument, _, apply) => {
    const [by = '', whole = ''] = list(argument, 'Fn::Split');
    return text(apply(whole) ?? '', 'Fn::Split').split(text(by, 'Fn::Split'));
  },
  'Fn::Select': (argument, _, apply) => {
    const [index = '', parts = []] = list(argument, 'Fn::Select');
    const found = list(apply(parts) ?? [], 'Fn::Select')[Number(apply(index))];
    return found ?? wrong(`Fn::Select cannot select nonexistent value at index ${index}`);
  },
  // The sandbox's regions have three zones.
  'Fn::GetAZs': (_, { world }) => [0, 1, 2].map((index) => zoneAt(world.region, index)),
  'Fn::If': (argument, names, apply) => {
    const [name = '', then = '', otherwise = ''] = list(argument, 'Fn::If');
    return apply(holds(text(name, 'Fn::If'), names) ? then : otherwise);
  },
  'Fn::Equals': (argument, _, apply) => {
    const [one, other] = list(argument, 'Fn::Equals').map((each) => JSON.stringify(apply(each)));
    return String(one === other);
  },
  'Fn::Not': (argument, _, apply) =>
    String(list(argument, 'Fn::Not').every((each) => apply(each) !== 'true')),
  'Fn::And': (argument, _, apply) =>
    String(list(argument, 'Fn::And').every((each) => apply(each) === 'true')),
  'Fn::Or': (argument, _, apply) =>
    String(list(argument, 'Fn::Or').some((each) => apply(each) === 'true')),
  Condition: (name, names) => String(holds(text(name, 'Condition'), names)),
  'Fn::ImportValue': (argument, _, apply) => {
    throw validationError(
      `No export named ${text(apply(argument) ?? '', 'Fn::ImportValue')} found`,
    );
  },
};

/** The name and the argument of a function; undefined for a value that is none. */
export function functionIn(value: Value): [name: string, argument: Value] | undefined {
  if (typeof value !== 'object' || Array.isArray(value)) return undefined;
  const [first, ...more] = Object.entries(value);
  if (!first || more.length > 0) return undefined;
  const [name] = first;
  if (name.startsWith('Fn::') && !Object.hasOwn(functions, name)) {
    wrong(`${name} is not simulated by the sandbox`);
  }
  // A policy has a member `Condition` too, whose value is no name.
  const isFunction = Object.hasOwn(functions, name);
  return isFunction && !(name === 'Condition' && typeof first[1] !== 'string') ? first : undefined;
}

/** A value with all functions applied; undefined for what `AWS::NoValue` leaves out. */
export function resolve(value: Value, names: Names): Value | undefined {
  const apply: Apply = (each) => resolve(each, names);
  const found = functionIn(value);
  if (found) return functions[found[0]]?.(found[1], names, apply);
  if (Array.isArray(value)) return value.flatMap((each) => wrapped(apply(each)));
  if (typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, each]) => {
      const kept = apply(each);
      return kept === undefined ? [] : [[key, kept]];
    }),
  );
}

const wrapped = (value: Value | undefined): Value[] => (value === undefined ? [] : [value]);

/** Whether a condition of the template holds. */
export function holds(name: string, names: Names): boolean {
  const condition = names.conditions[name];
  if (condition === undefined) throw validationError(`Template error: undefined condition ${name}`);
  return resolve(condition, names) === 'true';
}

/** Parameters that every template has (CloudFormation guide, "Pseudo parameters reference"). */
export const pseudo = (name: string, { world, stack }: Pick<Names, 'world' | 'stack'>) =>
  ({
    'AWS::AccountId': world.account,
    'AWS::Partition': world.partition,
    'AWS::Region': world.region,
    'AWS::StackId': stack.id,
    'AWS::StackName': stack.name,
    'AWS::URLSuffix': world.partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com',
  })[name];

function reference(id: string, names: Names): Value | undefined {
  if (id === 'AWS::NoValue') return undefined;
  return pseudo(id, names) ?? names.ref(id) ?? wrong(`unresolved reference ${id}`);
}

function substitute(name: string, names: Names): Value | undefined {
  const [id = '', ...attribute] = name.split('.');
  return attribute.length === 0
    ? reference(name, names)
    : (names.attribute(id, attribute.join('.')) ?? wrong(`undefined resource ${id} in Fn::Sub`));
}

function text(value: Value, where: string): string {
  return typeof value === 'string' ? value : wrong(`every value of ${where} must be a string`);
}
const list = (value: Value, where: string): Value[] =>
  Array.isArray(value) ? value : wrong(`every ${where} object requires a list`);

function wrong(problem: string): never {
  throw validationError(`Template error: ${problem}`);
}
