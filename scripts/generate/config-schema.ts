import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { editorForms } from '../../src/config/editor-forms.ts';
import { defaultNotes } from '../../src/config/fields.ts';
import { isRecord } from '../../src/config/record.ts';
import { rulesForEditors, type SchemaNode } from '../../src/config/rules-for-editors.ts';
import { configSchema } from '../../src/config/schema.ts';
import { readSource } from '../../src/config/source.ts';
import { textual } from '../../src/config/yaml-review.ts';
import { renderForm } from './editor-forms.ts';
import { editorPattern } from './editor-pattern.ts';

export type { SchemaNode };

/** A node, and the schema that it was made of. */
export interface Made {
  schema: z.core.$ZodType;
  node: SchemaNode;
}

/** The schema of what people write, which is the input of ours. `edit` sees each node, inner ones first. */
export function toJsonSchema(edit: (made: Made) => void): SchemaNode {
  return z.toJSONSchema(configSchema, {
    io: 'input',
    target: 'draft-7',
    override: ({ zodSchema, jsonSchema }) => {
      const node = jsonSchema as SchemaNode;
      edit({ schema: zodSchema, node });
      // The defaults of a section are those of its keys.
      if (node.properties !== undefined) delete node.default;
    },
  }) as SchemaNode;
}

/** What then holds for a key that has no constant default. */
export const noteOf = ({ schema }: Made): string | undefined =>
  schema instanceof z.ZodType ? defaultNotes.get(schema)?.note : undefined;

/** The JSON Schema for editors, draft 7 because that is what their YAML plugins know. */
export function makeConfigSchema(): string {
  const schema = toJsonSchema((made) => {
    shape(made);
    const note = noteOf(made);
    const { node } = made;
    if (note !== undefined) node.description = `${node.description ?? ''} Default: ${note}.`.trim();
  });
  const { top, ...sections } = rulesForEditors();
  complete(schema, exampleFiles.map(readExample));
  for (const [key, rules] of Object.entries(sections)) {
    const section = schema.properties?.[key];
    if (section) section.allOf = rules;
  }
  const titled = { title: 'Configuration of previewops', ...schema, allOf: top };
  return `${JSON.stringify(titled, null, 2)}\n`;
}

/** What the checks in code let through, and our own words for what they do not. */
function shape({ schema, node }: Made): void {
  if (!(schema instanceof z.ZodType)) return;
  const form = editorForms.get(schema);
  if (form !== undefined) {
    const made = renderForm(form, { ...node });
    for (const key of ['type', 'anyOf', 'pattern'] as const)
      if (form.kind !== 'unique') delete node[key];
    Object.assign(node, made);
  }
  for (const each of [node, ...(node.anyOf ?? [])]) {
    if (each.pattern !== undefined) each.pattern = editorPattern(each.pattern);
    const speaks = each.enum === undefined && each.anyOf === undefined && each.type !== 'object';
    const message = speaks ? messageOf(schema) : undefined;
    if (message !== undefined) each.errorMessage ??= message;
  }
}

/** What \`validate\` says of a value that is nothing that YAML has. */
const messageOf = (schema: z.ZodType) =>
  schema.safeParse(Symbol('nothing')).error?.issues[0]?.message;

/**
 * Gives every key its example, the first that there is, and lets sections and lists be empty, as when all
 * below is commented out.
 */
function complete(node: SchemaNode, examples: readonly unknown[], path = ''): void {
  for (const [key, child] of Object.entries(node.properties ?? {})) {
    if (child === false) continue;
    const here = path === '' ? key : `${path}.${key}`;
    const values = examples.flatMap((example) => (isRecord(example) ? (example[key] ?? []) : []));
    const [value] = examples.flatMap((example) =>
      isRecord(example) && example[key] !== undefined ? [example[key]] : [],
    );
    if (value === undefined)
      throw new Error(`${exampleFiles.join(' and ')} have no example of ${here}`);
    const items = Array.isArray(child.items) ? undefined : child.items;
    // Each item of a list may have other keys.
    if (items?.properties !== undefined) complete(items, values.flat(), `${here}[]`);
    if (child.properties === undefined) child.examples = [value];
    else complete(child, values, here);
    // Numbers and booleans keep their text there.
    if (textual.has(key) && child.type === 'string') child.type = ['string', 'number', 'boolean'];
    if (!node.required?.includes(key)) allowNull(child);
  }
}

/** Not for single values: an editor would offer `null` for them, which nobody writes. */
function allowNull(node: SchemaNode): void {
  if (node.type === 'object' || node.type === 'array') node.type = [node.type, 'null'];
}

/** The first has every key but those that exclude one of its own. */
const exampleFiles = [
  'fixtures/configs/valid/examples.yml',
  'fixtures/configs/valid/several-listeners.yml',
];

const readExample = (path: string): unknown =>
  readSource(readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')).data;
