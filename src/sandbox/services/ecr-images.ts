// Longer than most: three calls that find images in the same way.
import type {
  BatchDeleteImageCommandInput,
  DescribeImagesCommandInput,
  ImageDetail,
  ImageFailure,
  ImageIdentifier,
  ListImagesCommandInput,
} from '@aws-sdk/client-ecr';
import { awsError } from '../errors.ts';
import type { Operation, Repository } from '../types.ts';
import { bad, needRepository, onRepository } from './ecr-common.ts';
import { page } from './ecs-page.ts';

type Image = Repository['images'][string];

/** Size of every simulated image, bytes. */
const imageBytes = 48_000_000;

/** Finds by digest, by tag, or by both when both are given and agree. */
function findImage(repository: Repository, id: ImageIdentifier): Image | undefined {
  const { imageDigest, imageTag } = id;
  return Object.values(repository.images).find(
    ({ digest, tags }) =>
      (imageDigest === undefined || digest === imageDigest) &&
      (imageTag === undefined || tags.includes(imageTag)),
  );
}

const named = ({ imageDigest, imageTag }: ImageIdentifier) =>
  `{imageDigest:'${imageDigest ?? 'null'}', imageTag:'${imageTag ?? 'null'}'}`;

type TagStatus = ListImagesCommandInput['filter'] extends infer F | undefined
  ? F extends { tagStatus?: infer S }
    ? S
    : never
  : never;

const fits = (tagged: boolean, status: TagStatus) =>
  status === undefined || status === 'ANY' || tagged === (status === 'TAGGED');

export const ListImages = {
  authorize: onRepository('ecr:ListImages'),
  run(input: ListImagesCommandInput, ctx) {
    const repository = needRepository(ctx, input.repositoryName);
    const ids = Object.values(repository.images).flatMap(({ digest, tags }): ImageIdentifier[] =>
      tags.length === 0
        ? [{ imageDigest: digest }]
        : tags.map((imageTag) => ({ imageDigest: digest, imageTag })),
    );
    const shown = ids.filter((id) => fits(id.imageTag !== undefined, input.filter?.tagStatus));
    const { items, nextToken } = page(shown, input, {
      size: 100,
      most: 1000,
      keyOf: ({ imageDigest, imageTag = '' }) => `${imageDigest} ${imageTag}`,
    });
    return { imageIds: items, ...(nextToken ? { nextToken } : {}) };
  },
} satisfies Operation;

export const DescribeImages = {
  authorize: onRepository('ecr:DescribeImages'),
  run(input: DescribeImagesCommandInput, ctx) {
    const repository = needRepository(ctx, input.repositoryName);
    const detail = (image: Image): ImageDetail => ({
      registryId: ctx.world.account,
      repositoryName: repository.name,
      imageDigest: image.digest,
      ...(image.tags.length ? { imageTags: [...image.tags] } : {}),
      imageSizeInBytes: imageBytes,
      imagePushedAt: new Date(image.pushedAt),
      imageManifestMediaType: 'application/vnd.oci.image.manifest.v1+json',
    });
    if (input.imageIds) return { imageDetails: describeNamed(repository, input, detail) };
    const shown = Object.values(repository.images).filter(({ tags }) =>
      fits(tags.length > 0, input.filter?.tagStatus),
    );
    const { items, nextToken } = page(shown, input, {
      size: 100,
      most: 1000,
      keyOf: ({ digest }) => digest,
    });
    return { imageDetails: items.map(detail), ...(nextToken ? { nextToken } : {}) };
  },
} satisfies Operation;

function describeNamed(
  repository: Repository,
  input: DescribeImagesCommandInput,
  detail: (image: Image) => ImageDetail,
): ImageDetail[] {
  const ids = input.imageIds ?? [];
  checkIds(ids);
  const found = ids.map((id) => {
    const image = findImage(repository, id);
    if (image) return image;
    throw awsError(
      'ImageNotFoundException',
      `The image with imageId ${named(id)} does not exist within the repository with name '${repository.name}' in the registry with id '${input.registryId ?? repository.arn.split(':')[4]}'`,
    );
  });
  return [...new Set(found)].map(detail);
}

function checkIds(ids: readonly ImageIdentifier[]): void {
  if (ids.length < 1 || ids.length > 100) {
    throw bad(
      "Invalid parameter at 'imageIds' failed to satisfy constraint: 'Member must have length between 1 and 100'",
    );
  }
}

export const BatchDeleteImage = {
  authorize: onRepository('ecr:BatchDeleteImage'),
  run(input: BatchDeleteImageCommandInput, ctx) {
    const repository = needRepository(ctx, input.repositoryName);
    checkIds(input.imageIds ?? []);
    const imageIds: ImageIdentifier[] = [];
    const failures: ImageFailure[] = [];
    for (const id of input.imageIds ?? []) {
      const problem = problemOf(repository, id);
      if (problem) failures.push({ imageId: { ...id }, ...problem });
      else imageIds.push(...remove(repository, id));
    }
    return { imageIds, failures };
  },
} satisfies Operation;

function problemOf(
  repository: Repository,
  id: ImageIdentifier,
): Pick<ImageFailure, 'failureCode' | 'failureReason'> | undefined {
  if (id.imageDigest === undefined && id.imageTag === undefined) {
    return {
      failureCode: 'MissingDigestAndTag',
      failureReason: 'Invalid request parameters: both tag and digest cannot be null',
    };
  }
  if (findImage(repository, id)) return undefined;
  return { failureCode: 'ImageNotFound', failureReason: 'Requested image not found' };
}

/** By tag the tag goes, and the image with its last one; by digest alone the image goes with all its tags. */
function remove(repository: Repository, id: ImageIdentifier): ImageIdentifier[] {
  const image = findImage(repository, id);
  if (!image) return [];
  const gone = id.imageTag === undefined ? image.tags : [id.imageTag];
  image.tags = image.tags.filter((tag) => !gone.includes(tag));
  if (image.tags.length === 0) delete repository.images[image.digest];
  return gone.length === 0
    ? [{ imageDigest: image.digest }]
    : gone.map((imageTag) => ({ imageDigest: image.digest, imageTag }));
}
