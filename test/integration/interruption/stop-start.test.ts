import { describe, expect, it } from 'vitest';
import { breakEverywhere, switches } from './flows.ts';

describe('interrupted at any call, in any way, the same command again ends well', () => {
  it.each(['stop', 'start'] as const)('%s', { timeout: 240_000 }, async (name) => {
    // The other ways come down to these: what fails for good ends the run where a kill does.
    expect(await breakEverywhere(switches[name], ['lost', 'kill'])).toEqual([]);
  });
});
