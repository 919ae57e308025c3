import type { Session } from '../report/io.ts';
import type { Context } from './context.ts';
import type { ChoiceTools } from './prune-choice.ts';

/**
 * Who tells whether a pull request is closed: GitLab in its own CI, else GitHub where there is a token.
 * In the sandbox nobody is asked.
 */
export function pullRequests(
  { ci }: Pick<Context, 'ci'>,
  { session, sandbox }: { session: Session; sandbox: boolean },
): ChoiceTools['pullRequestState'] {
  const { env, clock } = session.io;
  const gitlabUrl = env.CI_API_V4_URL;
  if (gitlabUrl && !sandbox) {
    return async (number) => {
      const { mergeRequestState } = await import('../ci/gitlab/merge-requests.ts');
      const { signal } = session;
      return mergeRequestState(number, { env, fetch: globalThis.fetch, signal, clock });
    };
  }
  return async (number) => {
    const github = await ci.github();
    if (github === undefined) return undefined;
    const { pullRequestState } = await import('../ci/github/pulls.ts');
    return pullRequestState(github, number);
  };
}
