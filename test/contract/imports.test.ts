import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const source = fileURLToPath(new URL('../../src', import.meta.url));

/** An import may only point to the right, or stay where it is. */
const layers = [
  ['main.ts'],
  ['cli.ts'],
  ['commands'],
  ['completion'],
  ['init'],
  ['bootstrap'],
  ['doctor'],
  ['providers'],
  ['ci'],
  ['config'],
  ['report'],
  ['aws'],
  ['permissions'],
  ['preview'],
  ['errors.ts', 'error-guide.ts', 'clock.ts', 'url.ts', 'version.ts', 'help.ts'],
];
/** The sandbox stands beside the layers: it must not share the assumptions that it is there to test. */
const sandboxMay = ['sandbox', 'permissions', 'aws', 'errors.ts', 'clock.ts', 'url.ts'];

interface Import {
  from: string;
  to: string;
  typeOnly: boolean;
}

const files = (readdirSync(source, { recursive: true }) as string[])
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.replaceAll('\\', '/'));
const textOf = (file: string) => readFileSync(join(source, file), 'utf8');
const topOf = (file: string) => file.split('/')[0] ?? file;
const layerOf = (file: string) => layers.findIndex((names) => names.includes(topOf(file)));

const imports: Import[] = files.flatMap((from) => {
  const statements =
    /\b(import|export)\b(\s+type\b)?[^;'"`()]*?from\s*['"](\.[^'"]+)['"]|\bimport\(\s*['"](\.[^'"]+)['"]/g;
  return [...textOf(from).matchAll(statements)].map((match) => ({
    from,
    to: relative(source, join(source, dirname(from), match[3] ?? match[4] ?? '')),
    typeOnly: match[2] !== undefined,
  }));
});

test('the import lines are found at all', () => {
  expect(files.length).toBeGreaterThan(50);
  const has = (from: string, to: string) =>
    imports.some((line) => line.from === from && line.to === to);
  expect(has('main.ts', 'cli.ts')).toBe(true);
  expect(has('cli.ts', 'commands/deploy.ts')).toBe(true); // a lazy one
  expect(has('commands/context.ts', 'preview/identity.ts')).toBe(true); // one with `type` inside
  expect(has('commands/context.ts', 'sandbox/sandbox.ts')).toBe(true);
});

describe('the direction of imports', () => {
  test('every file has its place', () => {
    const known = (file: string) =>
      layerOf(file) >= 0 || topOf(file) === 'sandbox' || file === 'index.ts';
    expect(files.filter((file) => !known(file))).toEqual([]);
  });

  test('imports point down the layers', () => {
    const wrong = imports.filter(({ from, to }) => {
      const inside = from !== 'index.ts' && topOf(from) !== 'sandbox' && !to.startsWith('..');
      return inside && topOf(to) !== 'sandbox' && layerOf(to) < layerOf(from);
    });
    expect(wrong).toEqual([]);
  });

  test('only version.ts reaches out of src', () => {
    expect(imports.filter(({ to }) => to.startsWith('..')).map(({ from }) => from)).toEqual([
      'version.ts',
    ]);
  });

  test('only commands/context.ts imports the sandbox, and lazily', () => {
    const outside = imports.filter(
      ({ from, to }) => topOf(to) === 'sandbox' && topOf(from) !== 'sandbox',
    );
    expect(new Set(outside.map(({ from }) => from))).toEqual(new Set(['commands/context.ts']));
    expect(textOf('commands/context.ts')).not.toMatch(/from '\.\.\/sandbox/);
  });

  test('the sandbox imports nothing that it tests, and of aws only types', () => {
    const mine = imports.filter(({ from }) => topOf(from) === 'sandbox');
    expect(mine.filter(({ to }) => !sandboxMay.includes(topOf(to)))).toEqual([]);
    expect(mine.filter(({ to, typeOnly }) => topOf(to) === 'aws' && !typeOnly)).toEqual([]);
  });

  test('nobody imports the index', () => {
    expect(imports.filter(({ to }) => to === 'index.ts')).toEqual([]);
  });
});

describe('nothing below main.ts touches the process or takes the time by itself', () => {
  const allowed: Record<string, string[]> = {
    'main.ts': ['process.', 'Math.random'],
    'index.ts': ['Math.random'],
    'clock.ts': ['Date.now(', 'setTimeout(', 'clearTimeout('],
    'aws/aws.ts': ['Math.random'],
    'sandbox/lock.ts': ['Math.random'], // so that waiting processes do not march in step
    'sandbox/sandbox.ts': ['process.'], // an option of that name, handed in by main.ts
  };
  const forbidden =
    /\bprocess\.|\bconsole\.(?:log|error|warn|info|debug|table|dir)\b|\bDate\.now\(|\bnew Date\(\)|\bperformance\.now\(|\b(?:set|clear)(?:Timeout|Interval|Immediate)\(|\bMath\.random\b/g;

  test.each(files.map((file) => [file]))('%s', (file) => {
    const code = textOf(file)
      .replace(/\/\*[\s\S]*?\*\//g, '')
      .replace(/(^|[^:'"`])\/\/.*$/gm, '$1');
    const found = new Set(code.match(forbidden) ?? []);
    expect([...found].filter((what) => !allowed[file]?.includes(what))).toEqual([]);
  });
});
