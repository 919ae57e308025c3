import type { PolicyDocument } from '../permissions/evaluate.ts';
import { arnOf } from './arn.ts';
import { managedArn } from './managed-policies.ts';
import type { Seed } from './seed.ts';
import { add } from './seed-add.ts';
import { trusting } from './trust.ts';
import type { World } from './types.ts';

/** Roles as the README has them made: one can serve tasks and builds alike. */
export function seedRoles(world: World, { roleArns, repositoryPrefix }: Seed): string[] {
  return roleArns.flatMap((arn) => {
    const [, path = '/', name = arn] = /:role(\/(?:.*\/)?)([^/]+)$/.exec(arn) ?? [];
    return add(world.iam.roles, arn, {
      arn,
      name,
      path,
      createdAt: world.now,
      trust: trusting('ecs-tasks.amazonaws.com', 'codebuild.amazonaws.com'),
      inline: {
        'previewops-build': buildPolicy(world, repositoryPrefix),
        'previewops-secrets': secretsPolicy(world),
      },
      attached: [managedArn(world, 'service-role/AmazonECSTaskExecutionRolePolicy')],
    });
  });
}

const allow = (Action: string | string[], Resource: string | string[]) => ({
  Effect: 'Allow' as const,
  Action,
  Resource,
});

export function buildPolicy(world: World, prefix = 'previewops'): PolicyDocument {
  return {
    Version: '2012-10-17',
    Statement: [
      allow('ecr:GetAuthorizationToken', '*'),
      allow(
        [
          'ecr:BatchCheckLayerAvailability',
          'ecr:BatchGetImage',
          'ecr:GetDownloadUrlForLayer',
          'ecr:InitiateLayerUpload',
          'ecr:UploadLayerPart',
          'ecr:CompleteLayerUpload',
          'ecr:PutImage',
        ],
        arnOf(world, 'ecr', `repository/${prefix}/*`),
      ),
      allow(
        ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'],
        arnOf(world, 'logs', 'log-group:/aws/codebuild/previewops-*'),
      ),
    ],
  };
}

/** Whatever secrets, parameters and connections of the account the configuration names. */
function secretsPolicy({ partition, account }: World): PolicyDocument {
  const own = (service: string, rest: string) => `arn:${partition}:${service}:*:${account}:${rest}`;
  return {
    Version: '2012-10-17',
    Statement: [
      allow('secretsmanager:GetSecretValue', own('secretsmanager', 'secret:*')),
      allow(['ssm:GetParameter', 'ssm:GetParameters'], own('ssm', 'parameter/*')),
      ...['codeconnections', 'codestar-connections'].map((service) =>
        allow(
          ['GetConnection', 'GetConnectionToken', 'UseConnection'].map(
            (name) => `${service}:${name}`,
          ),
          own(service, 'connection/*'),
        ),
      ),
    ],
  };
}
