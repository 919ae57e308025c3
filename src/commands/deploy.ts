import { resolveCommit } from '../ci/commit.ts';
import { exitCodes } from '../errors.ts';
import type { Identity } from '../preview/identity.ts';
import type { DeployRequest, DeployResult } from '../providers/provider.ts';
import type { Session } from '../report/io.ts';
import { printable } from '../report/printable.ts';
import { block } from '../report/printer.ts';
import { type Context, openContext } from './context.ts';
import type { DeployOptions } from './options.ts';
import { showPlan } from './plan.ts';
import { underivable } from './settings.ts';
import { renderTimings } from './timings.ts';
import { type Ui, withUi } from './ui.ts';

/** `previewops deploy`: gives the exit code. */
export function deploy(options: DeployOptions, session: Session): Promise<number> {
  return withUi(options, session, async (ui) => {
    const context = await openContext(options, { session, ui });
    const identity = await context.identity(options);
    const request = await requestOf(options, { context, identity, ui });
    const change = await context.provider.deploy(request);
    if (options.dryRun) return showPlan(change.plan, ui);
    const result = await change.apply();
    ui.progress.stop();
    report(result, ui);
    return exitCodes.done;
  });
}

interface Asking {
  context: Context;
  identity: Identity;
  ui: Ui;
}

async function requestOf(
  options: DeployOptions,
  { context, identity, ui }: Asking,
): Promise<DeployRequest> {
  const { image, rebuild, cleanupOnFailure, wait, probe, timeout } = options;
  const { repository } = context.config.build;
  if (image === undefined && repository === undefined) {
    throw underivable(context.file, 'build.repository', 'https://github.com/owner/repo.git');
  }
  // Nobody but the caller knows what commit a ready-made image holds.
  const known = image !== undefined && options.commit === undefined;
  const commit = known
    ? undefined
    : await resolveCommit({
        ref: identity,
        commit: options.commit,
        repository,
        git: context.git,
        sandbox: options.sandbox,
        warn: ui.warn,
      });
  const waiting = { wait, probe, timeoutMs: timeout };
  return { identity, commit, image, rebuild, cleanupOnFailure, ...waiting };
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
