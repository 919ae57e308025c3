import type { Clock } from '../../clock.ts';

export interface GitlabTools {
  /** `CI_API_V4_URL` and `CI_PROJECT_ID` are GitLab's; the token is the user's. */
  env: Readonly<Record<string, string | undefined>>;
  fetch: typeof fetch;
  signal: AbortSignal;
  clock: Clock;
}

/** Longer than GitLab takes; then the preview stays until the next time. */
const patienceMs = 15_000;

/**
 * What GitLab says of a merge request; undefined where it does not tell, or there is no token that may
 * ask: a job's own token may not read merge requests (GitLab docs, "CI/CD job token").
 */
export async function mergeRequestState(
  number: number,
  { env, fetch, signal, clock }: GitlabTools,
): Promise<'open' | 'closed' | 'merged' | undefined> {
  const token = env.PREVIEWOPS_GITLAB_TOKEN || env.GITLAB_TOKEN;
  const { CI_API_V4_URL: api, CI_PROJECT_ID: project } = env;
  if (!token || !project || !isApi(api)) return undefined;
  const url = `${api}/projects/${encodeURIComponent(project)}/merge_requests/${number}`;
  const late = new AbortController();
  const done = new AbortController();
  clock.sleep(patienceMs, done.signal).then(
    () => late.abort(),
    () => {}, // it was done in time
  );
  try {
    const answer = await fetch(url, {
      headers: { 'PRIVATE-TOKEN': token },
      // A redirect would carry the token to wherever it leads.
      redirect: 'error',
      signal: AbortSignal.any([signal, late.signal]),
    });
    return answer.ok ? stateOf(await answer.json()) : undefined;
  } catch {
    signal.throwIfAborted();
    return undefined;
  } finally {
    done.abort();
  }
}

/** The token goes to GitLab over a connection that nobody reads. */
const isApi = (url: string | undefined): url is string => /^https:\/\/[\w.-]/.test(url ?? '');

function stateOf(answer: unknown): 'open' | 'closed' | 'merged' | undefined {
  const { state } = (answer ?? {}) as { state?: unknown };
  // `locked` is one that is being merged.
  if (state === 'opened' || state === 'locked') return 'open';
  return state === 'closed' || state === 'merged' ? state : undefined;
}
