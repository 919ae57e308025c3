import { execFileSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

const made = ['dist/main.js', 'dist/THIRD-PARTY-LICENSES.txt'];
const inputs = ['package.json', 'package-lock.json', 'tsconfig.json', 'tsup.config.ts'];

/** Builds the program unless what is there is newer than all that it is made of. */
export function buildIfStale(): void {
  const oldest = Math.min(...made.map((file) => modified(file) ?? 0));
  const files = [...inputs, 'scripts/licenses.ts', ...readSources()];
  if (files.every((file) => (modified(file) ?? 0) < oldest)) return;
  execFileSync('npm', ['run', '--silent', 'build'], { cwd: root, stdio: 'pipe' });
}

const modified = (file: string) => statSync(join(root, file), { throwIfNoEntry: false })?.mtimeMs;

const readSources = () =>
  (readdirSync(join(root, 'src'), { recursive: true }) as string[])
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join('src', file));
