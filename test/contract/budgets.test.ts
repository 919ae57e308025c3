import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { buildIfStale, root } from '../helpers/build.ts';

interface Metafile {
  outputs: Record<
    string,
    {
      bytes: number;
      inputs: Record<string, { bytesInOutput: number }>;
      imports: { path: string; kind: string }[];
    }
  >;
}

let metafile: Metafile;

beforeAll(() => {
  buildIfStale();
  metafile = JSON.parse(readFileSync(join(root, 'dist/metafile-esm.json'), 'utf8'));
});

/** Output files that Node reads before the first line of `file` runs. */
function staticClosure(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  for (const { path, kind } of metafile.outputs[file]?.imports ?? []) {
    if (kind === 'import-statement' && metafile.outputs[path]) staticClosure(path, seen);
  }
  return seen;
}

const packagesIn = (files: Iterable<string>) =>
  new Set(
    [...files].flatMap((file) =>
      Object.entries(metafile.outputs[file]?.inputs ?? {})
        .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
        .flatMap(([input]) => /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1] ?? []),
    ),
  );

describe('the entry', () => {
  test('is at most 64 KB of code, all that it imports included', () => {
    const files = [...staticClosure('dist/main.js')];
    const bytes = files.reduce((sum, file) => sum + (metafile.outputs[file]?.bytes ?? 0), 0);
    expect(bytes).toBeGreaterThan(20_000); // else the closure was not found
    expect(bytes).toBeLessThanOrEqual(64 * 1024);
  });

  test('loads no package but commander before it knows what is asked for', () => {
    expect([...packagesIn(staticClosure('dist/main.js'))]).toEqual(['commander']);
  });

  test('a deploy on real AWS does not load the sandbox', () => {
    const users = Object.entries(metafile.outputs).filter(
      ([file, { inputs }]) =>
        !Object.keys(inputs).some((input) => input.startsWith('src/sandbox/')) &&
        [...staticClosure(file)].some((other) =>
          Object.keys(metafile.outputs[other]?.inputs ?? {}).includes('src/sandbox/sandbox.ts'),
        ),
    );
    expect(users.map(([file]) => file)).toEqual([]);
  });
});

describe('the package', () => {
  interface Packed {
    size: number;
    files: { path: string }[];
  }
  let packed: Packed;

  beforeAll(() => {
    const answer = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    [packed] = JSON.parse(answer.toString()) as [Packed];
  });

  test('is at most 600 KB', () => {
    expect(packed.size).toBeGreaterThan(50_000);
    // Packing makes the types too, which are not there before: 8 KB.
    const types = packed.files.some(({ path }) => path.endsWith('.d.ts')) ? 0 : 10 * 1024;
    expect(packed.size + types).toBeLessThanOrEqual(600 * 1024);
  });

  test('holds what runs, its schema and the licences, and nothing else', () => {
    const paths = packed.files.map(({ path }) => path);
    expect(paths).toEqual(
      expect.arrayContaining([
        'LICENSE',
        'package.json',
        'bin/previewops.js',
        'dist/main.js',
        'dist/index.js',
        'dist/THIRD-PARTY-LICENSES.txt',
        'schema/previewops.schema.json',
      ]),
    );
    const wanted =
      /^(?:LICENSE|README\.md|CHANGELOG\.md|package\.json|bin\/previewops\.js|dist\/[\w-]+\.js|dist\/index\.d\.ts|dist\/THIRD-PARTY-LICENSES\.txt|schema\/previewops\.schema\.json)$/;
    expect(paths.filter((path) => !wanted.test(path))).toEqual([]);
  });

  test('installs nothing else', () => {
    const described = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    expect(described.dependencies).toBeUndefined();
    expect(described.optionalDependencies).toBeUndefined();
  });

  test('lists every bundled package with its licence', () => {
    const licenses = readFileSync(join(root, 'dist/THIRD-PARTY-LICENSES.txt'), 'utf8');
    const bundled = [...packagesIn(Object.keys(metafile.outputs))];
    expect(bundled).toContain('@aws-sdk/client-ecs');
    const missing = bundled.filter((name) => !licenses.includes(`\n${name} `));
    expect(missing).toEqual([]);
  });

  test('tells nothing of the machine that built it', () => {
    const told = readdirSync(join(root, 'dist'))
      .filter((file) => /\.(?:js|ts|txt)$/.test(file))
      .filter((file) => readFileSync(join(root, 'dist', file), 'utf8').includes(root));
    expect(told).toEqual([]);
  });
});
