import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { printable, printableLines, toJson } from '../../../src/report/printable.ts';

describe('printable', () => {
  test.each([
    ['plain text stays', 'plain text stays'],
    ['größe 数字 🎉', 'größe 数字 🎉'],
    ['\u001b[31mred\u001b[0m', 'red'],
    ['\u001b]0;title\u0007after', 'after'],
    ['\u001b]8;;https://evil.example\u001b\\link\u001b]8;;\u001b\\', 'link'],
    ['\u009b2Jcleared', 'cleared'],
    ['\u001bPsixel\u001b\\x', 'x'],
    ['\u001b[999', ''],
    ['a\rb', 'a b'],
    ['a\nb\n\nc', 'a b c'],
    ['a\u0000\u0008b', 'ab'],
    ['user\u202egpj.exe', 'usergpj.exe'],
    ['::error::x', ': :error::x'],
    ['  ::add-mask::x', '  : :add-mask::x'],
    ['see std::vector', 'see std::vector'],
    ['##[error]x', '## [error]x'],
  ])('%j', (text, expected) => {
    expect(printable(text)).toBe(expected);
  });

  test('no control character, escape or workflow command survives', () => {
    const nasty = fc.string({
      unit: fc.constantFrom(
        '\u001b',
        '[',
        ']',
        '\u0007',
        '\u009b',
        '\n',
        ':',
        '#',
        '\u202e',
        'm',
        '0',
      ),
    });
    fc.assert(
      fc.property(nasty, (text) => {
        // biome-ignore lint/suspicious/noControlCharactersInRegex: what must not be there
        expect(printable(text)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]|^\s*::|##\[/);
      }),
    );
  });
});

test('printableLines keeps lines and indentation', () => {
  expect(printableLines('a\n  b\r\n\u001b[1mc')).toEqual(['a', '  b', 'c']);
});

test('toJson writes marks that a terminal would obey as escapes, and reads back the same', () => {
  const value = { branch: 'a\u009b31m\u202e', n: 1 };
  expect(toJson(value)).toContain('\\u009b31m\\u202e');
  expect(JSON.parse(toJson(value))).toEqual(value);
});
