/** The value of a condition key in the request, by the key's name in any case. */
export type Lookup = (key: string) => string | readonly string[] | undefined;

/** What a policy string is read against. Variables exist since policy version 2012-10-17. */
export interface Reading {
  variables: boolean;
  lookup: Lookup;
}

const anyText = Symbol('*');
const anyCharacter = Symbol('?');
/** Single characters and wildcards, in order. */
export type Pattern = readonly (string | typeof anyText | typeof anyCharacter)[];

interface Piece {
  text: string;
  /** A variable's value is never a wildcard, whatever it contains. */
  literal: boolean;
}

const specialCharacters = new Set(['*', '?', '$']);
/** `key` or `key, 'default'`; comma and space are part of the syntax. */
const variableForm = /^\s*([^\s',][^',]*?)(?:, '([^']*)')?\s*$/;

/** A variable's value; undefined when the request has no single value for it and it has no default. */
function resolve(body: string, lookup: Lookup): string | undefined {
  if (specialCharacters.has(body)) return body;
  const form = variableForm.exec(body);
  if (!form?.[1]) return undefined;
  const value = lookup(form[1]);
  return typeof value === 'string' ? value : form[2];
}

function pieces(text: string, { variables, lookup }: Reading): Piece[] | undefined {
  if (!variables) return [{ text, literal: false }];
  const found: Piece[] = [];
  let resolved = true;
  let from = 0;
  for (const variable of text.matchAll(/\$\{([^}]*)\}/g)) {
    found.push({ text: text.slice(from, variable.index), literal: false });
    const value = resolve(variable[1] ?? '', lookup);
    if (value === undefined) resolved = false;
    else found.push({ text: value, literal: true });
    from = variable.index + variable[0].length;
  }
  found.push({ text: text.slice(from), literal: false });
  return resolved ? found : undefined;
}

/** The text with its variables replaced; undefined when one of them has no value. */
export function substitute(text: string, reading: Reading): string | undefined {
  return pieces(text, reading)
    ?.map((piece) => piece.text)
    .join('');
}

const wildcard = (character: string) =>
  character === '*' ? anyText : character === '?' ? anyCharacter : character;

/** The text as a pattern of `*` and `?`; undefined when one of its variables has no value. */
export function patternOf(text: string, reading: Reading): Pattern | undefined {
  return pieces(text, reading)?.flatMap((piece) =>
    piece.literal ? [...piece.text] : [...piece.text].map(wildcard),
  );
}

/** A pattern without variables. */
export const plainPattern = (text: string): Pattern => [...text].map(wildcard);

/**
 * Whether the whole text fits the pattern. Policies come from outside, so this never backtracks
 * further than the last `*`: the time is at most pattern length x text length.
 */
export function fits(pattern: Pattern, text: string): boolean {
  const characters = [...text];
  let at = 0;
  let position = 0;
  let star = -1;
  let starPosition = 0;
  while (position < characters.length) {
    const expected = pattern[at];
    if (expected === anyText) {
      star = at++;
      starPosition = position;
    } else if (expected === anyCharacter || expected === characters[position]) {
      at++;
      position++;
    } else if (star >= 0) {
      at = star + 1;
      position = ++starPosition;
    } else return false;
  }
  while (pattern[at] === anyText) at++;
  return at === pattern.length;
}
