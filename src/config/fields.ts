import * as z from 'zod';
import { describeCredential } from './credentials.ts';
import { withForm } from './editor-forms.ts';
import { durationPattern, formatDuration, parseDuration } from './units.ts';

/**
 * The kinds of value that the schema is made of. Each has one message, which continues a sentence
 * that begins with the key: `container.port` + ` must be a whole number from 1 to 65535`.
 */
const must = (what: string) => ({ error: `must be ${what}` });

/** What the documentation says of a key that has no constant default. */
export const defaultNotes = z.registry<{ note: string }>();

/** A key that may be left out, with what then holds. */
export function optional<T extends z.ZodType>(schema: T, description: string, note: string) {
  const field = schema.optional().describe(description);
  defaultNotes.add(field, { note });
  return field;
}

export const text = (what: string, pattern: RegExp) =>
  z.string(must(what)).regex(pattern, must(what));

/** Text with several ways to be wrong: `describe` says which, or undefined when it is right. */
export function checkedText(describe: (value: string) => string | undefined, pattern?: RegExp) {
  const error = (issue: { input?: unknown }) =>
    describe(typeof issue.input === 'string' ? issue.input : '') ?? 'must be text';
  const schema = pattern ? z.string({ error }).regex(pattern, { error }) : z.string({ error });
  return schema.superRefine((value, context) => {
    const mistake = describe(value);
    if (mistake !== undefined) context.addIssue({ code: 'custom', message: mistake });
  });
}

export function whole(from: number, to: number) {
  const message = must(`a whole number from ${from} to ${to}`);
  return z.int(message).min(from, message).max(to, message);
}

export const flag = () => z.boolean(must('true or false'));

export const choice = <const T extends readonly [string, ...string[]]>(values: T) =>
  z.enum(values, must(values.length === 1 ? values[0] : `one of ${values.join(', ')}`));

/** A mapping with exactly these keys; `resolve` and the rules rely on their defaults. */
export const section = <T extends z.core.$ZodLooseShape>(shape: T) =>
  z.strictObject(shape, must('a mapping of keys to values'));

export function listOf<T extends z.ZodType>(
  item: T,
  size: { what: string; from: number; to: number },
) {
  const message = must(`a list of ${size.from} to ${size.to} ${size.what}`);
  return z.array(item, message).min(size.from, message).max(size.to, message);
}

export function uniqueListOf(item: z.ZodString, size: { what: string; from: number; to: number }) {
  const unique = listOf(item, size).refine((items) => new Set(items).size === items.length, {
    error: `must not name one of the ${size.what} twice`,
  });
  return withForm(unique, { kind: 'unique' });
}

/** Whole seconds, written as a number of them or as text with a unit. */
export function duration(from: number, to: number) {
  const range = `a duration from ${formatDuration(from)} to ${formatDuration(to)}, such as 90s, 20m, 36h or 7d`;
  const written = z
    .union([z.number(), z.string().regex(durationPattern, must(range))], must(range))
    .transform((value, context) => {
      const seconds = parseDuration(value);
      if (seconds !== undefined && seconds >= from && seconds <= to) return seconds;
      context.addIssue({ code: 'custom', message: `must be ${range}` });
      return z.NEVER;
    });
  return withForm(written, { kind: 'duration', from, to });
}

/** A scalar as text: `3000` and `true` need no quotes where only text can be meant. */
export const word = () =>
  z
    .union([z.string(), z.number(), z.boolean()], must('text, a number, true or false'))
    .transform(String);

/** The words of a command line; no shell is involved unless the command names one. */
export const command = () =>
  listOf(word(), { what: 'words, such as [npm, start]', from: 1, to: 100 });

const variableName = /^[A-Za-z_][A-Za-z0-9_]*$/;
const variable = 'must be named with A-Z, a-z, 0-9 and _, and not begin with a digit';

/** Names of environment variables, some of which belong to previewops. */
export function variableNames(reserved: Record<string, string> = {}) {
  const names = z
    .string()
    .regex(variableName, { error: variable })
    .superRefine((name, context) => {
      const message = Object.hasOwn(reserved, name)
        ? reserved[name]
        : /^PREVIEWOPS_/i.test(name)
          ? 'begins with PREVIEWOPS_, which previewops sets itself'
          : undefined;
      if (message !== undefined) context.addIssue({ code: 'custom', message });
    });
  return withForm(names, { kind: 'variable', reserved: Object.keys(reserved) });
}

const mapping = must('a mapping of names to values');

/** Environment name -> literal value. What looks like a credential belongs into `secrets`. */
export function variables(remedy: string, reserved: Record<string, string> = {}) {
  const value = word().superRefine((written, context) => {
    const kind = describeCredential(written);
    if (kind === undefined) return;
    context.addIssue({ code: 'custom', message: `looks like ${kind}: ${remedy}` });
  });
  return z.record(variableNames(reserved), withForm(value, { kind: 'literal', remedy }), mapping);
}

export const mapOf = <V extends z.ZodType>(names: z.ZodString, value: V) =>
  z.record(names, value, mapping);
