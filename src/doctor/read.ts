import { explain, isDenied } from '../aws/errors.ts';
import { deniedText, grantText, readDenial } from '../permissions/denial.ts';
import { type Outcome, skip } from './check.ts';

/** What was read, or what a check says that cannot do without it. */
export type Read<T> = { ok: true; value: T } | { ok: false; gap: Outcome };

export interface ReadOptions {
  signal: AbortSignal;
  /** Turns an error that means something, such as not found, into a value; undefined for others. */
  expect?: (error: unknown) => { value: unknown } | undefined;
}

/**
 * Runs one read to its end, whatever that is: a refusal or a fault becomes the gap that it leaves,
 * and only an interruption rejects.
 */
export async function attempt<T>(
  work: () => Promise<T>,
  { signal, expect }: ReadOptions,
): Promise<Read<T>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    signal.throwIfAborted();
    const expected = expect?.(error);
    if (expected) return { ok: true, value: expected.value as T };
    return { ok: false, gap: gapOf(error) };
  }
}

/** A check that could not look neither passes nor fails: it says what would let it look. */
export function gapOf(error: unknown): Outcome {
  const known = explain(error);
  const cause = known.cause;
  const refused = known.code === 'access-denied' && cause instanceof Error && isDenied(cause);
  if (!refused) {
    return { ...skip(`not looked at: ${known.message}`, known.hint), code: known.code };
  }
  const call = String(known.details?.call ?? '');
  const { action, resource, explicit, statement } = readDenial(cause.message, call);
  return {
    status: 'skip',
    code: known.code,
    seen: `not looked at: ${deniedText({ action, resource })}`,
    fix: explicit ? known.hint : grantText(statement),
    permission: { action, resource, statement, commands: ['doctor'], calls: [call] },
  };
}

/** Whether a read was refused for lack of a permission. */
export const wasDenied = <T>(read: Read<T>): boolean => !read.ok && 'permission' in read.gap;

/** Runs `read` once, however often it is asked for. */
export function once<T>(read: () => Promise<T>): () => Promise<T> {
  let known: Promise<T> | undefined;
  return () => {
    known ??= read();
    return known;
  };
}

/** As `once`, for each key. */
export function onceEach<T>(read: (key: string) => Promise<T>): (key: string) => Promise<T> {
  const known = new Map<string, Promise<T>>();
  return (key) => {
    const found = known.get(key) ?? read(key);
    known.set(key, found);
    return found;
  };
}
