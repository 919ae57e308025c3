import { expect, it } from 'vitest';
import { breakEverywhere, flows } from './flows.ts';

it('a redeploy interrupted at any call, in any way: the same command again ends well', {
  timeout: 480_000,
}, async () => {
  expect(await breakEverywhere(flows['redeploy of a new commit'])).toEqual([]);
});
