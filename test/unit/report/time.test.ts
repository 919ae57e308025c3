import { expect, test } from 'vitest';
import { formatAge, formatElapsed } from '../../../src/report/time.ts';

test.each([
  [0, '0.0 s'],
  [-5, '0.0 s'],
  [420, '0.4 s'],
  [9_940, '9.9 s'],
  [9_960, '10 s'],
  [38_400, '38 s'],
  [59_600, '1 m'],
  [72_000, '1 m 12 s'],
  [3_600_000, '1 h'],
  [7_800_000, '2 h 10 m'],
  [90_000_000, '1 d 1 h'],
])('formatElapsed(%i) is %s', (ms, text) => {
  expect(formatElapsed(ms)).toBe(text);
});

test.each([
  [-1, '0 s'],
  [59_999, '59 s'],
  [180_000, '3 m'],
  [7_300_000, '2 h'],
  [4 * 86_400_000 + 1, '4 d'],
  [400 * 86_400_000, '400 d'],
])('formatAge(%i) is %s', (ms, text) => {
  expect(formatAge(ms)).toBe(text);
});
