import { createHash } from 'node:crypto';
import { normalizeRepository } from '../config/repository.ts';
import { PreviewopsError } from '../errors.ts';
import type { PreviewRef } from '../preview/identity.ts';
import { type Git, GitError } from './git.ts';

export interface CommitQuestion {
  ref: PreviewRef;
  /** The commit that is asked for, or that the CI's event is about: 7 to 64 hex digits. */
  commit?: string | undefined;
  /** https clone URL that the image is built from. */
  repository: string | undefined;
  git: Git;
  /** Never touch the network, and make a commit up rather than fail. */
  sandbox: boolean;
  /** Asks the repository's host for the newest commit, where git may not. */
  ask?: ((ref: PreviewRef) => Promise<string | undefined>) | undefined;
  /** Whether the commit that is checked out will do, with a warning, where nobody tells the newest. */
  mayGuess?: boolean;
  warn(text: string): void;
}

const isFull = (id: string) => id.length === 40 || id.length === 64;

/**
 * The commit to build, in full: the one asked for, else the newest of the pull request or branch at
 * the remote, else (with a warning) the one checked out. Rejects with `identity-unknown` if there is
 * none, or if the remote knows no such pull request or branch.
 */
export async function resolveCommit(question: CommitQuestion): Promise<string> {
  const { commit, git, sandbox, ref, warn } = question;
  if (commit !== undefined) return isFull(commit) ? commit : expand(commit, git);
  if (sandbox) return (await git.head()) ?? madeUp(ref);
  const remote = await askRemote(question);
  if (typeof remote === 'string') return remote;
  const told = await question.ask?.(ref);
  if (told !== undefined) return told;
  const head = question.mayGuess === false ? undefined : await git.head();
  if (head === undefined) {
    throw new PreviewopsError('identity-unknown', `no commit is known: ${remote.reason}`, {
      hint: 'Give the full commit id with --commit, or a GITHUB_TOKEN to ask GitHub with.',
    });
  }
  warn(`building the checked-out commit ${head.slice(0, 12)}: ${remote.reason}`);
  return head;
}

async function expand(commit: string, git: Git): Promise<string> {
  const full = await git.resolve(commit);
  if (full !== undefined) return full;
  throw new PreviewopsError('bad-usage', `the commit id ${commit} is not a full one`, {
    hint: 'This checkout does not know it either; give all 40 digits with --commit (`git rev-parse <commit>`).',
  });
}

/** Bitbucket Cloud and Azure Repos keep no ref for the head of a pull request, only its branch. */
const withoutPullRefs =
  /^https:\/\/(?:[^/]+\.)?(?:bitbucket\.org|dev\.azure\.com|visualstudio\.com)[/:]/i;

/**
 * The refs that GitHub and GitLab keep for a pull or merge request, or a branch's own. `branch`
 * beside `pr` is a branch of this repository, never a fork's.
 */
export function remoteRefNames({ pr, branch }: PreviewRef, repository?: string): string[] {
  const own = branch === undefined ? [] : [`refs/heads/${branch}`];
  if (pr === undefined || (own.length > 0 && withoutPullRefs.test(repository ?? ''))) return own;
  return [`refs/pull/${pr}/head`, `refs/merge-requests/${pr}/head`];
}

async function askRemote(question: CommitQuestion): Promise<string | { reason: string }> {
  const { git, repository, ref } = question;
  const remote = await remoteOf(git, repository);
  const origin = repository ?? normalizeRepository((await git.origin()) ?? '');
  const names = remoteRefNames(ref, origin);
  if (remote === undefined) return { reason: 'no remote repository is known' };
  try {
    const refs = await git.remoteRefs(remote, names);
    const found = names.map((name) => refs.get(name)).find((id) => id !== undefined);
    if (found !== undefined) return found;
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    return { reason: `the remote could not be asked (${error.message})` };
  }
  const wanted = ref.pr === undefined ? `branch ${ref.branch}` : `pull request ${ref.pr}`;
  throw new PreviewopsError('identity-unknown', `the remote repository has no ${wanted}`, {
    hint: `Looked for ${names.join(' and ')} in ${repository ?? 'origin'}.\nPush it first, or say which commit to build with --commit.`,
  });
}

/** `origin` where it is the repository that is meant, for its credentials; else that one's URL. */
export async function remoteOf(
  git: Git,
  repository: string | undefined,
): Promise<string | undefined> {
  const origin = await git.origin();
  if (origin === undefined) return repository;
  return repository === undefined || sameRepository(normalizeRepository(origin), repository)
    ? 'origin'
    : repository;
}

/** Hosts take a clone URL with or without `.git`, in any case. */
function sameRepository(a: string | undefined, b: string): boolean {
  const [left, right] = [a ?? '', b].map((url) => url.replace(/(?:\.git)?\/?$/, '').toLowerCase());
  return left === right;
}

/** Always the same for a ref, so that a second sandbox deploy finds its image. */
export function madeUp({ pr, branch }: PreviewRef): string {
  const name = pr === undefined ? branch : `pr-${pr}`;
  return createHash('sha1').update(`sandbox ${name}`).digest('hex');
}
