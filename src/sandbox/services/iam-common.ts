import { type AwsErrorShape, awsError } from '../errors.ts';
import { paginate } from '../paginate.ts';
import { type Principal, principalNamed } from '../principals.ts';
import type { Authorization, Ctx } from '../types.ts';

export type Kind = Principal['kind'];

/** An error that IAM models: the SDK adds `Exception` to the code on the wire. */
export function iamError(code: string, message: string, status = 400): AwsErrorShape {
  return awsError(`${code}Exception`, message, { code, status });
}

export const noSuchEntity = (message: string) => iamError('NoSuchEntity', message, 404);

export const validationError = (message: string) =>
  awsError('ValidationError', message, { code: 'ValidationError' });

export function needPrincipal<K extends Kind>(ctx: Ctx, kind: K, name: string | undefined) {
  const found = principalNamed(ctx, kind, name ?? '');
  if (!found) throw noSuchEntity(`The ${kind} with name ${name ?? ''} cannot be found.`);
  return found.entity as Extract<Principal, { kind: K }>['entity'];
}

/** A call on a user, role or group; in denials IAM names it like this, without its ARN. */
export function onPrincipal(
  ctx: Ctx,
  action: string,
  { kind, name = '' }: { kind: Kind; name: string | undefined },
): Authorization[] {
  const { partition, account } = ctx.world;
  const arn = principalNamed(ctx, kind, name)?.entity.arn;
  const resource = arn ?? `arn:${partition}:iam::${account}:${kind}/${name}`;
  return [{ action: `iam:${action}`, resource, said: `${kind} ${name}` }];
}

/** IAM hands documents out with everything but letters, digits and a few marks escaped (RFC 3986). */
export const encoded = (document: object) => encodeURIComponent(JSON.stringify(document));

// "Pagination" of the IAM API reference: MaxItems is 1 to 1000, and 100 when absent.
const mostItems = 1000;
const usualItems = 100;

export interface Paged {
  Marker?: string | undefined;
  MaxItems?: number | undefined;
}

/** One page; with `most`, a page never has more, whatever the caller asks for. */
export function pageOf<T>(
  all: readonly T[],
  { Marker, MaxItems = usualItems }: Paged,
  most = mostItems,
): { items: T[]; end: { IsTruncated: boolean; Marker?: string } } {
  if (!Number.isInteger(MaxItems) || MaxItems < 1 || MaxItems > mostItems) {
    throw validationError(
      `1 validation error detected: Value '${MaxItems}' at 'maxItems' failed to satisfy constraint: Member must have value between 1 and ${mostItems}`,
    );
  }
  const keyed = all.map((item, index) => ({ item, key: String(index).padStart(6, '0') }));
  const { items, next } = paginate(keyed, {
    marker: Marker,
    size: Math.min(MaxItems, most),
    keyOf: ({ key }) => key,
    onBadMarker: () => {
      throw validationError(`Invalid Marker: ${Marker}`);
    },
  });
  return {
    items: items.map(({ item }) => item),
    end: { IsTruncated: next !== undefined, ...(next === undefined ? {} : { Marker: next }) },
  };
}
