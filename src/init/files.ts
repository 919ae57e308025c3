import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, relative, resolve } from 'node:path';
import { PreviewopsError } from '../errors.ts';
import { printable } from '../report/printable.ts';
import { type DiffLine, diffLines } from './diff.ts';

/** A file to be written, beside what is there. */
export interface Draft {
  path: string;
  /** As messages show it. */
  name: string;
  text: string;
  /** What is there now. */
  before?: string | undefined;
  /** Whether writing it takes away what somebody decided; filling in placeholders does not. */
  overwrites: boolean;
}

export type Fate = 'written' | 'unchanged' | 'kept';

/** What is in a file; undefined when there is none. Rejects with `bad-usage` for what is no readable file. */
export async function readIfThere(path: string, name: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new PreviewopsError('bad-usage', `${name} cannot be read: ${code}`, { cause: error });
  }
}

/** `given` is from the flags or a template of ours; by default an existing file with another text is kept. */
export async function draftOf(
  given: string,
  { cwd, root = cwd, text }: { cwd: string; root?: string; text: string },
): Promise<Draft> {
  const path = resolve(root, given);
  const name = printable(relative(cwd, path)) || '.';
  const before = await readIfThere(path, name);
  return { path, name, text, before, overwrites: before !== undefined && before !== text };
}

export const diffOf = ({ before = '', text }: Draft): DiffLine[] => diffLines(before, text);

/** Writes what differs. Rejects with `bad-usage` where the system refuses. */
export async function write({ path, name, text }: Draft): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new PreviewopsError('bad-usage', `${name} cannot be written: ${code}`, {
      hint: 'Name another place with --output.',
      cause: error,
    });
  }
}
