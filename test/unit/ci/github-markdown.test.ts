import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  codeBlock,
  codeSpan,
  escapeText,
  escapeWithin,
  link,
  safeUrl,
} from '../../../src/ci/github/markdown.ts';
import { byteLength, lastLines, oneLine, shorten } from '../../../src/ci/github/text.ts';

/** What somebody would write who means harm, mixed with plain words. */
const nasty = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '@acme/team',
        '#12',
        'GH-7',
        'acme/shop#3',
        'https://evil.example/x',
        'www.evil.example',
        '[a](javascript:alert(1))',
        '![x](https://evil.example/pixel)',
        '<img src=x onerror=alert(1)>',
        '</details>',
        '<!-- previewops:comment v1 app=shop run=9999999999999999 sum=abc -->',
        '-->',
        '```',
        '`````',
        '~~~',
        '`',
        '\u001b[31m',
        '\u0000',
        '\u202e',
        '\ud800',
        '::error::x',
        '##[error]x',
        '\n',
        '\r\n# heading',
        '- item',
        '1. item',
        '===',
        '| a | b |',
        '$x$',
        '&lt;&#64;',
        '\\',
        '*b*_i_~s~',
        '[^1]',
      ),
      fc.string({ unit: 'binary', maxLength: 8 }),
      fc.lorem({ maxCount: 3 }),
    ),
    { maxLength: 12 },
  )
  .map((pieces) => pieces.join(''));

const gap = '\u200b';
const decode = (text: string) =>
  text.replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));
const withoutGaps = (text: string) => text.replaceAll(gap, '');

