import type {
  BatchGetProjectsCommandInput,
  CreateProjectCommandInput,
  Project as SdkProject,
  UpdateProjectCommandInput,
} from '@aws-sdk/client-codebuild';
import { arnOf } from '../arn.ts';
import { awsError } from '../errors.ts';
import { requestTagContext, resourceTagContext, tagsOf } from '../tags.ts';
import type { Operation } from '../types.ts';
import { bad, needProject, passRole, projectArn } from './codebuild-common.ts';
import { applyInput } from './codebuild-project-input.ts';
import type { Project } from './codebuild-state.ts';

const shapeOf = ({
  createdAt,
  lastModified,
  builds: _,
  tags,
  ...project
}: Project): SdkProject => ({
  ...structuredClone(project),
  tags: Object.entries(tags).map(([key, value]) => ({ key, value })),
  created: new Date(createdAt),
  lastModified: new Date(lastModified),
  badge: { badgeEnabled: false },
  projectVisibility: 'PRIVATE',
});

/** Condition keys of the settings that a policy may want to pin. */
function settingsContext(input: UpdateProjectCommandInput): Record<string, string | string[]> {
  const { source, environment, serviceRole } = input;
  return {
    ...requestTagContext(tagsOf(input.tags)),
    ...(serviceRole ? { 'codebuild:serviceRole': serviceRole } : {}),
    ...(source?.location ? { 'codebuild:source.location': source.location } : {}),
    ...(source?.buildspec ? { 'codebuild:source.buildspec': source.buildspec } : {}),
    ...(environment?.image ? { 'codebuild:environment.image': environment.image } : {}),
    ...(environment?.computeType
      ? { 'codebuild:environment.computeType': environment.computeType }
      : {}),
    ...(environment?.privilegedMode === undefined
      ? {}
      : { 'codebuild:environment.privilegedMode': String(environment.privilegedMode) }),
  };
}

export const CreateProject = {
  authorize: (input: CreateProjectCommandInput, { world }) => [
    {
      action: 'codebuild:CreateProject',
      resource: projectArn(world, input.name ?? ''),
      context: settingsContext(input),
    },
    ...passRole(input.serviceRole),
  ],
  run(input: CreateProjectCommandInput, ctx) {
    const name = input.name ?? '';
    if (!/^[A-Za-z0-9][A-Za-z0-9\-_]{1,149}$/.test(name)) {
      throw bad('Project name must be 2 to 150 letters, numbers, hyphens and underscores.');
    }
    const { projects } = ctx.world.codebuild;
    const arn = projectArn(ctx.world, name);
    if (projects[name]) {
      throw awsError('ResourceAlreadyExistsException', `Project already exists: ${arn}`);
    }
    const { source, artifacts, environment } = input;
    if (!source || !artifacts || !environment) {
      throw bad('Invalid project: source, artifacts and environment are required.');
    }
    const project = applyInput(ctx, input, {
      arn,
      name,
      source,
      artifacts,
      cache: { type: 'NO_CACHE' },
      environment,
      serviceRole: input.serviceRole ?? '',
      timeoutInMinutes: 60,
      queuedTimeoutInMinutes: 480,
      encryptionKey: arnOf(ctx.world, 'kms', 'alias/aws/s3'),
      tags: {},
      createdAt: ctx.now,
      lastModified: ctx.now,
      builds: 0,
    });
    projects[name] = project;
    return { project: shapeOf(project) };
  },
} satisfies Operation;

export const UpdateProject = {
  authorize: (input: UpdateProjectCommandInput, { world }) => [
    {
      action: 'codebuild:UpdateProject',
      resource: projectArn(world, input.name ?? ''),
      context: {
        ...settingsContext(input),
        ...resourceTagContext(world.codebuild.projects[input.name ?? '']?.tags),
      },
    },
    ...passRole(input.serviceRole),
  ],
  run(input: UpdateProjectCommandInput, ctx) {
    const project = applyInput(ctx, input, needProject(ctx, input.name));
    ctx.world.codebuild.projects[project.name] = project;
    return { project: shapeOf(project) };
  },
} satisfies Operation;

export const BatchGetProjects = {
  authorize: ({ names = [] }: BatchGetProjectsCommandInput, { world }) =>
    (names ?? []).map((name) => ({
      action: 'codebuild:BatchGetProjects',
      resource: projectArn(world, name),
      context: resourceTagContext(world.codebuild.projects[name]?.tags),
    })),
  run({ names = [] }: BatchGetProjectsCommandInput, { world }) {
    if (names.length < 1 || names.length > 100) throw bad('names must have 1 to 100 items.');
    const found = names.flatMap((name) => world.codebuild.projects[name] ?? []);
    return {
      projects: found.map(shapeOf),
      projectsNotFound: names.filter((name) => !world.codebuild.projects[name]),
    };
  },
} satisfies Operation;
