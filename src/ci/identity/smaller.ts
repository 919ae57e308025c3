// Four CIs in one file: each is a plain table from variables to facts.
import type { CiEvent, RunFacts } from './run.ts';
import { differInSlug, readRepository, readUrl, splitLabels } from './values.ts';
import type { Variables } from './variables.ts';

/** https://docs.travis-ci.com/user/environment-variables/; on a pull request TRAVIS_BRANCH is its target. */
export function readTravis(env: Variables): RunFacts {
  const type = env.text('TRAVIS_EVENT_TYPE') ?? 'unknown';
  const slug = env.text('TRAVIS_REPO_SLUG');
  const common = {
    eventName: type.slice(0, 60),
    repository: slug === undefined ? undefined : readRepository(`https://github.com/${slug}.git`),
    runUrl: env.url('TRAVIS_BUILD_WEB_URL'),
  };
  const pr = env.pr('TRAVIS_PULL_REQUEST');
  if (pr === undefined) {
    const tag = env.text('TRAVIS_TAG');
    const byType: Record<string, CiEvent> = { cron: 'schedule', api: 'dispatch', push: 'push' };
    return {
      ...common,
      event: tag === undefined ? eventOf(byType, type) : 'tag',
      tag,
      branch: tag === undefined ? env.branch('TRAVIS_BRANCH') : undefined,
      commit: env.commit('TRAVIS_COMMIT'),
      fork: false,
    };
  }
  return {
    ...common,
    event: 'pull_request',
    pr,
    branch: env.branch('TRAVIS_PULL_REQUEST_BRANCH'),
    baseBranch: env.branch('TRAVIS_BRANCH'),
    commit: env.commit('TRAVIS_PULL_REQUEST_SHA'),
    fork: differInSlug(slug, env.text('TRAVIS_PULL_REQUEST_SLUG')),
  };
}

/** https://docs.drone.io/pipeline/environment/reference/; it does not tell a fork from a branch. */
export function readDrone(env: Variables): RunFacts {
  const type = env.text('DRONE_BUILD_EVENT') ?? 'unknown';
  const pr = env.pr('DRONE_PULL_REQUEST');
  const byType: Record<string, CiEvent> = {
    push: 'push',
    tag: 'tag',
    cron: 'schedule',
    custom: 'dispatch',
    promote: 'dispatch',
    rollback: 'dispatch',
  };
  const branch = pr === undefined ? 'DRONE_BRANCH' : 'DRONE_SOURCE_BRANCH';
  return {
    event: pr === undefined ? eventOf(byType, type) : 'pull_request',
    eventName: type.slice(0, 60),
    action: env.text('DRONE_BUILD_ACTION')?.slice(0, 40),
    pr,
    tag: env.text('DRONE_TAG'),
    branch: type === 'tag' ? undefined : env.branch(branch),
    baseBranch: pr === undefined ? undefined : env.branch('DRONE_TARGET_BRANCH'),
    commit: env.commit('DRONE_COMMIT_SHA'),
    repository: env.repository('DRONE_GIT_HTTP_URL') ?? env.repository('DRONE_REMOTE_URL'),
    defaultBranch: env.branch('DRONE_REPO_BRANCH'),
    fork: pr === undefined ? false : undefined,
    title: env.title('DRONE_PULL_REQUEST_TITLE'),
    runUrl: env.url('DRONE_BUILD_LINK'),
  };
}

/** https://woodpecker-ci.org/docs/usage/environment; the author of its pipeline is the pull request's. */
export function readWoodpecker(env: Variables): RunFacts {
  const type = env.text('CI_PIPELINE_EVENT') ?? 'unknown';
  const pr = env.pr('CI_COMMIT_PULL_REQUEST');
  const byType: Record<string, CiEvent> = {
    push: 'push',
    tag: 'tag',
    release: 'tag',
    cron: 'schedule',
    manual: 'dispatch',
    deployment: 'deployment',
  };
  const author = env.login('CI_PIPELINE_AUTHOR');
  const tag = env.text('CI_COMMIT_TAG');
  const branch = pr === undefined ? 'CI_COMMIT_BRANCH' : 'CI_COMMIT_SOURCE_BRANCH';
  return {
    event: pr === undefined ? eventOf(byType, type) : 'pull_request',
    eventName: type.slice(0, 60),
    action: type === 'pull_request_closed' ? 'closed' : undefined,
    pr,
    tag,
    branch: tag === undefined ? env.branch(branch) : undefined,
    baseBranch: pr === undefined ? undefined : env.branch('CI_COMMIT_TARGET_BRANCH'),
    commit: env.commit('CI_COMMIT_SHA'),
    repository: env.repository('CI_REPO_CLONE_URL'),
    defaultBranch: env.branch('CI_REPO_DEFAULT_BRANCH'),
    fork: pr === undefined ? false : undefined,
    author: pr === undefined || author === undefined ? undefined : { login: author },
    labels: pr === undefined ? undefined : splitLabels(env.text('CI_COMMIT_PULL_REQUEST_LABELS')),
    state: type === 'pull_request_closed' ? 'closed' : undefined,
    runUrl: env.url('CI_PIPELINE_URL'),
  };
}

/** https://docs.semaphoreci.com/reference/env-vars; its classic edition has PULL_REQUEST_NUMBER alone. */
export function readSemaphore(env: Variables): RunFacts {
  const type = env.text('SEMAPHORE_GIT_REF_TYPE') ?? 'unknown';
  const pr = env.pr('SEMAPHORE_GIT_PR_NUMBER') ?? env.pr('PULL_REQUEST_NUMBER');
  const scheduled = env.flag('SEMAPHORE_WORKFLOW_TRIGGERED_BY_SCHEDULE');
  const common = {
    eventName: type.slice(0, 60),
    repository: env.repository('SEMAPHORE_GIT_URL'),
    runUrl: runUrl(env),
  };
  if (pr === undefined) {
    const tag = env.text('SEMAPHORE_GIT_TAG_NAME');
    return {
      ...common,
      event: tag !== undefined ? 'tag' : scheduled ? 'schedule' : 'push',
      tag,
      branch: tag === undefined ? env.branch('SEMAPHORE_GIT_BRANCH') : undefined,
      commit: env.commit('SEMAPHORE_GIT_SHA'),
      fork: false,
    };
  }
  return {
    ...common,
    event: 'pull_request',
    pr,
    branch: env.branch('SEMAPHORE_GIT_PR_BRANCH'),
    baseBranch: env.branch('SEMAPHORE_GIT_BRANCH'),
    // SEMAPHORE_GIT_SHA is a merge.
    commit: env.commit('SEMAPHORE_GIT_PR_SHA'),
    fork: differInSlug(env.text('SEMAPHORE_GIT_REPO_SLUG'), env.text('SEMAPHORE_GIT_PR_SLUG')),
    title: env.title('SEMAPHORE_GIT_PR_NAME'),
  };
}

function runUrl(env: Variables): string | undefined {
  const organisation = env.text('SEMAPHORE_ORGANIZATION_URL');
  const workflow = env.text('SEMAPHORE_WORKFLOW_ID') ?? '';
  if (organisation === undefined || !/^[\w-]{1,60}$/.test(workflow)) return undefined;
  return readUrl(`${organisation.replace(/\/$/, '')}/workflows/${workflow}`);
}

const eventOf = (byType: Record<string, CiEvent>, type: string): CiEvent =>
  Object.hasOwn(byType, type) ? (byType[type] ?? 'other') : 'other';
