import { type Command, Help, type Option } from 'commander';
import { addHelp, declareProgram } from '../../src/cli.ts';
import { errorTable } from '../../src/errors.ts';
import { exitsOf, type HelpText, helpTexts } from '../../src/help.ts';
import type { Session } from '../../src/report/io.ts';
import { fence, row } from './blocks.ts';

/** The program as it is declared. Nothing of it runs here, and so it needs no streams. */
export function liveProgram(): Command {
  const never = () => {
    throw new Error('nothing is printed here');
  };
  const io = { stdout: { write: never }, stderr: { write: never } };
  return declareProgram({ io } as unknown as Session, never);
}

/** docs/commands.md: every command with its flags, examples, exit codes and errors. */
export async function makeCommandsPage(): Promise<string> {
  const program = liveProgram();
  await addHelp(program); // proves that every command can be given its text
  const { commands } = program;
  const shared = sharedFlags(commands);
  const index = commands.map((command) =>
    row(`[\`${command.name()}\`](#${command.name()})`, command.description()),
  );
  const sections = commands.map((command) => section(command, shared));
  return `${[introduce(index), sharedSection(shared), ...sections, codes(commands)].join('\n\n')}\n`;
}

const introduce = (
  index: readonly string[],
) => `<!-- Made by scripts/generate.ts from src/cli.ts and src/help.ts: do not edit. -->

# Commands

${[row('command', 'does'), row('---', '---'), ...index].join('\n')}

\`previewops <command> --help\` says the same in the terminal. stdout carries the result only, everything else goes to stderr. Flags
may stand before the command or behind it.`;

/** Flags that nearly every command has, by their name. */
function sharedFlags(commands: readonly Command[]): Map<string, Option> {
  const all = commands.flatMap(({ options }) => options);
  const often = all.filter(
    ({ long, description }) =>
      all.filter((other) => other.long === long && other.description === description).length >
      commands.length / 2 + 2,
  );
  return new Map(often.map((option) => [option.long ?? '', option]));
}

const sharedSection = (shared: ReadonlyMap<string, Option>) =>
  ['## Flags of all commands', '', ...flagTable([...shared.values()])].join('\n');

function section(command: Command, shared: ReadonlyMap<string, Option>): string {
  const text = textOf(command);
  const own = command.options.filter(({ long }) => !shared.has(long ?? ''));
  const takesShared = command.options.some(({ long }) => shared.has(long ?? ''));
  const usage = `previewops ${command.name()} ${command.usage().replace('[options]', '[flags]')}`;
  const examples = text.examples.map(([line, purpose]) =>
    purpose ? `${line}   # ${purpose}` : line,
  );
  return [
    `## ${command.name()}`,
    `${capital(command.description())}.`,
    fence('', usage.trim()),
    ...(text.note === undefined ? [] : [text.note]),
    ...(own.length === 0 ? [] : [flagTable(own).join('\n')]),
    ...(takesShared ? ['And the [flags of all commands](#flags-of-all-commands).'] : []),
    fence('sh', examples.join('\n')),
    [row('exit', 'means'), row('---', '---'), ...exitRows(text)].join('\n'),
  ].join('\n\n');
}

const exitRows = (text: HelpText) =>
  exitsOf(text).map(([code, meaning]) => row(String(code), meaning));

function flagTable(options: readonly Option[]): string[] {
  const help = new Help();
  const rows = options.map((option) => {
    const words = option.isBoolean() ? option.description : help.optionDescription(option);
    return row(`\`${option.flags}\``, words.replaceAll('<', '&lt;'));
  });
  return [row('flag', 'meaning'), row('---', '---'), ...rows];
}

/** Which commands can end with which error. */
function codes(commands: readonly Command[]): string {
  const rows = (Object.keys(errorTable) as (keyof typeof errorTable)[]).map((code) => {
    const users = commands.filter((command) => textOf(command).errors.includes(code));
    const names = users.length === commands.length ? ['all'] : users.map((user) => user.name());
    return row(
      `[\`${code}\`](troubleshooting.md#${code})`,
      String(errorTable[code].exit),
      names.join(', '),
    );
  });
  return ['## Errors', '', row('error', 'exit', 'of'), row('---', '---', '---'), ...rows].join(
    '\n',
  );
}

function textOf(command: Command): HelpText {
  const text = helpTexts[command.name()];
  if (text === undefined) throw new Error(`src/help.ts has no text for ${command.name()}`);
  return text;
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
