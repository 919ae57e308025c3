import { balancerPart } from './balancer.ts';
import { checkOptions } from './check-options.ts';
import { clusterPart } from './cluster.ts';
import { deployPart } from './deploy.ts';
import { namesPart } from './names.ts';
import { networkPart } from './network.ts';
import type { BootstrapOptions } from './options.ts';
import { outputsPart } from './outputs.ts';
import { rolesPart } from './roles.ts';
import { securityPart } from './security.ts';
import type { Part, Template } from './values.ts';

/**
 * One template for what previews need and the account lacks. What exists becomes a parameter with
 * that value as its default, so that the template can be deployed by hand and elsewhere too; a
 * parameter that may be empty has a condition. The same options always give the same template.
 *
 * A second app shares cluster, load balancer and network: with those given as existing, its template
 * has only its roles, and a stack of its own. Names of roles and policies are fixed, so that deploying
 * needs `CAPABILITY_NAMED_IAM`. Throws `bad-usage` when the options do not fit together.
 */
export function bootstrapTemplate(options: BootstrapOptions): Template {
  checkOptions(options);
  const parts = [
    networkPart,
    securityPart,
    balancerPart,
    namesPart,
    rolesPart,
    deployPart,
    clusterPart,
    outputsPart,
  ].map((make): Part => make(options));
  const gather = <Key extends keyof Part>(key: Key): NonNullable<Part[Key]> =>
    Object.assign({}, ...parts.map((part) => part[key] ?? {}));
  const conditions = gather('conditions');
  return {
    AWSTemplateFormatVersion: '2010-09-09',
    Description: `previewops: what previews ${options.app === undefined ? 'of several apps share' : `of ${options.app} need`}`,
    Parameters: gather('parameters'),
    ...(Object.keys(conditions).length > 0 ? { Conditions: conditions } : {}),
    Resources: gather('resources'),
    Outputs: gather('outputs'),
  };
}

/** The parameters of a change set, all of them, so that none is left to what the last update said. */
export const stackParameters = ({ Parameters }: Template) =>
  Object.entries(Parameters).map(([ParameterKey, { Default }]) => ({
    ParameterKey,
    ParameterValue: String(Default ?? ''),
  }));
