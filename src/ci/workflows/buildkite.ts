import type { CheckedOptions } from './options.ts';
import { configFlag, header, indent, lines, nameOf, scalar, type WorkflowFile } from './text.ts';

/** Buildkite, which starts no build when a pull request is closed: a scheduled build prunes. */
export function renderBuildkite(options: CheckedOptions): WorkflowFile[] {
  const name = nameOf(options);
  const path = `.buildkite/${options.workflowFile ?? `${name}.yml`}`;
  return [
    {
      path,
      text: lines(
        header(options, { ci: 'buildkite', page: 'buildkite.md' }),
        `# A step of the pipeline: buildkite-agent pipeline upload ${path}`,
        'steps:',
        step(options, {
          key: `${name}-deploy`,
          label: ':rocket: preview',
          condition: 'build.pull_request.id != null && !build.pull_request.repository.fork',
          command: 'deploy',
        }),
        '',
        '  # For an hourly schedule of the pipeline, with the variable PREVIEWOPS_PRUNE=true.',
        step(options, {
          key: `${name}-prune`,
          label: ':broom: prune previews',
          condition: 'build.source == "schedule" && build.env("PREVIEWOPS_PRUNE") == "true"',
          command: 'prune --yes',
        }),
        '',
      ),
    },
  ];
}

interface Step {
  key: string;
  label: string;
  condition: string;
  command: string;
}

const step = (options: CheckedOptions, { key, label, condition, command }: Step) =>
  indent(
    lines(
      `- label: ${scalar(label)}`,
      `  key: ${key}`,
      `  if: ${scalar(condition)}`,
      '  env:',
      `    AWS_REGION: ${scalar(options.region)}`,
      options.roleArn === undefined ? undefined : `    AWS_ROLE_ARN: ${scalar(options.roleArn)}`,
      '    AWS_ROLE_SESSION_NAME: previewops',
      '  timeout_in_minutes: 45',
      '  command: |',
      indent(script(options, command), 4),
    ),
    2,
  );

/** A doubled dollar is one for the shell; a single one would be filled in when the file is uploaded. */
const script = (options: CheckedOptions, command: string) => `AWS_WEB_IDENTITY_TOKEN_FILE=$$(mktemp)
export AWS_WEB_IDENTITY_TOKEN_FILE
trap 'rm -f "$$AWS_WEB_IDENTITY_TOKEN_FILE"' EXIT
buildkite-agent oidc request-token --audience sts.amazonaws.com > "$$AWS_WEB_IDENTITY_TOKEN_FILE"
npx --yes ${options.packageSpec} ${command}${configFlag(options)}`;
