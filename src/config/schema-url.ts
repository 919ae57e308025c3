import { version } from '../version.ts';

/**
 * Where editors find the JSON Schema of this version: unpkg serves what is published to npm. A path into
 * node_modules would not do, because `npx`, a global installation and repositories in other languages
 * have none beside the file.
 */
export const schemaUrl = `https://unpkg.com/previewops@${version}/schema/previewops.schema.json`;

/** The first line of a previewops.yml that editors with a YAML language server check while it is written. */
export const schemaLine = `# yaml-language-server: $schema=${schemaUrl}`;