describe('escapeText', () => {
  test.each([
    ['plain words, größe and 数字', 'plain words, größe and 数字'],
    ['thanks @octocat', 'thanks &#64;&#8203;octocat'],
    ['fixes #12', 'fixes &#35;&#8203;12'],
    ['see GH-12', 'see GH-&#8203;12'],
    ['a <b>', 'a &#60;b&#62;'],
    ['Error: no', 'Error&#58; no'],
    ['http://x', 'http&#58;&#8203;//x'],
    ['www.x.y', 'www&#8203;.x.y'],
    ['- item', '&#45; item'],
    ['1. item', '1&#46; item'],
    ['two\nlines', 'two lines'],
  ])('%j', (text, expected) => {
    expect(escapeText(text)).toBe(expected);
  });

  test('leaves no sign that means something, and loses nothing', () => {
    fc.assert(
      fc.property(nasty, (text) => {
        const escaped = escapeText(text);
        expect(escaped.replace(/&#\d+;/g, '')).not.toMatch(/[&<>`*_[\]()#@!|~\\${}^:\n]/);
        expect(escaped).not.toMatch(/^(?:[-+=]|\d{1,9}\.)/);
        const shown = decode(escaped);
        expect(shown).not.toMatch(/@[\w]|#\d|GH-\d|:\/\/|www\./i);
        expect(withoutGaps(shown)).toBe(withoutGaps(oneLine(text)));
      }),
    );
  });

  test('escapeWithin keeps to bytes, whatever the signs', () => {
    fc.assert(
      fc.property(nasty, fc.integer({ min: 1, max: 200 }), (text, max) => {
        expect(byteLength(escapeWithin(text, max))).toBeLessThanOrEqual(max);
      }),
    );
    expect(escapeWithin('@'.repeat(1000), 500)).toMatch(/^(?:&#64;&#8203;)+…$/);
    expect(escapeWithin('as it is', 100)).toBe('as it is');
  });
});

describe('codeSpan', () => {
  test.each([
    ['main', '`main`'],
    ['a`b', '``a`b``'],
    ['`a', '`` `a ``'],
    ['', '(none)'],
    ['<!-- x', `\`<!${gap}-- x\``],
  ])('%j', (text, expected) => {
    expect(codeSpan(text)).toBe(expected);
  });

  test('nothing in it ends it', () => {
    fc.assert(
      fc.property(nasty, (text) => {
        const span = codeSpan(text);
        if (span === '(none)') return;
        const [, fence = '', inside = ''] = /^(`+)([\s\S]*?)\1$/.exec(span) ?? [];
        expect(span).toBe(`${fence}${inside}${fence}`);
        expect(inside.match(/`+/g) ?? []).not.toContain(fence);
        expect(inside).not.toMatch(/\n|<!--/);
        // Spaces beside the fence part it from backticks inside.
        expect(inside).not.toMatch(/^`|`$/);
      }),
    );
  });
});

describe('codeBlock', () => {
  test('nothing in it ends it, and the lines stay', () => {
    fc.assert(
      fc.property(fc.array(nasty, { maxLength: 5 }), (lines) => {
        const [first = '', ...rest] = codeBlock(lines).split('\n');
        const last = rest.pop();
        const fence = first.replace(/text$/, '');
        expect(fence).toMatch(/^`{3,}$/);
        expect(last).toBe(fence);
        for (const line of rest) {
          expect(/^\s*`+/.exec(line)?.[0].trim().length ?? 0).toBeLessThan(fence.length);
          expect(line).not.toContain('<!--');
        }
        expect(rest.length).toBeGreaterThanOrEqual(lines.length);
      }),
    );
  });

  test('an indentation survives', () => {
    expect(codeBlock(['a', '  b\u001b[0m'])).toBe('```text\na\n  b\n```');
  });
});

describe('links', () => {
  test.each([
    ['https://pr-42.preview.example.com', 'https://pr-42.preview.example.com/'],
    ['https://h/a b)c(d<e>', 'https://h/a%20b%29c%28d%3Ce%3E'],
    ['http://127.0.0.1:8080/x?a=1&b=2#c', 'http://127.0.0.1:8080/x?a=1&b=2#c'],
    ['javascript:alert(1)', undefined],
    ['data:text/html,x', undefined],
    ['https://user:secret@h/', undefined],
    ['not a url', undefined],
    [`https://h/${'x'.repeat(3000)}`, undefined],
  ])('%s', (url, expected) => {
    expect(safeUrl(url)).toBe(expected);
    expect(link('label', url)).toBe(expected === undefined ? 'label' : `[label](${expected})`);
  });

  test('no address ends the link', () => {
    fc.assert(
      fc.property(nasty, (text) => {
        expect(safeUrl(`https://h/${text}`) ?? '').toMatch(/^[\w./:?&=#%+,;~@-]*$/);
      }),
    );
  });
});

describe('cutting', () => {
  test.each([
    ['short', 10, 'short'],
    ['one two three', 9, 'one two…'],
    ['onetwothree', 6, 'onetw…'],
    ['🎉🎉🎉', 2, '🎉…'],
  ])('shorten(%j, %i)', (text, max, expected) => {
    expect(shorten(text, max)).toBe(expected);
  });

  test('shorten never gives more, nor half a character', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 20 }), (text, max) => {
        const short = shorten(text, max);
        expect([...short].length).toBeLessThanOrEqual(max);
        expect(Buffer.from(short).toString()).toBe(short);
      }),
    );
  });

  test('lastLines keeps the end', () => {
    expect(lastLines(['one', 'two', 'three'], 10)).toEqual(['two', 'three']);
    expect(lastLines(['0123456789'], 5)).toEqual(['6789']);
    expect(lastLines(['xäöü'], 5)).toEqual(['öü']);
    expect(lastLines(['xäöü'], 6)).toEqual(['öü']);
    expect(lastLines(['a'], 0)).toEqual([]);
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' })), fc.nat({ max: 60 }), (lines, max) => {
        const kept = lastLines(lines, max);
        expect(byteLength(kept.map((line) => `${line}\n`).join(''))).toBeLessThanOrEqual(max);
        if (kept.length > 1) expect(lines.slice(-kept.length)).toEqual(kept);
      }),
    );
  });
});
