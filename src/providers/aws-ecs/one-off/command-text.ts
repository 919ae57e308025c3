import type { Identity } from '../../../preview/identity.ts';

const plain = /^[\w@%+=:,./-]+$/;

/** A word as a POSIX shell reads it back, whatever is in it. */
const quoted = (word: string) => (plain.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);

/** The words as a person would type them; a hook that was written as text, as that text. */
export function commandText(command: readonly string[]): string {
  const [shell, flag, text] = command;
  const asText = shell === 'sh' && flag === '-c' && command.length === 3 && text !== undefined;
  return asText ? text : command.map(quoted).join(' ');
}

/** How to run the command by hand, to be pasted into a shell. */
export function byHand(identity: Identity, command: readonly string[]): string {
  return `previewops run ${flagsOf(identity)} -- ${command.map(quoted).join(' ')}`;
}

/** The flags that name the preview; branch names may hold anything. */
export function flagsOf({ pr, branch, id }: Identity): string {
  return pr === undefined ? `--branch ${quoted(branch ?? id)}` : `--pr ${pr}`;
}
