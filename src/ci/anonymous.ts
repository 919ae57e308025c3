import type { Env } from '../report/io.ts';
import { GitError, openGit } from './git.ts';

/** How a repository answers somebody who has no credentials. */
export type RepositoryAnswer =
  | { kind: 'public' }
  | { kind: 'private'; said: string }
  | { kind: 'unreachable'; said: string };

/** What GitHub, GitLab and Bitbucket answer to a stranger, in git's words; some hide that it exists. */
const refusals =
  /could not read Username|Authentication failed|Access denied|not found|terminal prompts disabled|returned error: 40[134]/i;

/**
 * Asks a repository as CodeBuild would without credentials. Neither the user's configuration nor
 * helpers, nor what a CI job wrote into the checkout's configuration, may lend any.
 */
export async function askAnonymously(
  url: string,
  { env, signal }: { env: Env; signal: AbortSignal },
): Promise<RepositoryAnswer> {
  const stranger = {
    ...env,
    HOME: '/dev/null',
    XDG_CONFIG_HOME: '/dev/null',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_COUNT: '0',
    GIT_CONFIG_PARAMETERS: '',
    GIT_DIR: '/dev/null',
    GIT_ASKPASS: '',
    SSH_ASKPASS: '',
  };
  try {
    await openGit({ cwd: '/', env: stranger, signal }).remoteRefs(url, ['HEAD']);
    return { kind: 'public' };
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    const said = error.message;
    return { kind: refusals.test(said) ? 'private' : 'unreachable', said };
  }
}
