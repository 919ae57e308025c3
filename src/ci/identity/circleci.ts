import type { RunFacts } from './run.ts';
import { readPr } from './values.ts';
import type { Variables } from './variables.ts';

/**
 * CircleCI. `CIRCLE_PR_*` is there for forks only, whose branch is called `pull/42`; and not at all
 * for projects of the GitHub App, so that their absence proves nothing.
 * https://circleci.com/docs/reference/variables/
 */
export function readCircleci(env: Variables): RunFacts {
  const tag = env.text('CIRCLE_TAG');
  const address = env.text('CIRCLE_PULL_REQUEST');
  const tail = /\/(\d+)\/?$/.exec(address ?? '')?.[1] ?? address;
  const pr = env.pr('CIRCLE_PR_NUMBER') ?? readPr(tail, 'the end of CIRCLE_PULL_REQUEST');
  const pullBranch = /^pull\/\d+/.test(env.text('CIRCLE_BRANCH') ?? '');
  const owner = env.login('CIRCLE_PR_USERNAME');
  const fork = pullBranch || owner !== undefined;
  const event = pr === undefined ? (tag === undefined ? 'push' : 'tag') : 'pull_request';
  return {
    event,
    eventName: event,
    pr,
    tag,
    branch: pullBranch ? undefined : env.branch('CIRCLE_BRANCH'),
    commit: env.commit('CIRCLE_SHA1'),
    repository: env.repository('CIRCLE_REPOSITORY_URL'),
    fork: fork || (pr === undefined ? false : undefined),
    author: owner === undefined ? undefined : { login: owner },
    runUrl: env.url('CIRCLE_BUILD_URL'),
  };
}
