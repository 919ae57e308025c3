import { PreviewopsError } from '../errors.ts';
import { listenerOf } from './balancer.ts';
import { placeOf, taskGroups } from './network.ts';
import { type BootstrapOptions, dnsOf, missingOf } from './options.ts';
import { attribute, join, type Output, type Part, ref, type Value } from './values.ts';

/** Where in `previewops.yml` each output goes. */
export const configKeys = {
  Cluster: 'providerConfig.cluster',
  Vpc: 'providerConfig.vpc',
  Subnets: 'providerConfig.subnets',
  SecurityGroups: 'providerConfig.securityGroups',
  AlbListenerArn: 'providerConfig.albListenerArn',
  ExecutionRoleArn: 'providerConfig.executionRoleArn',
  BaseDomain: 'providerConfig.baseDomain',
  HostedZoneId: 'providerConfig.hostedZoneId',
  BuildRoleArn: 'build.roleArn',
} as const;
type OutputKey = keyof typeof configKeys;

/** The outputs that the configuration is written from, also of what existed before. */
export function outputsPart(options: BootstrapOptions): Part {
  const { app, baseDomain } = options;
  const missing = missingOf(options);
  const { vpc, subnets } = placeOf(options);
  const values: Partial<Record<OutputKey, Value>> = {
    Cluster: ref('ClusterName'),
    Vpc: vpc,
    Subnets: join(',', subnets),
    SecurityGroups: join(',', taskGroups(options)),
    AlbListenerArn: listenerOf(options),
    ...(app === undefined
      ? {}
      : {
          ExecutionRoleArn: missing.executionRole
            ? attribute('ExecutionRole', 'Arn')
            : ref('ExecutionRoleArn'),
          BuildRoleArn: missing.buildRole ? attribute('BuildRole', 'Arn') : ref('BuildRoleArn'),
        }),
    ...(baseDomain === undefined ? {} : { BaseDomain: ref('BaseDomain') }),
    ...(dnsOf(options) === 'each-preview' ? { HostedZoneId: ref('HostedZoneId') } : {}),
  };
  const outputs = Object.entries(values).map(([key, Value]): [string, Output] => [
    key,
    { Description: `previewops.yml: ${configKeys[key as OutputKey]}`, Value },
  ]);
  return { outputs: Object.fromEntries(outputs) };
}

/** What a stack tells: keys of the configuration, and what is needed outside of it. */
export interface BootstrapResult {
  /** Only what the stack tells; lists are lists. */
  providerConfig: Record<string, string | string[]>;
  build: Record<string, string>;
  /** For the CI file. */
  deployRoleArn?: string;
  /** Without a CI: what to attach to whoever deploys. */
  deployPolicyArns?: string[];
  /** Where a wildcard record outside of the stack must lead to. */
  loadBalancerDnsName?: string;
}

const lists: readonly string[] = ['subnets', 'securityGroups'];

/**
 * Reads the outputs of DescribeStacks. What others added to the stack is passed over. Throws
 * `aws-failed` for a value that no template of ours could have given.
 */
export function bootstrapOutputs(
  outputs: readonly { OutputKey?: string | undefined; OutputValue?: string | undefined }[],
): BootstrapResult {
  const result: BootstrapResult = { providerConfig: {}, build: {} };
  for (const { OutputKey: key = '', OutputValue: value = '' } of outputs) {
    if (value === '') continue;
    if (Object.hasOwn(configKeys, key)) {
      const [section = '', name = ''] = configKeys[key as OutputKey].split('.');
      const plain = shaped(key, value);
      if (section === 'build') result.build[name] = plain;
      else result.providerConfig[name] = lists.includes(name) ? plain.split(',') : plain;
    } else if (key === 'DeployRoleArn') result.deployRoleArn = shaped(key, value);
    else if (key === 'DeployPolicyArns') result.deployPolicyArns = shaped(key, value).split(',');
    else if (key === 'LoadBalancerDnsName') result.loadBalancerDnsName = shaped(key, value);
  }
  return result;
}

function shaped(key: string, value: string): string {
  if (/^[\w.:/,+=@-]{1,4096}$/.test(value)) return value;
  throw new PreviewopsError(
    'aws-failed',
    `The stack's output ${key} is not what the template gives: ${JSON.stringify(value.slice(0, 100))}`,
    {
      hint: 'Was the stack changed by hand? Apply the template again: previewops init --bootstrap --apply',
    },
  );
}
