import { describe, expect, test } from 'vitest';
import { liveProgram } from '../../../scripts/generate/commands-page.ts';
import { errorTable } from '../../../src/errors.ts';
import { exitMeanings, exitsOf, helpTexts } from '../../../src/help.ts';
import { run } from '../../../src/main.ts';
import { fakeIo } from '../../helpers/fake-io.ts';

const program = liveProgram();
const commands = program.commands.map((command) => command.name());

async function helpOf(...argv: string[]): Promise<string> {
  const io = fakeIo();
  expect(await run(argv, io)).toBe(0);
  expect(io.err()).toBe('');
  return io.out();
}

/** The lines below a title, up to an empty one. */
function below(help: string, title: string): string[] {
  const lines = help.split('\n');
  const from = lines.indexOf(title) + 1;
  expect(from, title).toBeGreaterThan(0);
  const end = lines.indexOf('', from);
  return lines.slice(from, end === -1 ? undefined : end);
}

test('there is a text for every command, and for no other', () => {
  expect(commands.length).toBeGreaterThan(9);
  expect(Object.keys(helpTexts).sort()).toEqual(['', ...commands].sort());
});

describe.each(['', ...commands])('the help of previewops %s', (command) => {
  const text = helpTexts[command];

  test('has two examples and the exit codes that it can end with', async () => {
    const help = await helpOf(...(command === '' ? [] : [command]), '--help');
    expect(below(help, 'Examples:').length).toBeGreaterThanOrEqual(2);
    const codes = below(help, 'Exit codes:').map((line) => Number.parseInt(line, 10));
    expect(codes).toEqual(exitsOf(text ?? { examples: [], errors: [] }).map(([code]) => code));
    expect(codes).toContain(0);
    expect(codes).toContain(2);
    for (const code of text?.errors ?? []) expect(codes).toContain(errorTable[code].exit);
  });

  test('uses in its examples only what the program takes', () => {
    const mistakes = (text?.examples ?? []).flatMap(([line]) => mistakesIn(line));
    expect(mistakes).toEqual([]);
  });
});

/** Words of an example, from `previewops` up to a pipe or another program's words, that do not exist. */
function mistakesIn(line: string): string[] {
  const [, words = ''] = /previewops ([^|>)&]*)/.exec(line) ?? [];
  const [name, ...rest] = words.trim().split(/\s+/);
  const command = program.commands.find((one) => one.name() === name);
  if (command === undefined) return [`${name}: no such command`];
  const end = rest.includes('--') ? rest.indexOf('--') : rest.length;
  const flags = command.options.flatMap(({ long, short }) => [long, short]);
  return rest.slice(0, end).filter((word) => word.startsWith('-') && !flags.includes(word));
}

test('every error can be met with, and every exit code has a meaning', () => {
  const met = new Set(commands.flatMap((command) => helpTexts[command]?.errors ?? []));
  expect([...met].sort()).toEqual(Object.keys(errorTable).sort());
  const exits = new Set(Object.values(errorTable).map(({ exit }) => exit as number));
  expect([...exitMeanings.keys()].filter((code) => code !== 0).sort()).toEqual([...exits].sort());
});

describe('what was probably meant', () => {
  test.each(commands.filter((name) => name.length > 3))(
    'is said for a misspelt %s',
    async (name) => {
      const typo = `${name.slice(0, -2)}${name.at(-1)}${name.at(-2)}`;
      for (const argv of [[typo], ['--sandbox', typo, '--pr', '42'], ['--pr', '42', typo]]) {
        const io = fakeIo();
        expect(await run(argv, io)).toBe(2);
        expect(io.err()).toContain(`unknown command '${typo}'`);
        expect(io.err()).toContain(`Did you mean ${name}?`);
      }
    },
  );

  test.each<[string[], string]>([
    [['deploy', '--comit', 'abcdef1'], '--commit'],
    [['deploy', '--comit=abcdef1'], '--commit'],
    [['--comit', 'abcdef1', 'deploy'], '--commit'],
    [['list', '--allapps'], '--all-apps'],
    [['--jsn', 'list'], '--json'],
  ])('is said for the flag in %j', async (argv, flag) => {
    const io = fakeIo();
    expect(await run(argv, io)).toBe(2);
    expect(io.err()).toContain(`Did you mean ${flag}?`);
  });

  test('is what a value may be, where there are a few', async () => {
    const io = fakeIo();
    expect(await run(['policy', '--format', 'yaml'], io)).toBe(2);
    expect(io.err()).toContain('Allowed choices are json, terraform, cloudformation, markdown');
  });
});

test("another program's words are left alone", async () => {
  const io = fakeIo();
  expect(await run(['run', '--', 'deploy', '--x=1', '--pr', '0'], io)).toBe(2);
  expect(io.err()).not.toContain('--pr must be');
  expect(io.err()).not.toContain('unknown');
});
