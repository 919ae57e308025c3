import { readFile } from 'node:fs/promises';
import type { Github } from '../ci/github/client.ts';
import type { Lookups } from '../ci/identity/complete.ts';
import type { CiRun } from '../ci/identity/run.ts';
import type { RefQuestion } from '../ci/ref.ts';
import type { Session } from '../report/io.ts';
import { parseUrl } from '../url.ts';
import type { CommonOptions } from './options.ts';

/** What the CI tells of this run, and whom it can be asked further; everything on demand, once. */
export interface Ci {
  /** Undefined outside any CI. Rejects for an event that cannot be read. */
  run(): Promise<CiRun | undefined>;
  /** GitHub for this repository; undefined without a token, and in the sandbox. */
  github(): Promise<Github | undefined>;
  /** As a question for a pull request or branch takes it. */
  question(): Pick<RefQuestion, 'env' | 'run' | 'openPullRequest'>;
  /** As trust takes them; without `git`. */
  lookups(): Promise<Omit<Lookups, 'git'>>;
}

interface CiTools {
  session: Session;
  /** `owner/name` of the checkout's remote at GitHub, for a run outside any CI. */
  slug: () => Promise<string | undefined>;
  note(text: string): void;
}

const publicHost = 'github.com';

export function openCi(options: CommonOptions, { session, slug, note }: CiTools): Ci {
  const { io, signal } = session;
  const { env } = io;
  const token = env.GITHUB_TOKEN || env.GH_TOKEN;
  // Nothing real is told of what is simulated, unless somebody tries the reports themselves.
  const mayAsk = !options.sandbox || env.PREVIEWOPS_SANDBOX_REPORTS === 'on';

  const run = once(async () => {
    const { identifyRun } = await import('../ci/identity/identify.ts');
    return identifyRun({ env, readFile: (path) => readFile(path, 'utf8') });
  });
  const github = once(async () => {
    if (!token || !mayAsk) return undefined;
    const repository = await repositoryOf(await run().catch(() => undefined));
    if (repository === undefined) return undefined;
    const { createGithub } = await import('../ci/github/client.ts');
    const { clock } = io;
    return createGithub({
      token,
      apiUrl: env.GITHUB_API_URL,
      repository,
      fetch: globalThis.fetch,
      clock,
      signal,
      note,
    });
  });
  const repositoryOf = async (told: CiRun | undefined): Promise<string | undefined> => {
    if (env.GITHUB_REPOSITORY) return env.GITHUB_REPOSITORY;
    if (told === undefined) return slug();
    const host = parseUrl(env.GITHUB_SERVER_URL ?? '')?.host ?? publicHost;
    return told.repository?.host === host ? told.repository.slug : undefined;
  };
  const asked = async () => {
    const connected = await github();
    if (connected === undefined) return undefined;
    const { githubLookups } = await import('../ci/identity/from-github.ts');
    return githubLookups(connected);
  };
  return {
    run,
    github,
    question: () => ({
      env,
      run,
      openPullRequest: async (branch) => (await asked())?.openPullRequest?.(branch),
    }),
    lookups: async () => {
      const { pullRequest, mayWrite } = (await asked()) ?? {};
      return { pullRequest, mayWrite };
    },
  };
}

function once<T>(work: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= work();
    return made;
  };
}
