import type {
  CreateRepositoryCommandInput,
  DescribeRepositoriesCommandInput,
  ListTagsForResourceCommandInput,
  Repository as SdkRepository,
} from '@aws-sdk/client-ecr';
import { awsError } from '../errors.ts';
import { checkTags, requestTagContext, resourceTagContext, tagsOf } from '../tags.ts';
import type { Ctx, Operation, Repository, ServiceTable } from '../types.ts';
import { bad, needRepository, registryOf, repositoryArn } from './ecr-common.ts';
import { BatchDeleteImage, DescribeImages, ListImages } from './ecr-images.ts';
import { GetLifecyclePolicy, PutLifecyclePolicy } from './ecr-lifecycle-calls.ts';
import { page } from './ecs-page.ts';

const namePattern =
  /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;

const shapeOf = ({ world }: Ctx, repository: Repository): SdkRepository => ({
  repositoryArn: repository.arn,
  registryId: world.account,
  repositoryName: repository.name,
  repositoryUri: `${registryOf(world)}/${repository.name}`,
  createdAt: new Date(repository.createdAt),
  imageTagMutability: 'MUTABLE',
  imageScanningConfiguration: { scanOnPush: false },
  encryptionConfiguration: { encryptionType: 'AES256' },
});

const CreateRepository = {
  authorize(input: CreateRepositoryCommandInput, { world }) {
    const resource = repositoryArn(world, input.repositoryName ?? '');
    const context = requestTagContext(tagsOf(input.tags));
    const create = { action: 'ecr:CreateRepository', resource, context };
    return input.tags?.length
      ? [create, { action: 'ecr:TagResource', resource, context }]
      : [create];
  },
  run(input: CreateRepositoryCommandInput, ctx) {
    const name = input.repositoryName ?? '';
    if (name.length < 2 || name.length > 256 || !namePattern.test(name)) {
      throw bad(
        `Invalid parameter at 'repositoryName' failed to satisfy constraint: 'must satisfy regular expression '${namePattern.source}''`,
      );
    }
    refuseUnsimulated(input);
    const tags = tagsOf(input.tags);
    checkTags(tags, {
      error: 'InvalidTagParameterException',
      countError: 'TooManyTagsException',
    });
    const { repositories } = ctx.world.ecr;
    if (repositories[name]) {
      throw awsError(
        'RepositoryAlreadyExistsException',
        `The repository with name '${name}' already exists in the registry with id '${ctx.world.account}'`,
      );
    }
    const arn = repositoryArn(ctx.world, name);
    const repository = { name, arn, createdAt: ctx.now, tags, images: {} };
    repositories[name] = repository;
    return { repository: shapeOf(ctx, repository) };
  },
} satisfies Operation;

function refuseUnsimulated(input: CreateRepositoryCommandInput): void {
  const { imageTagMutability = 'MUTABLE', encryptionConfiguration: encryption } = input;
  if (imageTagMutability !== 'MUTABLE' || (encryption && encryption.encryptionType !== 'AES256')) {
    throw bad('The sandbox simulates repositories with mutable tags and AES256 encryption only.');
  }
}

const DescribeRepositories = {
  authorize(input: DescribeRepositoriesCommandInput, { world }) {
    const names = input.repositoryNames ?? ['*'];
    return names.map((name) => ({
      action: 'ecr:DescribeRepositories',
      resource: repositoryArn(world, name),
      context: resourceTagContext(world.ecr.repositories[name]?.tags),
    }));
  },
  run(input: DescribeRepositoriesCommandInput, ctx) {
    const { repositoryNames } = input;
    if (repositoryNames) {
      if (repositoryNames.length < 1 || repositoryNames.length > 100) {
        throw bad(
          "Invalid parameter at 'repositoryNames' failed to satisfy constraint: 'Member must have length between 1 and 100'",
        );
      }
      const found = repositoryNames.map((name) => shapeOf(ctx, needRepository(ctx, name)));
      return { repositories: found };
    }
    const { items, nextToken } = page(Object.values(ctx.world.ecr.repositories), input, {
      size: 100,
      most: 1000,
      keyOf: ({ name }) => name,
    });
    return {
      repositories: items.map((repository) => shapeOf(ctx, repository)),
      ...(nextToken ? { nextToken } : {}),
    };
  },
} satisfies Operation;

const nameOf = (arn: string | undefined) => arn?.split(':repository/')[1];

const ListTagsForResource = {
  authorize: ({ resourceArn }: ListTagsForResourceCommandInput, { world }) => [
    {
      action: 'ecr:ListTagsForResource',
      resource: resourceArn ?? '',
      context: resourceTagContext(world.ecr.repositories[nameOf(resourceArn) ?? '']?.tags),
    },
  ],
  run({ resourceArn }: ListTagsForResourceCommandInput, ctx) {
    const name = nameOf(resourceArn);
    if (name === undefined || repositoryArn(ctx.world, name) !== resourceArn) {
      throw bad("Invalid parameter at 'resourceArn' failed to satisfy constraint: 'Invalid ARN'");
    }
    const { tags } = needRepository(ctx, name);
    return { tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) };
  },
} satisfies Operation;

/** Amazon ECR as the sandbox has it; BEHAVIOUR.md says what it does. */
export const ecr = {
  BatchDeleteImage,
  CreateRepository,
  DescribeImages,
  DescribeRepositories,
  GetLifecyclePolicy,
  ListImages,
  ListTagsForResource,
  PutLifecyclePolicy,
} satisfies ServiceTable<'ecr'>;
