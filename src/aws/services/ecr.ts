import {
  BatchDeleteImageCommand,
  CreateRepositoryCommand,
  DescribeImagesCommand,
  DescribeRepositoriesCommand,
  ECRClient,
  GetLifecyclePolicyCommand,
  ListImagesCommand,
  ListTagsForResourceCommand,
  PutLifecyclePolicyCommand,
} from '@aws-sdk/client-ecr';
import type { OperationOf } from '../../permissions/manifest.ts';

export const Client = ECRClient;

export const commands = {
  BatchDeleteImage: BatchDeleteImageCommand,
  CreateRepository: CreateRepositoryCommand,
  DescribeImages: DescribeImagesCommand,
  DescribeRepositories: DescribeRepositoriesCommand,
  GetLifecyclePolicy: GetLifecyclePolicyCommand,
  ListImages: ListImagesCommand,
  ListTagsForResource: ListTagsForResourceCommand,
  PutLifecyclePolicy: PutLifecyclePolicyCommand,
} satisfies Record<OperationOf<'ecr'>, unknown>;
