import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generatedFiles } from './generate/files.ts';

/**
 * Writes the files that are made from code. With `--check` it writes nothing, names those that
 * are stale and exits 1.
 */
const root = fileURLToPath(new URL('..', import.meta.url));
const check = process.argv.includes('--check');

for (const { path, make } of generatedFiles) {
  const target = join(root, path);
  const wanted = await make();
  const present = await readFile(target, 'utf8').catch(() => undefined);
  if (present === wanted) continue;
  if (check) {
    console.error(`${path} is stale: run npm run generate`);
    process.exitCode = 1;
    continue;
  }
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, wanted);
  console.error(`wrote ${path}`);
}
