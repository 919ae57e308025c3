import { PreviewopsError } from '../errors.ts';
import { remoteOf } from './commit.ts';
import { fullId, type Git, GitError } from './git.ts';
import type { History } from './history.ts';
import { parseBranch } from './ref.ts';

export interface OnBranchQuestion {
  /** In full, e.g. from `resolveCommit`. */
  commit: string;
  branch: string;
  /** https clone URL that the image is built from. */
  repository: string | undefined;
  git: Git;
  history: History;
  /** Asks the repository's host, for checkouts that are too shallow; undefined when it cannot tell. */
  compare?: ((commit: string, branch: string) => Promise<boolean | undefined>) | undefined;
}

/**
 * Refuses a commit that is not on the branch it is said to be on: whoever dispatches a deploy names both, and
 * only what was pushed to that branch may be built. Throws `commit-not-on-branch`, also when nobody can tell;
 * `identity-unknown` for a branch that the remote does not have.
 */
export async function checkCommitOnBranch(question: OnBranchQuestion): Promise<void> {
  const { commit, history, git, repository, compare } = question;
  const branch = parseBranch(question.branch);
  if (!fullId.test(commit)) {
    throw new PreviewopsError('bad-usage', '--commit must be a full commit id here', {
      hint: 'Give all 40 digits (`git rev-parse <commit>`).',
    });
  }
  const remote = await remoteOf(git, repository);
  if (remote === undefined) throw unproven(question, 'no remote repository is known');
  const head = await headOf({ git, remote, branch });
  if (typeof head !== 'string') {
    const answer = await compare?.(commit, branch);
    return settle(question, answer, `the remote could not be asked (${head.message})`);
  }
  if (head === commit) return;
  const answer =
    (await history.isAncestor(commit, head)) ??
    (await compare?.(commit, branch)) ??
    (await history.isAncestorAfterFetch({ commit, head, remote, branch }));
  settle(question, answer, 'the history that is at hand does not reach far enough');
}

interface HeadQuestion {
  git: Git;
  remote: string;
  branch: string;
}

async function headOf({ git, remote, branch }: HeadQuestion): Promise<string | GitError> {
  const name = `refs/heads/${branch}`;
  try {
    const head = (await git.remoteRefs(remote, [name])).get(name);
    if (head !== undefined) return head;
  } catch (error) {
    if (error instanceof GitError) return error;
    throw error;
  }
  throw new PreviewopsError('identity-unknown', `the remote repository has no branch ${branch}`, {
    hint: 'Push it first, or correct --branch.',
  });
}

function settle(question: OnBranchQuestion, answer: boolean | undefined, doubt: string): void {
  if (answer === true) return;
  if (answer === undefined) throw unproven(question, doubt);
  const { branch, commit } = question;
  throw new PreviewopsError(
    'commit-not-on-branch',
    `commit ${commit.slice(0, 12)} is not on branch ${branch}`,
    { hint: `Push it to ${branch}, or leave --commit out to deploy the newest commit.` },
  );
}

function unproven({ branch, commit }: OnBranchQuestion, why: string): PreviewopsError {
  return new PreviewopsError(
    'commit-not-on-branch',
    `it could not be proven that commit ${commit.slice(0, 12)} is on branch ${branch}: ${why}`,
    {
      hint: 'Check out the whole history (actions/checkout: `fetch-depth: 0`) with access to the remote, or give GITHUB_TOKEN so that GitHub can be asked.',
    },
  );
}
