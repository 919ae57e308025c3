import { parseUrl } from '../../url.ts';
import { byteLength, cleanLines, oneLine, shorten } from './text.ts';

/** Breaks a word in two for GitHub's filters, and shows nothing. */
const gap = '&#8203;';
/** The same as a character, for code, where entities are shown as they are written. */
const gapSign = '\u200b';

/** All ASCII punctuation that begins, ends or means something in GitHub's Markdown or in HTML. */
const meaningful = /[&<>`*_[\]()#@!|~\\${}^:]/g;

/**
 * Text from outside, as text of a line of Markdown: it cannot format, link, embed HTML, mention
 * anybody or refer to an issue. An entity takes a character's Markdown meaning (CommonMark 2.5), yet
 * not its meaning to the filters that GitHub runs over the rendered text, hence the gaps.
 */
export function escapeText(text: string): string {
  return oneLine(text)
    .replace(meaningful, (sign, at: number, all: string) => {
      const breaks = sign === '@' || sign === '#' || (sign === ':' && all.startsWith('//', at + 1));
      return `${entity(sign)}${breaks ? gap : ''}`;
    })
    .replace(/^[-+=]|(?<=^\d{1,9})\./, entity) // a list, or a line under a heading
    .replace(/GH-(?=\d)/gi, (prefix) => `${prefix}${gap}`)
    .replace(/www(?=\.)/gi, (prefix) => `${prefix}${gap}`);
}

const entity = (sign: string) => `&#${sign.charCodeAt(0)};`;

/** As `escapeText`, of as much of the text as fits: signs grow up to twelvefold. */
export function escapeWithin(text: string, maxBytes: number): string {
  for (let points = maxBytes; points > 0; points = Math.floor(points / 2)) {
    const escaped = escapeText(shorten(text, points));
    if (byteLength(escaped) <= maxBytes) return escaped;
  }
  return '';
}

/** Text from outside in a code span, where GitHub neither formats, links nor mentions. */
export function codeSpan(text: string): string {
  const code = withoutComments(oneLine(text));
  if (code === '') return '(none)';
  const fence = '`'.repeat(longestRun(code) + 1);
  const pad = code.startsWith('`') || code.endsWith('`') ? ' ' : '';
  return `${fence}${pad}${code}${pad}${fence}`;
}

/** Lines from outside in a fenced block that nothing in them can close. */
export function codeBlock(lines: readonly string[]): string {
  const code = cleanLines(lines).map(withoutComments);
  const fence = '`'.repeat(Math.max(3, longestRun(code.join('\n')) + 1));
  return [`${fence}text`, ...code, fence].join('\n');
}

/** A link, where `url` is one that may be followed; else the label alone. `label` is Markdown already. */
export function link(label: string, url: string | undefined): string {
  const href = url === undefined ? undefined : safeUrl(url);
  return href === undefined ? label : `[${label}](${href})`;
}

const maxUrl = 2000;

/** http(s) only, without credentials, and with nothing in it that could end a Markdown link. */
export function safeUrl(url: string): string | undefined {
  const parsed = url.length > maxUrl ? undefined : parseUrl(url);
  if (parsed === undefined) return undefined;
  if (!/^https?:$/.test(parsed.protocol) || parsed.username !== '' || parsed.password !== '') {
    return undefined;
  }
  return parsed.href.replace(
    /[^\w./:?&=#%+,;~@-]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
}

/** Our own hidden marker is an HTML comment: nothing from outside may look like one. */
const withoutComments = (text: string) => text.replaceAll('<!--', `<!${gapSign}--`);

function longestRun(text: string): number {
  return (text.match(/`+/g) ?? []).reduce((longest, run) => Math.max(longest, run.length), 0);
}
