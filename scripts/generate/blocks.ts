import { readFile } from 'node:fs/promises';

const root = new URL('../../', import.meta.url);
const block = /(<!-- made: (?<name>[a-z]+ [a-z-]+) -->\n)[\s\S]*?(<!-- \/made -->)/g;

export type Blocks = ReadonlyMap<string, () => string>;

/**
 * A page whose prose is written by hand, with its blocks between `<!-- made: kind name -->` and
 * `<!-- /made -->` made anew. Rejects when nothing makes one of them.
 */
export async function fillBlocks(path: string, blocks: Blocks): Promise<string> {
  const page = await readFile(new URL(path, root), 'utf8');
  return page.replace(block, (_, start: string, name: string, end: string) => {
    const make = blocks.get(name);
    if (make === undefined) throw new Error(`${path}: nothing makes the block "${name}"`);
    return `${start}\n${make()}\n\n${end}`;
  });
}

export const fence = (language: string, text: string) =>
  `\`\`\`${language}\n${text.trimEnd()}\n\`\`\``;

/** A row of a table. */
export const row = (...cells: readonly string[]) =>
  `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
