import type { RunFacts } from './run.ts';
import { readBranch, readPr } from './values.ts';
import type { Variables } from './variables.ts';

/**
 * AWS CodeBuild, started by a webhook or by hand with a source version of `pr/42`. It does not tell
 * whether the branch of a pull request is a fork's, and of people only numbers.
 * https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-env-vars.html
 */
export function readCodebuild(env: Variables): RunFacts {
  const webhook = env.text('CODEBUILD_WEBHOOK_EVENT');
  const trigger = env.text('CODEBUILD_WEBHOOK_TRIGGER');
  const { kind, name } = split(trigger ?? env.text('CODEBUILD_SOURCE_VERSION'));
  const common = {
    eventName: (webhook ?? trigger ?? 'started by hand').slice(0, 60),
    commit: env.commit('CODEBUILD_RESOLVED_SOURCE_VERSION'),
    repository: env.repository('CODEBUILD_SOURCE_REPO_URL'),
    runUrl: env.url('CODEBUILD_BUILD_URL'),
  };
  if (kind === 'pr') {
    const action = webhook?.match(/^PULL_REQUEST_([A-Z_]{1,20})$/)?.[1]?.toLowerCase();
    return {
      ...common,
      event: trigger === undefined ? 'dispatch' : 'pull_request',
      action,
      pr: readPr(name, 'the pull request of the CodeBuild build'),
      branch: env.branch('CODEBUILD_WEBHOOK_HEAD_REF'),
      baseBranch: env.branch('CODEBUILD_WEBHOOK_BASE_REF'),
      state: action === 'merged' || action === 'closed' ? action : undefined,
    };
  }
  if (kind === 'tag') return { ...common, event: 'tag', tag: name, fork: false };
  const head = env.text('CODEBUILD_WEBHOOK_HEAD_REF');
  const branch = kind === 'branch' ? name : head?.startsWith('refs/heads/') ? head : undefined;
  return {
    ...common,
    event: trigger === undefined && webhook === undefined ? 'dispatch' : 'push',
    branch: readBranch(branch, 'the branch of the CodeBuild build'),
    fork: false,
  };
}

/** `pr/42`, `branch/feature/login`, `tag/v1`; a source version may be a commit or a branch's bare name. */
function split(trigger: string | undefined): { kind?: string; name?: string } {
  return /^(?<kind>pr|branch|tag)\/(?<name>.+)$/s.exec(trigger ?? '')?.groups ?? {};
}
