import { quoted } from '../ci/quoted.ts';
import { PreviewopsError } from '../errors.ts';
import { mistakeIn, type ValueKey, type Values } from './values.ts';

/** The flag of each value that has one. */
export const flagNames = {
  cluster: '--cluster',
  albListenerArn: '--listener',
  vpc: '--vpc',
  subnets: '--subnets',
  securityGroups: '--security-groups',
  executionRoleArn: '--execution-role',
  buildRoleArn: '--build-role',
  baseDomain: '--base-domain',
  hostedZoneId: '--hosted-zone',
  app: '--app',
  repository: '--repository',
  port: '--port',
} as const satisfies Partial<Record<ValueKey, string>>;

/** Checks values of flags as the configuration would. Throws `bad-usage` with every mistake at once. */
export function checkFlags(values: Values): Values {
  const mistakes = Object.entries(flagNames).flatMap(([key, flag]) => {
    const value = values[key as ValueKey];
    const mistake = value === undefined ? undefined : mistakeIn(key as ValueKey, value);
    return mistake === undefined ? [] : [`${flag} ${mistake}, not ${quoted(String(value))}`];
  });
  if (mistakes.length === 0) return values;
  throw new PreviewopsError('bad-usage', mistakes.join('\n'), {
    hint: '`previewops init --help` shows what the flags take.',
  });
}
