import type { CiEvent, RunFacts } from './run.ts';
import { differ, readBranch, splitLabels } from './values.ts';
import type { Variables } from './variables.ts';

/**
 * Buildkite. A build outside a pull request has `false` for its number, and one that was asked for
 * without a commit has `HEAD`.
 * https://buildkite.com/docs/pipelines/configure/environment-variables
 */
export function readBuildkite(env: Variables): RunFacts {
  const source = env.text('BUILDKITE_SOURCE') ?? 'unknown';
  const common = {
    eventName: source.slice(0, 60),
    commit: env.commit('BUILDKITE_COMMIT'),
    repository: env.repository('BUILDKITE_REPO'),
    defaultBranch: env.branch('BUILDKITE_PIPELINE_DEFAULT_BRANCH'),
    runUrl: env.url('BUILDKITE_BUILD_URL'),
  };
  if (env.text('BUILDKITE_MERGE_QUEUE_BASE_BRANCH') !== undefined) {
    return { ...common, event: 'merge_queue', elsewhere: true };
  }
  const pr = env.pr('BUILDKITE_PULL_REQUEST');
  if (pr !== undefined) return { ...common, ...pullRequest(env), pr };
  const tag = env.text('BUILDKITE_TAG');
  return {
    ...common,
    event: tag === undefined ? (events.get(source) ?? 'other') : 'tag',
    tag,
    branch: tag === undefined ? env.branch('BUILDKITE_BRANCH') : undefined,
    fork: false,
  };
}

const events = new Map<string, CiEvent>([
  ['webhook', 'push'],
  ['schedule', 'schedule'],
  ['ui', 'dispatch'],
  ['api', 'dispatch'],
  ['trigger_job', 'dispatch'],
]);

function pullRequest(env: Variables): Omit<RunFacts, 'eventName'> {
  const branch = env.text('BUILDKITE_BRANCH');
  // A pipeline may be set to call the branches of forks `owner:branch`.
  const prefixed = branch?.includes(':') ?? false;
  const head = env.repository('BUILDKITE_PULL_REQUEST_REPO');
  const labels = env.text('BUILDKITE_PULL_REQUEST_LABELS');
  return {
    event: 'pull_request',
    branch: readBranch(branch?.replace(/^[^:]*:/, ''), 'BUILDKITE_BRANCH'),
    baseBranch: env.branch('BUILDKITE_PULL_REQUEST_BASE_BRANCH'),
    fork: prefixed || differ(env.repository('BUILDKITE_REPO'), head),
    labels: splitLabels(labels),
  };
}
