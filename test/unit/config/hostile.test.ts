import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkConfig } from '../../../src/config/check.ts';
import { exampleConfig } from '../../../src/config/example.ts';
import { configSchema } from '../../../src/config/schema.ts';

const check = (text: string) => checkConfig({ file: 'previewops.yml', text });
const messages = (text: string) => {
  const result = check(text);
  return 'problems' in result ? result.problems.map(({ message }) => message) : [];
};

describe('any text', () => {
  it('gives a configuration or printable problems inside the file, never an exception', () => {
    const keys = fc.constantFrom(...Object.keys(configSchema.shape), 'x', '__proto__', '<<');
    const yaml = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json(),
      fc.dictionary(keys, fc.jsonValue({ maxDepth: 4 })).map((value) => JSON.stringify(value)),
    );
    fc.assert(
      fc.property(yaml, (text) => {
        const result = check(text);
        if (!('problems' in result)) return;
        expect(result.problems.length).toBeGreaterThan(0);
        for (const { line, column, message } of result.problems) {
          expect(line).toBeGreaterThanOrEqual(1);
          expect(line).toBeLessThanOrEqual(text.split('\n').length + 1);
          expect(column).toBeGreaterThanOrEqual(1);
          expect(message).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
        }
      }),
      { numRuns: 400 },
    );
  });
});

describe('a hostile file', () => {
  it.each([
    ['nested lists', '['.repeat(100_000)],
    ['nested mappings', Array.from({ length: 1200 }, (_, i) => `${' '.repeat(i)}a:`).join('\n')],
  ])('with %s is refused', (_, text) => {
    expect(messages(text)).toEqual(['not valid YAML: the file is nested too deeply']);
  });

  it.each([
    ['to itself', 'a: &a\n  b: *a'],
    ['to nothing', 'a: *b'],
  ])('with an alias %s is refused', (_, text) => {
    expect(messages(text)).toEqual([expect.stringContaining('an alias (*name) refers to')]);
  });

  it('that is no text is refused', () => {
    expect(messages('a\0b')).toEqual(['the file is not text in UTF-8']);
  });

  it('with a very long value is answered within the time of a test', () => {
    const digits = '1'.repeat(400_000);
    const said = messages(`${exampleConfig()}task:\n  cpu: "${digits}x"\n  memory: "${digits}x"\n`);
    expect(said).toHaveLength(2);
  });

  it('with thousands of keys is answered in the first two hundred', () => {
    const lines = Array.from({ length: 5000 }, (_, index) => `key${index}: 1`);
    expect(messages(lines.join('\n'))).toHaveLength(200);
  });

  it('changes no prototype', () => {
    const text = `${exampleConfig()}container:\n  env: { __proto__: { polluted: 1 } }\n__proto__: { polluted: 1 }\nconstructor: 1\n`;
    expect(messages(text)).toEqual([
      'unknown key __proto__',
      'unknown key __proto__',
      expect.stringContaining('unknown key constructor'),
    ]);
    expect({}).not.toHaveProperty('polluted');
  });

  it('is told of quoted keys too, and in package.json only of its own', () => {
    expect(messages(`${exampleConfig()}"__proto__": 1\n`)).toEqual(['unknown key __proto__']);
    const text = '{ "a": 1, "a": 2, "previewops": { "app": "a", "app": "b" } }';
    const result = checkConfig({ file: 'package.json', text });
    expect('problems' in result && result.problems.map(({ message }) => message)).toEqual([
      'aws-ecs providerConfig is required',
      'the key app is written twice',
    ]);
  });

  it('with a byte order mark is read', () => {
    expect(messages(`\uFEFF${exampleConfig()}`)).toEqual([]);
  });
});
