import type { FailureReport } from '../../preview/failure.ts';
import { codeBlock, codeSpan, escapeText, escapeWithin } from './markdown.ts';
import { byteLength, cleanLines, lastLines } from './text.ts';
import type { Failed } from './types.ts';

/** Items of each list, and bytes of each: what cannot be cut later is kept small, escaped as it is. */
const maxItems = 8;
const maxText = 1000;

/**
 * Why a run failed, as Markdown: the sentence, the evidence, what helps, and the end of the log folded
 * away, cut from its top so that all stays within `maxBytes`.
 */
export function failureLines({ message, hint, failure }: Failed, maxBytes: number): string[] {
  const head = [
    `**${sentence(message)}**`,
    ...evidenceLines(failure),
    ...texts(hint === undefined ? [] : hint.split('\n')).flatMap((line) => ['', line]),
  ];
  const room = maxBytes - byteLength(head.join('\n')) - 1;
  return [...head, ...logLines(failure?.log, room)];
}

function evidenceLines(failure: FailureReport | undefined): string[] {
  if (failure === undefined) return [];
  const tasks = failure.tasks.map(
    ({ reason, count, containers }) => times(count) + [reason, ...containers].join('; '),
  );
  const targets = failure.targets.map(
    ({ state, reason, description, count }) =>
      times(count) + [state, reason, description].filter(Boolean).join(', '),
  );
  return [
    ...section('Stopped tasks', tasks.slice(0, maxItems)),
    ...section('Targets', targets.slice(0, maxItems)),
    ...section('Last events of the service', failure.events.slice(-maxItems)),
  ];
}

const times = (count: number) => (count > 1 ? `${count} x ` : '');

function section(title: string, items: readonly string[]): string[] {
  return items.length === 0
    ? []
    : ['', `${title}:`, '', ...items.map((item) => `- ${sentence(item)}`)];
}

/** One bold or listed line: without text there would be stray signs. */
const sentence = (text: string) => escapeWithin(text, maxText) || 'no reason given';

/** Commands, which come in backticks, and addresses are code: they are there to be copied. */
function texts(lines: readonly string[]): string[] {
  return lines.slice(0, maxItems).flatMap((line) => {
    const text = withCode(line).trim();
    const fitting = byteLength(text) <= maxText ? text : escapeWithin(line, maxText);
    return fitting === '' ? [] : [fitting];
  });
}

function withCode(line: string): string {
  const pieces = line.split(/(`[^`]+`|https?:\/\/[^\s`]+)/);
  return pieces
    .map((piece, at) => (at % 2 === 1 ? codeSpan(piece.replaceAll('`', '')) : spaced(piece)))
    .join('');
}

/** Escaped, with the spaces at its ends, which part it from the code beside it. */
function spaced(text: string): string {
  const before = /^\s/.test(text) ? ' ' : '';
  const after = /\s$/.test(text) ? ' ' : '';
  return `${before}${escapeText(text)}${after}`;
}

function logLines(log: FailureReport['log'], maxBytes: number): string[] {
  if (log === undefined || log.lines.length === 0) return [];
  const all = cleanLines(log.lines);
  const frame = (shown: readonly string[]) => [
    '',
    `<details><summary>End of the log, ${escapeWithin(log.source, maxText)}</summary>`,
    '',
    codeBlock(shown),
    '',
    '</details>',
  ];
  // A fence is as long as the longest run of backticks asks for, so it is measured with what is shown.
  for (let room = maxBytes - byteLength(frame([]).join('\n')); room > 0; room -= 1000) {
    const shown = lastLines(all, room);
    const block = frame(shown);
    if (byteLength(block.join('\n')) + 1 <= maxBytes) return block;
  }
  return [];
}
