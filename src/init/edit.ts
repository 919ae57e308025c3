import { type Document, isMap, isScalar, isSeq, parseDocument } from 'yaml';
import { PreviewopsError } from '../errors.ts';
import { same } from './question.ts';
import { mistakeIn, places, type ValueKey, type Values, valueKeys } from './values.ts';

/** The other key for the listener: a file has one of the two. */
const listenersPath = ['providerConfig', 'albListenerArns'] as const;

/** What a file that exists says. */
export interface Written {
  values: Values;
  document: Document;
}

/** Reads what `init` could have written; what is no valid value, such as a placeholder, counts as absent. */
export function readWritten(text: string, file: string): Written {
  const document = parseDocument(text, { prettyErrors: false, logLevel: 'error' });
  const top = document.contents === null ? {} : plain(document);
  if (document.errors.length > 0 || typeof top !== 'object' || top === null || Array.isArray(top)) {
    throw new PreviewopsError('config-invalid', `${file} is there, and cannot be read`, {
      hint: 'Mend it (`previewops validate` says where), or move it out of the way and run init again.',
    });
  }
  const values: Values = {};
  for (const key of valueKeys) {
    // Of several listeners the first one stands for all: account and region are its.
    const value =
      at(top, places[key].path) ??
      (key === 'albListenerArn' ? at(top, [...listenersPath, '0']) : undefined);
    if (value !== undefined && mistakeIn(key, value) === undefined) {
      Object.assign(values, { [key]: value });
    }
  }
  return { values, document };
}

/** Aliases may unfold to far too much, or to themselves. */
function plain(document: Document): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch {
    return undefined;
  }
}

const at = (value: unknown, path: readonly string[]): unknown =>
  path.reduce<unknown>(
    (inner, key) =>
      typeof inner === 'object' && inner !== null && Object.hasOwn(inner, key)
        ? (inner as Record<string, unknown>)[key]
        : undefined,
    value,
  );

export interface Edit {
  text: string;
  /** Keys whose valid values become others; filling in what was absent is none. */
  replaced: ValueKey[];
  /** What becomes of a list of listeners when one is named. */
  note?: string;
}

/** A value, and the key that it goes to. */
interface Entry {
  path: readonly string[];
  value: unknown;
}

/** The file with these values in it. All else stays, comments too; so does the text where nothing differs. */
export function editConfig(text: string, values: Values, file: string): Edit {
  const { document, values: before } = readWritten(text, file);
  const listed = listenersOf(document);
  const differing = valueKeys.filter(
    (key) => values[key] !== undefined && !same(values[key], before[key]),
  );
  const inList = listed?.includes(values.albListenerArn) === true;
  const changed = differing.filter((key) => key !== 'albListenerArn' || !inList);
  const replaced = changed.filter((key) => before[key] !== undefined);
  const entries = changed.map((key): Entry => {
    const { path } = places[key];
    return key === 'albListenerArn' && listed
      ? { path: listenersPath, value: [values[key]] }
      : { path, value: values[key] };
  });
  const cuts = entries.map((entry) => ({ entry, cut: cutOf(text, document, entry) }));
  const inPlace = cuts
    .flatMap(({ cut }) => cut ?? [])
    .sort((a, b) => b.from - a.from)
    .reduce((whole, { from, to, by }) => whole.slice(0, from) + by + whole.slice(to), text);
  const added = cuts.filter(({ cut }) => cut === undefined).map(({ entry }) => entry);
  const whole = added.reduce((now, entry) => insert(now, entry, file), inPlace);
  const note = differing.includes('albListenerArn') ? noteOf(listed ?? [], inList) : undefined;
  return { text: whole, replaced, ...(note === undefined ? {} : { note }) };
}

/** What the file lists as listeners; undefined where it has not that key, or the other one too. */
function listenersOf(document: Document): unknown[] | undefined {
  if (!document.hasIn(listenersPath) || document.hasIn(places.albListenerArn.path))
    return undefined;
  const written = at(plain(document), listenersPath);
  return Array.isArray(written) ? written : [];
}

function noteOf({ length }: readonly unknown[], inList: boolean): string | undefined {
  if (inList) return 'albListenerArns has this listener already: the list stays as it is';
  return length > 1
    ? `albListenerArns becomes a list of the one listener that was named, instead of ${length}: previews on the others stay there, and are no longer found. To keep the others, add the new one to the list by hand`
    : undefined;
}

/** Puts a key that is absent into its section, or both at the end. */
function insert(text: string, { path, value }: Entry, file: string): string {
  const { document } = readWritten(text, file);
  const [section = '', name = section] = path;
  const plain = Array.isArray(value) ? `[${value.join(', ')}]` : String(value);
  const there = path.length === 1 ? document.contents : document.get(section, true);
  if (there === undefined) {
    return `${text.replace(/\n*$/, '\n')}\n${section}:\n  ${name}: ${plain}\n`;
  }
  const first = isMap(there) && !there.flow ? there.items[0]?.key : undefined;
  const at = isScalar(first) ? first.range?.[0] : undefined;
  if (at === undefined || document.hasIn(path)) {
    document.setIn(path, document.createNode(value));
    return document.toString({ lineWidth: 0 });
  }
  const indent = ' '.repeat(at - text.lastIndexOf('\n', at) - 1);
  return `${text.slice(0, at)}${name}: ${plain}\n${indent}${text.slice(at)}`;
}

interface Cut {
  from: number;
  to: number;
  by: string;
}

/**
 * A change of the text alone, where the key has a value already: writing the document anew would
 * move comments. Values have no sign that YAML could take for something else.
 */
function cutOf(text: string, document: Document, { path, value }: Entry): Cut | undefined {
  const node = document.getIn(path, true);
  if (isScalar(node) && node.range && node.source && !Array.isArray(value)) {
    const [from, to] = node.range;
    return { from, to, by: String(value) };
  }
  if (!isSeq(node) || !node.range || !Array.isArray(value)) return undefined;
  const [from, end] = node.range;
  if (node.flow) return { from, to: end, by: `[${value.join(', ')}]` };
  const last = node.items.at(-1);
  const to = isScalar(last) ? last.range?.[1] : undefined;
  if (to === undefined) return undefined;
  const indent = ' '.repeat(from - text.lastIndexOf('\n', from) - 1);
  return { from, to, by: `- ${value.map(String).join(`\n${indent}- `)}` };
}
