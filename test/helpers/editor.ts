import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { getLanguageService, type LanguageService } from 'yaml-language-server';

const schemaFile = new URL('../../schema/previewops.schema.json', import.meta.url);

/** As the server makes them; its own module for them is none of our dependencies. */
interface Documents {
  create(uri: string, language: string, version: number, text: string): Document;
}
type Document = Parameters<LanguageService['doValidation']>[0];

const require = createRequire(import.meta.url);
const inside = createRequire(require.resolve('yaml-language-server'));
const { TextDocument } = inside('vscode-languageserver-textdocument') as {
  TextDocument: Documents;
};

export interface Diagnosis {
  /** From 1. */
  line: number;
  message: string;
}

/** An editor with a YAML language server and the schema of the package, without network. */
export function openEditor() {
  const schema = JSON.parse(readFileSync(schemaFile, 'utf8'));
  const asked: string[] = [];
  const service = getLanguageService({
    // Files may name the schema themselves, by a path or by its URL.
    schemaRequestService: async (uri) => {
      asked.push(uri);
      return JSON.stringify(schema);
    },
    workspaceContext: { resolveRelativePath: (path, from) => new URL(path, from).href },
  });
  service.configure({
    validate: true,
    hover: true,
    completion: true,
    schemas: [{ uri: 'file:///previewops.schema.json', fileMatch: ['*'], schema }],
  });
  let count = 0;
  const documentOf = (text: string) =>
    TextDocument.create(`file:///checkout/previewops-${++count}.yml`, 'yaml', 1, text);
  return {
    /** The schemas that files asked for. */
    asked,
    async diagnose(text: string): Promise<Diagnosis[]> {
      const found = await service.doValidation(documentOf(text), false);
      return found.map(({ range, message }) => ({ line: range.start.line + 1, message }));
    },
    async hover(text: string, line: number): Promise<string> {
      const character = text.split('\n')[line - 1]?.search(/\S/) ?? 0;
      const found = await service.doHover(documentOf(text), { line: line - 1, character });
      return JSON.stringify(found?.contents ?? '');
    },
  };
}
