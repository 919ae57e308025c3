import type {
  ProjectEnvironment,
  ProjectSource,
  UpdateProjectCommandInput,
} from '@aws-sdk/client-codebuild';
import { checkTags, tagsOf } from '../tags.ts';
import type { Ctx } from '../types.ts';
import { bad, checkServiceRole } from './codebuild-common.ts';
import type { Project } from './codebuild-state.ts';

/** Parts of CodeBuild that the sandbox does not simulate: a call that uses one is refused. */
const notSimulated = [
  'secondarySources',
  'secondaryArtifacts',
  'secondarySourceVersions',
  'vpcConfig',
  'badgeEnabled',
  'fileSystemLocations',
  'buildBatchConfig',
  'autoRetryLimit',
] as const;

/** The project with the fields that are given; each replaces the old one whole. */
export function applyInput(ctx: Ctx, input: UpdateProjectCommandInput, before: Project): Project {
  for (const key of notSimulated) {
    const value = input[key];
    if (!value || (Array.isArray(value) && value.length === 0)) continue;
    throw bad(`The sandbox does not simulate ${key}.`);
  }
  const given = structuredClone(input);
  const { tags, source, environment, name: _, ...rest } = given;
  const set = Object.fromEntries(
    Object.entries(rest).filter(([, value]) => value !== undefined),
  ) as Partial<Project>;
  const project: Project = {
    ...before,
    ...set,
    source: completeSource(source ?? before.source),
    environment: completeEnvironment(environment ?? before.environment),
    tags: tags ? tagsOf(tags) : before.tags,
    lastModified: ctx.now,
  };
  checkTags(project.tags, { key: 127, value: 255, error: 'InvalidInputException' });
  checkTimeouts(project);
  checkServiceRole(ctx, project.serviceRole, project.name);
  return project;
}

function checkTimeouts({ timeoutInMinutes, queuedTimeoutInMinutes }: Project): void {
  if (timeoutInMinutes < 5 || timeoutInMinutes > 2160) {
    throw bad('Invalid timeout: timeoutInMinutes must be between 5 and 2160.');
  }
  if (queuedTimeoutInMinutes < 5 || queuedTimeoutInMinutes > 480) {
    throw bad('Invalid timeout: queuedTimeoutInMinutes must be between 5 and 480.');
  }
}

function completeSource(source: ProjectSource): ProjectSource {
  const { type, location, buildspec } = source;
  if (!type) throw bad('Invalid project source: type is required.');
  if (type === 'NO_SOURCE' && !buildspec) {
    throw bad('Invalid project source: a buildspec is required with the source type NO_SOURCE.');
  }
  if (type === 'GITHUB' && !/^https:\/\/github\.com\/[\w.-]+\/[\w.-]+$/.test(location ?? '')) {
    throw bad('Invalid project source: location must be a valid GitHub repository URL.');
  }
  if (type !== 'NO_SOURCE' && type !== 'CODEPIPELINE' && !location) {
    throw bad(`Invalid project source: location is required with the source type ${type}.`);
  }
  return { insecureSsl: false, ...source };
}

function completeEnvironment(environment: ProjectEnvironment): ProjectEnvironment {
  const { type, image, computeType, environmentVariables = [] } = environment;
  if (!type || !image || !computeType) {
    throw bad('Invalid environment: type, image and computeType are required.');
  }
  return {
    privilegedMode: false,
    imagePullCredentialsType: 'CODEBUILD',
    ...environment,
    environmentVariables: environmentVariables.map((entry) => ({ type: 'PLAINTEXT', ...entry })),
  };
}
