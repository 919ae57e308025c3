import { join } from 'node:path';
import { readIfThere } from './files.ts';

/** Names that `init` can write to, in the order in which the other commands look for them. */
const names = ['previewops.yml', 'previewops.yaml', '.previewops.yml', '.previewops.yaml'];

/** The configuration to write: the one that is named, the one that is there, or a new `previewops.yml`. */
export async function findTarget(cwd: string, output: string | undefined): Promise<string> {
  if (output !== undefined) return output;
  for (const name of names) {
    if ((await readIfThere(join(cwd, name), name)) !== undefined) return name;
  }
  return 'previewops.yml';
}
