import * as z from 'zod';
import { defaultNotes } from '../../src/config/fields.ts';
import { configSchema } from '../../src/config/schema.ts';

/** The parts of JSON Schema that ours uses, and the note that only the page shows. */
export interface SchemaNode {
  type?: string | string[];
  description?: string;
  default?: unknown;
  enum?: (string | number)[];
  pattern?: string;
  minimum?: number;
  maximum?: number;
  minItems?: number;
  maxItems?: number;
  properties?: Record<string, SchemaNode>;
  required?: string[];
  items?: SchemaNode;
  additionalProperties?: SchemaNode | false;
  propertyNames?: SchemaNode;
  anyOf?: SchemaNode[];
  note?: string;
}

/** The schema of what people write, which is the input of ours. */
export function toJsonSchema(addNote: (node: SchemaNode, note: string) => void): SchemaNode {
  return z.toJSONSchema(configSchema, {
    io: 'input',
    target: 'draft-7',
    override: ({ zodSchema, jsonSchema }) => {
      const node = jsonSchema as SchemaNode;
      const found = zodSchema instanceof z.ZodType ? defaultNotes.get(zodSchema) : undefined;
      if (found !== undefined) addNote(node, found.note);
      // Some editors compile patterns without the `u` flag; previewops itself still checks these.
      if (node.pattern?.includes('\\p{')) delete node.pattern;
      // The defaults of a section are those of its keys.
      if (node.properties !== undefined) delete node.default;
    },
  }) as SchemaNode;
}

/** The JSON Schema for editors, draft 7 because that is what their YAML plugins know. */
export function makeConfigSchema(): string {
  const schema = toJsonSchema((node, note) => {
    node.description = `${node.description ?? ''} Default: ${note}.`.trim();
  });
  const titled = { title: 'Configuration of previewops', ...schema };
  return `${JSON.stringify(titled, null, 2)}\n`;
}
