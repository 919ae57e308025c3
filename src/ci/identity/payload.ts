import { isRecord } from '../../config/record.ts';
import { PreviewopsError } from '../../errors.ts';
import { quoted } from '../quoted.ts';
import type { Person } from './run.ts';
import { readLogin } from './values.ts';

/** The value at a path of keys in JSON from outside; undefined where the path ends early. */
export function at(value: unknown, ...path: string[]): unknown {
  return path.reduce<unknown>(
    (inner, key) => (isRecord(inner) && Object.hasOwn(inner, key) ? inner[key] : undefined),
    value,
  );
}

/** The text at a path; undefined if there is none or something else. */
export function textAt(value: unknown, ...path: string[]): string | undefined {
  const found = at(value, ...path);
  return typeof found === 'string' && found !== '' ? found : undefined;
}

/** A number as text, for the parsers that the environment's numbers go through. */
export function numberAt(value: unknown, ...path: string[]): string | undefined {
  const found = at(value, ...path);
  return typeof found === 'number' ? String(found) : textAt(value, ...path);
}

const maxEventCharacters = 32 * 1024 * 1024; // GitHub delivers events of up to 25 MB

export type ReadFile = (path: string) => Promise<string>;

/**
 * The JSON object in the file that a CI describes its event in. Rejects with `identity-unknown`
 * if it cannot be read, is too large or is no JSON object.
 */
export async function readEventFile(
  file: { path: string; variable: string },
  readFile: ReadFile,
): Promise<Record<string, unknown>> {
  const text = await readFile(file.path).catch((error: unknown) => {
    throw unreadable(file, 'cannot be read', error);
  });
  if (text.length > maxEventCharacters) throw unreadable(file, 'is too large to be an event');
  try {
    const event: unknown = JSON.parse(text);
    if (isRecord(event)) return event;
  } catch (error) {
    throw unreadable(file, 'is not valid JSON', error);
  }
  throw unreadable(file, 'is not a JSON object');
}

function unreadable(file: { path: string; variable: string }, what: string, cause?: unknown) {
  const message = `the event file ${quoted(file.path)} ${what}`;
  return new PreviewopsError('identity-unknown', message, {
    hint: `${file.variable} names it; in a container the file must be mounted too.`,
    cause,
  });
}

/** GitHub's user, with what he or she is to the repository. */
export function personAt(
  holder: unknown,
  path: { user: string; association: string },
): Person | undefined {
  const login = textAt(holder, path.user, 'login');
  if (login === undefined) return undefined;
  const association = textAt(holder, path.association) ?? '';
  return {
    login: readLogin(login),
    type: textAt(holder, path.user, 'type') === 'Bot' ? 'bot' : 'user',
    ...(/^[A-Z_]{1,40}$/.test(association) ? { association } : {}),
  };
}
