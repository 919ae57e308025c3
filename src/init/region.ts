import { regionPattern } from '../config/arn.ts';
import type { Env } from '../report/io.ts';
import type { Choice } from './question.ts';

/**
 * The region that the AWS CLI would take: of the environment, else of the profile in the shared
 * configuration. Undefined where neither says one.
 */
export async function findRegion(
  env: Env,
  profile: string | undefined,
): Promise<Choice<string> | undefined> {
  for (const name of ['AWS_REGION', 'AWS_DEFAULT_REGION']) {
    const value = env[name];
    if (value && regionPattern.test(value)) return { value, label: value, why: name };
  }
  const used = profile ?? env.AWS_PROFILE ?? 'default';
  const { loadConfig } = await import('@smithy/core/config');
  const find = loadConfig<string | undefined>(
    {
      environmentVariableSelector: () => undefined,
      configFileSelector: (section) => section.region,
      default: undefined,
    },
    { profile: used },
  );
  const value = await find().catch(() => undefined); // no such file or profile: nobody said one
  if (value === undefined || !regionPattern.test(value)) return undefined;
  return { value, label: value, why: 'the AWS profile in use' };
}

/** The partition by the region's own name, where no ARN of the account is known. */
export function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}
