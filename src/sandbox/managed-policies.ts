import type { PolicyDocument } from '../permissions/evaluate.ts';
import type { ManagedPolicy } from './iam-types.ts';
import type { Ctx, World } from './types.ts';

export const everything: PolicyDocument = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
};

/** AWS's own policies that previews have to do with, under their paths; what they allow is AWS's. */
const ofAws: Record<string, PolicyDocument> = {
  AdministratorAccess: everything,
  'service-role/AmazonECSTaskExecutionRolePolicy': {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Action: [
          'ecr:BatchCheckLayerAvailability',
          'ecr:BatchGetImage',
          'ecr:GetAuthorizationToken',
          'ecr:GetDownloadUrlForLayer',
          'logs:CreateLogStream',
          'logs:PutLogEvents',
        ],
        Resource: '*',
      },
    ],
  },
};

export const managedArn = ({ partition }: World, pathAndName: string) =>
  `arn:${partition}:iam::aws:policy/${pathAndName}`;

/** The policies that the sandbox was told the caller has; they show as attached ones of these names. */
const callerPolicy = (world: World, name: string) =>
  `arn:${world.partition}:iam::${world.account}:policy/${name}`;

export const callerPolicyArns = ({ world, rights }: Ctx): string[] =>
  (rights.policies ?? []).map((_, index) => callerPolicy(world, `sandbox-caller-${index + 1}`));

export const callerBoundaryArn = ({ world, rights }: Ctx): string | undefined =>
  rights.boundary && callerPolicy(world, 'sandbox-boundary');

/** A managed policy of AWS, of the account, or given to the sandbox for its caller. */
export function findPolicy(ctx: Ctx, arn: string): ManagedPolicy | undefined {
  const { world, rights } = ctx;
  const given = rights.policies?.[callerPolicyArns(ctx).indexOf(arn)];
  if (given) return policyOf(arn, given);
  if (rights.boundary && arn === callerBoundaryArn(ctx)) return policyOf(arn, rights.boundary);
  const own = Object.hasOwn(world.iam.policies, arn) ? world.iam.policies[arn] : undefined;
  if (own) return own;
  const name = arn.slice(managedArn(world, '').length);
  const known = arn === managedArn(world, name) && Object.hasOwn(ofAws, name);
  return known && ofAws[name] ? policyOf(arn, ofAws[name]) : undefined;
}

/** The version of a policy that is in force. */
export const documentOf = ({ versions, defaultVersion }: ManagedPolicy): PolicyDocument =>
  versions[defaultVersion] ?? { Version: '2012-10-17', Statement: [] };

/** A managed policy of one version. */
export function policyOf(arn: string, document: PolicyDocument): ManagedPolicy {
  const [, path = '/', name = ''] = /:policy(\/(?:.*\/)?)([^/]*)$/.exec(arn) ?? [];
  return { arn, name, path, createdAt: 0, defaultVersion: 'v1', versions: { v1: document } };
}
