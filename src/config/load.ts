import { dirname, extname, relative, resolve } from 'node:path';
import { PreviewopsError } from '../errors.ts';
import { type CheckResult, checkConfig, checkExport } from './check.ts';
import { visible } from './finding.ts';
import { readData, searchConfig, searchPlaces } from './search.ts';
import type { LoadedConfig, Problem } from './types.ts';

/** More lines than this help nobody; `details.problems` has them all. */
const shownProblems = 50;

const runnable = new Set(['.js', '.mjs', '.cjs', '.ts', '.mts', '.cts']);

/**
 * Finds, reads and checks the configuration. Only a `file` that is named may be JavaScript, because
 * it runs: previews are made of other people's branches, next to credentials for AWS.
 *
 * Throws `config-not-found`, or `config-invalid` with one line a mistake and `details.problems`.
 */
export async function loadConfig(options: {
  cwd: string;
  home: string;
  file?: string | undefined;
}): Promise<LoadedConfig> {
  const show = (path: string) => visible(relative(options.cwd, path)) || '.';
  const { path, result } = await (options.file === undefined
    ? loadFound({ ...options, show })
    : loadNamed(resolve(options.cwd, options.file), show));
  if ('problems' in result) throw invalid(result.problems);
  return { config: result.config, file: show(path), directory: dirname(path) };
}

interface Checked {
  path: string;
  result: CheckResult;
}

async function loadFound(options: {
  cwd: string;
  home: string;
  show: (path: string) => string;
}): Promise<Checked> {
  const found = await searchConfig(options);
  if (found === undefined) throw notFound();
  return {
    path: found.path,
    result: checkConfig({ file: options.show(found.path), text: found.text }),
  };
}

async function loadNamed(path: string, show: (path: string) => string): Promise<Checked> {
  const file = show(path);
  const text = await readData(path, { show });
  if (text === undefined) {
    throw new PreviewopsError('config-not-found', `there is no file ${file}`, {
      hint: 'Check what --config names: it is relative to the current directory.',
    });
  }
  if (!runnable.has(extname(path))) return { path, result: checkConfig({ file, text }) };
  return { path, result: checkExport(file, await runFile(path, { file, text })) };
}

/** Runs the file and takes its default export as data. */
async function runFile(path: string, { file, text }: { file: string; text: string }) {
  const { defaultLoaders } = await import('cosmiconfig');
  try {
    const exported: unknown = await defaultLoaders['.mjs'](path, text);
    // Through JSON, so that functions, class instances and circles cannot reach the checks.
    return JSON.parse(JSON.stringify(exported ?? null)) as unknown;
  } catch (cause) {
    const why = visible(cause instanceof Error ? cause.message : String(cause));
    const typescript = /ts$/.test(path);
    throw new PreviewopsError('config-invalid', `${file} cannot be loaded: ${why}`, {
      cause,
      hint: typescript
        ? 'TypeScript needs Node 22.18 or later; JavaScript, YAML and JSON work everywhere.'
        : 'The file must have the configuration, an object, as its default export.',
    });
  }
}

const notFound = () =>
  new PreviewopsError('config-not-found', 'no previewops.yml was found', {
    hint: [
      `Looked for ${searchPlaces.slice(0, -1).join(', ')} and the key previewops in package.json,`,
      'from the current directory up to the root of the repository.',
      '`previewops init` writes one. Or name one with --config, or add --sandbox to try the built-in example.',
    ].join('\n'),
  });

/** `previewops.yml:9:3  container.port must be a whole number from 1 to 65535`. */
export const formatProblem = ({ file, line, column, message }: Problem): string =>
  `${file}:${line}:${column}  ${message}`;

function invalid(problems: Problem[]): PreviewopsError {
  const lines = problems.slice(0, shownProblems).map(formatProblem);
  const more = problems.length - lines.length;
  if (more > 0) lines.push(`and ${more} more`);
  return new PreviewopsError('config-invalid', lines.join('\n'), { details: { problems } });
}
