import { randomBytes } from 'node:crypto';
import { explain } from '../aws/errors.ts';
import type { CallbackOutcome } from '../ci/callback/document.ts';
import type { CallbackTarget } from '../ci/callback/url.ts';
import type { GithubReporter } from '../ci/github/reporter.ts';
import { failedOf, type Run } from '../ci/github/types.ts';
import type { OutputStatus } from '../ci/outputs.ts';
import type { Config } from '../config/types.ts';
import { exitCodes, PreviewopsError } from '../errors.ts';
import { costOf } from '../preview/cost.ts';
import type { Identity } from '../preview/identity.ts';
import { pricesFor } from '../preview/prices.ts';
import { taskSize } from '../providers/aws-ecs/service-cost.ts';
import type { DeployResult, Receipt } from '../providers/provider.ts';
import {
  aboutOf,
  destroyedOf,
  openReporter,
  type Reporting,
  reportsInSandbox,
} from './github-reports.ts';
import type { CommonOptions, ReportOptions } from './options.ts';

/** What a run is about, and where it is told of. */
export interface ReportTools extends Reporting {
  kind: Run['kind'];
  identity: Identity;
  commit?: string | undefined;
  callback: CallbackTarget | undefined;
}

/** How a run ended. */
export type End =
  | { kind: 'deployed'; result: DeployResult }
  /** `error`: something is left of it. */
  | { kind: 'destroyed'; receipt: Receipt; error?: PreviewopsError | undefined }
  | { kind: 'failed'; error: PreviewopsError }
  | { kind: 'skipped'; reason: string };

type Options = CommonOptions & ReportOptions;

/** `--callback-url`, judged before anything is done. Throws `bad-usage`. */
export async function callbackOf(
  { callbackUrl }: ReportOptions,
  config: Config,
): Promise<CallbackTarget | undefined> {
  if (callbackUrl === undefined) return undefined;
  const { parseCallbackUrl } = await import('../ci/callback/url.ts');
  return parseCallbackUrl(callbackUrl, config.callback);
}

/**
 * Does the work of a run, and tells of it wherever somebody looks: GitHub, the CI's outputs, a
 * callback. None of that can fail a run, and none of it holds one up.
 */
export async function withReports<T>(
  options: Options,
  tools: ReportTools,
  work: { run: () => Promise<T>; end: (value: T) => End },
): Promise<T> {
  const reporter = await openReporter(options, tools);
  const about = await aboutOf(tools);
  void reporter?.begin(about);
  void reporter?.progress('in_progress', tools.kind === 'destroy' ? 'Removing' : undefined);
  try {
    const value = await work.run();
    await tellEnd(options, tools, { reporter, end: work.end(value) });
    return value;
  } catch (error) {
    const known = errorOf(error, tools.session.signal);
    await tellEnd(options, tools, { reporter, end: { kind: 'failed', error: known } });
    throw error;
  }
}

/** Tells of a run that did nothing: its token may not write, so GitHub is not asked. */
export async function tellSkipped(
  options: Options,
  tools: ReportTools,
  reason: string,
): Promise<void> {
  const reporter = await openReporter(options, tools, { told: 'summary' });
  await reporter?.skipped(reason, await aboutOf(tools));
  await tellOthers(options, tools, { kind: 'skipped', reason });
}

async function tellEnd(
  options: Options,
  tools: ReportTools,
  { reporter, end }: { reporter: GithubReporter | undefined; end: End },
): Promise<void> {
  // One after the other, the dispatcher last: what it is told, GitHub shows already.
  await tellGithub(reporter, tools, end);
  await tellOthers(options, tools, end);
}

