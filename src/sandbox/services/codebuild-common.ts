import { arnOf } from '../arn.ts';
import { awsError } from '../errors.ts';
import { resourceTagContext } from '../tags.ts';
import { trusts } from '../trust.ts';
import type { Ctx, World } from '../types.ts';
import type { Project } from './codebuild-state.ts';

export const bad = (message: string) => awsError('InvalidInputException', message);

export const projectArn = (world: World, name: string) =>
  arnOf(world, 'codebuild', `project/${name}`);

export function needProject({ world }: Ctx, name: string | undefined): Project {
  const found = world.codebuild.projects[name ?? ''];
  if (found) return found;
  throw awsError(
    'ResourceNotFoundException',
    `Project cannot be found: ${projectArn(world, name ?? '')}`,
  );
}

/** Every call about a project or its builds is authorised on the project, with the tags that it has. */
export const onProject = ({ world }: Ctx, action: string, name: string) => ({
  action,
  resource: projectArn(world, name),
  context: resourceTagContext(world.codebuild.projects[name]?.tags),
});

export const passRole = (role: string | undefined) =>
  role
    ? [
        {
          action: 'iam:PassRole',
          resource: role,
          context: { 'iam:PassedToService': 'codebuild.amazonaws.com' },
        },
      ]
    : [];

/** CodeBuild tries the role when it is given one. */
export function checkServiceRole({ world }: Ctx, role: string | undefined, project: string): void {
  if (
    role?.startsWith('arn:') &&
    trusts(world, role, {
      service: 'codebuild.amazonaws.com',
      sourceArn: projectArn(world, project),
    })
  )
    return;
  throw bad(
    'CodeBuild is not authorized to perform: sts:AssumeRole on service role. Please verify that: 1) The provided service role exists, 2) The role name is case-sensitive and matches exactly, and 3) The role has the necessary trust policy configured.',
  );
}
