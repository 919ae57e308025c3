import { type Document, isNode, LineCounter, parseDocument } from 'yaml';
import type { Path } from './finding.ts';
import { isRecord } from './record.ts';
import { locateOffset } from './yaml-locate.ts';
import { describeSyntax, keepWrittenText, reviewKeys, textual } from './yaml-review.ts';

export interface Position {
  line: number;
  column: number;
}

/** A file as data, and where each part of it is written. */
export interface Source {
  data: unknown;
  /** Where the key or item is written, else the nearest thing around it. */
  locate(path: Path): Position;
  /** Mistakes in the text itself. With `broken` there is no data to speak of. */
  mistakes: (Position & { message: string })[];
  broken: boolean;
}

const start: Position = { line: 1, column: 1 };

/** A source without text, such as the object that a JavaScript file exports. */
export const sourceOf = (data: unknown): Source => ({
  data: withoutNulls(data),
  locate: () => start,
  mistakes: [],
  broken: false,
});

const brokenAt = (position: Position, message: string): Source => ({
  ...sourceOf(undefined),
  mistakes: [{ ...position, message }],
  broken: true,
});

/**
 * Reads YAML, and so JSON. With `key`, only the value of that key of the top mapping is taken,
 * as for `package.json`.
 */
export function readSource(text: string, key?: string): Source {
  if (text.includes('\0')) return brokenAt(start, 'the file is not text in UTF-8');
  try {
    return readDocument(text.replace(/^\uFEFF/, ''), key);
  } catch (error) {
    // The parser recurses, and an alias may refer to itself, to nothing, or to far too much.
    const deep = error instanceof RangeError;
    const aliases = 'an alias (*name) refers to nothing, or the aliases unfold to too much';
    return brokenAt(start, deep ? 'the file is nested too deeply' : aliases);
  }
}

function readDocument(text: string, key: string | undefined): Source {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    // With `silent` the parser would not say that there is a second document.
    logLevel: 'error',
    // The parser's own check compares each key with every other; `reviewKeys` remembers them.
    uniqueKeys: false,
    merge: true,
  });
  const positionOf = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  const [fatal] = document.errors;
  if (fatal !== undefined) return brokenAt(positionOf(fatal.pos[0]), describeSyntax(fatal));
  // What else is in a package.json is not our business.
  const root = key === undefined ? document.contents : document.get(key, true);
  const mistakes = (isNode(root) ? reviewKeys(root) : []).map(({ offset, message }) => ({
    ...positionOf(offset),
    message,
  }));
  keepWrittenText(document);
  const steps = key === undefined ? [] : [key];
  return {
    data: toData(document, key),
    locate: (path) => positionOf(locateOffset(document, [...steps, ...path])),
    mistakes,
    broken: false,
  };
}

/** Throws for aliases that cannot be unfolded, and for what contains itself. */
function toData(document: Document, key: string | undefined): unknown {
  const data = document.toJS({ maxAliasCount: 100 });
  JSON.stringify(data);
  const chosen = key !== undefined && isRecord(data) ? data[key] : data;
  return withoutNulls(chosen);
}

/** A key with nothing after it, as when everything below is commented out, counts as not written. */
function withoutNulls(value: unknown, keep = false): unknown {
  if (Array.isArray(value)) return value.map((item) => withoutNulls(item));
  if (!isRecord(value)) return value;
  const entries = Object.entries(value)
    .filter(([, item]) => keep || item !== null)
    .map(([key, item]) => [key, withoutNulls(item, textual.has(key))]);
  return Object.fromEntries(entries);
}
