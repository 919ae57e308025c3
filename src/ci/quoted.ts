import { toJson } from '../report/printable.ts';

const shownCharacters = 100;

/** Text from outside as a message may hold it: on one line, in quotes, and not longer than useful. */
export function quoted(text: string): string {
  return toJson(
    text.length <= shownCharacters ? text : `${text.slice(0, shownCharacters)}\u{2026}`,
  );
}
