import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { exampleConfig } from '../config/example.ts';
import { featuresOf } from '../config/features.ts';
import type { Config } from '../config/types.ts';
import { PreviewopsError } from '../errors.ts';
import type { PolicyDocument } from '../permissions/evaluate.ts';
import { callingCommands } from '../permissions/words.ts';
import { scopeOf } from './scope.ts';

/** What the account has before the first deploy: all that the configuration names. */
export function seedOf(config: Config) {
  const { account, region, partition, cluster, vpc, subnets, securityGroups } =
    config.providerConfig;
  const { albListenerArns, executionRoleArn, hostedZoneId, baseDomain, ecrRepoPrefix } =
    config.providerConfig;
  const { roleArn } = config.task;
  const [listenerArn = '', ...furtherListenerArns] = albListenerArns;
  return {
    account,
    region,
    partition,
    cluster,
    vpc,
    subnets,
    securityGroups,
    listenerArn,
    furtherListenerArns,
    roleArns: [...new Set([executionRoleArn, config.build.roleArn, ...(roleArn ? [roleArn] : [])])],
    ...(hostedZoneId === undefined ? {} : { hostedZone: { id: hostedZoneId, name: baseDomain } }),
    baseDomain,
    repositoryPrefix: ecrRepoPrefix,
    spot: config.task.spot,
  };
}

/**
 * The sandbox allows no more than a caller with the least-privilege policy of every command may do,
 * or with the policies of a file. Rejects with `bad-usage` for a file without any.
 */
export async function policiesOf(
  file: string | undefined,
  { config, app, cwd }: { config: Config; app: string; cwd: string },
): Promise<PolicyDocument[]> {
  if (file !== undefined) return readPolicyFile(file, { flag: '--sandbox-policy', cwd });
  const { policyFor } = await import('../permissions/policy.ts');
  return [
    policyFor(scopeOf(config, app), { commands: callingCommands, features: featuresOf(config) }),
  ];
}

/** The policy documents of a file that a flag names. Rejects with `bad-usage`. */
export async function readPolicyFile(
  file: string,
  { flag, cwd }: { flag: string; cwd: string },
): Promise<PolicyDocument[]> {
  const { readPolicies } = await import('../permissions/split.ts');
  const text = await readFile(resolve(cwd, file), 'utf8').catch((error: Error) => {
    throw new PreviewopsError('bad-usage', `${flag} cannot be used: ${error.message}`, {
      cause: error,
    });
  });
  return readPolicies(text, `${flag} cannot be used: ${file}`);
}

/**
 * Who looks around before there is a configuration: the account of the built-in example, and the
 * permissions of `init` and `doctor` for whatever is there, or those of a file.
 */
export async function surveyorOf(
  file: string | undefined,
  { region, cwd }: { region: string; cwd: string },
) {
  const [{ checkConfig }, { policyFor }] = await Promise.all([
    import('../config/check.ts'),
    import('../permissions/policy.ts'),
  ]);
  const text = exampleConfig().replaceAll(':us-east-1:', `:${region}:`);
  const checked = checkConfig({ file: '(built-in example)', text });
  if ('problems' in checked) throw new PreviewopsError('internal', 'the example is not valid');
  const { config } = checked;
  const scope = scopeOf(config, '*');
  const role = scope.executionRoleArn.replace(/role\/.*/, 'role/*');
  const anything = { cluster: '*', executionRoleArn: role, buildRoleArn: role };
  const policies =
    file === undefined
      ? [policyFor({ ...scope, ...anything }, { commands: ['init', 'doctor'] })]
      : await readPolicyFile(file, { flag: '--sandbox-policy', cwd });
  return { seed: seedOf(config), policies };
}
