import { renderBuildkite } from './buildkite.ts';
import { renderCircleci } from './circleci.ts';
import { renderGithub } from './github.ts';
import { renderGithubDispatch } from './github-dispatch.ts';
import { renderGitlab } from './gitlab.ts';
import { type CheckedOptions, checkOptions, type WorkflowOptions } from './options.ts';
import type { WorkflowFile } from './text.ts';
import type { WorkflowName } from './words.ts';

export type { WorkflowOptions } from './options.ts';
export type { WorkflowFile } from './text.ts';
export { type WorkflowName, workflowNames } from './words.ts';

const templates = {
  github: renderGithub,
  'github-dispatch': renderGithubDispatch,
  gitlab: renderGitlab,
  circleci: renderCircleci,
  buildkite: renderBuildkite,
} as const satisfies Record<WorkflowName, (options: CheckedOptions) => WorkflowFile[]>;

/**
 * The files that a CI needs to deploy, destroy and prune previews, with paths from the root of the
 * repository. Throws `bad-usage` for an option that could be read as more than a value.
 */
export function renderWorkflow(name: WorkflowName, options: WorkflowOptions): WorkflowFile[] {
  return templates[name](checkOptions(options));
}
