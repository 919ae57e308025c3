import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { execGit, GitError, type GitOptions } from './git.ts';

/** Who came before whom, as far as a checkout and one remote branch can tell. Commits are full ids. */
export interface History {
  /** Whether `commit` is `head` or older; undefined when the checkout does not hold enough to tell. */
  isAncestor(commit: string, head: string): Promise<boolean | undefined>;
  /** The same, once the history of a remote's branch has been fetched; the checkout stays as it is. */
  isAncestorAfterFetch(question: BranchQuestion): Promise<boolean | undefined>;
}

export interface BranchQuestion {
  commit: string;
  head: string;
  /** Its name, or a URL. */
  remote: string;
  branch: string;
}

/** Commits alone, yet of a whole branch. */
const fetchTimeoutMs = 60_000;

export function openHistory(options: GitOptions): History {
  return {
    isAncestor: (commit, head) => isAncestor({ commit, head }, options),
    isAncestorAfterFetch: (question) => isAncestorAfterFetch(question, options),
  };
}

async function isAncestor(
  { commit, head }: { commit: string; head: string },
  options: GitOptions,
): Promise<boolean | undefined> {
  // A replacement of one commit by another (git-replace) would be this checkout's word, not the remote's.
  const run = (...args: string[]) => succeeds(['--no-replace-objects', ...args], options);
  const known = (id: string) => run('cat-file', '-e', `${id}^{commit}`);
  if (!(await known(head))) return undefined;
  // Absent is as good as not an ancestor: without gaps, whoever has a commit has all before it.
  if ((await known(commit)) && (await run('merge-base', '--is-ancestor', commit, head)))
    return true;
  const shallow = await execGit(['rev-parse', '--is-shallow-repository'], options);
  return shallow.trim() === 'false' ? false : undefined;
}

/**
 * New objects go to a directory of their own, thrown away afterwards, and no ref, FETCH_HEAD or
 * setting of the checkout is written: `--filter` would turn it into a partial clone for good, so the filter comes
 * from settings that last for one command.
 */
async function isAncestorAfterFetch(
  { commit, head, remote, branch }: BranchQuestion,
  options: GitOptions,
): Promise<boolean | undefined> {
  const objects = await objectsOf(options);
  if (objects === undefined) return undefined;
  const spare = await mkdtemp(join(tmpdir(), 'previewops-history-'));
  const aside: GitOptions = {
    ...options,
    timeoutMs: fetchTimeoutMs,
    env: {
      ...options.env,
      GIT_OBJECT_DIRECTORY: spare,
      // Quoted as in C, since a colon would part two directories (git(1)).
      GIT_ALTERNATE_OBJECT_DIRECTORIES: JSON.stringify(objects),
    },
  };
  try {
    const { name, settings } = settingsFor(remote);
    const fetch = [...fetchCommand, '--', name, `refs/heads/${branch}`];
    await execGit([...settings, ...fetch], aside);
    return await isAncestor({ commit, head }, aside);
  } catch (error) {
    if (error instanceof GitError) return undefined;
    throw error;
  } finally {
    await rm(spare, { recursive: true, force: true });
  }
}

const fetchCommand = [
  'fetch',
  '--quiet',
  '--no-tags',
  '--refmap=', // else refs/remotes/origin/<branch> would come to point at what is thrown away
  '--no-write-fetch-head',
  '--no-auto-maintenance',
  '--no-write-commit-graph',
  '--no-prune',
  '--no-recurse-submodules',
];

/** A remote's settings, for one command, that ask for commits without their trees and files. */
function settingsFor(remote: string): { name: string; settings: string[] } {
  const isUrl = /[:/]/.test(remote);
  const name = isUrl ? 'previewops-history' : remote;
  const values = {
    ...(isUrl ? { url: remote } : {}),
    promisor: 'true',
    partialCloneFilter: 'tree:0',
  };
  const settings = Object.entries(values).flatMap(([key, value]) => [
    '-c',
    `remote.${name}.${key}=${value}`,
  ]);
  return { name, settings };
}

async function objectsOf(options: GitOptions): Promise<string | undefined> {
  try {
    const path = await execGit(['rev-parse', '--git-path', 'objects'], options);
    return resolve(options.cwd, path.trim());
  } catch (error) {
    if (error instanceof GitError) return undefined;
    throw error;
  }
}

async function succeeds(args: readonly string[], options: GitOptions): Promise<boolean> {
  try {
    await execGit(args, options);
    return true;
  } catch (error) {
    if (error instanceof GitError) return false;
    throw error;
  }
}
