import type { Command } from 'commander';

/**
 * The command line with the command in front, so that `previewops --sandbox deploy` is no mistake and a
 * misspelt command is told so wherever it stands. Commander would take what stands before it for
 * flags of the program, which has none but help and version.
 */
export function commandFirst(argv: readonly string[], program: Command): string[] {
  const at = commandIndex(argv, program);
  const command = argv[at];
  if (command === undefined) return [...argv];
  const others = argv.filter((_, index) => index !== at);
  return [command, ...withoutForeignValues(others, program)];
}

const flagsOf = (program: Command) =>
  new Map(
    program.commands.flatMap(({ options }) =>
      options.flatMap(({ long, short, required }) =>
        [long, short].flatMap((flag) => (flag ? [[flag, required] as const] : [])),
      ),
    ),
  );

const nameOf = (word: string) => word.split('=')[0] ?? word;

/** The first word that is neither a flag nor the value of one; -1 when there is none. */
function commandIndex(argv: readonly string[], program: Command): number {
  const flags = flagsOf(program);
  const commands = program.commands.map((command) => command.name());
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at] ?? '';
    if (!word.startsWith('-')) return at;
    if (word === '--') return -1;
    const takesValue = flags.get(nameOf(word));
    if (takesValue === undefined) {
      // Whether a value follows is not known; a command by its right name is the command all the same.
      return argv.findIndex((other) => commands.includes(other));
    }
    if (takesValue && !word.includes('=')) at++;
  }
  return -1;
}

/** `--comit=x` as `--comit`: with its value, no flag would be found similar. */
function withoutForeignValues(words: readonly string[], program: Command): string[] {
  const flags = flagsOf(program);
  const end = words.includes('--') ? words.indexOf('--') : words.length;
  return words.map((word, at) =>
    at < end && /^--[\w-]+=/.test(word) && !flags.has(nameOf(word)) ? nameOf(word) : word,
  );
}
