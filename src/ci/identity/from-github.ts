import type { Github } from '../github/client.ts';
import { openPullRequest, type PullRequest, pullRequest } from '../github/pulls.ts';
import type { RefQuestion } from '../ref.ts';
import type { Lookups } from './complete.ts';
import type { PullRequestFacts } from './run.ts';
import { readBranch, readCommit, readLabels, readLogin } from './values.ts';

/** What identity and trust ask, answered by GitHub's API. */
export function githubLookups(
  github: Github,
): Required<Pick<RefQuestion, 'openPullRequest'>> & Required<Omit<Lookups, 'git'>> {
  return {
    openPullRequest: (branch) => openPullRequest(github, branch),
    pullRequest: async (pr) => {
      const pull = await pullRequest(github, pr);
      return pull && factsOf(pull);
    },
    mayWrite: (login) => mayWrite(github, login),
  };
}

/** An answer of the API in the words of a run; throws `bad-usage` for a branch or commit that is none. */
export function factsOf(pull: PullRequest): PullRequestFacts {
  return {
    branch: readBranch(pull.headBranch, 'the branch of the pull request'),
    commit: readCommit(pull.headSha, 'the commit of the pull request'),
    fork: pull.fork,
    author: {
      login: readLogin(pull.author),
      type: pull.authorIsBot ? 'bot' : 'user',
      ...(/^[A-Z_]{1,40}$/.test(pull.association) ? { association: pull.association } : {}),
    },
    labels: readLabels(pull.labels),
    state: pull.open ? 'open' : 'closed',
  };
}

/** Undefined when GitHub does not tell. `permission` has `write` for the role `maintain` too. */
function mayWrite(github: Github, login: string): Promise<boolean | undefined> {
  return github.attempt('pulls', async ({ request }) => {
    const { data } = await request(
      'GET /repos/{owner}/{repo}/collaborators/{username}/permission',
      {
        ...github.at,
        username: login,
      },
    );
    return data.permission === 'admin' || data.permission === 'write';
  });
}
