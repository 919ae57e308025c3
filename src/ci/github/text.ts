import { printable, printableLines } from '../../report/printable.ts';

/** Cut to `max` code points, at the end of a word where there is one near, and closed with an ellipsis. */
export function shorten(text: string, max: number): string {
  const points = [...text];
  if (points.length <= max) return text;
  const head = points.slice(0, max - 1).join('');
  const space = head.lastIndexOf(' ');
  const cut = space > head.length / 2 ? head.slice(0, space) : head;
  return `${cut.trimEnd()}…`;
}

/** One line of text from outside that is fit to be sent: no controls, no half characters. */
export function oneLine(text: string): string {
  return wellFormed(printable(text)).trim();
}

/** As `oneLine`, for several; indentation is kept. */
export function cleanLines(lines: readonly string[]): string[] {
  return lines.flatMap((line) => printableLines(line).map(wellFormed));
}

/** Half a surrogate pair becomes U+FFFD: GitHub's JSON parser would refuse the whole request. */
export function wellFormed(text: string): string {
  return Buffer.from(text, 'utf8').toString('utf8');
}

/** Size as GitHub counts it. */
export function byteLength(text: string): number {
  return Buffer.byteLength(text, 'utf8');
}

/**
 * As many of the last lines as fit `maxBytes`, newlines counted; of a single line that is too long,
 * its end. The end is what says why a build or a container failed.
 */
export function lastLines(lines: readonly string[], maxBytes: number): string[] {
  const kept: string[] = [];
  let room = maxBytes;
  for (const line of [...lines].reverse()) {
    const size = byteLength(line) + 1;
    if (size > room) {
      if (kept.length === 0 && room > 1) kept.unshift(endOf(line, room - 1));
      break;
    }
    kept.unshift(line);
    room -= size;
  }
  return kept;
}

function endOf(line: string, maxBytes: number): string {
  const bytes = Buffer.from(line, 'utf8');
  // A cut inside a character leaves replacement characters at the start.
  return bytes
    .subarray(Math.max(0, bytes.length - maxBytes))
    .toString('utf8')
    .replace(/^\uFFFD+/, '');
}
