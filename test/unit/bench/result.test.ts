import { describe, expect, it } from 'vitest';
import { isWithin, judge, median, type Result, toJson } from '../../../scripts/bench/result.ts';
import { renderTable } from '../../../scripts/bench/table.ts';

const of = (more: Partial<Result>): Result => ({ name: 'x', value: 6, unit: 'calls', ...more });

describe('a measured value', () => {
  it.each([
    ['ok', of({ budget: 7 })],
    ['ok', of({ budget: 6 })],
    ['over', of({ budget: 5 })],
    ['ok', of({ budget: 6, timed: true })],
    ['slow', of({ budget: 5, timed: true })],
    ['over', of({ value: 1, budget: 0 })],
    ['shown', of({})],
  ])('is %s', (verdict, result) => {
    expect(judge(result)).toBe(verdict);
  });

  it('fails the run only when it is over', () => {
    const good = [of({}), of({ budget: 6 }), of({ budget: 5, timed: true })];
    expect(isWithin(good)).toBe(true);
    expect(isWithin([...good, of({ budget: 5 })])).toBe(false);
    expect(toJson([of({ budget: 5 })])).toMatchObject({
      ok: false,
      results: [{ verdict: 'over' }],
    });
  });
});

it.each([
  [[3], 3],
  [[9, 1, 2], 2],
  [[10, 1, 4, 2], 3],
])('the median of %j is %d', (values, middle) => {
  expect(median(values)).toBe(middle);
});

it('the table has numbers to the right, and says when there is no budget', () => {
  const results = [
    of({ name: 'tarball', value: 1536, unit: 'B', budget: 61440, note: 'of two files' }),
    of({ name: 'depth', value: 1, unit: 'round trips', budget: 0 }),
    of({ value: 41.6, unit: 'ms', timed: true }),
  ];
  expect(renderTable(results)).toEqual([
    'WHAT         MEASURED         BUDGET',
    'tarball        1.5 KB          60 KB  ok     of two files',
    'depth    1 round trip  0 round trips  over',
    'x               42 ms              -  shown',
  ]);
});
