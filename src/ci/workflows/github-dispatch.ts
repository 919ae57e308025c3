import {
  checkoutStep,
  credentialsStep,
  installSteps,
  job,
  permissions,
  steps,
} from './github-steps.ts';
import type { CheckedOptions } from './options.ts';
import { configFlag, expression, header, indent, lines, type WorkflowFile } from './text.ts';

/** Where the dispatcher looks when nobody told it another name. */
const usualFile = 'qanote-ecs-preview.yml';

const inputs = [
  { name: 'action', required: true },
  { name: 'branch', required: true },
  { name: 'ai_run_id', required: false },
  { name: 'callback_url', required: false },
  { name: 'commit_sha', required: false },
] as const;

/** GitHub Actions for a dispatcher that knows a workflow contract and nothing else. */
export function renderGithubDispatch(options: CheckedOptions): WorkflowFile[] {
  return [
    {
      path: `.github/workflows/${options.workflowFile ?? usualFile}`,
      text: lines(
        header(options, { ci: 'github-dispatch', page: 'github-dispatch.md' }),
        'name: preview by dispatch',
        `run-name: ${expression('inputs.action')} ${expression('inputs.branch')} (${expression("inputs.ai_run_id || 'no run id'")})`,
        '',
        'on:',
        '  workflow_dispatch:',
        '    inputs:',
        ...inputs.map(({ name, required }) =>
          indent(lines(`${name}:`, `  required: ${required}`, '  type: string'), 6),
        ),
        '',
        'permissions: {}',
        '',
        'defaults:',
        '  run:',
        '    shell: bash',
        '',
        'jobs:',
        previewJob(options),
        '',
      ),
    },
  ];
}

const previewJob = (options: CheckedOptions) =>
  job(
    'preview',
    'runs-on: ubuntu-latest',
    'timeout-minutes: 45',
    permissions,
    '# No concurrency group: each dispatch gets its answer, and the newest wins without one.',
    steps(
      installSteps(options),
      '# The configuration of the branch that the workflow is run on; the whole history, to prove that the',
      '# commit is on the branch.',
      checkoutStep({ fetchDepth: 0 }),
      credentialsStep(options),
      lines(
        '- name: Deploy or destroy',
        '  env:',
        `    GITHUB_TOKEN: ${expression('github.token')}`,
        `    PREVIEWOPS_CALLBACK_SECRET: ${expression('secrets.PREVIEWOPS_CALLBACK_SECRET')}`,
        ...inputs.map(({ name }) => `    ${name.toUpperCase()}: ${expression(`inputs.${name}`)}`),
        '  run: |',
        indent(script(options), 4),
      ),
    ),
  );

/** `--flag=value`, so that a value is a value even when it begins with a hyphen. */
const script = (options: CheckedOptions) => `case $ACTION in
  deploy | destroy) ;;
  *)
    echo 'The input "action" must be deploy or destroy.' >&2
    exit 2
    ;;
esac
args=("--branch=$BRANCH")
if [ "$ACTION" = deploy ] && [ -n "$COMMIT_SHA" ]; then args+=("--commit=$COMMIT_SHA"); fi
if [ -n "$AI_RUN_ID" ]; then args+=("--run-id=$AI_RUN_ID"); fi
if [ -n "$CALLBACK_URL" ]; then args+=("--callback-url=$CALLBACK_URL"); fi
exec previewops "$ACTION"${configFlag(options)} "\${args[@]}"`;
