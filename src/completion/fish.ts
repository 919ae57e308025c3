import type { CompletedCommand, Flag, Spec } from './spec.ts';

/** Lines of fish's own `complete`; no function of ours runs while somebody types. */
export function fishCompletion({ program, version, flags, commands }: Spec): string {
  const complete = `complete -c ${program}`;
  const none = `-n ${quoted(`not __fish_seen_subcommand_from ${commands.map(({ name }) => name).join(' ')}`)}`;
  const lines = [
    `# fish completion of ${program} ${version}`,
    `${complete} -f`,
    ...flags.map((flag) => `${complete} ${none} ${flagOf(flag)}`),
    ...commands.map(({ name, about }) => `${complete} ${none} -a ${name} -d ${quoted(about)}`),
    ...commands.flatMap((command) => partsOf(command).map((part) => `${complete} ${part}`)),
  ];
  return `${lines.join('\n')}\n`;
}

function partsOf({ name, flags, words }: CompletedCommand): string[] {
  const seen = `-n ${quoted(`__fish_seen_subcommand_from ${name}`)}`;
  const first = words.length === 0 ? [] : [`${seen} -a ${quoted(words.join(' '))}`];
  return [...first, ...flags.map((flag) => `${seen} ${flagOf(flag)}`)];
}

function flagOf({ names, about, value }: Flag): string {
  const words = names.map((name) =>
    name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`,
  );
  const takes = { none: '', file: ' -r -F', other: ' -x' };
  const follows = Array.isArray(value) ? ` -x -a ${quoted(value.join(' '))}` : takes[value];
  return `${words.join(' ')}${follows} -d ${quoted(about)}`;
}

const quoted = (text: string) => `'${text.replaceAll(/[\\']/g, '\\$&')}'`;
