import type { PolicyDocument, Statement } from '../permissions/evaluate.ts';
import type { PolicyOptions } from '../permissions/needs.ts';
import { policyFor } from '../permissions/policy.ts';
import { managedPolicyLimit, splitPolicy } from '../permissions/split.ts';
import { stackRoleName } from '../preview/names.ts';
import { type BootstrapOptions, type CiSystem, dnsOf, missingOf } from './options.ts';
import { asValue, longScope, templateScope } from './scope.ts';
import { audienceOf, deployTrust, issuerOf } from './trust.ts';
import { attribute, choose, isEmpty, join, type Part, type Resource, ref, tags } from './values.ts';

/** Left free in each policy, for parameters that are longer than what was known when it was cut. */
const spare = 250;

/** The permissions to deploy one app; with a CI, the role that has them and whom that role trusts. */
export function deployPart(options: BootstrapOptions): Part {
  const { app, ci, existing } = options;
  if (app === undefined || !missingOf(options).deploy) return {};
  const policies = policyResources(options, app);
  if (ci === 'none') return { resources: policies, outputs: policyOutput(policies) };
  return {
    parameters: {
      OidcProviderArn: {
        Type: 'String',
        Description: `OIDC provider of ${issuerOf(ci, options.issuer)}; empty: it is made. An account can have one only.`,
        Default: existing.oidcProviderArn ?? '',
        AllowedPattern: '^(arn:aws[a-z-]*:iam::[0-9]+:oidc-provider/.+)?$',
      },
    },
    conditions: { MakesOidcProvider: isEmpty('OidcProviderArn') },
    resources: {
      OidcProvider: provider(ci, options),
      ...policies,
      DeployRole: deployRole(ci, app, { options, policies: Object.keys(policies) }),
    },
    outputs: {
      DeployRoleArn: {
        Description: 'Role that CI takes on to deploy.',
        Value: attribute('DeployRole', 'Arn'),
      },
    },
  };
}

/** Others in the account may come to rely on it, so it outlives the stack. */
const provider = (ci: Exclude<CiSystem, 'none'>, options: BootstrapOptions): Resource => ({
  Type: 'AWS::IAM::OIDCProvider',
  Condition: 'MakesOidcProvider',
  DeletionPolicy: 'Retain',
  UpdateReplacePolicy: 'Retain',
  Properties: {
    Url: issuerOf(ci, options.issuer),
    ClientIdList: [audienceOf(ci, options)],
    Tags: tags(),
  },
});

function policyResources(options: BootstrapOptions, app: string): Record<string, Resource> {
  const documents = policiesOf(options, app);
  return Object.fromEntries(
    documents.map((document, index) => [
      `DeployPolicy${index + 1}`,
      {
        Type: 'AWS::IAM::ManagedPolicy',
        Properties: {
          ManagedPolicyName: `${stackRoleName(app, 'deploy')}-${index + 1}`,
          Description: `Deploys previews of ${app}, part ${index + 1} of ${documents.length}`,
          PolicyDocument: asValue(document, options),
        },
      },
    ]),
  );
}

/** Cut where the real texts have to be: those of the template are shorter or longer. */
function policiesOf(options: BootstrapOptions, app: string): PolicyDocument[] {
  const features = {
    dns: dnsOf(options) === 'each-preview',
    build: true,
    hooks: options.uses?.hooks === true,
    idle: options.uses?.idle === true,
  };
  const asked: PolicyOptions = { features };
  const known = policyFor(longScope(options, app), asked);
  const own = [policyFor(templateScope(options, app), asked).Statement].flat();
  const bySid = new Map(own.map((statement) => [statement.Sid, statement]));
  return splitPolicy(known, managedPolicyLimit - spare).map(({ Statement: some, ...head }) => ({
    ...head,
    Statement: [some].flat().flatMap((each): Statement[] => [bySid.get(each.Sid) ?? []].flat()),
  }));
}

const deployRole = (
  ci: Exclude<CiSystem, 'none'>,
  app: string,
  { options, policies }: { options: BootstrapOptions; policies: readonly string[] },
): Resource => ({
  Type: 'AWS::IAM::Role',
  Properties: {
    RoleName: stackRoleName(app, 'deploy'),
    Description: `CI jobs deploy previews of ${app} with it`,
    AssumeRolePolicyDocument: deployTrust(ci, {
      provider: choose('MakesOidcProvider', ref('OidcProvider'), ref('OidcProviderArn')),
      options,
    }),
    ManagedPolicyArns: policies.map(ref),
    Tags: tags(),
  },
});

const policyOutput = (policies: Record<string, Resource>) => ({
  DeployPolicyArns: {
    Description: 'Policies to attach to whoever deploys; all of them are needed.',
    Value: join(',', Object.keys(policies).map(ref)),
  },
});
