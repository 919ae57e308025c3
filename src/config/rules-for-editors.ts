// Longer than most: the type of the schema, and each rule that it can say.
import { cpuSizes, describeSizes, memorySizes } from './fargate.ts';

/** The parts of JSON Schema (draft 7) that the schema for editors is made of. */
export interface SchemaNode {
  type?: string | string[];
  title?: string;
  description?: string;
  default?: unknown;
  examples?: unknown[];
  enum?: (string | number | null)[];
  const?: unknown;
  pattern?: string;
  minimum?: number;
  maximum?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  maxProperties?: number;
  uniqueItems?: boolean;
  /** `false` is a key that may not be there. */
  properties?: Record<string, SchemaNode | false>;
  required?: string[];
  items?: SchemaNode | SchemaNode[];
  additionalItems?: SchemaNode;
  contains?: SchemaNode;
  additionalProperties?: SchemaNode | false;
  propertyNames?: SchemaNode;
  anyOf?: SchemaNode[];
  allOf?: SchemaNode[];
  not?: SchemaNode;
  if?: SchemaNode;
  then?: SchemaNode;
  /** Not of the standard: what editors say in place of their own words. */
  errorMessage?: string;
  /** Nor this: that editors offer the key only once, from where it is described. */
  doNotSuggest?: boolean;
}

/**
 * The rules of rules.ts as far as JSON Schema can say them, for the sections that they are about. It
 * cannot compare two values: regions and accounts of ARNs, `from` with `to`, a name in `env` with one
 * in `secrets`, names of sidecars with each other and with those in `dependsOn`. `validate` does.
 */
export const rulesForEditors = (): Record<'top' | 'task' | 'providerConfig', SchemaNode[]> => ({
  top: [appNameIsTaken(), ...dependenciesCanBe()].map(quiet),
  task: cpuSizes.map(sizesOf).map(quiet),
  providerConfig: listenersAre().map(quiet),
});

/** A rule whose keys editors offer no second time. */
function quiet(node: SchemaNode): SchemaNode {
  const properties = Object.entries(node.properties ?? {}).map(
    ([key, child]) => [key, child && { ...quiet(child), doNotSuggest: true }] as const,
  );
  return {
    ...node,
    ...(node.properties && { properties: Object.fromEntries(properties) }),
    ...(node.items && !Array.isArray(node.items) && { items: quiet(node.items) }),
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    ...(node.then && { then: quiet(node.then) }),
  };
}

/** `sizesExist`: the memory sizes of one size of CPU. */
function sizesOf(cpu: number): SchemaNode {
  const written = { required: ['cpu'], properties: { cpu: sizeIs(cpu, cpuUnits) } };
  const byDefault = { not: { required: ['cpu'] } };
  const sizes = memorySizes(cpu);
  const errorMessage = `must be ${describeSizes(sizes)} MiB for task.cpu ${cpu}`;
  // Editors speak of the nearest branch, and so each has the message.
  const anyOf = sizes.flatMap((size) =>
    (sizeIs(size, memoryUnits).anyOf ?? []).map((branch) => ({ ...branch, errorMessage })),
  );
  // Nothing written means 1024.
  const missing = { required: ['memory'], errorMessage: `memory ${errorMessage}` };
  return {
    if: cpu === 512 ? { anyOf: [byDefault, written] } : written,
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    then: { properties: { memory: { anyOf } }, ...(sizes.includes(1024) ? {} : missing) },
  };
}

/** The number, or text that means it: with its own unit or none, or a 1024th of it with a larger one. */
export function sizeIs(size: number, units: { own: string; larger: string }): SchemaNode {
  const plain = `${decimal(size)}\\s*${units.own}`;
  const large = `${decimal(size / 1024)}\\s*${units.larger}`;
  return {
    anyOf: [{ const: size }, { type: 'string', pattern: `^\\s*(?:${plain}|${large})\\s*$` }],
  };
}

export const cpuUnits = { own: '', larger: '[vV][cC][pP][uU]s?' };
const memoryUnits = { own: '(?:[mM](?:i?[bB])?)?', larger: '[gG](?:i?[bB])?' };

/** A number as text, however many zeros are around it. */
function decimal(value: number): string {
  const [whole = '', part] = String(value).split('.');
  return `0*${whole === '0' ? '' : whole}${part === undefined ? '(?:\\.0+)?' : `\\.${part}0*`}`;
}

/** `checkListenerKeys`: one of the two keys, and a zone where there are several load balancers. */
function listenersAre(): SchemaNode[] {
  const several = { required: ['albListenerArns'] };
  const many = { ...several, properties: { albListenerArns: { type: 'array', minItems: 2 } } };
  const errorMessage = 'stands beside albListenerArn: keep one of the two';
  return [
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    { if: { not: several }, then: { required: ['albListenerArn'] } },
    {
      if: { required: ['albListenerArn', 'albListenerArns'] },
      // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
      then: { properties: { albListenerArns: false }, errorMessage },
    },
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    { if: many, then: { required: ['hostedZoneId'] } },
  ];
}

/** `namesDiffer`, as far as the name that the app's container has when none is written. */
function appNameIsTaken(): SchemaNode {
  const named = { required: ['container'], properties: { container: { required: ['name'] } } };
  return {
    if: { not: named },
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    then: inSidecars({
      name: { pattern: '^(?!app$)', errorMessage: 'is the name of the app container already' },
    }),
  };
}

const inSidecars = (properties: Record<string, SchemaNode>): SchemaNode => ({
  properties: { sidecars: { items: { properties } } },
});

/** `checkDependencies`: what no container of the task can be, nobody can wait for. */
function dependenciesCanBe(): SchemaNode[] {
  const someSidecar = (sidecar: SchemaNode): SchemaNode => ({
    required: ['sidecars'],
    properties: { sidecars: { type: 'array', contains: sidecar } },
  });
  const checked = someSidecar({ required: ['healthCheck'] });
  const ending = someSidecar({
    required: ['essential'],
    properties: { essential: { const: false } },
  });
  return [
    unless(checked, {
      wait: { enum: ['start', 'complete', 'success'] },
      message: 'cannot be healthy: no sidecar has a healthCheck, so write start',
    }),
    unless(ending, {
      wait: { enum: ['start', 'healthy'] },
      message: 'no sidecar may end: the task ends with it unless it has essential: false',
    }),
  ];
}

/** Unless the condition holds, no wait of a container may be otherwise than `wait`. */
function unless(
  condition: SchemaNode,
  { wait, message }: { wait: SchemaNode; message: string },
): SchemaNode {
  const dependsOn = { additionalProperties: { ...wait, errorMessage: message } };
  const { properties } = inSidecars({ dependsOn });
  return {
    if: { not: condition },
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    then: { properties: { ...properties, container: { properties: { dependsOn } } } },
  };
}
