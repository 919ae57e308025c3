import { githubLabels, githubState, readGithubPull } from './github-pull.ts';
import { at, numberAt, personAt, textAt } from './payload.ts';
import type { RunFacts } from './run.ts';
import { differInSlug, readBranch, readCommit, readPr, readTitle } from './values.ts';
import type { Variables } from './variables.ts';

/** What one event of GitHub Actions says; the rest is the same for all of them. */
export type EventFacts = Omit<RunFacts, 'eventName'>;
type EventReader = (event: unknown, env: Variables) => EventFacts;

/** https://docs.github.com/actions/reference/workflows-and-actions/events-that-trigger-workflows */
const readers = new Map<string, EventReader>([
  ['pull_request', pullRequest],
  ['pull_request_target', pullRequest],
  ['pull_request_review', (event) => ({ ...pullRequest(event), event: 'review' })],
  ['pull_request_review_comment', reviewComment],
  ['issue_comment', issueComment],
  ['push', push],
  ['create', (_, env) => refOf(env)],
  ['delete', branchDeletion],
  ['workflow_dispatch', (_, env) => ({ ...refOf(env), event: 'dispatch' })],
  // Whatever it is about is in a payload of the user's own making.
  ['repository_dispatch', () => ({ event: 'dispatch', elsewhere: true })],
  ['schedule', (_, env) => ({ ...refOf(env), event: 'schedule' })],
  ['merge_group', mergeGroup],
  ['workflow_run', workflowRun],
  ['deployment', deployment],
  ['deployment_status', deployment],
]);

/** Reads an event by its name; one that is not known is about nothing that is known. */
export function readGithubEvent(name: string, event: unknown, env: Variables): EventFacts {
  return readers.get(name)?.(event, env) ?? { event: 'other', elsewhere: true };
}

/** Whether an event says in its file alone what it is about. */
export function needsFile(name: string): boolean {
  return readers.has(name) && !['push', 'create', 'workflow_dispatch', 'schedule'].includes(name);
}

function pullRequest(event: unknown): EventFacts {
  const number = readPr(numberAt(event, 'number'), 'number');
  const { pr = number, ...facts } = readGithubPull(at(event, 'pull_request'));
  return { ...facts, event: 'pull_request', action: actionOf(event), pr };
}

function actionOf(event: unknown): string | undefined {
  const action = textAt(event, 'action');
  return action !== undefined && /^[a-z_]{1,40}$/.test(action) ? action : undefined;
}

function reviewComment(event: unknown): EventFacts {
  // The action is the comment's: a comment that was edited is no pull request that was.
  const { action: _, ...facts } = pullRequest(event);
  return { ...facts, event: 'comment', commenter: commenterOf(event) };
}

/** A comment on an issue names no pull request; one on a pull request does not tell its commit. */
function issueComment(event: unknown): EventFacts {
  const commenter = commenterOf(event);
  const issue = at(event, 'issue');
  const common = { event: 'comment', elsewhere: true, commenter } as const;
  if (at(issue, 'pull_request') === undefined) return common;
  return {
    ...common,
    pr: readPr(numberAt(issue, 'number'), 'issue.number'),
    author: personAt(issue, { user: 'user', association: 'author_association' }),
    labels: githubLabels(at(issue, 'labels')),
    state: githubState(issue),
    title: readTitle(textAt(issue, 'title')),
  };
}

const commenterOf = (event: unknown) =>
  personAt(at(event, 'comment'), { user: 'user', association: 'author_association' });

function push(event: unknown, env: Variables): EventFacts {
  if (at(event, 'deleted') !== true) return refOf(env);
  const ref = textAt(event, 'ref');
  if (!ref?.startsWith('refs/heads/')) return { event: 'other', elsewhere: true };
  return { event: 'delete', branch: readBranch(ref, 'ref'), fork: false, elsewhere: true };
}

function branchDeletion(event: unknown): EventFacts {
  if (textAt(event, 'ref_type') !== 'branch') return { event: 'other', elsewhere: true };
  const branch = readBranch(textAt(event, 'ref'), 'ref');
  return { event: 'delete', branch, fork: false, elsewhere: true };
}

/** The branch or tag that the run is of. Only who may write to a repository pushes to it. */
function refOf(env: Variables): EventFacts {
  const ref = env.text('GITHUB_REF');
  const commit = env.commit('GITHUB_SHA');
  if (ref?.startsWith('refs/heads/')) {
    return { event: 'push', branch: env.branch('GITHUB_REF'), commit, fork: false };
  }
  const tag = ref?.startsWith('refs/tags/') ? ref.slice('refs/tags/'.length) : undefined;
  return { event: tag === undefined ? 'other' : 'tag', tag, commit };
}

/** The branch of a merge group lives for minutes, so that no preview could be named after it. */
function mergeGroup(event: unknown): EventFacts {
  const base = textAt(event, 'merge_group', 'base_ref');
  return {
    event: 'merge_queue',
    elsewhere: true,
    baseBranch: readBranch(base, 'merge_group.base_ref'),
    commit: readCommit(textAt(event, 'merge_group', 'head_sha'), 'merge_group.head_sha'),
  };
}

/** The first run's own branch and commit; GitHub lists no pull requests that come from forks. */
function workflowRun(event: unknown): EventFacts {
  const run = at(event, 'workflow_run');
  const pulls = at(run, 'pull_requests');
  const first = Array.isArray(pulls) ? pulls[0] : undefined;
  const number = numberAt(first, 'number');
  return {
    event: 'workflow_run',
    elsewhere: true,
    pr: readPr(number, 'workflow_run.pull_requests[0].number'),
    branch: readBranch(textAt(run, 'head_branch'), 'workflow_run.head_branch'),
    commit: readCommit(textAt(run, 'head_sha'), 'workflow_run.head_sha'),
    fork: differInSlug(
      textAt(event, 'repository', 'full_name'),
      textAt(run, 'head_repository', 'full_name'),
    ),
  };
}

function deployment(event: unknown, env: Variables): EventFacts {
  const { branch } = refOf(env);
  const commit = readCommit(textAt(event, 'deployment', 'sha'), 'deployment.sha');
  return { event: 'deployment', branch, commit, elsewhere: true };
}
