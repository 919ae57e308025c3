import { stringify } from 'yaml';
import type { NamedPolicy } from './formats.ts';
import type { Role } from './roles.ts';

/** A template with one `AWS::IAM::ManagedPolicy` for each. */
export function renderCloudFormationPolicies(policies: readonly NamedPolicy[]): string {
  return template(
    policies.map(({ name, description, document }) => [
      name,
      {
        Type: 'AWS::IAM::ManagedPolicy',
        Properties: {
          ManagedPolicyName: name,
          Description: description,
          PolicyDocument: document,
        },
      },
    ]),
  );
}

/** A template with the role, its permissions inline. */
export function renderCloudFormationRole({ name, path, trust, permissions }: Role): string {
  const Properties = {
    RoleName: name,
    ...(path === '/' ? {} : { Path: path }),
    AssumeRolePolicyDocument: trust,
    Policies: [{ PolicyName: 'previewops', PolicyDocument: permissions }],
  };
  return template([[name, { Type: 'AWS::IAM::Role', Properties }]]);
}

function template(resources: readonly (readonly [name: string, resource: object])[]): string {
  const Resources = Object.fromEntries(
    resources.map(([name, resource]) => [logicalId(name), resource]),
  );
  // Strings are all quoted: CloudFormation reads YAML 1.1, where 2012-10-17 is a date. It takes no aliases.
  return stringify(
    { AWSTemplateFormatVersion: '2010-09-09', Resources },
    {
      defaultStringType: 'QUOTE_SINGLE',
      defaultKeyType: 'PLAIN',
      lineWidth: 0,
      aliasDuplicateObjects: false,
    },
  );
}

/** CloudFormation takes letters and digits only. */
const logicalId = (name: string) =>
  name
    .split(/[^A-Za-z0-9]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
