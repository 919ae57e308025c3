import {
  BatchGetBuildsCommand,
  BatchGetProjectsCommand,
  CodeBuildClient,
  CreateProjectCommand,
  ListBuildsForProjectCommand,
  ListSourceCredentialsCommand,
  StartBuildCommand,
  StopBuildCommand,
  UpdateProjectCommand,
} from '@aws-sdk/client-codebuild';
import type { OperationOf } from '../../permissions/manifest.ts';

export const Client = CodeBuildClient;

export const commands = {
  BatchGetBuilds: BatchGetBuildsCommand,
  BatchGetProjects: BatchGetProjectsCommand,
  CreateProject: CreateProjectCommand,
  ListBuildsForProject: ListBuildsForProjectCommand,
  ListSourceCredentials: ListSourceCredentialsCommand,
  StartBuild: StartBuildCommand,
  StopBuild: StopBuildCommand,
  UpdateProject: UpdateProjectCommand,
} satisfies Record<OperationOf<'codebuild'>, unknown>;
