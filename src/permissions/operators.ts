import { type Match, matchesArn } from './match.ts';
import { fits, patternOf, type Reading, substitute } from './pattern.ts';
import { isInRange, parseBinary, parseBoolean, parseDate, parseNumber } from './values.ts';

/** Compares one value of the policy with one of the request; undefined when either is unreadable. */
export type Compare = (policy: string, request: string, reading: Reading) => Match;

export interface Operator {
  /** Holds when no value of the policy matches, instead of when one does. */
  negated: boolean;
  compare: Compare;
}

const equalText =
  (fold: (text: string) => string): Compare =>
  (policy, request, reading) => {
    const text = substitute(policy, reading);
    return text === undefined ? undefined : fold(text) === fold(request);
  };

const likeText: Compare = (policy, request, reading) => {
  const pattern = patternOf(policy, reading);
  return pattern && fits(pattern, request);
};

/** Policy variables work in string, ARN and Bool conditions only (IAM User Guide, "Condition operators"). */
const equalBoolean: Compare = (policy, request, reading) => {
  const wanted = parseBoolean(substitute(policy, reading) ?? '');
  const given = parseBoolean(request);
  return wanted === undefined || given === undefined ? undefined : wanted === given;
};

const compared =
  <T>(parse: (text: string) => T | undefined, holds: (given: T, wanted: T) => boolean): Compare =>
  (policy, request) => {
    const wanted = parse(policy);
    const given = parse(request);
    return wanted === undefined || given === undefined ? undefined : holds(given, wanted);
  };

const ordered = (family: string, parse: (text: string) => number | undefined) => ({
  ...pair(
    `${family}Equals`,
    `${family}NotEquals`,
    compared(parse, (a, b) => a === b),
  ),
  ...single(
    `${family}LessThan`,
    compared(parse, (a, b) => a < b),
  ),
  ...single(
    `${family}LessThanEquals`,
    compared(parse, (a, b) => a <= b),
  ),
  ...single(
    `${family}GreaterThan`,
    compared(parse, (a, b) => a > b),
  ),
  ...single(
    `${family}GreaterThanEquals`,
    compared(parse, (a, b) => a >= b),
  ),
});

function single(name: string, compare: Compare): Record<string, Operator> {
  return { [name]: { negated: false, compare } };
}

function pair(name: string, opposite: string, compare: Compare): Record<string, Operator> {
  return { [name]: { negated: false, compare }, [opposite]: { negated: true, compare } };
}

const asIs = (text: string) => text;
const lowerCase = (text: string) => text.toLowerCase();

/** The operators of the IAM User Guide, except `Null`, which looks at the key and not at its value. */
const table: Record<string, Operator> = {
  ...pair('StringEquals', 'StringNotEquals', equalText(asIs)),
  ...pair('StringEqualsIgnoreCase', 'StringNotEqualsIgnoreCase', equalText(lowerCase)),
  ...pair('StringLike', 'StringNotLike', likeText),
  ...ordered('Numeric', parseNumber),
  ...ordered('Date', parseDate),
  ...single('Bool', equalBoolean),
  ...single(
    'BinaryEquals',
    compared(parseBinary, (a, b) => a === b),
  ),
  ...pair('IpAddress', 'NotIpAddress', isInRange),
  ...pair('ArnEquals', 'ArnNotEquals', matchesArn),
  ...pair('ArnLike', 'ArnNotLike', matchesArn),
};

export const operatorNames: readonly string[] = [...Object.keys(table), 'Null'];

const byName = new Map(Object.entries(table).map(([name, op]) => [name.toLowerCase(), op]));

/** The operator of that name, in any case and without set prefix or `IfExists`. */
export const operatorNamed = (name: string): Operator | undefined => byName.get(name.toLowerCase());
