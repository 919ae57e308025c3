import type { Properties, StackResource, Value } from '../stack-types.ts';
import type { Ctx, Tags } from '../types.ts';
import { invalidRequest } from './cloudformation-errors.ts';

/** What a resource of the stack is made from. */
export interface Making {
  ctx: Ctx;
  /** With all functions applied. */
  properties: Properties;
  /** A name for what has none in the template. */
  name: string;
}
export interface Made {
  physicalId: string;
  attributes: Record<string, string>;
}

/** A type of resource, as far as the sandbox carries it out. */
export interface Kind {
  /** What a change of each property means; a property that is not here is refused. */
  properties: Record<string, 'update' | 'replace'>;
  required: readonly string[];
  /** What `Fn::GetAtt` can ask for. */
  attributes: readonly string[];
  /** The property that names it, so that there cannot be two of one name. */
  namedBy?: string;
  /** How long it takes to be made, seconds. */
  seconds: number;
  make(making: Making): Made;
  update?(making: Making, before: StackResource): Record<string, string>;
  remove(ctx: Ctx, resource: StackResource): void;
  /** When it is ready where that is not a matter of `seconds`: undefined while nobody knows. */
  readyAt?(ctx: Ctx, resource: StackResource): number | undefined;
  /** What AWS says of it while it is being made. */
  says?(ctx: Ctx, resource: StackResource): string | undefined;
  /** What is different once it is ready. */
  ready?(ctx: Ctx, resource: StackResource): void;
}

export const text = (properties: Properties, name: string): string => {
  const value = properties[name] ?? '';
  if (typeof value === 'string') return value;
  throw invalidRequest(`Model validation failed (#/${name}: expected type: String)`);
};

/** Undefined for a property that is not there. */
export const optional = (properties: Properties, name: string): string | undefined =>
  properties[name] === undefined ? undefined : text(properties, name);

export function list(properties: Properties, name: string): Value[] {
  const value = properties[name] ?? [];
  if (Array.isArray(value)) return value;
  throw invalidRequest(`Model validation failed (#/${name}: expected type: JSONArray)`);
}
export const texts = (properties: Properties, name: string): string[] =>
  list(properties, name).map(String);

/** Members of a list that are objects. */
export const objects = (properties: Properties, name: string): Properties[] =>
  list(properties, name).map((each) => object(each, name));

export function object(value: Value | undefined, name: string): Properties {
  if (typeof value === 'object' && !Array.isArray(value)) return value;
  throw invalidRequest(`Model validation failed (#/${name}: expected type: JSONObject)`);
}

export const tagsIn = (properties: Properties): Tags =>
  Object.fromEntries(
    objects(properties, 'Tags').map((tag) => [text(tag, 'Key'), text(tag, 'Value')]),
  );
