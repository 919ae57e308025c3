import { resolveCommit } from '../ci/commit.ts';
import type { Trust } from '../ci/trust.ts';
import { exitCodes } from '../errors.ts';
import type { Identity } from '../preview/identity.ts';
import type { AroundRemoval, DeployRequest, DeployResult } from '../providers/provider.ts';
import type { Session } from '../report/io.ts';
import { printable } from '../report/printable.ts';
import { block } from '../report/printer.ts';
import { type Admitted, admit } from './admission.ts';
import { type Context, openContext, openSettings } from './context.ts';
import type { DeployOptions } from './options.ts';
import { showPlan } from './plan.ts';
import { bringsBack, removalReports } from './removal-reports.ts';
import { callbackOf, type ReportTools, tellSkipped, withReports } from './reports.ts';
import { underivable } from './settings.ts';
import { renderTimings } from './timings.ts';
import { type Ui, withUi } from './ui.ts';

/** `previewops deploy`: gives the exit code. */
export function deploy(options: DeployOptions, session: Session): Promise<number> {
  return withUi(options, session, async (ui) => {
    const opened = await openSettings(options, { session, ui });
    const callback = await callbackOf(options, opened.settings.config);
    const admitted = await admit(options, { ...opened, ui });
    const { config } = admitted;
    const context = await openContext(options, { session, ui, opened, config });
    const identity = context.identityOf(admitted.ref);
    const { commit, trust } = admitted;
    const about: ReportTools = {
      ...context,
      kind: 'deploy',
      identity,
      commit,
      callback,
      session,
      ui,
    };
    if (trust.verdict === 'skipped') return skip(options, about, trust);
    const request = await requestOf(options, { context, identity, admitted, ui, session });
    if (options.dryRun) return showPlan((await context.provider.deploy(request)).plan, ui);
    const removals = removalReports(options, { ...context, session, ui });
    const why = `Another preview, ${identity.id}, needed its place. ${bringsBack}`;
    const aroundEviction: AroundRemoval = (gone, work) => removals.around(gone, why, work);
    const result = await withReports(
      options,
      { ...about, commit: request.commit },
      {
        run: async () => (await context.provider.deploy({ ...request, aroundEviction })).apply(),
        end: (deployed) => ({ kind: 'deployed', result: deployed }),
      },
    ).finally(removals.told);
    ui.progress.stop();
    report(result, ui);
    return exitCodes.done;
  });
}

/** Nothing is deployed, and that is no failure: a CI job of a fork's pull request stays green. */
async function skip(
  options: DeployOptions,
  about: ReportTools,
  { reason, hint }: Extract<Trust, { verdict: 'skipped' }>,
): Promise<number> {
  const { app, id } = about.identity;
  const { printer, progress } = about.ui;
  if (!options.dryRun) await tellSkipped(options, about, reason);
  progress.stop();
  printer.document('deploy', { preview: { app, id }, skipped: { reason, hint } });
  printer.tell(...block('skipped: ', reason), ...block('  ', hint));
  return exitCodes.done;
}

interface Asking {
  context: Context;
  identity: Identity;
  admitted: Admitted;
  ui: Ui;
  session: Session;
}

async function requestOf(
  options: DeployOptions,
  { context, identity, admitted, ui, session }: Asking,
): Promise<DeployRequest> {
  const { image, rebuild, cleanupOnFailure, evict, wait, probe, timeout } = options;
  const { repository } = context.config.build;
  if (image === undefined && repository === undefined) {
    throw underivable(context.file, 'build.repository', 'https://github.com/owner/repo.git');
  }
  // Nobody but the caller knows what commit a ready-made image holds.
  const named = options.commit ?? (session.io.env.PREVIEWOPS_COMMIT || undefined);
  const { sandbox } = options;
  const { git, ci } = context;
  const commit =
    image !== undefined && named === undefined
      ? undefined
      : await resolveCommit({
          ref: identity,
          commit: admitted.commit,
          repository,
          git,
          sandbox,
          ask: async (ref) => {
            const github = await ci.github();
            return github && (await import('../ci/github/pulls.ts')).headOf(github, ref);
          },
          // A job has checked out what its event is about, which need not be what was named.
          mayGuess: admitted.run === undefined,
          warn: ui.warn,
        });
  if (commit !== undefined) await proveOnBranch(options, { commit, context, session });
  const waiting = { wait, probe, timeoutMs: timeout };
  return { identity, commit, image, rebuild, cleanupOnFailure, evict, ...waiting };
}

/** Whoever dispatches a deploy names branch and commit; only what was pushed to that branch is built. */
async function proveOnBranch(
  { pr, branch, commit: named, sandbox }: DeployOptions,
  { commit, context, session }: { commit: string } & Pick<Asking, 'context' | 'session'>,
): Promise<void> {
  if (branch === undefined || named === undefined || pr !== undefined || sandbox) return;
  const [{ checkCommitOnBranch }, { openHistory }] = await Promise.all([
    import('../ci/on-branch.ts'),
    import('../ci/history.ts'),
  ]);
  const { git, ci, config } = context;
  const { io, signal } = session;
  await checkCommitOnBranch({
    commit,
    branch,
    repository: config.build.repository,
    git,
    history: openHistory({ cwd: io.cwd, env: io.env, signal }),
    compare: async (one, of) => {
      const github = await ci.github();
      if (github === undefined) return undefined;
      const { isCommitOnBranch } = await import('../ci/github/pulls.ts');
      return isCommitOnBranch(github, { commit: one, branch: of });
    },
  });
}

function report(result: DeployResult, { printer, warnings }: Ui): void {
  const { preview, steps, timings, ready } = result;
  const all = [...new Set([...warnings, ...result.warnings])];
  printer.document('deploy', {
    preview,
    steps: steps.map(({ id, action, resource, name, changes }) => ({
      id,
      action,
      resource,
      name,
      changes,
    })),
    timings,
    ready,
    warnings: all,
  });
  const untold = all.filter((text) => !warnings.includes(text));
  printer.tell(
    ...untold.flatMap((text) => block('warning: ', text)),
    ...(steps.length === 0 ? ['nothing to change'] : []),
    `${ready ? 'ready' : 'started, not waited for'} (${renderTimings(timings)})`,
  );
  printer.result(printable(preview.url));
}
