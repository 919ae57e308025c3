import type { ReporterOptions } from '../../../src/ci/github/channels.ts';
import { createGithub, type Github } from '../../../src/ci/github/client.ts';
import { createGithubReporter, type GithubReporter } from '../../../src/ci/github/reporter.ts';
import type { Deployed, Destroyed, Failed, Run } from '../../../src/ci/github/types.ts';
import { type FakeGithub, startGithub } from './fake.ts';
import { createPatientClock, type PatientClock } from './patient-clock.ts';

export interface GithubSession {
  fake: FakeGithub;
  clock: PatientClock;
  notes: string[];
  /** A client, as one process would have it. */
  client(signal?: AbortSignal): Github;
  /** A reporter, as one process would have it. */
  reporter(options?: Partial<ReporterOptions>): GithubReporter;
}

export async function openSession(): Promise<GithubSession> {
  const fake = await startGithub();
  const clock = createPatientClock();
  const notes: string[] = [];
  const note = (text: string) => void notes.push(text);
  const client = (signal = new AbortController().signal): Github => {
    const github = createGithub({
      token: 'ghs_secret',
      apiUrl: fake.url,
      repository: 'acme/shop',
      fetch,
      clock,
      signal,
      note,
    });
    if (github === undefined) throw new Error('no client for acme/shop');
    return github;
  };
  return {
    fake,
    clock,
    notes,
    client,
    reporter: (options = {}) => {
      const signal = options.signal ?? new AbortController().signal;
      const github = client(signal);
      const random = Math.random;
      return createGithubReporter({
        github,
        clock,
        signal,
        random,
        note,
        deployments: true,
        comment: 'auto',
        ...options,
      });
    },
  };
}

export const previewUrl = 'https://pr-42.preview.example.com';

/** Of pull request 42; a commit is a digit, forty times. */
export function runOf(kind: Run['kind'], digit = '1'): Run {
  const runUrl = `https://github.com/acme/shop/actions/runs/${digit}`;
  const commit = digit.repeat(40);
  return { kind, app: 'shop', id: 'pr-42', pr: 42, commit, branch: 'feature/login', runUrl };
}

export function deployed(digit = '1', more: Partial<Deployed> = {}): Deployed {
  return {
    preview: {
      url: previewUrl,
      commit: digit.repeat(40),
      image: `shop@sha256:${digit.repeat(64)}`,
    },
    timings: { observe: 300, build: 38_000, apply: 4_000, wait: 52_000, total: 95_000 },
    ready: true,
    ...more,
  };
}

export const destroyed: Destroyed = {
  removed: [{}, {}, {}],
  timings: { observe: 300, apply: 9_000, total: 9_300 },
};

export const rolloutFailed: Failed = {
  code: 'rollout-failed',
  message: 'the new revision did not become healthy',
  hint: 'Look at it with `previewops logs --pr 42 --previous`.',
  failure: {
    sentence: 'the container exited with code 1 on start',
    tasks: [
      { reason: 'Essential container in task exited', count: 3, containers: ['app exited 1'] },
    ],
    targets: [
      { state: 'unhealthy', reason: 'Target.Timeout', description: 'Request timed out', count: 1 },
    ],
    events: ['(service shop) was unable to place a task'],
    log: { source: 'container app', lines: ['listening', 'Error: no database'] },
    hint: undefined,
    next: [],
  },
};
