import { fits, patternOf, plainPattern, type Reading } from './pattern.ts';

/** True, false, or undefined when the policy's side cannot be read for this request. */
export type Match = boolean | undefined;

const segments = 6;

/**
 * The six parts of an ARN, fewer when it has fewer. Colons after the fifth belong to the last part,
 * and with `variables` those inside `${...}` do not divide.
 */
export function splitArn(arn: string, variables: boolean): string[] {
  const parts: string[] = [];
  let start = 0;
  for (let i = 0; i < arn.length && parts.length < segments - 1; i++) {
    const close = variables && arn.startsWith('${', i) ? arn.indexOf('}', i) : -1;
    if (close > 0) i = close;
    else if (arn[i] === ':') {
      parts.push(arn.slice(start, i));
      start = i + 1;
    }
  }
  return [...parts, arn.slice(start)];
}

/**
 * Whether an `Action` value covers the request's action, both lower case. The service and the name
 * are matched apart, so no wildcard reaches over the colon.
 */
export function matchesAction(pattern: string, action: string): boolean {
  if (/^\*+$/.test(pattern)) return true;
  const [service = '', name = ''] = pattern.split(':', 2);
  const [wantedService = '', wantedName = ''] = action.split(':', 2);
  return fits(plainPattern(service), wantedService) && fits(plainPattern(name), wantedName);
}

/**
 * Whether a `Resource` value covers the request's resource. Every part is matched apart: a wildcard
 * stays in its part, and only one that ends the value reaches over the colons after it (IAM User
 * Guide, "Resource"). Only the last part, the name, is case-sensitive and may hold variables.
 * An action without resource types asks for `*`, which no ARN covers.
 */
export function matchesResource(value: string, resource: string, reading: Reading): Match {
  if (/^\*+$/.test(value)) return true;
  const wanted = splitArn(resource, false);
  if (wanted.length < segments) return false;
  const parts = splitArn(value, reading.variables);
  while (parts.length < segments) parts.push('*');
  const prefix = parts.slice(0, -1);
  if (reading.variables && prefix.some((part) => part.includes('${'))) return undefined;
  const prefixFits = prefix.every((part, i) =>
    fits(plainPattern(part.toLowerCase()), (wanted[i] ?? '').toLowerCase()),
  );
  if (!prefixFits) return false;
  const name = patternOf(parts.at(-1) ?? '', reading);
  return name && fits(name, wanted.at(-1) ?? '');
}

/**
 * Whether an ARN condition's value covers the request's ARN: part by part, case-sensitive, the
 * first part that differs decides. Both need all six parts.
 */
export function matchesArn(value: string, arn: string, reading: Reading): Match {
  const parts = splitArn(value, reading.variables);
  const wanted = splitArn(arn, false);
  if (parts.length < segments || wanted.length < segments) return undefined;
  for (const [i, part] of parts.entries()) {
    const pattern = patternOf(part, reading);
    if (pattern === undefined || !fits(pattern, wanted[i] ?? '')) return pattern && false;
  }
  return true;
}
