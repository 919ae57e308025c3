import { readFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { appFromRepository } from '../ci/app.ts';
import type { Git } from '../ci/git.ts';
import { resolvePort } from '../config/port.ts';
import { normalizeRepository } from '../config/repository.ts';
import type { Config, LoadedConfig } from '../config/types.ts';
import { PreviewopsError } from '../errors.ts';
import type { Io } from '../report/io.ts';
import type { CommonOptions } from './options.ts';

/** The configuration, completed with what the checkout says. */
export interface Settings {
  config: Config;
  /** As messages show it. */
  file: string;
  /** The app that the checkout is of; undefined when neither file nor checkout tells. */
  app: string | undefined;
}

export interface SettingsTools {
  io: Pick<Io, 'cwd' | 'home'>;
  git: Git;
  note(text: string): void;
}

/** Rejects with `config-not-found` or `config-invalid`. The sandbox needs no file: it has an example. */
export async function loadSettings(
  options: CommonOptions,
  tools: SettingsTools,
): Promise<Settings> {
  const loaded = await load(options, tools);
  const { config, file, directory } = loaded;
  const origin = normalizeRepository((await tools.git.origin()) ?? '');
  const repository = config.build.repository ?? origin;
  const app = config.app ?? (repository === undefined ? undefined : appFromRepository(repository));
  const root = (await tools.git.topLevel()) ?? directory;
  const port = config.container.port ?? resolvePort(await readDockerfile(root, config.build));
  return {
    config: {
      ...config,
      ...(app === undefined ? {} : { app }),
      container: { ...config.container, port },
      build: { ...config.build, repository },
    },
    file,
    app,
  };
}

async function load(options: CommonOptions, { io, note }: SettingsTools): Promise<LoadedConfig> {
  const { loadConfig } = await import('../config/load.ts');
  const where = { cwd: io.cwd, home: io.home };
  if (options.config !== undefined) return loadConfig({ ...where, file: options.config });
  try {
    return await loadConfig(where);
  } catch (error) {
    const absent = error instanceof PreviewopsError && error.code === 'config-not-found';
    if (!absent || !options.sandbox) throw error;
    note('no configuration found: using the built-in example, app "hello"');
    return loadExample(io.cwd);
  }
}

async function loadExample(directory: string): Promise<LoadedConfig> {
  const [{ exampleConfig }, { checkConfig }] = await Promise.all([
    import('../config/example.ts'),
    import('../config/check.ts'),
  ]);
  const file = '(built-in example)';
  const checked = checkConfig({ file, text: exampleConfig() });
  if ('config' in checked) return { config: checked.config, file, directory };
  throw new PreviewopsError('internal', 'the built-in example is not valid');
}

const maxDockerfileBytes = 1024 * 1024;

/** `docker build` finds the file inside the context; undefined if it is not there or not inside. */
async function readDockerfile(
  root: string,
  { context, dockerfile }: Pick<Config['build'], 'context' | 'dockerfile'>,
): Promise<string | undefined> {
  const path = resolve(root, join(context, dockerfile));
  if (relative(root, path).startsWith('..')) return undefined;
  try {
    const text = await readFile(path, 'utf8');
    return text.length <= maxDockerfileBytes ? text : undefined;
  } catch {
    return undefined; // no Dockerfile here is no mistake: the image may be built from another checkout
  }
}

/** What a file and a checkout leave out, said as a mistake of the configuration. */
export function underivable(file: string, key: string, example: string): PreviewopsError {
  const message = `${file}:1:1  ${key} cannot be derived: this checkout has no remote "origin" with an https or ssh URL; add ${key}: ${example}`;
  return new PreviewopsError('config-invalid', message, {
    details: {
      problems: [{ file, line: 1, column: 1, message: message.split('  ')[1] ?? message }],
    },
  });
}
