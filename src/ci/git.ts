import { execFile } from 'node:child_process';
import type { Env } from '../report/io.ts';

/** Git in one checkout. A question that git cannot answer is answered with `undefined`. */
export interface Git {
  /** Absolute path of the work tree. */
  topLevel(): Promise<string | undefined>;
  /** URL of `origin`, as git would fetch from it; may hold credentials. */
  origin(): Promise<string | undefined>;
  /** The branch that is checked out; undefined when HEAD is detached. */
  branch(): Promise<string | undefined>;
  head(): Promise<string | undefined>;
  /** Full id of the commit that a full or short id names in this checkout. */
  resolve(commit: string): Promise<string | undefined>;
  /** Asks a remote, by name or URL, for refs. Rejects with git's own words if it cannot be asked. */
  remoteRefs(remote: string, refs: string[]): Promise<Map<string, string>>;
}

export interface GitOptions {
  cwd: string;
  env: Env;
  signal: AbortSignal;
  /** Milliseconds until a git that does not end is killed. */
  timeoutMs?: number;
}

const usualTimeoutMs = 15_000;
/** A commit's whole id, SHA-1 or SHA-256. */
export const fullId = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

export function openGit(options: GitOptions): Git {
  const run = (...args: string[]) => execGit(args, options);
  const ask = async (...args: string[]) => {
    try {
      return (await run(...args)).trim() || undefined;
    } catch (error) {
      options.signal.throwIfAborted();
      if (error instanceof GitError) return undefined;
      throw error;
    }
  };
  const askForCommit = async (revision: string) => {
    const id = await ask('rev-parse', '--verify', '--quiet', '--end-of-options', revision);
    return id !== undefined && fullId.test(id) ? id : undefined;
  };
  return {
    topLevel: () => ask('rev-parse', '--show-toplevel'),
    origin: () => ask('remote', 'get-url', '--', 'origin'),
    branch: () => ask('symbolic-ref', '--quiet', '--short', 'HEAD'),
    head: () => askForCommit('HEAD^{commit}'),
    resolve: (commit) => askForCommit(`${commit}^{commit}`),
    remoteRefs: async (remote, refs) =>
      parseRefs(await run('ls-remote', '--quiet', '--', remote, ...refs)),
  };
}

/** `<id>\t<ref>` lines as ref -> id. */
function parseRefs(listing: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const line of listing.split('\n')) {
    const [id = '', ref] = line.trim().split('\t');
    if (ref !== undefined && fullId.test(id)) found.set(ref, id);
  }
  return found;
}

/** Git ran and refused, took too long, or is not installed; the message is safe to show. */
export class GitError extends Error {}

/** What git writes to its standard output. Rejects with a GitError, or with the signal's reason. */
export function execGit(args: readonly string[], options: GitOptions): Promise<string> {
  const { cwd, env, signal, timeoutMs = usualTimeoutMs } = options;
  // Nobody is there to type a password or to accept a host key: fail, and say so, instead of hanging.
  const quietly = {
    GIT_TERMINAL_PROMPT: '0',
    GIT_SSH_COMMAND: env.GIT_SSH_COMMAND ?? 'ssh -o BatchMode=yes',
    LC_ALL: 'C',
  };
  return new Promise((resolve, reject) => {
    execFile(
      'git',
      args,
      { cwd, env: { ...env, ...quietly }, signal, timeout: timeoutMs, windowsHide: true },
      (error, stdout, stderr) => {
        if (error === null) resolve(stdout);
        else if (signal.aborted) reject(signal.reason);
        else reject(new GitError(describeFailure(error, { stderr, timeoutMs }), { cause: error }));
      },
    );
  });
}

function describeFailure(
  error: Error & { killed?: boolean },
  { stderr, timeoutMs }: { stderr: string; timeoutMs: number },
): string {
  if (error.killed) return `git did not answer within ${timeoutMs / 1000} s`;
  if ('code' in error && error.code === 'ENOENT') return 'git is not installed';
  const lines = stderr.split('\n').filter((line) => line.trim() !== '');
  const telling = lines.find((line) => /^(?:fatal|error): /.test(line)) ?? lines[0];
  return withoutCredentials(telling ?? 'git failed without a word');
}

/** Git repeats the URL that it was given, with any token in it. */
export function withoutCredentials(text: string): string {
  return text.replace(/(\w+:\/\/)[^/@\s]+@/g, '$1');
}
