import { type Operator, operatorNamed } from './operators.ts';
import type { Reading } from './pattern.ts';

/** One key of a condition block, ready to be asked about a request. */
export type Test = (reading: Reading) => boolean;

const form = /^(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?$/i;

/**
 * Reads one `operator: { key: values }` of a condition block. Undefined when IAM has no such
 * operator; `NullIfExists` is none, because `Null` already asks whether the key exists.
 */
export function readTest(name: string, key: string, values: readonly string[]): Test | undefined {
  const [, set = '', base = '', ifExists] = form.exec(name) ?? [];
  if (base.toLowerCase() === 'null') return ifExists ? undefined : nullTest(key, values);
  const operator = operatorNamed(base);
  if (!operator) return undefined;
  const holds = (given: string, reading: Reading) => compareAll(operator, values, given, reading);
  if (set) return setTest(set.toLowerCase(), key, holds);
  return ({ lookup, ...rest }) => {
    const given = lookup(key);
    if (given === undefined) return ifExists !== undefined || operator.negated;
    // A key of many values needs a set operator to say which of them count.
    return typeof given === 'string' && holds(given, { lookup, ...rest });
  };
}

/** Values of a policy are alternatives; for a negated operator, all of them must surely differ. */
function compareAll(
  { negated, compare }: Operator,
  values: readonly string[],
  given: string,
  reading: Reading,
): boolean {
  const matches = values.map((value) => compare(value, given, reading));
  return negated ? matches.every((match) => match === false) : matches.includes(true);
}

/** Without values, `ForAllValues` holds and `ForAnyValue` does not; an empty string is no value. */
function setTest(
  set: string,
  key: string,
  holds: (given: string, reading: Reading) => boolean,
): Test {
  return (reading) => {
    const given = [reading.lookup(key) ?? []].flat();
    const values = given.every((value) => value === '') ? [] : given;
    const test = (value: string) => holds(value, reading);
    return set === 'forallvalues' ? values.every(test) : values.some(test);
  };
}

function nullTest(key: string, values: readonly string[]): Test {
  return ({ lookup }) => {
    const given = lookup(key);
    const absent = given === undefined || (typeof given !== 'string' && given.length === 0);
    return values.some((value) => value.toLowerCase() === String(absent));
  };
}
