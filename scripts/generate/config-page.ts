import { readFile } from 'node:fs/promises';
import { schemaLine } from '../../src/config/schema-url.ts';
import { durationPattern } from '../../src/config/units.ts';
import { noteOf, type SchemaNode, toJsonSchema } from './config-schema.ts';

const reference = new URL('../../fixtures/configs/valid/reference.yml', import.meta.url);

/** docs/configuration.md: an example that a test proves valid, then one row for each key. */
export async function makeConfigPage(): Promise<string> {
  const schema = toJsonSchema((made) => {
    const note = noteOf(made);
    if (note !== undefined) (made.node as PageNode).note = note;
  }) as PageNode;
  const example = await readFile(reference, 'utf8');
  const sections = listSections(schema, '');
  return `${[introduce(example.trim()), ...sections.map(renderSection)].join('\n\n')}\n`;
}

const introduce = (
  example: string,
) => `<!-- Made by scripts/generate.ts from src/config/schema.ts: do not edit. -->

# Configuration

\`previewops.yml\` lies in the root of the repository. Seven keys are required, all of them in
\`providerConfig\` (\`albListenerArns\` may stand in place of \`albListenerArn\`); this is a whole file:

\`\`\`yaml
${example}
\`\`\`

\`previewops validate\` checks it, and names the line and column of every mistake. With this first line, which
\`previewops init\` writes, an editor with a YAML language server says the same while you write:

\`\`\`yaml
${schemaLine}
\`\`\`

Where previewops is installed beside the file, \`./node_modules/previewops/schema/previewops.schema.json\` serves as well, and needs no
network. The schema says all that JSON Schema can say. What compares two values, such as the accounts of two ARNs or the
names of sidecars, only \`validate\` knows.

* The file may also be called \`previewops.yaml\`, \`.previewops.yml\`, \`.previewops.yaml\`, \`previewops.json\` or
  \`.previewops.json\`, or be the key \`previewops\` of \`package.json\`. It is searched for from the current directory up to the
  root of the git checkout or the home directory.
* \`--config <file>\` names another one. Only so may it be JavaScript or TypeScript, with the configuration as its default export:
  such a file runs, and previews are made of other people's branches.
* A duration is a number of seconds, or text with a unit: \`90s\`, \`20m\`, \`36h\`, \`7d\`, \`2w\`.
* Below \`env\`, \`args\`, \`tags\`, \`command\` and in hooks, numbers, \`true\` and \`false\` need no quotes: they stay as they are written.
* A key with nothing after it counts as not written.
* Values that look like credentials are refused. Keep them in Secrets Manager or the SSM parameter store, and name them under \`secrets\`.`;

/** A node with what holds where nothing is written. */
interface PageNode extends SchemaNode {
  note?: string;
  anyOf?: PageNode[];
  additionalProperties?: PageNode | false;
  items?: PageNode;
  properties?: Record<string, PageNode>;
}

interface Section {
  path: string;
  node: PageNode;
}

/** Each mapping with fixed keys, in the order of the schema, parents first. */
function listSections(node: PageNode, path: string): Section[] {
  const children = Object.entries(node.properties ?? {}).flatMap(([key, child]) => {
    const inner = child.items?.properties === undefined ? child : child.items;
    const childPath = `${path === '' ? '' : `${path}.`}${key}${inner === child ? '' : '[]'}`;
    return inner.properties === undefined
      ? []
      : listSections({ ...inner, description: child.description ?? '' }, childPath);
  });
  return [{ path, node }, ...children];
}

function renderSection({ path, node }: Section): string {
  const title = path === '' ? 'Top level' : `\`${path}\``;
  const prose = path === '' || node.description === undefined ? [] : [node.description, ''];
  const rows = Object.entries(node.properties ?? {}).map(([key, child]) =>
    renderRow([
      `\`${key}\``,
      describeType(child),
      describeDefault(child, node.required?.includes(key) ?? false),
      child.description ?? '',
    ]),
  );
  const head = ['| key | type | default | meaning |', '| --- | --- | --- | --- |'];
  return [`## ${title}`, '', ...prose, ...head, ...rows].join('\n');
}

const renderRow = (cells: readonly string[]) =>
  `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;

function describeType(node: PageNode): string {
  if (node.enum !== undefined) return node.enum.map((value) => `\`${value}\``).join(', ');
  if (node.properties !== undefined) return 'mapping, see below';
  if (node.items?.properties !== undefined) return 'list of mappings, see below';
  if (node.items !== undefined) {
    return `list of ${node.minItems ?? 0} to ${node.maxItems} ${describeType(node.items)}s`;
  }
  if (node.additionalProperties) return `names with ${describeType(node.additionalProperties)}`;
  if (node.anyOf?.some(({ items }) => items !== undefined)) return 'text, or list of texts';
  if (node.anyOf?.some(({ pattern }) => pattern === durationPattern.source)) return 'duration';
  if (node.type === 'integer') return `whole number, ${node.minimum} to ${node.maximum}`;
  if (node.type === 'boolean') return '`true`, `false`';
  return node.anyOf === undefined ? 'text' : 'number or text';
}

function describeDefault(node: PageNode, required: boolean): string {
  if (required) return '**required**';
  if (node.note !== undefined) return node.note;
  if (node.properties !== undefined) return '';
  const empty = ['""', '{}', '[]', undefined].includes(JSON.stringify(node.default));
  return empty ? 'none' : `\`${node.default}\``;
}
