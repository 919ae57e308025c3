import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Aws, createAws } from '../aws/aws.ts';
import { askAnonymously, type RepositoryAnswer } from '../ci/anonymous.ts';
import { slugAtGithub } from '../ci/app.ts';
import { type Git, openGit } from '../ci/git.ts';
import { resolveRef } from '../ci/ref.ts';
import type { Clock } from '../clock.ts';
import type { Config } from '../config/types.ts';
import type { PolicyDocument } from '../permissions/evaluate.ts';
import { type Identity, identify, type PreviewRef } from '../preview/identity.ts';
import type { Probe } from '../providers/probe.ts';
import type { Provider } from '../providers/provider.ts';
import type { Session } from '../report/io.ts';
import { version } from '../version.ts';
import { type Ci, openCi } from './ci.ts';
import type { CommonOptions } from './options.ts';
import { probeSandbox, probeUrl } from './probe.ts';
import { resolveHost } from './resolve.ts';
import { policiesOf, seedOf, surveyorOf } from './sandbox-setup.ts';
import { loadSettings, type Settings, underivable } from './settings.ts';
import type { Ui } from './ui.ts';

/** Everything that a command works with, put together from flags, files, checkout and environment. */
export interface Context extends Settings {
  git: Git;
  ci: Ci;
  /** AWS's time: the wall clock's, or the sandbox's. */
  clock: Clock;
  provider: Provider;
  aws: Aws;
  /** IPv4 addresses of a host; none when there is no such name. Rejects when DNS does not answer. */
  resolve(host: string): Promise<string[]>;
  /** Asks a repository without credentials; absent in the sandbox, which asks nobody. */
  askRepository?: ((url: string) => Promise<RepositoryAnswer>) | undefined;
  identityOf(ref: PreviewRef): Identity;
  /** The preview that flags, environment, CI or checkout name. */
  identity(ref: PreviewRef): Promise<Identity>;
}

export interface ContextTools {
  session: Session;
  ui: Ui;
  /** What was opened before, so that nothing is read twice. */
  opened?: Opened;
  /** In place of the settings' configuration. */
  config?: Config;
  /** Whose previews: `*` is every app's. By default the checkout's app, which then must be known. */
  app?: string;
}

/** The composition root. Rejects with the config's errors, or what the sandbox says of its own. */
export async function openContext(options: CommonOptions, tools: ContextTools): Promise<Context> {
  const { session, ui } = tools;
  const { git, settings, ci } = tools.opened ?? (await openSettings(options, tools));
  const app = tools.app ?? settings.app;
  if (app === undefined) throw underivable(settings.file, 'app', 'my-app');
  const { config = settings.config } = tools;
  const { aws, clock, probe, resolve, askRepository } = await connect(options, {
    ...tools,
    region: config.providerConfig.region,
    sandbox: async () => ({
      seed: seedOf(config),
      policies: await policiesOf(options.sandboxPolicy, { config, app, cwd: session.io.cwd }),
    }),
  });
  ui.progress.useClock(clock);
  const { awsEcs } = await import('../providers/aws-ecs/aws-ecs.ts');
  const { signal, io } = session;
  const { random } = io;
  const provider = awsEcs({ config, aws, clock, signal, random, probe, emit: ui.progress.emit });
  const rules = { ...config, app, baseDomain: config.providerConfig.baseDomain };
  return {
    ...settings,
    config,
    git,
    ci,
    clock,
    provider,
    aws,
    resolve,
    askRepository,
    identityOf: (ref) => identify(ref, rules),
    identity: async (ref) =>
      identify(await resolveRef({ ...ref, ...ci.question(), currentBranch: git.branch }), rules),
  };
}

/** The part of a context that needs no AWS. */
export interface Opened {
  git: Git;
  settings: Settings;
  ci: Ci;
}

export async function openSettings(
  options: CommonOptions,
  { session, ui }: Pick<ContextTools, 'session' | 'ui'>,
): Promise<Opened> {
  const { io, signal } = session;
  const git = openGit({ cwd: io.cwd, env: io.env, signal });
  const settings = await loadSettings(options, { io, git, note: ui.note });
  const slug = async () => slugAtGithub((await git.origin()) ?? '');
  return { git, settings, ci: openCi(options, { session, slug, note: ui.note }) };
}

/** An account that no configuration is about yet, in this region. */
export async function openAccount(
  options: CommonOptions,
  tools: Pick<ContextTools, 'session' | 'ui'> & { region: string },
): Promise<Pick<Context, 'aws' | 'clock' | 'resolve'>> {
  const { cwd } = tools.session.io;
  const { region } = tools;
  const sandbox = () => surveyorOf(options.sandboxPolicy, { region, cwd });
  const opened = await connect(options, { ...tools, sandbox });
  tools.ui.progress.useClock(opened.clock);
  return opened;
}

interface Connection extends Pick<ContextTools, 'session' | 'ui'> {
  region: string;
  /** What the simulated account has, and what the caller may do in it. */
  sandbox(): Promise<{ seed: ReturnType<typeof seedOf>; policies: PolicyDocument[] }>;
}

async function connect(
  options: CommonOptions,
  connection: Connection,
): Promise<Pick<Context, 'aws' | 'clock' | 'resolve' | 'askRepository'> & { probe: Probe }> {
  const { region, session, ui } = connection;
  const common = {
    region,
    signal: session.signal,
    userAgent: `previewops/${version}`,
    onRetry: (retry: { call: string; delayMs: number; reason: string }) =>
      ui.progress.emit({ type: 'retrying', ...retry }),
  };
  if (options.sandbox) {
    const sandbox = await startSandbox(connection);
    const aws = createAws({
      ...common,
      clock: sandbox.clock,
      instrument: (client) => sandbox.instrument(client),
      // Never sent anywhere, but the SDK would look for some on disk and in the network.
      credentials: { accessKeyId: 'sandbox', secretAccessKey: 'sandbox' },
    });
    return {
      aws,
      clock: sandbox.clock,
      probe: probeSandbox(sandbox),
      resolve: (host) => sandbox.resolve(host),
    };
  }
  const { clock, env } = session.io;
  const { signal } = session;
  const outside = {
    clock,
    probe: probeUrl,
    resolve: resolveHost,
    askRepository: (url: string) => askAnonymously(url, { env, signal }),
  };
  const { profile, roleArn } = options;
  if (profile === undefined && roleArn === undefined) {
    return { aws: createAws({ ...common, clock }), ...outside };
  }
  const { createCredentials } = await import('./credentials.ts');
  const credentials = createCredentials({ profile, roleArn, region });
  return { aws: createAws({ ...common, clock, credentials }), ...outside };
}

async function startSandbox({ sandbox, session }: Connection) {
  const { env, home, kill, process, clock } = session.io;
  const { openSandbox, sandboxOptionsFromEnv } = await import('../sandbox/sandbox.ts');
  const asked = await sandboxOptionsFromEnv(env, (file) => readFile(file, 'utf8'));
  const cache = env.XDG_CACHE_HOME || join(home, '.cache');
  return openSandbox({
    ...asked,
    file: asked.file ?? join(cache, 'previewops', 'sandbox.json'),
    ...(await sandbox()),
    real: clock,
    process,
    kill,
  });
}