async function tellGithub(
  reporter: GithubReporter | undefined,
  { config, session }: ReportTools,
  end: End,
): Promise<void> {
  if (end.kind === 'deployed') {
    const { ttl } = config;
    const expires = ttl === undefined ? undefined : session.io.clock.now() + ttl * 1000;
    await reporter?.succeeded({
      ...end.result,
      costPerDay: { amount: dailyCost(config), currency: 'USD' },
      ...(expires === undefined ? {} : { expiresAt: new Date(expires).toISOString() }),
    });
  } else if (end.kind !== 'skipped' && end.error) await reporter?.failed(failedOf(end.error));
  else if (end.kind === 'destroyed') {
    await reporter?.destroyed(destroyedOf(end.receipt));
  }
}

/** US dollars, by list prices, of a preview that runs as configured. */
function dailyCost(config: Config): number {
  const { providerConfig, task } = config;
  const { prices } = pricesFor(providerConfig.region, config.prices);
  const { count, spot, assignPublicIp: publicIp } = task;
  return costOf({ ...taskSize(config), count, spot, publicIp }, prices).perDay;
}

async function tellOthers(options: Options, tools: ReportTools, end: End): Promise<void> {
  await writeResults(options, tools, end);
  await callBack(options, tools, end);
}

async function writeResults(
  { sandbox, outputEnv }: Options,
  tools: ReportTools,
  end: End,
): Promise<void> {
  const { identity, commit, session, ui } = tools;
  const { GITHUB_OUTPUT: file } = session.io.env;
  const toGithub = file && (!sandbox || reportsInSandbox(tools));
  if (!toGithub && outputEnv === undefined) return;
  const { writeDotenv, writeOutputs } = await import('../ci/outputs.ts');
  const outputs = {
    status: statusOf(end),
    id: identity.id,
    url: end.kind === 'destroyed' || end.kind === 'skipped' ? undefined : identity.url,
    image: end.kind === 'deployed' ? end.result.preview.image : undefined,
    commit: end.kind === 'deployed' ? (end.result.preview.commit ?? undefined) : commit,
  };
  const { note } = ui;
  const delimiter = () => randomBytes(16).toString('hex');
  if (toGithub) await writeOutputs(file, { outputs, delimiter, note });
  if (outputEnv !== undefined) await writeDotenv(outputEnv, { outputs, note });
}

function statusOf(end: End): OutputStatus {
  if (end.kind === 'deployed') return end.result.ready ? 'ready' : 'started';
  if (end.kind === 'destroyed' && end.error) return 'failed';
  if (end.kind !== 'failed') return end.kind;
  const { exitCode } = end.error;
  if (exitCode === exitCodes.interrupted) return 'interrupted';
  return exitCode === exitCodes.superseded ? 'superseded' : 'failed';
}

async function callBack({ sandbox, runId }: Options, tools: ReportTools, end: End): Promise<void> {
  const { callback: target, kind, identity, commit, session, ui } = tools;
  if (target === undefined) return;
  const [{ callbackDocument }, { sendCallback }] = await Promise.all([
    import('../ci/callback/document.ts'),
    import('../ci/callback/send.ts'),
  ]);
  const { io, signal } = session;
  const { branch, url } = identity;
  const action = kind;
  const facts = { action, runId, branch, commit, url, outcome: outcomeOf(end) };
  await sendCallback({
    target,
    document: { ...callbackDocument(facts), ...(sandbox ? { sandbox: true as const } : {}) },
    secret: io.env.PREVIEWOPS_CALLBACK_SECRET || undefined,
    clock: io.clock,
    signal,
    random: io.random,
    note: ui.note,
  });
}

function outcomeOf(end: End): CallbackOutcome {
  switch (end.kind) {
    case 'deployed':
      return { kind: 'deployed', ready: end.result.ready };
    case 'destroyed': {
      const { removed, remaining } = end.receipt;
      return { kind: 'destroyed', removed, remaining };
    }
    default:
      return end;
  }
}

/** As `main.ts` will tell it: what an interrupted wait rejects with is noise next to the reason. */
function errorOf(error: unknown, signal: AbortSignal): PreviewopsError {
  if (error instanceof PreviewopsError) return error;
  return signal.aborted && signal.reason instanceof PreviewopsError
    ? signal.reason
    : explain(error);
}
