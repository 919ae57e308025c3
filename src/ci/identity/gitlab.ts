import type { CiEvent, RunFacts } from './run.ts';
import { differInSlug, readRepository, splitLabels } from './values.ts';
import type { Variables } from './variables.ts';

/**
 * GitLab CI. `CI_MERGE_REQUEST_IID` is the number that people see; `CI_MERGE_REQUEST_ID` counts
 * through the whole instance. Nothing tells who wrote a merge request: `GITLAB_USER_LOGIN` is who
 * started the pipeline. https://docs.gitlab.com/ci/variables/predefined_variables/
 */
export function readGitlab(env: Variables): RunFacts {
  const source = env.text('CI_PIPELINE_SOURCE') ?? 'unknown';
  const common = {
    eventName: source.slice(0, 60),
    defaultBranch: env.branch('CI_DEFAULT_BRANCH'),
    runUrl: env.url('CI_PIPELINE_URL'),
  };
  const merge = env.pr('CI_MERGE_REQUEST_IID');
  if (merge !== undefined) return { ...common, ...mergeRequest(env), pr: merge };
  const external = env.pr('CI_EXTERNAL_PULL_REQUEST_IID');
  if (external !== undefined) return { ...common, ...externalPullRequest(env), pr: external };
  const tag = env.text('CI_COMMIT_TAG');
  return {
    ...common,
    event: tag === undefined ? (events.get(source) ?? 'other') : 'tag',
    tag,
    repository: repositoryAt(env.text('CI_PROJECT_URL')),
    pr: openMergeRequest(env),
    branch: env.branch('CI_COMMIT_BRANCH'),
    commit: env.commit('CI_COMMIT_SHA'),
    fork: false,
  };
}

const events = new Map<string, CiEvent>([
  ['push', 'push'],
  ['schedule', 'schedule'],
  ...['web', 'webide', 'api', 'trigger', 'pipeline', 'parent_pipeline', 'chat'].map(
    (source): [string, CiEvent] => [source, 'dispatch'],
  ),
]);

const repositoryAt = (url: string | undefined) => readRepository(url && `${url}.git`);

function mergeRequest(env: Variables): Omit<RunFacts, 'eventName'> {
  // A merged results pipeline and a merge train check out a merge; only the first tells its parent.
  const merged = ['merged_result', 'merge_train'].includes(
    env.text('CI_MERGE_REQUEST_EVENT_TYPE') ?? '',
  );
  const head = env.commit('CI_MERGE_REQUEST_SOURCE_BRANCH_SHA');
  return {
    event: 'pull_request',
    repository: repositoryAt(
      env.text('CI_MERGE_REQUEST_PROJECT_URL') ?? env.text('CI_PROJECT_URL'),
    ),
    branch: env.branch('CI_MERGE_REQUEST_SOURCE_BRANCH_NAME'),
    baseBranch: env.branch('CI_MERGE_REQUEST_TARGET_BRANCH_NAME'),
    commit: head ?? (merged ? undefined : env.commit('CI_COMMIT_SHA')),
    fork: differInSlug(
      env.text('CI_MERGE_REQUEST_PROJECT_ID'),
      env.text('CI_MERGE_REQUEST_SOURCE_PROJECT_ID'),
    ),
    labels: splitLabels(env.text('CI_MERGE_REQUEST_LABELS')),
    title: env.title('CI_MERGE_REQUEST_TITLE'),
  };
}

/** A pull request at GitHub that GitLab runs a pipeline for; the repository there is not told in full. */
function externalPullRequest(env: Variables): Omit<RunFacts, 'eventName'> {
  return {
    event: 'pull_request',
    branch: env.branch('CI_EXTERNAL_PULL_REQUEST_SOURCE_BRANCH_NAME'),
    baseBranch: env.branch('CI_EXTERNAL_PULL_REQUEST_TARGET_BRANCH_NAME'),
    commit: env.commit('CI_EXTERNAL_PULL_REQUEST_SOURCE_BRANCH_SHA'),
    fork: differInSlug(
      env.text('CI_EXTERNAL_PULL_REQUEST_TARGET_REPOSITORY'),
      env.text('CI_EXTERNAL_PULL_REQUEST_SOURCE_REPOSITORY'),
    ),
  };
}

/**
 * The merge request that a branch's pipeline belongs to: GitLab lists up to four, as
 * `group/project!42`, and those of other projects are not this repository's.
 */
function openMergeRequest(env: Variables): number | undefined {
  const branch = env.branch('CI_COMMIT_BRANCH');
  if (branch === undefined || branch === env.branch('CI_DEFAULT_BRANCH')) return undefined;
  const prefix = `${env.text('CI_PROJECT_PATH')}!`;
  const listed = (env.text('CI_OPEN_MERGE_REQUESTS') ?? '').split(',');
  const numbers = listed
    .filter((entry) => entry.startsWith(prefix))
    .map((entry) => entry.slice(prefix.length))
    .filter((number) => /^[1-9]\d{0,8}$/.test(number));
  return numbers[0] === undefined ? undefined : Number(numbers[0]);
}
