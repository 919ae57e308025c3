import { type Document, isMap, isScalar, isSeq, parseDocument } from 'yaml';
import { PreviewopsError } from '../errors.ts';
import { same } from './question.ts';
import { mistakeIn, places, type ValueKey, type Values, valueKeys } from './values.ts';

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
      (key === 'albListenerArn' ? at(top, ['providerConfig', 'albListenerArns', '0']) : undefined);
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
}

/** The file with these values in it. All else stays, comments too; so does the text where nothing differs. */
export function editConfig(text: string, values: Values, file: string): Edit {
  const { document, values: before } = readWritten(text, file);
  const changed = valueKeys.filter(
    (key) => values[key] !== undefined && !same(values[key], before[key]),
  );
  const replaced = changed.filter((key) => before[key] !== undefined);
  const cuts = changed.map((key) => ({
    key,
    cut: cutOf(text, { document, key, value: values[key] }),
  }));
  const inPlace = cuts
    .flatMap(({ cut }) => cut ?? [])
    .sort((a, b) => b.from - a.from)
    .reduce((whole, { from, to, by }) => whole.slice(0, from) + by + whole.slice(to), text);
  const added = cuts.filter(({ cut }) => cut === undefined).map(({ key }) => key);
  const whole = added.reduce((now, key) => insert(now, { key, value: values[key], file }), inPlace);
  return { text: whole, replaced };
}

/** Puts a key that is absent into its section, or both at the end. */
function insert(
  text: string,
  { key, value, file }: { key: ValueKey; value: unknown; file: string },
): string {
  const { document } = readWritten(text, file);
  const { path } = places[key];
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
function cutOf(
  text: string,
  { document, key, value }: { document: Document; key: ValueKey; value: unknown },
): Cut | undefined {
  const node = document.getIn(places[key].path, true);
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
