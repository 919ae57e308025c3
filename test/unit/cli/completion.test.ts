import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterAll, describe, expect, test } from 'vitest';
import { liveProgram } from '../../../scripts/generate/commands-page.ts';
import { completionSpec } from '../../../src/completion/spec.ts';
import { run } from '../../../src/main.ts';
import { fakeIo } from '../../helpers/fake-io.ts';

const folder = mkdtempSync(join(tmpdir(), 'previewops-completion-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function scriptOf(shell: string): Promise<string> {
  const io = fakeIo();
  expect(await run(['completion', shell], io)).toBe(0);
  expect(io.err()).toBe('');
  return io.out();
}

const program = liveProgram();
const commands = program.commands.map((command) => command.name());
const flagsOf = (name: string) =>
  program.commands
    .find((command) => command.name() === name)
    ?.options.flatMap(({ long, short }) => [long, short].filter((flag) => flag !== undefined)) ??
  [];

describe('in bash', () => {
  /** What bash offers for the last word of each line. No program can be found on its PATH. */
  async function offered(...lines: string[][]): Promise<string[][]> {
    const asked = lines.map((words) => {
      const quoted = ['previewops', ...words].map((word) => `'${word}'`).join(' ');
      return `COMP_WORDS=(${quoted}) COMP_CWORD=${words.length}
_previewops
printf '%s\\n' "\${COMPREPLY[@]}" ---`;
    });
    const script = [await scriptOf('bash'), ...asked].join('\n');
    const shell = { cwd: folder, env: { PATH: '/nowhere' } };
    const out = execFileSync('/bin/bash', ['--norc', '-c', script], shell).toString();
    return out
      .split('---\n')
      .slice(0, lines.length)
      .map((part) => part.split('\n').filter(Boolean));
  }

  test('commands', async () => {
    const [all, some, behind] = await offered([''], ['de'], ['--sandbox', 'pol']);
    expect(all).toEqual(expect.arrayContaining([...commands, 'help', '--help', '--version']));
    expect(some).toEqual(['deploy', 'destroy']);
    expect(behind).toEqual(['policy']);
  });

  test('the flags of each command', async () => {
    const found = await offered(...commands.map((name) => [name, '-']));
    for (const [at, name] of commands.entries()) {
      expect(found[at]).toEqual(expect.arrayContaining([...flagsOf(name), '--help']));
    }
  });

  test('what a flag or an argument may be', async () => {
    const found = await offered(
      ['policy', '--format', ''],
      ['policy', '--format', '=', 'cl'],
      ['completion', 'z'],
      ['help', 'doc'],
    );
    expect(found).toEqual([
      ['json', 'terraform', 'cloudformation', 'markdown'],
      ['cloudformation'],
      ['zsh'],
      ['doctor'],
    ]);
  });

  test('files where a file is meant, and nothing where nobody can know', async () => {
    writeFileSync(join(folder, 'my config.yml'), '');
    const found = await offered(
      ['deploy', '--config', 'my'],
      ['deploy', '--pr', ''],
      ['run', '--pr', '1', '--', 'npm', '--'],
    );
    expect(found).toEqual([['my config.yml'], [], []]);
  });
});

describe.each(['zsh', 'fish'])('in %s', (shell) => {
  test('the script has every command and flag, each with its words', async () => {
    const script = await scriptOf(shell);
    for (const name of commands) expect(script).toMatch(new RegExp(`\\b${name}\\b`));
    for (const flag of commands.flatMap(flagsOf)) {
      const long = flag.startsWith('--');
      const bare = flag.replace(/^-+/, '');
      const inFish = `${long ? '-l' : '-s'} ${bare} `;
      expect(script).toContain(shell === 'fish' ? inFish : flag);
    }
    expect(script).toContain('show the previews of this app');
    expect(script).toContain('json terraform cloudformation markdown');
    expect(quotesAreClosed(script, shell)).toBe(true);
  });

  const present = spawnSync(shell, ['--version']).status === 0;
  test.skipIf(!present)('the shell takes it', async () => {
    const checked = spawnSync(shell, ['-n'], { input: await scriptOf(shell) });
    expect({ status: checked.status, said: checked.stderr.toString() }).toEqual({
      status: 0,
      said: '',
    });
  });
});

/** Outside comments, with the shell's own way of a quote inside quotes. */
function quotesAreClosed(script: string, shell: string): boolean {
  const escaped = shell === 'fish' ? /\\[\\']/g : /'\\''/g;
  const code = script.replaceAll(/^#.*$/gm, '').replaceAll(escaped, '');
  return code.split('\n').every((line) => (line.match(/'/g)?.length ?? 0) % 2 === 0);
}

test('a word that a shell would take apart is refused', () => {
  const hostile = new Command('previewops').version('1');
  hostile.command('a').option('--to <x>', 'x').options.at(-1)?.choices(['$(touch x)']);
  expect(() => completionSpec(hostile)).toThrow('a shell would take "$(touch x)" apart');
});
