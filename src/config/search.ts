import { access, readFile, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { PreviewopsError } from '../errors.ts';
import { largestFile } from './check.ts';

/** Names that are looked for in each directory, in this order. All of them are data. */
export const searchPlaces = [
  'previewops.yml',
  'previewops.yaml',
  '.previewops.yml',
  '.previewops.yaml',
  'previewops.json',
  '.previewops.json',
  'package.json',
] as const;

export interface FoundFile {
  path: string;
  text: string;
}

/**
 * Looks in `cwd` and above it, up to the root of the git checkout or the home directory; outside of
 * both only in `cwd`, as strangers may write to what is above it.
 *
 * cosmiconfig's own search is not used: before it looks for anything it obeys `.config/config.js`
 * and the `cosmiconfig` key of `package.json` in the working directory, which lets a pull request
 * run code next to the credentials for AWS.
 */
export async function searchConfig(from: {
  cwd: string;
  home: string;
  show: (path: string) => string;
}): Promise<FoundFile | undefined> {
  for (const directory of await listDirectories(from)) {
    for (const place of searchPlaces) {
      const path = join(directory, place);
      const text = place === 'package.json' ? await readPackage(path) : await readData(path, from);
      if (text !== undefined) return { path, text };
    }
  }
  return undefined;
}

async function listDirectories({ cwd, home }: { cwd: string; home: string }): Promise<string[]> {
  const top = resolve(cwd);
  const directories: string[] = [];
  for (let directory = top; ; directory = dirname(directory)) {
    directories.push(directory);
    if (directory === resolve(home) || (await exists(join(directory, '.git')))) return directories;
    if (directory === dirname(directory)) return [top];
  }
}

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );

/** Undefined when there is no such file; throws `config-invalid` for one that cannot be read. */
export async function readData(
  path: string,
  { show }: { show: (path: string) => string },
): Promise<string | undefined> {
  try {
    const facts = await stat(path);
    if (!facts.isFile()) throw unreadable(show(path), 'it is not a file');
    if (facts.size > largestFile) throw unreadable(show(path), 'it is larger than 1 MB');
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof PreviewopsError) throw error;
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw unreadable(show(path), code === 'EACCES' ? 'permission denied' : code);
  }
}

const unreadable = (file: string, why: string) =>
  new PreviewopsError('config-invalid', `${file} cannot be read: ${why}`, {
    hint: 'Name another file with --config, or make this one a readable YAML or JSON file.',
  });

/** The file only counts when it has our key; what else is wrong with it is not our business. */
async function readPackage(path: string): Promise<string | undefined> {
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined || text.length > largestFile) return undefined;
  try {
    const content: unknown = JSON.parse(text);
    const ours = typeof content === 'object' && content !== null && 'previewops' in content;
    return ours ? text : undefined;
  } catch {
    return /"previewops"\s*:/.test(text) ? text : undefined;
  }
}
