import { listChoices } from './fargate.ts';

const tokens = ['{id}', '{pr}', '{branch}', '{app}', '{baseDomain}'] as const;
const identifying = ['{id}', '{pr}', '{branch}'] as const;
const ending = '.{baseDomain}';

/** A dotted name in lower or upper case: a load balancer rule wants letters after its last dot. */
export const domainPattern =
  /^(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}\.?$/;

/**
 * A host-header value has at most 128 characters (ELBv2 API, `HostHeaderConfig`), and the label
 * before the domain needs some of them.
 */
export const longestBaseDomain = 100;

/** Why a pattern cannot name previews; undefined if it can. */
export function describeHostPatternMistake(pattern: string): string | undefined {
  if (pattern.length > 128) return 'must have at most 128 characters';
  if (!pattern.endsWith(ending)) return `must end with ${ending}`;
  const label = pattern.slice(0, -ending.length);
  const unknown = label.match(/\{[^}]*\}?/g)?.find((token) => !tokens.some((t) => t === token));
  if (unknown !== undefined) return `must use only the tokens ${listChoices(tokens)}`;
  if (label.includes('.') || label.includes('{baseDomain}')) {
    return `must have one label before ${ending}, because a wildcard certificate covers one level`;
  }
  if (!identifying.some((token) => label.includes(token))) {
    return `must contain ${listChoices(identifying)}, or every preview would have the same host`;
  }
  return isLabel(label) ? undefined : 'must have only a-z, 0-9, inner hyphens and tokens';
}

const isLabel = (label: string) =>
  /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/.test(label.replaceAll(/\{\w+\}/g, 'x'));
