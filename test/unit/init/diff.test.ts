import fc from 'fast-check';
import { expect, test } from 'vitest';
import { diffLines, renderDiff } from '../../../src/init/diff.ts';

const text = fc.array(fc.constantFrom('a', 'b', 'c', '', '  d'), { maxLength: 12 });

test('what a diff keeps and takes is the old text, what it keeps and adds the new one', () => {
  fc.assert(
    fc.property(text, text, (before, after) => {
      const lines = diffLines(
        before.map((l) => `${l}\n`).join(''),
        after.map((l) => `${l}\n`).join(''),
      );
      const without = (sign: string) =>
        lines.filter((line) => line.sign !== sign).map((line) => line.text);
      expect(without('+')).toEqual(before);
      expect(without('-')).toEqual(after);
    }),
    { numRuns: 300 },
  );
});

test('the fewest lines change, and those far away are left out', () => {
  const before = 'one\ntwo\nthree\nfour\nfive\nsix\nseven\n';
  expect(renderDiff(diffLines(before, before.replace('six', '6')))).toEqual([
    '  four',
    '  five',
    '- six',
    '+ 6',
    '  seven',
  ]);
  expect(renderDiff(diffLines(before, before.replace('one', '1')))).toEqual([
    '- one',
    '+ 1',
    '  two',
    '  three',
    '  ...',
  ]);
  expect(diffLines('', 'a\n')).toEqual([{ sign: '+', text: 'a' }]);
});

test('a file that is there cannot reach the terminal with what it holds', () => {
  const lines = renderDiff(diffLines('\u001b[2Jx\n::warning::y\n', 'z\n'));
  expect(lines).toEqual(['- x', '- : :warning::y', '+ z']);
});

test('two long texts with nothing in common are not compared pair by pair', () => {
  const long = (word: string) => Array.from({ length: 5000 }, (_, i) => `${word}${i}\n`).join('');
  expect(diffLines(long('a'), long('b'))).toHaveLength(10_000);
});
