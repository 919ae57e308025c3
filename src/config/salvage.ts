import * as z from 'zod';
import { isRecord } from './record.ts';

/** `T` with any part missing: what is left of a configuration when its mistakes are taken away. */
export type Draft<T> = T extends readonly (infer Item)[]
  ? (Draft<Item> | undefined)[]
  : T extends object
    ? { [Key in keyof T]?: Draft<T[Key]> | undefined }
    : T;

/** The schema inside defaults and optionals. */
export function unwrap(schema: unknown): unknown {
  const wrapped =
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodOptional;
  return wrapped ? unwrap(schema.def.innerType) : schema;
}

/**
 * Reads what is well-formed and leaves out the rest, so that the rules can speak about the good
 * parts of a file in the same run in which the schema speaks about the bad ones.
 */
export function salvage<T extends z.ZodType>(schema: T, value: unknown): Draft<z.output<T>> {
  return read(schema, value) as Draft<z.output<T>>;
}

/** Beyond every limit of the schema; keeps the rules quick on a hostile file. */
const longestList = 100;

function read(schema: unknown, value: unknown): unknown {
  const inner = unwrap(schema);
  if (value === undefined && schema instanceof z.ZodPrefault) {
    return read(inner, schema.def.defaultValue);
  }
  if (inner instanceof z.ZodObject && value !== undefined) {
    // Something is written, so that no rule should speak as if the section were absent.
    return readObject(inner, isRecord(value) ? value : {});
  }
  if (inner instanceof z.ZodArray && Array.isArray(value)) {
    return value.slice(0, longestList).map((item) => read(inner.def.element, item));
  }
  if (inner instanceof z.ZodRecord && isRecord(value)) {
    const entries = Object.entries(value).map(([key, item]) => [
      key,
      read(inner.def.valueType, item),
    ]);
    return Object.fromEntries(entries);
  }
  const result = schema instanceof z.ZodType ? schema.safeParse(value) : undefined;
  return result?.success ? result.data : undefined;
}

const readObject = (schema: z.ZodObject, value: Record<string, unknown>) =>
  Object.fromEntries(
    Object.entries(schema.shape).map(([key, child]) => [
      key,
      read(child, Object.hasOwn(value, key) ? value[key] : undefined),
    ]),
  );
