import { arnOf } from '../arn.ts';
import { awsError } from '../errors.ts';
import { resourceTagContext } from '../tags.ts';
import type { Authorization, Ctx, Repository, World } from '../types.ts';

export const bad = (message: string) => awsError('InvalidParameterException', message);

export const repositoryArn = (world: World, name: string) =>
  arnOf(world, 'ecr', `repository/${name}`);

/** `<account>.dkr.ecr.<region>.amazonaws.com`, where this account's images live. */
export const registryOf = ({ account, region, partition }: World) =>
  `${account}.dkr.ecr.${region}.${partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com'}`;

export function needRepository({ world }: Ctx, name: string | undefined): Repository {
  const found = world.ecr.repositories[name ?? ''];
  if (found) return found;
  throw awsError(
    'RepositoryNotFoundException',
    `The repository with name '${name}' does not exist in the registry with id '${world.account}'`,
  );
}

/** Most calls of ECR are authorised on the repository, with the tags that it has. */
export const onRepository =
  (action: string) =>
  (
    { repositoryName }: { repositoryName?: string | undefined },
    { world }: Ctx,
  ): Authorization[] => [
    {
      action,
      resource: repositoryArn(world, repositoryName ?? ''),
      context: resourceTagContext(world.ecr.repositories[repositoryName ?? '']?.tags),
    },
  ];
