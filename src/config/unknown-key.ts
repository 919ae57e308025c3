import * as z from 'zod';
import { type Finding, formatPath, type Path } from './finding.ts';
import { unwrap } from './salvage.ts';
import { configSchema } from './schema.ts';

/** A key that the schema does not have, and the key that was probably meant, if it is a sibling. */
export interface UnknownKey extends Finding {
  sibling?: string | undefined;
}

/** Says of a key that does not exist which one is meant, also when it belongs elsewhere. */
export function describeUnknownKey(path: Path): UnknownKey {
  const name = String(path.at(-1));
  const siblings = Object.keys(shapeAt(path.slice(0, -1)) ?? {});
  const near = nearest(name, siblings, 1);
  const elsewhere = near ? undefined : keyPaths.find((known) => lastPart(known) === name);
  const sibling = near ?? (elsewhere ? undefined : nearest(name, siblings, name.length / 3));
  const meant = sibling ?? elsewhere;
  const hint = meant ? `did you mean ${meant}?` : `known here: ${listKnown(siblings)}`;
  return { path, sentence: `unknown key ${formatPath(path)} (${hint})`, sibling };
}

/** `$schema` is for editors, and so no suggestion for people. */
const listKnown = (keys: readonly string[]) => keys.filter((key) => key !== '$schema').join(', ');

function shapeAt(path: Path): z.core.$ZodShape | undefined {
  let schema: unknown = unwrap(configSchema);
  for (const step of path) {
    if (schema instanceof z.ZodObject) schema = unwrap(schema.shape[step]);
    else if (schema instanceof z.ZodArray) schema = unwrap(schema.def.element);
  }
  return schema instanceof z.ZodObject ? schema.shape : undefined;
}

/** Every key of the schema as people write its place, `sidecars[].image`. */
function listKeyPaths(schema: unknown, prefix: string): string[] {
  const inner = unwrap(schema);
  if (inner instanceof z.ZodArray) return listKeyPaths(inner.def.element, `${prefix}[]`);
  if (!(inner instanceof z.ZodObject)) return [];
  return Object.entries(inner.shape).flatMap(([key, child]) => {
    const path = prefix === '' ? key : `${prefix}.${key}`;
    return [path, ...listKeyPaths(child, path)];
  });
}

const keyPaths = listKeyPaths(configSchema, '');
const lastPart = (path: string) => path.split('.').at(-1);

/** The candidate that differs least, spelling conventions aside; undefined beyond `limit`. */
function nearest(name: string, candidates: readonly string[], limit: number): string | undefined {
  if (name.length > 40) return undefined;
  const plain = (text: string) => text.toLowerCase().replaceAll(/[-_\s]/g, '');
  const ranked = candidates
    .map((candidate) => ({ candidate, distance: editDistance(plain(name), plain(candidate)) }))
    .sort((a, b) => a.distance - b.distance);
  const [best] = ranked;
  return best !== undefined && best.distance <= limit ? best.candidate : undefined;
}

/** Letters to insert, delete or replace to turn one text into the other (Levenshtein). */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...from].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...to].entries()) {
      const replace = (row[j] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(replace, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
