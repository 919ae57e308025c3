import type { Clock } from '../../clock.ts';
import { renderComment, renderOutcome } from './body.ts';
import type { Github } from './client.ts';
import { settleComment } from './comments.ts';
import { createDeployments, type Deployments } from './deployments.ts';
import { withPatience } from './patience.ts';
import type { Outcome, Run } from './types.ts';

export type CommentMode = 'auto' | 'on-failure' | 'off';

export interface ReporterOptions {
  /** Absent when there is no token: then only the summary is written. */
  github: Github | undefined;
  clock: Clock;
  signal: AbortSignal;
  /** From 0 to below 1, as `Io.random`. */
  random(): number;
  deployments: boolean;
  comment: CommentMode;
  /** Writes what happened where the CI shows it; absent when it is not wanted. May reject. */
  summary?: ((render: (maxBytes: number) => string) => Promise<void>) | undefined;
  /** GitHub's environment for all previews of the repository; by default `PR Preview`. */
  environment?: string | undefined;
  note(text: string): void;
}

export const defaultEnvironment = 'PR Preview';
/** For each call of the above, however often GitHub wants to be asked again. */
export const limitMs = 90_000;
/** What is still told after an interruption, for CI systems kill what takes much longer. */
export const graceMs = 5_000;

/** The three places where one run is told of. Nothing rejects. */
export interface Channels {
  /** Does something to the run's deployment; with `graceMs` also after an interruption. */
  deployment(
    work: (deployments: Deployments, github: Github) => Promise<void>,
    grace?: number,
  ): Promise<void>;
  comment(outcome: Outcome): Promise<void>;
  summary(outcome: Outcome): Promise<void>;
}

export function openChannels(run: Run, options: ReporterOptions & { startedAt: number }): Channels {
  const { github, clock, signal, note, startedAt } = options;
  const environment = options.environment || defaultEnvironment;
  const digits = Math.floor(options.random() * 2 ** 48).toString(36);
  const key = `${startedAt.toString(36)}-${digits}`;
  const deployments = createDeployments({ environment, run, key });
  const tell = async (work: (github: Github) => Promise<void>, grace = graceMs) => {
    if (github === undefined) return;
    await withPatience({ clock, signal, limitMs, graceMs: grace }, (limited) =>
      work(github.during(limited)),
    );
  };
  return {
    deployment: async (work, grace) => {
      if (options.deployments) await tell((connected) => work(deployments, connected), grace);
    },
    comment: async (outcome) => {
      const { pr, app } = run;
      if (pr === undefined || options.comment === 'off') return;
      const create =
        outcome.kind === 'failed' || (outcome.kind === 'deployed' && options.comment === 'auto');
      await tell((connected) => {
        const body = renderComment({ run, outcome, webUrl: connected.webUrl }, startedAt);
        return settleComment(connected, { pr, app, body, create });
      });
    },
    summary: async (outcome) => {
      const telling = { run, outcome, webUrl: github?.webUrl };
      await options
        .summary?.((maxBytes) => `${renderOutcome({ ...telling, maxBytes })}\n`)
        .catch((error: unknown) => note(`the step summary was not written: ${String(error)}`));
    },
  };
}
