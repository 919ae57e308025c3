import { awsError } from '../errors.ts';
import { paginate } from '../paginate.ts';

export interface PageRequest {
  maxResults?: number | undefined;
  nextToken?: string | undefined;
}

/** `size` when the caller names none, and the `most` it may name. */
export interface PageRules<T> {
  size: number;
  most: number;
  keyOf: (item: T) => string;
}

/** One page as the JSON services give it: `nextToken` is absent on the last. */
export function page<T>(
  all: readonly T[],
  { maxResults, nextToken }: PageRequest,
  { size, most, keyOf }: PageRules<T>,
): { items: T[]; nextToken?: string } {
  const wanted = maxResults ?? size;
  if (!Number.isInteger(wanted) || wanted < 1 || wanted > most) {
    throw awsError('InvalidParameterException', `maxResults must be a number from 1 to ${most}.`);
  }
  const { items, next } = paginate(all, {
    marker: nextToken,
    size: wanted,
    keyOf,
    onBadMarker: () => {
      throw awsError('InvalidParameterException', 'Invalid token.');
    },
  });
  return next === undefined ? { items } : { items, nextToken: next };
}

/** An ASCII key that sorts the other way round, for keys of which none begins another. */
export const reversed = (key: string) =>
  String.fromCharCode(...[...key].map((char) => 127 - char.charCodeAt(0)));

/** Checks the number of names in one call. */
export function checkCount(items: readonly unknown[], most: number, what: string): void {
  const problem =
    items.length === 0
      ? 'cannot be empty'
      : items.length > most && `can have at most ${most} items`;
  if (problem) throw awsError('InvalidParameterException', `${what} ${problem}.`);
}

/** What the describing calls of ECS say of a name that they do not know. */
export const missing = (arn: string) => ({ arn, reason: 'MISSING' });
