import { parseCommit } from '../parse.ts';
import type { RunFacts } from './run.ts';
import { readRepository } from './values.ts';
import type { Variables } from './variables.ts';

/**
 * Bitbucket Pipelines. Pipelines of pull requests run for branches of the repository itself and
 * never for forks. Some have only the first twelve digits of the commit.
 * https://support.atlassian.com/bitbucket-cloud/docs/variables-and-secrets/
 */
export function readBitbucket(env: Variables): RunFacts {
  const pr = env.pr('BITBUCKET_PR_ID');
  const tag = env.text('BITBUCKET_TAG');
  const commit = env.text('BITBUCKET_COMMIT');
  const slug = env.text('BITBUCKET_REPO_FULL_NAME');
  const build = env.text('BITBUCKET_BUILD_NUMBER') ?? '';
  const event = pr === undefined ? (tag === undefined ? 'push' : 'tag') : 'pull_request';
  return {
    event,
    eventName: event,
    pr,
    tag,
    branch: env.branch('BITBUCKET_BRANCH'),
    baseBranch: env.branch('BITBUCKET_PR_DESTINATION_BRANCH'),
    commit: commit === undefined ? undefined : parseCommit(commit, 'BITBUCKET_COMMIT'),
    repository:
      slug === undefined ? undefined : readRepository(`https://bitbucket.org/${slug}.git`),
    fork: false,
    runUrl:
      slug !== undefined && /^\d{1,12}$/.test(build)
        ? `https://bitbucket.org/${encodeURI(slug)}/pipelines/results/${build}`
        : undefined,
  };
}
