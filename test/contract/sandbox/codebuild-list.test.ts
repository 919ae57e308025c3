import { beforeEach, expect, test } from 'vitest';
import { sandboxOptionsFromEnv } from '../../../src/sandbox/environment.ts';
import { codebuild } from '../../../src/sandbox/services/codebuild.ts';
import { type Account, accountId, createAccount, refusal, region, roleArn } from './direct.ts';

const projectName = 'previewops-shop';

let aws: Account;
beforeEach(() => {
  aws = createAccount();
  for (const name of [projectName, 'other']) {
    aws.run(codebuild.CreateProject, {
      name,
      source: { type: 'GITHUB', location: 'https://github.com/acme/shop' },
      artifacts: { type: 'NO_ARTIFACTS' },
      environment: {
        type: 'LINUX_CONTAINER',
        image: 'aws/codebuild/amazonlinux-x86_64-standard:6.0',
        computeType: 'BUILD_GENERAL1_SMALL',
      },
      serviceRole: roleArn,
    });
  }
});

const start = (name = projectName) =>
  aws.run(codebuild.StartBuild, { projectName: name }).build.id ?? '';
const starts = (count: number) => Array.from({ length: count }, () => start());
const list = (input: object = {}) =>
  aws.run(codebuild.ListBuildsForProject, { projectName, ...input });

test('[codebuild-19] the newest build is the first, unless asked', () => {
  const ids = starts(3);
  start('other');
  expect(list()).toEqual({ ids: ids.toReversed() });
  expect(list({ sortOrder: 'DESCENDING' })).toEqual({ ids: ids.toReversed() });
  expect(list({ sortOrder: 'ASCENDING' })).toEqual({ ids });
});

test('[codebuild-19] a project without builds has none, and one that is missing is refused', () => {
  expect(list()).toEqual({ ids: [] });
  expect(refusal(() => list({ projectName: 'none' }))).toBe(
    `ResourceNotFoundException: Project cannot be found: arn:aws:codebuild:${region}:${accountId}:project/none`,
  );
  expect(refusal(() => list({ sortOrder: 'NEWEST' }))).toContain('InvalidInputException');
});

test('[codebuild-19] a page has 100 ids, and the pages end', () => {
  const ids = starts(101).toReversed();
  const first = list();
  expect(first.ids).toEqual(ids.slice(0, 100));
  start();
  expect(list({ nextToken: first.nextToken })).toEqual({ ids: ids.slice(100) });
  expect(refusal(() => list({ nextToken: 'none' }))).toBe(
    'InvalidInputException: Invalid next token.',
  );
  expect(refusal(() => list({ sortOrder: 'DESCENDING' }))).toContain('sort order');
});

test('[codebuild-17] a list is authorised on its project', () => {
  expect(codebuild.ListBuildsForProject.authorize({ projectName }, aws.ctx())).toEqual([
    {
      action: 'codebuild:ListBuildsForProject',
      resource: `arn:aws:codebuild:${region}:${accountId}:project/${projectName}`,
      context: {},
    },
  ]);
});

test('[codebuild-20] an account that may queue no build refuses to start one', () => {
  aws.behaviour.build = 'no-queue';
  expect(refusal(() => start())).toBe(
    'AccountLimitExceededException: Cannot have more than 0 builds in queue for the account',
  );
  expect(list()).toEqual({ ids: [] });
  aws.behaviour.build = 'ok';
  expect(start()).toContain(`${projectName}:`);
});

test('[codebuild-20] the environment can say so', async () => {
  const read = (value: string) =>
    sandboxOptionsFromEnv({ PREVIEWOPS_SANDBOX_BUILD: value }, async () => '');
  expect((await read('no-queue')).behaviour).toEqual({ build: 'no-queue' });
  await expect(read('none')).rejects.toThrow('must be one of ok, fail, no-queue');
});
