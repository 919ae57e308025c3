import type { ServiceTable } from '../types.ts';
import { BatchGetBuilds, StopBuild } from './codebuild-builds.ts';
import { ListBuildsForProject } from './codebuild-list.ts';
import { BatchGetProjects, CreateProject, UpdateProject } from './codebuild-projects.ts';
import { ListSourceCredentials } from './codebuild-source-credentials.ts';
import { StartBuild } from './codebuild-start.ts';

export { advanceCodebuild } from './codebuild-advance.ts';

/** AWS CodeBuild as the sandbox has it; BEHAVIOUR.md says what it does. */
export const codebuild = {
  BatchGetBuilds,
  BatchGetProjects,
  CreateProject,
  ListBuildsForProject,
  ListSourceCredentials,
  StartBuild,
  StopBuild,
  UpdateProject,
} satisfies ServiceTable<'codebuild'>;
