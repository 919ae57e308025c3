import type { Clock } from '../clock.ts';
import type { Event } from './events.ts';
import type { Io } from './io.ts';
import { printableLines } from './printable.ts';
import { type Printer, sandboxMark } from './printer.ts';
import {
  nameOf,
  type Progress,
  type ProgressOptions,
  renderEvent,
  renderWait,
} from './progress.ts';
import { formatElapsed } from './time.ts';

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const frameMs = 100;
/** How much of a log that is followed stands below the steps. */
const tailLines = 3;

/**
 * For a terminal: what is done scrolls by as in a log, and below it stands one moving line for each
 * step at work and each thing waited for. Redrawing only ever touches those last lines.
 */
export function createLiveProgress(
  io: Pick<Io, 'stderr' | 'clock'>,
  printer: Printer,
  options: ProgressOptions,
): Progress {
  const active = new Map<string, { text: string; since: number }>();
  const waits = new Map<string, string>();
  const tails = new Map<string, string[]>();
  const ticking = new AbortController();
  let clock: Clock = io.clock;
  let drawn = 0;
  let frame = 0;

  const erase = () => {
    // To the line's start first: the terminal itself writes `^C` where the cursor is.
    if (drawn > 0) io.stderr.write(`\r\u001b[${drawn}A\u001b[0J`);
    drawn = 0;
  };
  const draw = () => {
    erase();
    const sign = frames[frame % frames.length] ?? '';
    const width = (io.stderr.columns ?? 80) - 1;
    const mark = printer.options.sandbox ? sandboxMark : '';
    const steps = [...active.values()].map(
      ({ text, since }) => `${sign} ${text}  ${formatElapsed(clock.now() - since)}`,
    );
    const lines = [
      ...steps,
      ...[...waits.values()].map((text) => `${sign} ${text}`),
      ...[...tails.values()].flat().map((line) => `  | ${line}`),
    ];
    io.stderr.write(lines.map((line) => `${cutToWidth(`${mark}${line}`, width)}\n`).join(''));
    drawn = lines.length;
  };
  const tick = async () => {
    while (!ticking.signal.aborted) {
      frame++;
      if (active.size + waits.size > 0) draw();
      await io.clock.sleep(frameMs, ticking.signal);
    }
  };
  tick().catch(() => {}); // the only way out of the loop is `stop`, which interrupts the sleep

  return {
    emit: (event) => {
      if (ticking.signal.aborted) return;
      follow(event, { active, waits, tails, now: clock.now() });
      const moves = event.type === 'waiting' || event.type === 'log';
      const lines = moves ? [] : renderEvent(event, options);
      if (lines.length === 0) return;
      erase();
      printer.tell(...lines);
      draw();
    },
    stop: () => {
      ticking.abort(new Error('stopped'));
      erase();
    },
    useClock: (other) => {
      clock = other;
    },
  };
}

interface Moving {
  active: Map<string, { text: string; since: number }>;
  waits: Map<string, string>;
  /** The last lines of each log that is followed. */
  tails: Map<string, string[]>;
  now: number;
}

/** Keeps the moving lines: a step has one until it ends; what is waited for, until anything ends. */
function follow(event: Event, { active, waits, tails, now }: Moving): void {
  if (event.type === 'step-started') {
    const { action } = event.step;
    active.set(event.step.id, { text: `${action} ${nameOf(event.step)}`, since: now });
  } else if (event.type === 'step-finished' || event.type === 'step-failed') {
    active.delete(event.step.id);
    tails.clear();
    waits.clear(); // nothing says that a wait is over; one that goes on comes back with its next event
  } else if (event.type === 'waiting') {
    waits.set(event.what, renderWait(event));
  } else if (event.type === 'log') {
    const lines = event.lines.flatMap((line) => printableLines(line));
    tails.set(event.source, [...(tails.get(event.source) ?? []), ...lines].slice(-tailLines));
  }
}

/** Cut to the width, since a wrapped line would upset the redrawing; wide signs count double. */
export function cutToWidth(text: string, width: number): string {
  let used = 0;
  let kept = '';
  for (const sign of text) {
    used += (sign.codePointAt(0) ?? 0) < 0x1100 || /\p{Script=Braille}/u.test(sign) ? 1 : 2;
    if (used > width) return kept;
    kept += sign;
  }
  return kept;
}
