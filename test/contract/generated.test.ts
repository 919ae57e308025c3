import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { generatedFiles } from '../../scripts/generate/files.ts';

const root = new URL('../../', import.meta.url);

describe('files that are made from code', () => {
  it.each(generatedFiles)('$path is fresh (npm run generate)', async ({ path, make }) => {
    expect(await readFile(new URL(path, root), 'utf8')).toBe(await make());
  });

  it('has patterns that editors can compile, with the u flag or without', async () => {
    const schema = await readFile(new URL('schema/previewops.schema.json', root), 'utf8');
    const patterns: string[] = [];
    JSON.parse(schema, (key, value) => {
      if (key === 'pattern') patterns.push(value);
      return value;
    });
    expect(patterns.length).toBeGreaterThan(20);
    for (const pattern of patterns) {
      expect(() => new RegExp(pattern, 'u')).not.toThrow();
      expect(pattern).not.toContain('\\p{');
    }
  });

  it('explains every key', async () => {
    const schema = await readFile(new URL('schema/previewops.schema.json', root), 'utf8');
    const silent: string[] = [];
    JSON.parse(schema, (key, value) => {
      if (key !== 'properties') return value;
      for (const [name, node] of Object.entries(
        value as Record<string, { description?: string }>,
      )) {
        if ((node.description ?? '').length < 5) silent.push(name);
      }
      return value;
    });
    expect(silent).toEqual([]);
  });
});
