import { expect } from 'vitest';
import type { Aws } from '../../../src/aws/aws.ts';
import { refusal } from '../../helpers/wire/expect.ts';
import { arnOf, names, tags } from '../../helpers/wire/inputs.ts';
import { account } from '../../helpers/wire/seed.ts';
import type { WireWorld } from '../../helpers/wire/world.ts';
import { callBuilds } from './builds.ts';

const repositoryName = names.repository;

export async function callImagesAndBuilds(aws: Aws, world: WireWorld) {
  await lookForRepository(aws);
  await createRepository(aws);
  await keepOldImagesAway(aws);
  const imageTags = await callBuilds(aws, world);
  await readAndDelete(aws, imageTags);
}

async function lookForRepository(aws: Aws) {
  const absent = refusal('RepositoryNotFoundException', repositoryName);
  for (const call of [
    () => aws.call('ecr:DescribeRepositories', { repositoryNames: [repositoryName] }),
    () => aws.call('ecr:GetLifecyclePolicy', { repositoryName }),
    () => aws.call('ecr:ListImages', { repositoryName }),
    () => aws.call('ecr:ListTagsForResource', { resourceArn: arnOf.repository }),
    () => aws.call('ecr:DescribeImages', { repositoryName }),
    () => aws.call('ecr:BatchDeleteImage', { repositoryName, imageIds: [{ imageTag: 'a' }] }),
  ]) {
    await expect(call()).rejects.toMatchObject(absent);
  }
}

async function createRepository(aws: Aws) {
  const create = () => aws.call('ecr:CreateRepository', { repositoryName, tags: [...tags.upper] });
  expect((await create()).repository).toMatchObject({
    repositoryArn: arnOf.repository,
    repositoryUri: `${account}.dkr.ecr.us-east-1.amazonaws.com/${repositoryName}`,
  });
  await expect(create()).rejects.toMatchObject(refusal('RepositoryAlreadyExistsException'));
  const found = await aws.call('ecr:DescribeRepositories', { repositoryNames: [repositoryName] });
  expect(found.repositories).toMatchObject([{ repositoryName, imageTagMutability: 'MUTABLE' }]);
  const tagged = await aws.call('ecr:ListTagsForResource', { resourceArn: arnOf.repository });
  expect(tagged.tags).toEqual(tags.upper);
}

async function keepOldImagesAway(aws: Aws) {
  const read = () => aws.call('ecr:GetLifecyclePolicy', { repositoryName });
  await expect(read()).rejects.toMatchObject(refusal('LifecyclePolicyNotFoundException'));
  const selection = { tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: 100 };
  const rule = { rulePriority: 1, selection, action: { type: 'expire' } };
  const lifecyclePolicyText = JSON.stringify({ rules: [rule] });
  await aws.call('ecr:PutLifecyclePolicy', { repositoryName, lifecyclePolicyText });
  expect((await read()).lifecyclePolicyText).toBe(lifecyclePolicyText);
}

/** The images are those that the harness pushed, as the builds would. */
async function readAndDelete(aws: Aws, [one, two]: readonly [string, string]) {
  const describe = async (imageTag: string) =>
    (await aws.call('ecr:DescribeImages', { repositoryName, imageIds: [{ imageTag }] }))
      .imageDetails;
  const image = (await describe(one))?.[0];
  expect(image).toMatchObject({
    imageTags: [one],
    imageDigest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
    imagePushedAt: expect.any(Date),
  });
  // moto: all images on one page, whatever `maxResults` says.
  const listed = await aws.call('ecr:ListImages', { repositoryName, maxResults: 1 });
  expect(listed.imageIds?.map((i) => i.imageTag)).toEqual([one, two]);
  expect(new Set(listed.imageIds?.map((i) => i.imageDigest)).size).toBe(2);
  const deleted = await aws.call('ecr:BatchDeleteImage', {
    repositoryName,
    imageIds: [{ imageTag: one }, { imageTag: 'absent' }],
  });
  expect(deleted).toMatchObject({
    imageIds: [{ imageTag: one, imageDigest: image?.imageDigest }],
    failures: [{ failureCode: 'ImageNotFound', imageId: { imageTag: 'absent' } }],
  });
  await expect(describe(one)).rejects.toMatchObject(refusal('ImageNotFoundException', one));
}
