import * as z from 'zod';

/**
 * What a check in code lets through, for the schema that editors read: zod shows it only patterns,
 * limits and enums. scripts/generate/editor-forms.ts turns each kind into JSON Schema.
 */
export type EditorForm =
  | { kind: 'duration'; from: number; to: number }
  | { kind: 'cpu' | 'memory' | 'codes' | 'host-pattern' | 'listener' | 'repository' | 'tag-key' }
  | { kind: 'unique' }
  | { kind: 'hook' }
  /** A value that may not look like a credential, and what to do with one. */
  | { kind: 'literal'; remedy: string }
  /** The name of a variable, some of which are taken. */
  | { kind: 'variable'; reserved: readonly string[] };

export const editorForms = z.registry<EditorForm>();

/** Notes the form of a schema, and gives it back. It must be the last step: each step makes another schema. */
export function withForm<T extends z.ZodType>(schema: T, form: EditorForm): T {
  editorForms.add(schema, form);
  return schema;
}
