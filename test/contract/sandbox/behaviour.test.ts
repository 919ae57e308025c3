import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const folder = new URL('./', import.meta.url);
const idsIn = (text: string) => [...text.matchAll(/\[([a-z]+-\d+)\]/g)].map(([, id]) => id ?? '');

const written = readFileSync(new URL('../../../src/sandbox/BEHAVIOUR.md', import.meta.url), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('- '))
  .map((line) => /^- \[([a-z]+-\d+)\] \S/.exec(line)?.[1] ?? `(no id) ${line}`);

/** Ids in the names of tests: the string right after `test(` or `test.each(...)(`. */
const tested = readdirSync(folder)
  .filter((file) => file.endsWith('.test.ts') && file !== 'behaviour.test.ts')
  .flatMap((file) => readFileSync(new URL(file, folder), 'utf8').split('\n'))
  .filter((line) => /^\s*(test(\.each)?\(|\](?: as const)?\)\(|\)\(|['"`]\[)/.test(line))
  .flatMap(idsIn);

test('every line of BEHAVIOUR.md has a test', () => {
  expect(written.filter((id) => !tested.includes(id))).toEqual([]);
});

test('every id that a test names has its line in BEHAVIOUR.md', () => {
  expect([...new Set(tested)].filter((id) => !written.includes(id))).toEqual([]);
});

test('no id is given twice', () => {
  expect(written.filter((id, index) => written.indexOf(id) !== index)).toEqual([]);
});
