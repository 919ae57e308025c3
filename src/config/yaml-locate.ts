import { type Document, isAlias, isCollection, isMap, isScalar, isSeq, type Pair } from 'yaml';
import type { Path } from './finding.ts';

/** Offset of the key or item at a path, else of the nearest thing around it that is written. */
export function locateOffset(document: Document, path: Path): number {
  let offset = 0;
  let node: unknown = document.contents;
  for (const step of path) {
    const parent = isAlias(node) ? node.resolve(document) : node;
    const next = childAt(parent, step);
    if (next === undefined) break;
    offset = next.offset ?? offset;
    node = next.node;
  }
  return offset;
}

function childAt(parent: unknown, step: string | number) {
  if (isSeq(parent) && typeof step === 'number') {
    const node = parent.items[step];
    return node === undefined ? undefined : { node, offset: offsetOf(node) };
  }
  if (!isMap(parent)) return undefined;
  const pair = parent.items.find(
    (item: Pair) => isScalar(item.key) && String(item.key.value) === step,
  );
  return pair === undefined ? undefined : { node: pair.value, offset: offsetOf(pair.key) };
}

const offsetOf = (node: unknown): number | undefined =>
  isScalar(node) || isCollection(node) || isAlias(node) ? node.range?.[0] : undefined;
