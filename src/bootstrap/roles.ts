import { roleFor } from '../permissions/roles.ts';
import type { RoleKind } from '../permissions/words.ts';
import { type BootstrapOptions, missingOf } from './options.ts';
import { asValue, templateScope } from './scope.ts';
import { type Parameter, type Part, type Resource, tags, variable } from './values.ts';

/**
 * The role that starts an app's tasks and the one that builds its images, each with the least that
 * it needs, or the parameters that name them.
 */
export function rolesPart(options: BootstrapOptions): Part {
  const { app, existing } = options;
  if (app === undefined) return {};
  const missing = missingOf(options);
  return {
    parameters: {
      ...(missing.executionRole
        ? {}
        : {
            ExecutionRoleArn: given('Role that ECS starts tasks with.', existing.executionRoleArn),
          }),
      ...(missing.buildRole
        ? {}
        : { BuildRoleArn: given('Role that CodeBuild builds with.', existing.buildRoleArn) }),
    },
    resources: {
      ...(missing.executionRole ? { ExecutionRole: role('execution', app, options) } : {}),
      ...(missing.buildRole ? { BuildRole: role('build', app, options) } : {}),
    },
  };
}

const given = (description: string, arn = ''): Parameter => ({
  Type: 'String',
  Description: description,
  Default: arn,
  AllowedPattern: '^arn:aws[a-z-]*:iam::[0-9]+:role/.+$',
});

function role(kind: RoleKind, app: string, options: BootstrapOptions): Resource {
  const { secrets = [], images = [], credentials } = options.uses ?? {};
  const scope = templateScope(options, app);
  const arns = secrets.map((secret) => (secret.startsWith('/') ? parameterArn(secret) : secret));
  const { name, trust, permissions } = roleFor(kind, { scope, secrets: arns, images, credentials });
  return {
    Type: 'AWS::IAM::Role',
    Properties: {
      RoleName: name,
      Description: descriptions[kind](app),
      AssumeRolePolicyDocument: asValue(trust, options),
      Policies: [{ PolicyName: 'previewops', PolicyDocument: asValue(permissions, options) }],
      Tags: tags(),
    },
  };
}

const parameterArn = (name: string) =>
  `arn:${variable('AWS::Partition')}:ssm:${variable('AWS::Region')}:${variable('AWS::AccountId')}:parameter${name}`;

const descriptions: Record<RoleKind, (app: string) => string> = {
  execution: (app) => `Starts the tasks of previews of ${app}`,
  build: (app) => `Builds the images of previews of ${app}`,
};
