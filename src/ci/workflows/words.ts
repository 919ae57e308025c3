/** The choices of `previewops init --ci`; apart from the templates, which the command line does not load. */
export const workflowNames = [
  'github',
  'github-dispatch',
  'gitlab',
  'circleci',
  'buildkite',
] as const;

export type WorkflowName = (typeof workflowNames)[number];
