import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './build.ts';

export interface Metafile {
  outputs: Record<
    string,
    {
      bytes: number;
      inputs: Record<string, { bytesInOutput: number }>;
      imports: { path: string; kind: string }[];
    }
  >;
}

export const readMetafile = (): Metafile =>
  JSON.parse(readFileSync(join(root, 'dist/metafile-esm.json'), 'utf8'));

/** Output files that Node reads before the first line of `file` runs. */
export function staticClosure(
  metafile: Metafile,
  file: string,
  seen = new Set<string>(),
): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  for (const { path, kind } of metafile.outputs[file]?.imports ?? []) {
    if (kind === 'import-statement' && metafile.outputs[path]) staticClosure(metafile, path, seen);
  }
  return seen;
}

/** Names of the packages that left code in these output files. */
export const packagesIn = (metafile: Metafile, files: Iterable<string>): Set<string> =>
  new Set(
    [...files].flatMap((file) =>
      Object.entries(metafile.outputs[file]?.inputs ?? {})
        .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
        .flatMap(([input]) => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1] ?? []),
    ),
  );

/** What is loaded before it is known what is asked for. */
export function measureEntry(metafile: Metafile): { bytes: number; packages: string[] } {
  const files = [...staticClosure(metafile, 'dist/main.js')];
  return {
    bytes: files.reduce((sum, file) => sum + (metafile.outputs[file]?.bytes ?? 0), 0),
    packages: [...packagesIn(metafile, files)],
  };
}

export interface Packed {
  /** Of the tarball, with types. */
  bytes: number;
  paths: string[];
}

/** What `npm pack` would make of the built program. */
export function measurePackage(): Packed {
  const answer = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [{ size, files }] = JSON.parse(answer.toString()) as [
    { size: number; files: { path: string }[] },
  ];
  const paths = files.map(({ path }) => path);
  // Packing makes the types too, which are not there before: 8 KB.
  const types = paths.some((path) => path.endsWith('.d.ts')) ? 0 : 10 * 1024;
  return { bytes: size + types, paths };
}

/** Names of the packages that npm would install beside this one. */
export function runtimeDependencies(): string[] {
  const described = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return ['dependencies', 'optionalDependencies', 'peerDependencies'].flatMap((kind) =>
    Object.keys(described[kind] ?? {}),
  );
}
