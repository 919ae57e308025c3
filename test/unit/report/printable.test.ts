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
    // GitHub, and Azure's colours
    ['##[error]x', '## [error]x'],
    // Azure Pipelines
    ['##vso[task.setvariable variable=a]b', '## vso[task.setvariable variable=a]b'],
    ['built ##vso[task.complete result=Failed;]', 'built ## vso[task.complete result=Failed;]'],
    ['##VSO[task.debug]x', '## VSO[task.debug]x'],
    ['###vso[a.b]', '### vso[a.b]'],
    ['##[##vso[a.b]##vso[a.b]', '## [## vso[a.b]## vso[a.b]'],
    ['#\u00ad#v\u200bso[a.b]', '#\u00ad# v\u200bso[a.b]'],
    ['\u200b:\u00ad:error::x', '\u200b: \u00ad:error::x'],
    ['#\u001b[1m#vso[a.b]', '## vso[a.b]'],
    ['##\u0000vso[a.b]', '## vso[a.b]'],
    // TeamCity
    ["##teamcity[buildStop comment='x']", "## teamcity[buildStop comment='x']"],
    // GitLab and Travis, which need the carriage return
    ['section_start:1:x\r\u001b[0Khead', 'section_start:1:x head'],
    ['travis_fold:start:x\r', 'travis_fold:start:x '],
    // What nobody obeys
    ['## heading [link]', '## heading [link]'],
    ['#1 ##2', '#1 ##2'],
    ['vso[a.b] #vso[a.b]', 'vso[a.b] #vso[a.b]'],
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
        'vso',
        '\u00ad',
        '\u202e',
        'm',
        '0',
      ),
    });
    fc.assert(
      fc.property(nasty, (text) => {
        // biome-ignore lint/suspicious/noControlCharactersInRegex: what must not be there
        expect(printable(text)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
        const seen = printable(text).replaceAll('\u00ad', '');
        expect(seen).not.toMatch(/^\s*::|##(?:vso)*\[/);
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

test('toJson writes commands to a CI so that they read back the same and are none', () => {
  const value = { line: 'a ##vso[task.setvariable variable=a]b ##[error] #\u00ad#vso[', n: ['##'] };
  for (const text of [toJson(value), toJson(value, { indent: 0 })]) {
    expect(text.replaceAll('\u00ad', '')).not.toMatch(/##(?:vso)?\[/);
    expect(JSON.parse(text)).toEqual(value);
  }
  expect(toJson(value, { indent: 0 })).not.toContain('\n');
});
