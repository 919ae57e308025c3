import type * as z from 'zod';
import { type Finding, find, type Path } from './finding.ts';
import { isRecord } from './record.ts';
import { describeUnknownKey, type UnknownKey } from './unknown-key.ts';

/** A file with more unknown keys than this is none of ours; each costs a search for what is meant. */
const mostKeys = 200;

/** Turns the schema's issues into sentences, one a place. */
export function explainIssues(issues: readonly z.core.$ZodIssue[], data: unknown): Finding[] {
  const unknown = issues.flatMap((issue) => {
    const path = toPath(issue.path);
    return issue.code === 'unrecognized_keys'
      ? issue.keys.slice(0, mostKeys).map((key) => describeUnknownKey([...path, key]))
      : [];
  });
  const misspelt = new Set(
    unknown.map(({ path, sibling }) => place([...path.slice(0, -1), sibling ?? ''])),
  );
  const others = issues
    .filter((issue) => issue.code !== 'unrecognized_keys')
    .map((issue) => explain(issue, data))
    // A required key under a wrong name is one mistake, not two.
    .filter(({ path, missing }) => !(missing && misspelt.has(place(path))));
  const seen = new Set<string>();
  return [...unknown, ...others].filter(({ path }) => {
    const key = place(path);
    return !seen.has(key) && seen.add(key);
  });
}

/** Whether a key that is said to be missing stands there under a wrong name, which is told already. */
export function isMisspelt({ path }: Finding, told: readonly (Finding | UnknownKey)[]): boolean {
  return told.some(
    (one) =>
      'sibling' in one &&
      one.sibling !== undefined &&
      place([...one.path.slice(0, -1), one.sibling]) === place(path),
  );
}

const place = (path: Path) => JSON.stringify(path);
const toPath = (path: readonly PropertyKey[]): Path =>
  path.map((part) => (typeof part === 'number' ? part : String(part)));

function explain(issue: z.core.$ZodIssue, data: unknown): Finding & { missing: boolean } {
  const path = toPath(issue.path);
  const value = valueAt(data, path);
  if (value === undefined) return { ...find(path, 'is required'), missing: true };
  const [inKey] = issue.code === 'invalid_key' ? issue.issues : [];
  const message = inKey?.message ?? issue.message;
  const wantsText = issue.code === 'invalid_type' && issue.expected === 'string';
  const unquoted = wantsText && (typeof value === 'number' || typeof value === 'boolean');
  return { ...find(path, unquoted ? `${message} (write it in quotes)` : message), missing: false };
}

function valueAt(data: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, step) => {
    if (Array.isArray(value) && typeof step === 'number') return value[step];
    return isRecord(value) && Object.hasOwn(value, step) ? value[step] : undefined;
  }, data);
}
