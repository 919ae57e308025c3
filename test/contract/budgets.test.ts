import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { budgets } from '../helpers/budgets.ts';
import { buildIfStale, root } from '../helpers/build.ts';
import {
  type Metafile,
  measureEntry,
  measurePackage,
  type Packed,
  packagesIn,
  readMetafile,
  runtimeDependencies,
  staticClosure,
} from '../helpers/built.ts';

let metafile: Metafile;

beforeAll(() => {
  buildIfStale();
  metafile = readMetafile();
});

describe('the entry', () => {
  test('is within its budget of code, all that it imports included', () => {
    const { bytes } = measureEntry(metafile);
    expect(bytes).toBeGreaterThan(20_000); // else the closure was not found
    expect(bytes).toBeLessThanOrEqual(budgets.entry.bytes);
  });

  test('loads no package but commander before it knows what is asked for', () => {
    expect(measureEntry(metafile).packages).toEqual(budgets.entry.packages);
  });

  test('a deploy on real AWS does not load the sandbox', () => {
    const users = Object.entries(metafile.outputs).filter(
      ([file, { inputs }]) =>
        !Object.keys(inputs).some((input) => input.startsWith('src/sandbox/')) &&
        [...staticClosure(metafile, file)].some((other) =>
          Object.keys(metafile.outputs[other]?.inputs ?? {}).includes('src/sandbox/sandbox.ts'),
        ),
    );
    expect(users.map(([file]) => file)).toEqual([]);
  });
});

describe('the package', () => {
  let packed: Packed;

  beforeAll(() => {
    packed = measurePackage();
  });

  test('is within its budget', () => {
    expect(packed.bytes).toBeGreaterThan(50_000);
    expect(packed.bytes).toBeLessThanOrEqual(budgets.package.bytes);
  });

  test('holds what runs, its schema and the licences, and nothing else', () => {
    const { paths } = packed;
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
    expect(runtimeDependencies()).toHaveLength(budgets.package.dependencies);
  });

  test('lists every bundled package with its licence', () => {
    const licenses = readFileSync(join(root, 'dist/THIRD-PARTY-LICENSES.txt'), 'utf8');
    const bundled = [...packagesIn(metafile, Object.keys(metafile.outputs))];
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
