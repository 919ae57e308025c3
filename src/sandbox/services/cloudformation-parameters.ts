import type { Parameter } from '@aws-sdk/client-cloudformation';
import type { Template, Value } from '../stack-types.ts';
import type { World } from '../types.ts';
import { formatError, validationError } from './cloudformation-errors.ts';

type Declared = Template['parameters'][string];

/** Types whose values are ids of things that must exist, and where those are. */
const existing: Record<string, (world: World) => object> = {
  'AWS::EC2::VPC::Id': ({ network }) => network.vpcs,
  'AWS::EC2::Subnet::Id': ({ network }) => network.subnets,
  'AWS::EC2::SecurityGroup::Id': ({ network }) => network.securityGroups,
};
const plain = ['String', 'Number', 'CommaDelimitedList', 'List<Number>', 'List<String>'];

const typeOf = ({ Type = '' }: Declared) => String(Type);
/** The type of a list's members; undefined for what is no list. */
const memberType = (type: string) => /^List<(.+)>$/.exec(type)?.[1];

/** A parameter's value as the template sees it: a text, or a list of texts. */
export function parameterValue(declared: Declared, value: string): Value {
  const type = typeOf(declared);
  const isList = type === 'CommaDelimitedList' || memberType(type) !== undefined;
  return isList ? value.split(',').map((each) => each.trim()) : value;
}

/**
 * The values of all parameters: those of the request, else the template's defaults. Throws for what
 * is missing, unknown or not of the declared form, and for ids of what is not there.
 */
export function parametersOf(
  world: World,
  template: Template,
  {
    given = [],
    before,
  }: { given: readonly Parameter[] | undefined; before: Record<string, string> },
): Record<string, string> {
  const { parameters } = template;
  const asked = new Map(
    given.map(({ ParameterKey = '', ParameterValue, UsePreviousValue }) => [
      ParameterKey,
      UsePreviousValue ? before[ParameterKey] : ParameterValue,
    ]),
  );
  const unknown = [...asked.keys()].filter((key) => !Object.hasOwn(parameters, key));
  if (unknown.length > 0) {
    throw validationError(`Parameters: [${unknown.join(', ')}] do not exist in the template`);
  }
  const values = Object.entries(parameters).map(
    ([key, declared]) => [key, asked.get(key) ?? textOf(declared.Default)] as const,
  );
  const missing = values.flatMap(([key, value]) => (value === undefined ? [key] : []));
  if (missing.length > 0) {
    throw validationError(`Parameters: [${missing.join(', ')}] must have values`);
  }
  const known = values.map(([key, value = '']) => [key, value] as const);
  for (const [key, value] of known) check(world, { key, value, declared: parameters[key] ?? {} });
  return Object.fromEntries(known);
}

const textOf = (value: Value | undefined) => (typeof value === 'string' ? value : undefined);

interface Given {
  key: string;
  value: string;
  declared: Declared;
}

function check(world: World, { key, value, declared }: Given): void {
  const type = typeOf(declared);
  const member = memberType(type) ?? type;
  if (!plain.includes(type) && !Object.hasOwn(existing, member)) {
    throw formatError(`Unrecognized parameter type: ${type}`);
  }
  const problem = problemOf(declared, value);
  if (problem !== undefined) {
    throw validationError(`Parameter ${key} failed to satisfy constraint: ${problem}`);
  }
  const shelf = existing[member]?.(world);
  for (const id of shelf ? value.split(',').map((each) => each.trim()) : []) {
    if (shelf && Object.hasOwn(shelf, id)) continue;
    throw validationError(
      `Parameter validation failed: parameter value ${id} for parameter name ${key} does not exist`,
    );
  }
}

function problemOf(declared: Declared, value: string): string | undefined {
  const { AllowedPattern, AllowedValues, MinValue, MaxValue, MinLength, MaxLength } = declared;
  if (typeOf(declared) === 'Number' && (value === '' || Number.isNaN(Number(value)))) {
    return 'must be a number';
  }
  if (typeof AllowedPattern === 'string' && !new RegExp(`^(?:${AllowedPattern})$`).test(value)) {
    return `must match pattern ${AllowedPattern}`;
  }
  if (Array.isArray(AllowedValues) && !AllowedValues.includes(value)) {
    return `must be one of [${AllowedValues.join(', ')}]`;
  }
  if (MinValue !== undefined && Number(value) < Number(MinValue))
    return `must be at least ${MinValue}`;
  if (MaxValue !== undefined && Number(value) > Number(MaxValue))
    return `must be at most ${MaxValue}`;
  if (MinLength !== undefined && value.length < Number(MinLength))
    return `is shorter than ${MinLength}`;
  return MaxLength !== undefined && value.length > Number(MaxLength)
    ? `is longer than ${MaxLength}`
    : undefined;
}
