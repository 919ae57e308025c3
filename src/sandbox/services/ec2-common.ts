import type { Filter } from '@aws-sdk/client-ec2';
import { type AwsErrorShape, awsError } from '../errors.ts';
import { type Page, paginate } from '../paginate.ts';
import type { Authorization, Ctx } from '../types.ts';

/** EC2's own error names are not modelled: the code is the name. */
export function ec2Error(code: string, message: string): AwsErrorShape {
  return awsError(code, message, { code });
}

/** EC2's Describe calls have no resource type: AWS authorises them on `*`. */
export const anywhere =
  (action: string) =>
  (_input: unknown, { world }: Ctx): Authorization[] => [
    { action: `ec2:${action}`, resource: '*', context: { 'ec2:Region': world.region } },
  ];

export interface Question {
  ids: readonly string[] | undefined;
  filters: readonly Filter[] | undefined;
  paging: { MaxResults?: number | undefined; NextToken?: string | undefined };
}

export interface Shelf<T extends { id: string }> {
  records: Record<string, T>;
  /** What the error calls an id that is not there. */
  missing: { code: string; noun: string };
  /** The values of an item that a filter of this name looks at. */
  filters: Record<string, (item: T) => readonly string[]>;
}

/** What a Describe call finds: the ids asked for, of which each must exist, or all; then filtered. */
export function find<T extends { id: string }>(shelf: Shelf<T>, question: Question): Page<T> {
  const { ids, filters = [], paging } = question;
  const { MaxResults: size = Number.POSITIVE_INFINITY, NextToken: marker } = paging;
  if (size !== Number.POSITIVE_INFINITY && (size < 5 || size > 1000)) {
    throw ec2Error(
      'InvalidParameterValue',
      `Value ( ${size} ) for parameter maxResults is invalid. Expecting a value from 5 to 1000.`,
    );
  }
  if (ids?.length && paging.MaxResults !== undefined) {
    throw ec2Error(
      'InvalidParameterCombination',
      'The parameter maxResults cannot be used with a list of ids in the same request',
    );
  }
  const named = ids?.length ? ids.map((id) => need(shelf, id)) : Object.values(shelf.records);
  const found = filters.reduce((items, filter) => items.filter(keeps(shelf, filter)), named);
  const onBadMarker = (): never => {
    throw ec2Error('InvalidParameterValue', 'Unable to parse pagination token');
  };
  return paginate([...new Set(found)], { marker, size, keyOf: ({ id }) => id, onBadMarker });
}

function need<T extends { id: string }>({ records, missing }: Shelf<T>, id: string): T {
  const found = Object.hasOwn(records, id) ? records[id] : undefined;
  if (found) return found;
  throw ec2Error(missing.code, `The ${missing.noun} '${id}' does not exist`);
}

/** Within a filter any value will do, `*` and `?` standing for what they do elsewhere. */
function keeps<T extends { id: string }>(shelf: Shelf<T>, { Name = '', Values = [] }: Filter) {
  const valuesOf = Object.hasOwn(shelf.filters, Name) ? shelf.filters[Name] : undefined;
  if (!valuesOf) {
    throw ec2Error('InvalidParameterValue', `The filter '${Name}' is invalid, or not simulated`);
  }
  const patterns = Values.map((value) => {
    const literal = value.replace(/[.+^${}()|[\]\\]/g, '\\$&');
    return new RegExp(`^${literal.replaceAll('*', '.*').replaceAll('?', '.')}$`);
  });
  return (item: T) => valuesOf(item).some((value) => patterns.some((p) => p.test(value)));
}

/** The token of the next page, as EC2 gives it. */
export const nextOf = (next: string | undefined) => (next === undefined ? {} : { NextToken: next });
