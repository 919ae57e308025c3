import { at, numberAt, personAt, textAt } from './payload.ts';
import type { PullRequestFacts } from './run.ts';
import { differInSlug, readBranch, readCommit, readLabels, readPr, readTitle } from './values.ts';

/**
 * A pull request as GitHub's events and its REST API write it (`GET /repos/{o}/{r}/pulls/{n}`).
 * `what` is its name in messages. Throws `bad-usage` for a number, branch or commit that is none.
 */
export function readGithubPull(
  pull: unknown,
  what = 'pull_request',
): PullRequestFacts & { pr?: number | undefined } {
  return {
    pr: readPr(numberAt(pull, 'number'), `${what}.number`),
    branch: readBranch(textAt(pull, 'head', 'ref'), `${what}.head.ref`),
    baseBranch: readBranch(textAt(pull, 'base', 'ref'), `${what}.base.ref`),
    commit: readCommit(textAt(pull, 'head', 'sha'), `${what}.head.sha`),
    fork: isFork(pull),
    author: personAt(pull, { user: 'user', association: 'author_association' }),
    labels: githubLabels(at(pull, 'labels')),
    state: githubState(pull),
    title: readTitle(textAt(pull, 'title')),
  };
}

export function githubLabels(labels: unknown): string[] | undefined {
  if (!Array.isArray(labels)) return undefined;
  return readLabels(labels.map((label) => textAt(label, 'name') ?? ''));
}

/** Of a pull request, or of the issue that GitHub keeps for it. */
export function githubState(pull: unknown): PullRequestFacts['state'] {
  const merged = at(pull, 'merged') === true || textAt(pull, 'merged_at') !== undefined;
  if (merged || textAt(pull, 'pull_request', 'merged_at') !== undefined) return 'merged';
  const state = textAt(pull, 'state');
  return state === 'open' || state === 'closed' ? state : undefined;
}

/** The head has no repository once its fork was deleted. */
function isFork(pull: unknown): boolean | undefined {
  if (at(pull, 'head', 'repo') === null) return true;
  const [base, head] = ['base', 'head'].map((side) => numberAt(pull, side, 'repo', 'id'));
  if (base !== undefined && head !== undefined) return base !== head;
  return differInSlug(
    textAt(pull, 'base', 'repo', 'full_name'),
    textAt(pull, 'head', 'repo', 'full_name'),
  );
}
