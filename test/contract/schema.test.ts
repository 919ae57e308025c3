// Longer than most: the schema for editors itself, and every fixture in an editor that reads it.
import { readdirSync, readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { durationRange } from '../../scripts/generate/ranges.ts';
import { checkConfig } from '../../src/config/check.ts';
import type { SchemaNode } from '../../src/config/rules-for-editors.ts';
import { schemaLine, schemaUrl } from '../../src/config/schema-url.ts';
import { readSource } from '../../src/config/source.ts';
import { parseDuration } from '../../src/config/units.ts';
import { openEditor } from '../helpers/editor.ts';

const root = new URL('../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');
const text = read('schema/previewops.schema.json');
const schema = JSON.parse(text) as SchemaNode;
const fixtures = (kind: 'valid' | 'invalid') =>
  readdirSync(new URL(`fixtures/configs/${kind}/`, root)).map((file) => file.replace('.yml', ''));
const fixture = (kind: 'valid' | 'invalid', name: string) =>
  read(`fixtures/configs/${kind}/${name}.yml`);

interface Key {
  path: string;
  node: SchemaNode;
  required: boolean;
}

/** Every key that people may write. The rules behind `allOf` describe none. */
function keysOf(node: SchemaNode, path = ''): Key[] {
  const items = Array.isArray(node.items) ? undefined : node.items;
  const below = Object.entries(node.properties ?? {}).flatMap(([key, child]) => {
    if (child === false) return [];
    const here = path === '' ? key : `${path}.${key}`;
    const required = node.required?.includes(key) ?? false;
    return [{ path: here, node: child, required }, ...keysOf(child, here)];
  });
  return items === undefined ? below : [...below, ...keysOf(items, `${path}[]`)];
}

describe('the schema for editors', () => {
  const keys = keysOf(schema);
  const leaves = keys.filter(({ node }) => node.properties === undefined);

  it('explains every key', () => {
    expect(keys.length).toBeGreaterThan(70);
    const silent = keys.filter(({ node }) => (node.description ?? '').length < 5);
    expect(silent.map(({ path }) => path)).toEqual([]);
  });

  it('says of every key what holds when it is not written', () => {
    const unsaid = leaves.filter(
      ({ node, required }) =>
        !required && node.default === undefined && !/Default: .+\.$/.test(node.description ?? ''),
    );
    expect(unsaid.map(({ path }) => path)).toEqual([]);
  });

  it('has an example of every key, which it accepts', () => {
    const ajv = new Ajv({ strict: false });
    const wrong = leaves.filter(
      ({ node }) => !node.examples?.length || !ajv.validate(node, node.examples[0]),
    );
    expect(wrong.map(({ path }) => path)).toEqual([]);
  });

  it('lists the values of every key that has a few', () => {
    const listed = leaves.filter(({ node }) => node.enum !== undefined).map(({ path }) => path);
    expect(listed).toEqual([
      'provider',
      'task.architecture',
      'build.compute',
      'forks',
      'bots',
      'github.comment',
      'logs.retentionDays',
    ]);
  });

  it('is a schema, with patterns that compile with the u flag and without', () => {
    expect(new Ajv({ strict: false }).validateSchema(schema)).toBe(true);
    const patterns = [...text.matchAll(/"pattern": ("(?:[^"\\]|\\.)*")/g)].map(
      ([, literal = '""']) => JSON.parse(literal) as string,
    );
    expect(patterns.length).toBeGreaterThan(50);
    for (const pattern of patterns) {
      expect(() => new RegExp(pattern)).not.toThrow();
      expect(() => new RegExp(pattern, 'u')).not.toThrow();
    }
  });

  it('is where the line for editors says, in the package of this version', () => {
    const { name, version, files, exports } = JSON.parse(read('package.json'));
    const prefix = `https://unpkg.com/${name}@${version}/`;
    expect(schemaUrl.startsWith(prefix)).toBe(true);
    const path = schemaUrl.slice(prefix.length);
    expect(exports['./schema.json']).toBe(`./${path}`);
    expect(files).toContain(path.split('/')[0]);
    for (const page of ['README.md', 'docs/getting-started.md', 'docs/configuration.md']) {
      expect(read(page)).toContain(schemaLine);
    }
    expect(fixture('valid', 'examples')).toContain(schemaUrl);
  });
});

describe('an editor with the schema', () => {
  const editor = openEditor();

  it.each(fixtures('valid'))('sees no mistake in %s.yml', async (name) => {
    expect(await editor.diagnose(fixture('valid', name))).toEqual([]);
  });

  it('knows the schema from the first line alone', async () => {
    const found = await editor.diagnose(`${schemaLine}\n${fixture('invalid', 'missing-cluster')}`);
    expect(found).toEqual([{ line: 4, message: 'Missing property "cluster".' }]);
    expect(editor.asked).toContain(schemaUrl);
  });

  it('explains a key with its examples and values', async () => {
    const shown = await editor.hover('task:\n  architecture: arm64\n', 2);
    expect(shown).toContain('Processor that the image is built for');
    expect(shown).toContain('x86_64');
  });

  it('speaks of most mistakes in the words of validate', async () => {
    const [found] = await editor.diagnose(fixture('invalid', 'load-balancer-arn'));
    expect(found?.message).toMatch(/^must be the ARN of an HTTPS listener/);
  });

  /** Lines on which `validate` alone finds something, and why JSON Schema cannot. */
  const unsayable: Record<string, Record<number, string>> = {
    circle: { 10: 'a circle is found by following names' },
    container: { 18: 'a name in two mappings compares keys that are not known beforehand' },
    dependencies: {
      13: 'a name in dependsOn would have to be compared with that of its container',
    },
    empty: { 1: 'the server checks no document where there is none' },
    'other-accounts': {
      2: 'parts of two values would have to be compared',
      7: 'parts of two values would have to be compared',
      10: 'parts of two values would have to be compared',
    },
    'other-listeners': {
      8: 'parts of two values would have to be compared',
      9: 'parts of two values would have to be compared',
    },
    'other-region': { 9: 'parts of two values would have to be compared' },
    provider: { 11: 'from and to would have to be compared' },
    'two-documents': { 2: 'the server takes a file for as many documents as it holds' },
  };
  /** Lines on which only the editor finds something, and why `validate` does not. */
  const further: Record<string, Record<number, string>> = {
    'alias-bomb': Object.fromEntries(
      [2, 3, 4, 5, 6, 7, 8].map((line) => [
        line,
        'validate stops at aliases that unfold to too much',
      ]),
    ),
    tabs: { 1: 'validate says of a broken file only where it breaks' },
    'two-documents': { 1: 'each document is checked', 3: 'each document is checked' },
    unclosed: {
      1: 'validate says of a broken file only where it breaks',
      2: 'validate says of a broken file only where it breaks',
    },
    'unknown-keys': { 2: 'validate takes a required key under a wrong name for one mistake' },
  };

  it.each(fixtures('invalid'))('sees the mistakes of %s.yml where validate does', async (name) => {
    const config = fixture('invalid', name);
    const result = checkConfig({ file: `${name}.yml`, text: config });
    const ours = linesOf('problems' in result ? result.problems : []);
    const theirs = linesOf(await editor.diagnose(config));
    expect(ours.length).toBeGreaterThan(0);
    const linesIn = (table: typeof further) => Object.keys(table[name] ?? {}).map(Number);
    expect(ours.filter((line) => !theirs.includes(line))).toEqual(linesIn(unsayable));
    expect(theirs.filter((line) => !ours.includes(line))).toEqual(linesIn(further));
  });

  const linesOf = (found: readonly { line: number }[]) =>
    [...new Set(found.map(({ line }) => line))].sort((a, b) => a - b);
});

describe('values that only code can judge', () => {
  const base = readSource(fixture('valid', 'minimal')).data as object;
  const validate = new Ajv({ strict: false }).compile(schema);

  it.each<[string, object]>([
    ['half a vCPU as text', { task: { cpu: '0.5 vCPU', memory: '1 GB' } }],
    ['no memory where the default fits', { task: { cpu: '.25 vcpu' } }],
    ['text with spaces around', { container: { healthCheck: { grace: ' 1.5 m ' } } }],
    ['an SSH remote', { build: { repository: 'git@github.com:example/shop.git' } }],
    ['a branch in the host', { hostPattern: 'x-{branch}.{baseDomain}' }],
    ['one code as a number', { container: { healthCheck: { codes: 204 } } }],
    [
      'a password, which is no credential of a known shape',
      { container: { env: { PW: 'secret' } } },
    ],
  ])('are accepted: %s', (_, part) => {
    expect(both(part)).toEqual({ editor: true, validate: true });
  });

  it.each<[string, object]>([
    ['memory that the size of CPU has not', { task: { cpu: '1 vCPU', memory: '1 GB' } }],
    ['the default memory with much CPU', { task: { cpu: 4096 } }],
    ['memory that the default CPU has not', { task: { memory: 8192 } }],
    ['a duration out of range', { container: { healthCheck: { grace: '25h' } } }],
    ['a host without a token', { hostPattern: 'preview.{baseDomain}' }],
    ['a host with two labels', { hostPattern: '{id}.x.{baseDomain}' }],
    ['a code out of range', { container: { healthCheck: { codes: '200,503' } } }],
    ['a sidecar by the default name of the app', { sidecars: [{ name: 'app', image: 'a' }] }],
    ['a wait for a sidecar that ends', waitingFor('complete', {})],
    ['a wait for health that nothing tells', waitingFor('healthy', { essential: false })],
    ['a variable of ours', { sidecars: [{ name: 'a', image: 'a', env: { PreviewOps_X: 1 } }] }],
    ['a token in a hook', { hooks: { onCreate: ['x', `ghp_${'0'.repeat(36)}`] } }],
  ])('are refused: %s', (_, part) => {
    expect(both(part)).toEqual({ editor: false, validate: false });
  });

  function waitingFor(condition: string, sidecar: object): object {
    return {
      container: { dependsOn: { db: condition } },
      sidecars: [{ name: 'db', image: 'db', ...sidecar }],
    };
  }

  function both(part: object) {
    const config = { ...base, ...part };
    const result = checkConfig({ file: 'previewops.json', text: JSON.stringify(config) });
    return { editor: validate(config), validate: 'config' in result };
  }

  it('durations are those of the range, in every unit', () => {
    const bounds = fc
      .tuple(fc.nat(100_000), fc.nat(10_000_000))
      .map(([a, b]) => [a, a + b] as const);
    const unit = fc.constantFrom('', 's', 'm', 'h', 'd', 'w');
    fc.assert(
      fc.property(bounds, fc.nat(200_000), unit, ([from, to], amount, letter) => {
        const written = `${amount}${letter}`;
        const seconds = parseDuration(written) ?? -1;
        const matches = new RegExp(durationRange(from, to)).test(written);
        expect([written, matches]).toEqual([written, seconds >= from && seconds <= to]);
      }),
      { numRuns: 300 },
    );
  });
});
