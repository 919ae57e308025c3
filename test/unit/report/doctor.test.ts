import { describe, expect, test } from 'vitest';
import { type ResultView, renderResults } from '../../../src/report/doctor.ts';
import { createPaint } from '../../../src/report/paint.ts';

const plain = { paint: createPaint(false), verbose: false };
const result = (more: Partial<ResultView>): ResultView => ({
  group: 'network',
  title: 'subnets exist',
  status: 'ok',
  seen: '2',
  ...more,
});

describe('results of doctor', () => {
  test('are grouped, with the fix beneath what is not ok, and counted', () => {
    const results = [
      result({ group: 'caller', title: 'credentials work', seen: 'ann' }),
      result({ fix: 'not shown' }),
      result({ status: 'fail', title: 'a way out', seen: 'none', fix: 'Do this:\n  aws ec2' }),
      result({ status: 'warn', title: 'room', seen: '1 left', fix: 'More.' }),
      result({ status: 'skip', title: 'zone', seen: 'not looked at' }),
    ];
    expect(renderResults(results, plain)).toEqual([
      'caller',
      '  ok   credentials work  (ann)',
      'network',
      '  ok   subnets exist  (2)',
      '  fail a way out  (none)',
      '         Do this:',
      '           aws ec2',
      '  warn room  (1 left)',
      '         More.',
      '  skip zone  (not looked at)',
      '2 ok, 1 warning, 1 failure, 1 skipped',
    ]);
  });

  test('fold the permissions that are allowed into one line, unless asked for all', () => {
    const permission = { action: 'a' };
    const results = [
      result({ title: 'a', permission }),
      result({ title: 'b', permission, status: 'fail', fix: 'Add it.' }),
      result({ title: 'c', permission }),
    ];
    const lines = renderResults(results, plain);
    expect(lines.slice(1, 3)).toEqual([
      '  ok   2 permissions  (allowed; --verbose lists them)',
      '  fail b  (2)',
    ]);
    expect(lines.at(-1)).toBe('2 ok, 0 warnings, 1 failure, 0 skipped');
    expect(renderResults(results, { ...plain, verbose: true })).toHaveLength(6);
  });

  test('hold nothing that a terminal or a CI log would obey', () => {
    const hostile = '::error::x\u001b[31m\u202e';
    const lines = renderResults(
      [result({ status: 'fail', title: hostile, seen: hostile, fix: `a\n${hostile}` })],
      plain,
    );
    for (const line of lines) {
      expect(line).not.toMatch(/^\s*::/);
      expect(line).not.toContain('\u001b');
      expect(line).not.toContain('\u202e');
    }
  });
});
