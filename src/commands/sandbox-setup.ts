import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Config } from '../config/types.ts';
import { PreviewopsError } from '../errors.ts';
import type { PolicyDocument } from '../permissions/evaluate.ts';
import { scopeOf } from './scope.ts';

/** What the account has before the first deploy: all that the configuration names. */
export function seedOf(config: Config) {
  const { account, region, partition, cluster, vpc, subnets, securityGroups } =
    config.providerConfig;
  const { albListenerArn, executionRoleArn, hostedZoneId, baseDomain } = config.providerConfig;
  const { roleArn } = config.task;
  return {
    account,
    region,
    partition,
    cluster,
    vpc,
    subnets,
    securityGroups,
    listenerArn: albListenerArn,
    roleArns: [...new Set([executionRoleArn, config.build.roleArn, ...(roleArn ? [roleArn] : [])])],
    ...(hostedZoneId === undefined ? {} : { hostedZone: { id: hostedZoneId, name: baseDomain } }),
    spot: config.task.spot,
  };
}

/** The sandbox allows no more than a caller with the least-privilege policy may do. */
export async function policyOf(
  file: string | undefined,
  { config, app, cwd }: { config: Config; app: string; cwd: string },
): Promise<PolicyDocument> {
  if (file !== undefined) return readPolicy(resolve(cwd, file));
  const { policyFor } = await import('../permissions/policy.ts');
  const dns = config.providerConfig.hostedZoneId !== undefined;
  return policyFor(scopeOf(config, app), { features: { dns, build: true } });
}

async function readPolicy(file: string): Promise<PolicyDocument> {
  try {
    const policy: unknown = JSON.parse(await readFile(file, 'utf8'));
    if (typeof policy === 'object' && policy !== null && 'Statement' in policy) {
      return policy as PolicyDocument;
    }
    throw new Error('it has no "Statement"');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new PreviewopsError('bad-usage', `--sandbox-policy cannot be used: ${reason}`, {
      hint: 'Give a file with one IAM policy document as JSON.',
      cause: error,
    });
  }
}
