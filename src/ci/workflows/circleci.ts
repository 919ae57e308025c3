import type { CheckedOptions } from './options.ts';
import { configFlag, header, indent, lines, nameOf, scalar, type WorkflowFile } from './text.ts';

/** CircleCI, which tells no job that a pull request was closed: a schedule prunes. */
export function renderCircleci(options: CheckedOptions): WorkflowFile[] {
  const name = nameOf(options);
  return [
    {
      path: `.circleci/${options.workflowFile ?? 'config.yml'}`,
      text: lines(
        header(options, { ci: 'circleci', page: 'circleci.md' }),
        'version: 2.1',
        '',
        'parameters:',
        '  # Set to true by an hourly schedule trigger.',
        `  ${name}-prune:`,
        '    type: boolean',
        '    default: false',
        '',
        'jobs:',
        job(options, { name: `${name}-deploy`, command: 'deploy' }),
        '',
        job(options, { name: `${name}-prune`, command: 'prune --yes' }),
        '',
        'workflows:',
        workflows(options, name),
        '',
      ),
    },
  ];
}

const job = (options: CheckedOptions, { name, command }: { name: string; command: string }) =>
  indent(
    lines(
      `${name}:`,
      '  docker:',
      '    - image: cimg/node:lts',
      '  environment:',
      `    AWS_REGION: ${scalar(options.region)}`,
      options.roleArn === undefined ? undefined : `    AWS_ROLE_ARN: ${scalar(options.roleArn)}`,
      '    AWS_ROLE_SESSION_NAME: previewops',
      '  steps:',
      '    - checkout',
      '    - run:',
      `        name: previewops ${command}`,
      '        no_output_timeout: 30m',
      '        command: |',
      indent(script(options, command), 10),
    ),
    2,
  );

const script = (options: CheckedOptions, command: string) => `AWS_WEB_IDENTITY_TOKEN_FILE=$(mktemp)
export AWS_WEB_IDENTITY_TOKEN_FILE
printf '%s' "$CIRCLE_OIDC_TOKEN_V2" > "$AWS_WEB_IDENTITY_TOKEN_FILE"
npx --yes ${options.packageSpec} ${command}${configFlag(options)}`;

const workflows = ({ defaultBranch }: CheckedOptions, name: string) =>
  `  previews:
    unless: << pipeline.parameters.${name}-prune >>
    jobs:
      - ${name}-deploy:
          # Holds GITHUB_TOKEN, and AWS_ROLE_ARN unless it is written above.
          context: previewops
          filters:
            branches:
              ignore: ${scalar(defaultBranch)}
  prune:
    when: << pipeline.parameters.${name}-prune >>
    jobs:
      - ${name}-prune:
          context: previewops`;
