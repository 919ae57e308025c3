import { type Document, isPair, isScalar, type Node, visit, type YAMLParseError } from 'yaml';
import { printable, visible } from './finding.ts';

/** What is wrong with the text, in our words where the parser's are for programmers. */
export function describeSyntax(error: YAMLParseError): string {
  const own: Partial<Record<typeof error.code, string>> = {
    TAB_AS_INDENT: 'lines must be indented with spaces, not tabs',
    MULTIPLE_DOCS: 'the file must hold one document: remove what follows the --- line',
    BLOCK_AS_IMPLICIT_KEY: 'a key cannot begin here: indent it on its own line, or quote the value',
    RESOURCE_EXHAUSTION: 'the file is nested too deeply',
  };
  const given = visible(error.message).slice(0, 200);
  const sentence = own[error.code] ?? given.charAt(0).toLowerCase() + given.slice(1);
  return `not valid YAML: ${sentence}`;
}

/**
 * Finds keys that are written twice, of which one would be lost, and takes out `__proto__`, the one
 * key that plain objects do not hold like any other.
 */
export function reviewKeys(root: Node): { offset: number; message: string }[] {
  const found: { offset: number; message: string }[] = [];
  visit(root, {
    Map(_, map) {
      const seen = new Set<string>();
      map.items = map.items.filter(({ key }) => {
        if (!isScalar(key)) return true;
        // A merge key (<<) has a symbol for its value.
        const name = key.source ?? String(key.value);
        const offset = key.range?.[0] ?? 0;
        const repeated = seen.size === seen.add(name).size;
        if (name === '__proto__') found.push({ offset, message: `unknown key ${name}` });
        else if (repeated) {
          found.push({ offset, message: `the key ${printable(name)} is written twice` });
        }
        return name !== '__proto__';
      });
    },
  });
  return found;
}

/** Below these keys numbers and booleans mean text. */
export const textual: ReadonlySet<unknown> = new Set([
  'env',
  'secrets',
  'args',
  'tags',
  'command',
  'codes',
  'branchPrefix',
  'onCreate',
  'onDeploy',
  'onDestroy',
  'requireLabel',
]);

/** `1.10` is a version, not 1.1, and long ids lose digits as numbers: keep what is written. */
export function keepWrittenText(document: Document): void {
  visit(document, {
    Scalar(_, scalar, ancestors) {
      const isText = ancestors.some(
        (ancestor) => isPair(ancestor) && isScalar(ancestor.key) && textual.has(ancestor.key.value),
      );
      const converted = typeof scalar.value === 'number' || typeof scalar.value === 'boolean';
      if (isText && converted && scalar.source !== undefined) scalar.value = scalar.source;
    },
  });
}
