import { checkConfig } from '../config/check.ts';
import { formatProblem } from '../config/load.ts';
import type { CheckResult } from '../doctor/check.ts';
import type { Group } from '../doctor/groups.ts';
import type { Connected } from './outside.ts';
import { openIn, type Values } from './values.ts';

/** What the configuration names; the rest of doctor is about the caller, who may be another than CI. */
const looked: readonly Group[] = ['roles', 'cluster', 'load-balancer', 'network', 'names'];

export interface Judging {
  values: Values;
  connected: Connected | undefined;
  /** As messages show it. */
  file: string;
  warn(text: string): void;
}

/**
 * What doctor would fail or warn of, when all that it looks at is known. What `validate` would say is
 * told too: flags may name things that do not go together.
 */
export async function findingsOf(
  text: string,
  { values, connected, file, warn }: Judging,
): Promise<CheckResult[]> {
  // Placeholders are the mistakes of the rest.
  if (openIn(values).length > 0) return [];
  const checked = checkConfig({ file, text });
  if ('problems' in checked) {
    for (const problem of checked.problems) warn(formatProblem(problem));
    return [];
  }
  const results = (await connected?.judge(checked.config, looked)) ?? [];
  const found = results.filter(({ status }) => status === 'fail' || status === 'warn');
  for (const { status, title, seen } of found) {
    warn(`doctor ${status === 'fail' ? 'fails' : 'warns'}: ${title}: ${seen}`);
  }
  return found;
}
