import { commentJob } from './github-comment.ts';
import {
  checkoutStep,
  credentialsStep,
  installSteps,
  job,
  permissions,
  runStep,
  steps,
} from './github-steps.ts';
import type { CheckedOptions } from './options.ts';
import { expression, header, lines, literal, nameOf, scalar, type WorkflowFile } from './text.ts';

/** GitHub Actions: deploy on a push, destroy on close, commands in comments, an hourly prune. */
export function renderGithub(options: CheckedOptions): WorkflowFile[] {
  const name = nameOf(options);
  return [
    {
      path: `.github/workflows/${options.workflowFile ?? `${name}.yml`}`,
      text: lines(
        header(options, { ci: 'github', page: 'github-actions.md' }),
        `name: ${name}`,
        '',
        events(options),
        '',
        '# Each job says what it needs.',
        'permissions: {}',
        '',
        'defaults:',
        '  run:',
        '    shell: bash',
        '',
        'jobs:',
        deployJob(options),
        '',
        destroyJob(options),
        '',
        commentJob(options),
        '',
        pruneJob(options),
        '',
      ),
    },
  ];
}

const events = ({ label }: CheckedOptions) => `on:
  pull_request:
    types: [opened, synchronize, reopened${label === undefined ? '' : ', labeled'}]
  # Unlike pull_request this also comes when the branch has conflicts, and it runs this file as the
  # default branch has it: a pull request cannot change how its preview is removed. Nothing of it is
  # checked out.
  pull_request_target:
    types: [closed]
  issue_comment:
    types: [created]
  schedule:
    - cron: '17 * * * *'`;

const head = 'github.event.pull_request.head';

function deployJob(options: CheckedOptions): string {
  return job(
    'deploy',
    `if: ${scalar(isDeploy(options))}`,
    'runs-on: ubuntu-latest',
    'timeout-minutes: 45',
    permissions,
    '# A push takes over from the deploy before it. Groups are taken before `if` is looked at, so that',
    '# every other event has one of its own.',
    'concurrency:',
    `  group: ${deployGroup(options)}`,
    '  cancel-in-progress: true',
    steps(
      installSteps(options),
      checkoutStep({ ref: `${head}.sha` }),
      '# A fork gets no identity for AWS, and needs none: previewops says that it is skipped.',
      credentialsStep(options, `${head}.repo.full_name == github.repository`),
      runStep('deploy', options),
    ),
  );
}

/** The events of pull requests; of labels only the one that is asked for. */
const isDeploy = ({ label }: CheckedOptions) =>
  label === undefined
    ? "github.event_name == 'pull_request'"
    : `github.event_name == 'pull_request' && (github.event.action != 'labeled' || github.event.label.name == ${literal(label)})`;

function deployGroup(options: CheckedOptions): string {
  const member = `${isDeploy(options)} && github.event.pull_request.number || github.run_id`;
  return scalar(`${nameOf(options)}-deploy-${expression(member)}`);
}

const destroyJob = (options: CheckedOptions) =>
  job(
    'destroy',
    "if: github.event_name == 'pull_request_target'",
    'runs-on: ubuntu-latest',
    'timeout-minutes: 45',
    permissions,
    '# No concurrency group: GitHub drops a run that waits in one when a newer comes, and this one must',
    '# run. A deploy that is under way sees the destroy and gives way.',
    steps(
      installSteps(options),
      checkoutStep({}),
      credentialsStep(options),
      runStep('destroy', options),
    ),
  );

const pruneJob = (options: CheckedOptions) =>
  job(
    'prune',
    '# Whatever was missed: expired previews, and those of pull requests that are closed.',
    "if: github.event_name == 'schedule'",
    'runs-on: ubuntu-latest',
    'timeout-minutes: 45',
    permissions,
    steps(
      installSteps(options),
      checkoutStep({}),
      credentialsStep(options),
      runStep('prune --yes', options),
    ),
  );
