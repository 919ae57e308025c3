import fc from 'fast-check';
import { expect, it } from 'vitest';
import { stoppedIn, stoppedTag } from '../../../src/preview/stopped.ts';
import { tagKeys } from '../../../src/preview/tags.ts';

it('survives being written as a tag', () => {
  const stopped = fc.record({
    at: fc.integer({ min: 0, max: 4e12 }),
    count: fc.integer({ min: 1, max: 9999 }),
  });
  fc.assert(
    fc.property(stopped, (given) => {
      const tags = stoppedTag(given);
      expect(stoppedIn(tags)).toEqual(given);
      expect(tags[tagKeys.stopped]).toMatch(/^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,256}$/u);
    }),
  );
});

it.each([
  ['absent', {}],
  ['started again', stoppedTag(undefined)],
  ['without a count', { [tagKeys.stopped]: '2026-01-01T00:00:00.000Z' }],
  ['a count of none', { [tagKeys.stopped]: '2026-01-01T00:00:00.000Z/0' }],
  ['not a moment', { [tagKeys.stopped]: 'yesterday/1' }],
])('is not stopped: %s', (_, tags) => {
  expect(stoppedIn(tags)).toBeUndefined();
});
