import { type Channels, openChannels, type ReporterOptions } from './channels.ts';
import type { Deployed, Destroyed, Failed, Outcome, Run } from './types.ts';

/**
 * Tells GitHub the life of one run. Calls are carried out one after the other, in the order in which
 * they are made; no promise rejects, and GitHub gets `limitMs` for the deployment and as much for the
 * comment. A deploy need not wait for `begin` and `progress`, but has to for its end.
 */
export interface GithubReporter {
  begin(run: Run): Promise<void>;
  progress(state: 'in_progress', description?: string): Promise<void>;
  succeeded(result: Deployed): Promise<void>;
  /** Also for `superseded`, `destroyed` and `interrupted`, which it tells apart by their code. */
  failed(error: Failed): Promise<void>;
  superseded(): Promise<void>;
  /** Needs no `begin` before it. */
  skipped(reason: string, run: Run): Promise<void>;
  destroyed(receipt: Destroyed): Promise<void>;
}

/** Nothing is told of before `begin`, except a skipped run. */
export function createGithubReporter(options: ReporterOptions): GithubReporter {
  const startedAt = options.clock.now();
  const open = (run: Run) => openChannels(run, { ...options, startedAt });
  let channels: Channels | undefined;
  let last: Promise<void> = Promise.resolve();
  const queue = (work: () => Promise<void>): Promise<void> => {
    last = last
      .then(work)
      .catch((error: unknown) => options.note(`GitHub was not told: ${String(error)}`));
    return last;
  };
  const afterwards = (work: (to: Channels) => Promise<void>) =>
    queue(async () => {
      if (channels !== undefined) await work(channels);
    });

  return {
    begin: (run) =>
      queue(async () => {
        channels = open(run);
        await channels.deployment(
          (own, github) => (run.kind === 'deploy' ? own.open(github) : own.remember(github)),
          0,
        );
      }),
    progress: (_state, description = 'Building and rolling out') =>
      afterwards((to) => to.deployment((own, github) => own.progress(github, description), 0)),
    succeeded: (result) => afterwards((to) => tellSuccess(to, result)),
    failed: (error) =>
      afterwards((to) =>
        error.code === 'superseded' || error.code === 'destroyed'
          ? tellSuperseded(to)
          : tellFailure(to, error),
      ),
    superseded: () => afterwards(tellSuperseded),
    skipped: (reason, run) =>
      queue(async () => {
        const to = channels ?? open(run);
        await to.deployment((own, github) => own.supersede(github));
        await to.summary({ kind: 'skipped', reason });
      }),
    destroyed: (receipt) =>
      afterwards(async (to) => {
        const outcome: Outcome = { kind: 'destroyed', receipt };
        await to.deployment((own, github) => own.removeAll(github));
        await to.comment(outcome);
        await to.summary(outcome);
      }),
  };
}

async function tellSuccess(to: Channels, result: Deployed): Promise<void> {
  const outcome: Outcome = { kind: 'deployed', result };
  let stillOurs = true;
  // Success is said only of what has been seen to answer.
  if (result.ready) {
    await to.deployment(async (own, github) => {
      stillOurs = await own.succeed(github, result.preview.url);
    });
  }
  if (stillOurs) await to.comment(outcome);
  await to.summary(outcome);
}

async function tellFailure(to: Channels, error: Failed): Promise<void> {
  const outcome: Outcome = { kind: 'failed', error };
  await to.deployment((own, github) => own.fail(github, error));
  // Somebody stopped the run: the preview is still what the comment says it is.
  if (error.code !== 'interrupted') await to.comment(outcome);
  await to.summary(outcome);
}

/** The comment is the other run's to write. */
async function tellSuperseded(to: Channels): Promise<void> {
  await to.deployment((own, github) => own.supersede(github));
  await to.summary({ kind: 'superseded' });
}
