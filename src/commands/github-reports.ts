import type { GithubReporter } from '../ci/github/reporter.ts';
import type { Destroyed, Run } from '../ci/github/types.ts';
import type { Config } from '../config/types.ts';
import type { Identity } from '../preview/identity.ts';
import type { Receipt } from '../providers/provider.ts';
import type { Session } from '../report/io.ts';
import type { Ci } from './ci.ts';
import type { CommonOptions } from './options.ts';
import type { Ui } from './ui.ts';

/** What it takes to tell GitHub of anything. */
export interface Reporting {
  config: Config;
  ci: Ci;
  session: Session;
  ui: Ui;
}

export const reportsInSandbox = ({ session }: Pick<Reporting, 'session'>) =>
  session.io.env.PREVIEWOPS_SANDBOX_REPORTS === 'on';

/**
 * For runs of a CI: on a laptop a token lies around for other purposes. Undefined where nobody is to
 * be told: `summary` is the page of the run alone, `github` all but that page.
 */
export async function openReporter(
  { sandbox }: CommonOptions,
  tools: Reporting,
  { told = 'all' }: { told?: 'all' | 'github' | 'summary' } = {},
): Promise<GithubReporter | undefined> {
  const { ci, config, session, ui } = tools;
  if (sandbox && !reportsInSandbox(tools)) return undefined;
  if ((await ci.run().catch(() => undefined)) === undefined) return undefined;
  const github = told === 'summary' ? undefined : await ci.github();
  const { io, signal } = session;
  const file = told === 'github' ? undefined : io.env.GITHUB_STEP_SUMMARY;
  if (github === undefined && !file) return undefined;
  const [{ createGithubReporter }, { writeSummary }] = await Promise.all([
    import('../ci/github/reporter.ts'),
    import('../ci/outputs.ts'),
  ]);
  return createGithubReporter({
    github,
    clock: io.clock,
    signal,
    random: io.random,
    ...config.github,
    ...(file ? { summary: (render) => writeSummary(file, { render, note: ui.note }) } : {}),
    note: ui.note,
  });
}

/** What a run is about, as GitHub is told. */
export async function aboutOf({
  kind,
  identity,
  commit,
  ci,
}: Pick<Reporting, 'ci'> & {
  kind: Run['kind'];
  identity: Identity;
  commit?: string | undefined;
}): Promise<Run> {
  const run = await ci.run().catch(() => undefined);
  const { app, id, pr, branch } = identity;
  return { kind, app, id, pr, branch, commit, runUrl: run?.runUrl };
}

export function destroyedOf({ cost, ...receipt }: Receipt): Destroyed {
  return cost === undefined ? receipt : { ...receipt, cost: { amount: cost, currency: 'USD' } };
}
