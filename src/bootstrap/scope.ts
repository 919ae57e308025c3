import type { Scope } from '../permissions/scope.ts';
import { appNamePatterns, stackRoleName } from '../preview/names.ts';
import { listenerOf } from './balancer.ts';
import { type BootstrapOptions, dnsOf } from './options.ts';
import { join, split, substitute, type Value, variable } from './values.ts';

/** Stands for the listener's ARN: a rule's ARN is made by replacing this middle. */
const listenerToken = 'the:listener/itself';
const rulesToken = 'the:listener-rule/itself/*';

/** The scope of the app, with CloudFormation's variables for what only the stack knows. */
export const templateScope = (options: BootstrapOptions, app: string): Scope =>
  scopeWith(options, app, {
    partition: variable('AWS::Partition'),
    region: variable('AWS::Region'),
    account: variable('AWS::AccountId'),
    cluster: variable('ClusterName'),
    listenerArn: listenerToken,
    hostedZoneId: variable('HostedZoneId'),
    baseDomain: variable('BaseDomain'),
    executionRoleArn: variable('ExecutionRoleArn'),
    buildRoleArn: variable('BuildRoleArn'),
  });

/** As long as the real one can be, for what has a limit of characters. */
export const longScope = (options: BootstrapOptions, app: string): Scope => {
  const { partition, region, existing, baseDomain = '' } = options;
  const account = options.account ?? '123456789012';
  const listener = `app/${'n'.repeat(32)}/0123456789abcdef/0123456789abcdef`;
  return scopeWith(options, app, {
    partition,
    region,
    account,
    cluster: existing.cluster ?? 'n'.repeat(32),
    listenerArn:
      existing.listenerArn ??
      `arn:${partition}:elasticloadbalancing:${region}:${account}:listener/${listener}`,
    hostedZoneId: options.hostedZoneId ?? '',
    baseDomain,
    executionRoleArn: existing.executionRoleArn ?? '',
    buildRoleArn: existing.buildRoleArn ?? '',
  });
};

interface Words {
  partition: string;
  region: string;
  account: string;
  cluster: string;
  listenerArn: string;
  hostedZoneId: string;
  baseDomain: string;
  /** Of roles that exist. */
  executionRoleArn: string;
  buildRoleArn: string;
}

function scopeWith(options: BootstrapOptions, app: string, words: Words): Scope {
  const { existing, recordNames, uses, ecrRepoPrefix } = options;
  const { hostedZoneId, baseDomain, ...rest } = words;
  const role = (kind: 'execution' | 'build') =>
    `arn:${words.partition}:iam::${words.account}:role/${stackRoleName(app, kind)}`;
  return {
    ...rest,
    app,
    names: appNamePatterns(app, ecrRepoPrefix),
    executionRoleArn:
      existing.executionRoleArn === undefined ? role('execution') : words.executionRoleArn,
    buildRoleArn: existing.buildRoleArn === undefined ? role('build') : words.buildRoleArn,
    taskRoleArn: uses?.taskRoleArn,
    furtherListenerArns: uses?.furtherListenerArns,
    hostedZoneId: dnsOf(options) === 'each-preview' ? hostedZoneId : undefined,
    recordNames: recordNames ?? [`*.${baseDomain}`],
  };
}

/** A document about the template's scope as a value of the template. */
export function asValue(document: unknown, options: BootstrapOptions): Value {
  if (Array.isArray(document)) return document.map((each) => asValue(each, options));
  if (typeof document === 'object' && document !== null) {
    return Object.fromEntries(
      Object.entries(document).map(([key, value]) => [key, asValue(value, options)]),
    );
  }
  const text = String(document);
  if (text === listenerToken) return listenerOf(options);
  if (text === rulesToken) {
    const rules = join(':listener-rule/', split(':listener/', listenerOf(options)));
    return { 'Fn::Sub': [`${variable('Rules')}/*`, { Rules: rules }] };
  }
  return text.includes('${') ? substitute(text) : text;
}
