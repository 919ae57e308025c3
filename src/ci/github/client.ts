import type { Octokit } from '@octokit/core';
import type { Clock } from '../../clock.ts';
import { explainRefusal, type Part } from './explain.ts';
import { openOctokit } from './octokit.ts';

export interface GithubOptions {
  token: string;
  /** `GITHUB_API_URL`; GitHub Enterprise has its own. */
  apiUrl?: string | undefined;
  /** `owner/name`. */
  repository: string;
  fetch: typeof fetch;
  clock: Clock;
  signal: AbortSignal;
  /** Told once for each part of the work that GitHub does not let us do. */
  note(text: string): void;
}

/** Octokit's typed `request`, and its `graphql`, bound to a signal. */
export type Connected = Pick<Octokit, 'request' | 'graphql'>;

/** GitHub, for one repository. Nothing that is done through `attempt` can fail a run. */
export interface Github {
  readonly at: { readonly owner: string; readonly repo: string };
  /** Of the repository's web page, for links. */
  readonly webUrl: string;
  /** Who this token is, once it is known; shared by all that `during` gives. */
  readonly self: { login?: string };
  /** The same, with another signal. */
  during(signal: AbortSignal): Github;
  /** What `work` gives; undefined, after a note, where GitHub refuses or does not answer. */
  attempt<T>(part: Part, work: (connected: Connected) => Promise<T>): Promise<T | undefined>;
}

const publicApi = 'https://api.github.com';
const namePattern = /^([\w.-]+)\/([\w.-]+)$/;

/** Opens nothing yet. Undefined when `repository` is not `owner/name`, after a note. */
export function createGithub(options: GithubOptions): Github | undefined {
  const { repository, note } = options;
  const [, owner, repo] = namePattern.exec(repository) ?? [];
  if (owner === undefined || repo === undefined) {
    note('GitHub is not told of this run: GITHUB_REPOSITORY must be owner/name.');
    return undefined;
  }
  const apiUrl = (options.apiUrl || publicApi).replace(/\/+$/, '');
  const told = new Set<string>();
  let opened: Promise<Octokit> | undefined;
  const open = () => {
    opened ??= openOctokit({ ...options, apiUrl });
    return opened;
  };
  const common = {
    at: { owner, repo },
    webUrl: `${webOf(apiUrl)}/${owner}/${repo}`,
    self: {},
  };
  const during = (signal: AbortSignal): Github => ({
    ...common,
    during,
    attempt: async (part, work) => {
      try {
        return await work(bind(await open(), signal));
      } catch (error) {
        // Whoever interrupts a run knows that its reports are cut short.
        if (options.signal.aborted) return undefined;
        if (!told.has(part)) note(explainRefusal(part, signal.aborted ? signal.reason : error));
        told.add(part);
        return undefined;
      }
    },
  });
  return during(options.signal);
}

function bind({ request, graphql }: Octokit, signal: AbortSignal): Connected {
  return {
    request: request.defaults({ request: { signal } }) as Connected['request'],
    graphql: graphql.defaults({ request: { signal } }),
  };
}

/** `https://api.github.com` -> `https://github.com`; `https://HOST/api/v3` -> `https://HOST`. */
function webOf(apiUrl: string): string {
  return apiUrl === publicApi ? 'https://github.com' : apiUrl.replace(/\/api\/v3$/, '');
}
