import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { generatedFiles } from '../../scripts/generate/files.ts';

const root = new URL('../../', import.meta.url);

describe('files that are made from code', () => {
  it.each(generatedFiles)('$path is fresh (npm run generate)', async ({ path, make }) => {
    expect(await readFile(new URL(path, root), 'utf8')).toBe(await make());
  });
});
