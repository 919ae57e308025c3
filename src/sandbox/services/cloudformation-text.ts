import { isMap, isPair, isScalar, isSeq, type Node, parseDocument } from 'yaml';
import type { Value } from '../stack-types.ts';
import { formatError } from './cloudformation-errors.ts';

/** Functions that have a short form, `!Sub` for `Fn::Sub`; AWS has more, which are refused when used. */
const short = /^!(?:(Ref|Condition)|([A-Z]\w*))$/;

/**
 * The text of a template, JSON or YAML with the short forms of functions, as plain data in which all
 * functions have their long form. Numbers and truth values become texts. Throws in CloudFormation's words.
 */
export function readTemplate(text: string): Value {
  return text.trimStart().startsWith('{') ? fromJson(text) : fromYaml(text);
}

function fromJson(text: string): Value {
  try {
    return plain(JSON.parse(text), '');
  } catch (error) {
    if (error instanceof SyntaxError) throw formatError('JSON not well-formed.');
    throw error;
  }
}

function plain(value: unknown, path: string): Value {
  if (value === null) throw nullAt(path);
  if (Array.isArray(value)) return value.map((each, index) => plain(each, `${path}/${index}`));
  if (typeof value !== 'object') return String(value);
  const entries = Object.entries(value);
  return Object.fromEntries(entries.map(([key, each]) => [key, plain(each, `${path}/${key}`)]));
}

function fromYaml(text: string): Value {
  const document = parseDocument(text, { schema: 'yaml-1.1', logLevel: 'error' });
  const [problem] = document.errors;
  if (problem) {
    const [{ line, col } = { line: 1, col: 1 }] = problem.linePos ?? [];
    throw formatError(`YAML not well-formed. (line ${line}, column ${col})`);
  }
  return ofNode(document.contents, '');
}

function ofNode(node: Node | null, path: string): Value {
  const value = bare(node, path);
  const [, plainName, name] = short.exec(node?.tag ?? '') ?? [];
  const key = plainName ?? (name === undefined ? undefined : `Fn::${name}`);
  if (key === undefined) return value;
  return { [key]: key === 'Fn::GetAtt' && typeof value === 'string' ? attribute(value) : value };
}

/** `Resource.Attribute`, where the attribute may have dots of its own. */
function attribute(text: string): Value {
  const dot = text.indexOf('.');
  return dot < 0 ? text : [text.slice(0, dot), text.slice(dot + 1)];
}

function bare(node: Node | null, path: string): Value {
  if (isSeq(node)) {
    return node.items.map((each, index) => ofNode(each as Node | null, `${path}/${index}`));
  }
  if (isMap(node)) {
    const pairs = node.items.filter((pair) => isPair(pair));
    return Object.fromEntries(
      pairs.map((pair) => {
        const key = isScalar(pair.key) ? String(pair.key.source ?? pair.key.value) : '';
        return [key, ofNode(pair.value as Node | null, `${path}/${key}`)];
      }),
    );
  }
  if (!isScalar(node)) throw nullAt(path);
  if (node.value === null) {
    if (node.tag?.startsWith('!')) return '';
    throw nullAt(path);
  }
  // Numbers and dates as they are written: 0123 and 2012-10-17 are texts to CloudFormation.
  return typeof node.value === 'boolean' || typeof node.value === 'string'
    ? String(node.value)
    : (node.source ?? String(node.value));
}

const nullAt = (path: string) =>
  formatError(`[${path || '/'}] 'null' values are not allowed in templates`);
