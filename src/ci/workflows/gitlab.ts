import type { CheckedOptions } from './options.ts';
import { configFlag, header, lines, nameOf, scalar, type WorkflowFile } from './text.ts';

/** GitLab: a file to include, with a dynamic environment for each merge request. */
export function renderGitlab(options: CheckedOptions): WorkflowFile[] {
  const name = nameOf(options);
  const path = `.gitlab/${options.workflowFile ?? `${name}.gitlab-ci.yml`}`;
  return [
    {
      path,
      text: lines(
        header(options, { ci: 'gitlab', page: 'gitlab.md' }),
        '# In .gitlab-ci.yml:',
        '#   include:',
        `#     - local: ${path}`,
        template(options, name),
        '',
        deploy(options, name),
        '',
        destroy(options, name),
        '',
        prune(options, name),
        '',
      ),
    },
  ];
}

const template = ({ region, roleArn }: CheckedOptions, name: string) => `.${name}:
  stage: deploy
  image: node:24
  id_tokens:
    PREVIEWOPS_ID_TOKEN:
      aud: sts.amazonaws.com
  variables:
    AWS_REGION: ${scalar(region)}
    AWS_ROLE_ARN: ${scalar(roleArn ?? '$PREVIEWOPS_ROLE_ARN')}
    AWS_ROLE_SESSION_NAME: previewops-$CI_JOB_ID
  before_script:
    - export AWS_WEB_IDENTITY_TOKEN_FILE="$(mktemp)"
    - printf '%s' "$PREVIEWOPS_ID_TOKEN" > "$AWS_WEB_IDENTITY_TOKEN_FILE"`;

/** Not from a fork: its pipelines run in the fork, which the role does not know. */
const ofThisProject = scalar(
  '$CI_PIPELINE_SOURCE == "merge_request_event" && $CI_MERGE_REQUEST_SOURCE_PROJECT_ID == $CI_MERGE_REQUEST_PROJECT_ID',
);

/** The environment's name; the app keeps those of two apps apart. */
const environment = ({ app }: CheckedOptions) =>
  `preview/${app === undefined ? '' : `${app}/`}$CI_MERGE_REQUEST_IID`;

const call = (options: CheckedOptions, command: string) =>
  `npx --yes ${options.packageSpec} ${command}${configFlag(options)}`;

const deploy = (options: CheckedOptions, name: string) => `${name}-deploy:
  extends: .${name}
  rules:
    - if: ${ofThisProject}
  # A newer push may cancel it; the newest deploy wins in any case.
  interruptible: true
  script:
    - ${call(options, 'deploy --output-env previewops.env')}
  artifacts:
    reports:
      dotenv: previewops.env
  environment:
    name: ${environment(options)}
    url: $PREVIEWOPS_URL
    on_stop: ${name}-destroy
    # Also when no pipeline runs any more; each deploy starts it anew.
    auto_stop_in: 1 week`;

const destroy = (
  options: CheckedOptions,
  name: string,
) => `# GitLab runs it when the merge request is merged or closed, or somebody stops the environment.
${name}-destroy:
  extends: .${name}
  needs: []
  rules:
    - if: ${ofThisProject}
      when: manual
      allow_failure: true
  interruptible: false
  script:
    - ${call(options, 'destroy')}
  environment:
    name: ${environment(options)}
    action: stop`;

const prune = (
  options: CheckedOptions,
  name: string,
) => `# For a pipeline schedule, hourly, with the variable PREVIEWOPS_PRUNE set to true.
${name}-prune:
  extends: .${name}
  rules:
    - if: ${scalar('$CI_PIPELINE_SOURCE == "schedule" && $PREVIEWOPS_PRUNE == "true"')}
  interruptible: false
  script:
    - ${call(options, 'prune --yes')}`;
