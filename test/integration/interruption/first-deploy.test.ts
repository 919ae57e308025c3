import { describe, expect, it } from 'vitest';
import { breakEverywhere, flows } from './flows.ts';

describe('interrupted at any call, in any way, the same command again ends well', () => {
  it.each(['first deploy'] as const)('%s', { timeout: 480_000 }, async (name) => {
    expect(await breakEverywhere(flows[name])).toEqual([]);
  });
});
