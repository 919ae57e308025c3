import type { Command, Option } from 'commander';

/** A flag as a shell needs to know it. */
export interface Flag {
  /** `--pr`, or `-f` and `--follow`. */
  names: string[];
  about: string;
  /** What follows it: nothing, a file, one of some words, or what no shell can know. */
  value: 'none' | 'file' | 'other' | string[];
}

export interface CompletedCommand {
  name: string;
  about: string;
  flags: Flag[];
  /** Words that its first argument may be. */
  words: string[];
}

/** All that a completion script is made of. */
export interface Spec {
  program: string;
  version: string;
  flags: Flag[];
  commands: CompletedCommand[];
}

/** What the program takes, from its own declaration. Throws for a word that a shell would take apart. */
export function completionSpec(program: Command): Spec {
  const commands = program.createHelp().visibleCommands(program);
  const names = commands.map((command) => command.name());
  return {
    program: program.name(),
    version: program.version() ?? '',
    flags: flagsOf(program),
    commands: commands.map((command) => ({
      name: plain(command.name()),
      about: command.description(),
      flags: flagsOf(command),
      words: command.name() === 'help' ? names : wordsOf(command),
    })),
  };
}

const wordsOf = (command: Command) =>
  (command.registeredArguments[0]?.argChoices ?? []).map((word) => plain(word));

const flagsOf = (command: Command): Flag[] =>
  command
    .createHelp()
    .visibleOptions(command)
    .map((option) => ({
      names: [option.short, option.long].flatMap((name) => (name ? [plain(name)] : [])),
      about: option.description,
      value: valueFor(option),
    }));

function valueFor(option: Option): Flag['value'] {
  if (!option.required) return 'none';
  if (option.argChoices) return option.argChoices.map(plain);
  return /<file>/.test(option.flags) ? 'file' : 'other';
}

function plain(word: string): string {
  if (/^[A-Za-z0-9-]+$/.test(word)) return word;
  throw new Error(`a shell would take "${word}" apart`);
}
