import fc from 'fast-check';
import { expect, test } from 'vitest';
import { paginate } from '../../../src/sandbox/paginate.ts';

const onBadMarker = (): never => {
  throw new Error('bad marker');
};
const page = (all: readonly string[], size: number, marker?: string) =>
  paginate(all, { size, marker, keyOf: (item) => item, onBadMarker });

test('the pages are the whole listing in order, and no page is empty but of an empty listing', () => {
  const names = fc.uniqueArray(fc.string({ minLength: 1 }));
  fc.assert(
    fc.property(names, fc.integer({ min: 1, max: 7 }), (all, size) => {
      const seen: string[] = [];
      let marker: string | undefined;
      do {
        const { items, next } = page(all, size, marker);
        if (all.length > 0) expect(items).not.toHaveLength(0);
        seen.push(...items);
        marker = next;
      } while (marker !== undefined);
      expect(seen).toEqual([...all].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)));
    }),
  );
});

test('what goes or comes between two pages shifts nothing', () => {
  const { next } = page(['a', 'c', 'e', 'g'], 2);
  expect(page(['b', 'd', 'e', 'g'], 2, next)).toEqual({
    items: ['d', 'e'],
    next: expect.any(String),
  });
});

test('a marker of our own making only', () => {
  expect(() => page(['a'], 1, 'YQ')).toThrow('bad marker');
});
