import type { PreviewRef } from '../../preview/identity.ts';
import type { Connected, Github } from './client.ts';
import { statusOf } from './explain.ts';

const commitPattern = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/;

/** A pull request, as far as trust and identity ask for it. Its texts are from outside. */
export interface PullRequest {
  number: number;
  open: boolean;
  /** Full id of the newest commit, not of the merge commit. */
  headSha: string;
  headBranch: string;
  /** The head is in another repository, or in one that is gone. */
  fork: boolean;
  author: string;
  authorIsBot: boolean;
  /** GitHub's word for the author, e.g. `MEMBER`, `CONTRIBUTOR`, `NONE`. */
  association: string;
  labels: string[];
}

/** Number of the one open pull request of a branch; undefined if there is none, several, or no answer. */
export function openPullRequest(github: Github, branch: string): Promise<number | undefined> {
  const { owner, repo } = github.at;
  return github.attempt('pulls', async ({ request }) => {
    const { data } = await request('GET /repos/{owner}/{repo}/pulls', {
      owner,
      repo,
      head: `${owner}:${branch}`,
      state: 'open',
      per_page: 100,
    });
    // GitHub leaves out a filter that it cannot read, and then lists everything.
    const label = `${owner}:`.toLowerCase();
    const found = data.filter(
      ({ head }) => head.ref === branch && head.label.toLowerCase().startsWith(label),
    );
    return found.length === 1 ? found[0]?.number : undefined;
  });
}

/** Undefined when GitHub does not tell. */
export function pullRequest(github: Github, number: number): Promise<PullRequest | undefined> {
  return github.attempt('pulls', async ({ request }) => {
    const { data } = await request('GET /repos/{owner}/{repo}/pulls/{pull_number}', {
      ...github.at,
      pull_number: number,
    });
    const { head, base, user } = data;
    return {
      number: data.number,
      open: data.state === 'open',
      headSha: head.sha,
      headBranch: head.ref,
      // The types do not say so, but a deleted fork is null.
      fork: (head.repo as typeof head.repo | null)?.full_name !== base.repo.full_name,
      author: user.login,
      authorIsBot: user.type === 'Bot',
      association: data.author_association,
      labels: data.labels.map(({ name }) => name),
    };
  });
}

/** The newest commit of a pull request or branch; undefined when GitHub does not tell. */
export async function headOf(
  github: Github,
  { pr, branch }: PreviewRef,
): Promise<string | undefined> {
  if (pr !== undefined) return (await pullRequest(github, pr))?.headSha;
  if (branch === undefined) return undefined;
  return github.attempt('pulls', async ({ request }) => {
    const route = 'GET /repos/{owner}/{repo}/branches/{branch}';
    const { data } = await request(route, { ...github.at, branch });
    return commitPattern.test(data.commit.sha) ? data.commit.sha : undefined;
  });
}

/**
 * Whether a commit is the newest or an earlier one of a branch of this repository; false also for a
 * commit that GitHub does not know or has from a fork only, undefined when GitHub does not tell.
 */
export function isCommitOnBranch(
  github: Github,
  { commit, branch }: { commit: string; branch: string },
): Promise<boolean | undefined> {
  // Git allows neither in a name, and the API splits at the dots.
  if (!commitPattern.test(commit) || branch.includes('..')) return Promise.resolve(false);
  return github.attempt('compare', async ({ request }) => {
    try {
      const { data } = await request('GET /repos/{owner}/{repo}/compare/{basehead}', {
        ...github.at,
        basehead: `${branch}...${commit}`,
        per_page: 1,
      });
      return data.status === 'identical' || data.status === 'behind';
    } catch (error) {
      if (statusOf(error) !== 404) throw error;
      await readBranch(github, { request, branch });
      return false;
    }
  });
}

/** Tells a commit that is not there from a repository that we may not read. */
async function readBranch(
  { at }: Github,
  { request, branch }: Pick<Connected, 'request'> & { branch: string },
): Promise<void> {
  await request('GET /repos/{owner}/{repo}/branches/{branch}', { ...at, branch });
}

/** Undefined when GitHub does not tell. */
export function pullRequestState(
  github: Github,
  number: number,
): Promise<'open' | 'closed' | 'merged' | undefined> {
  return github.attempt('pulls', async ({ request }) => {
    const { data } = await request('GET /repos/{owner}/{repo}/pulls/{pull_number}', {
      ...github.at,
      pull_number: number,
    });
    if (data.state === 'open') return 'open';
    return data.merged ? 'merged' : 'closed';
  });
}
