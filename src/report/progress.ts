import type { Clock } from '../clock.ts';
import type { Step } from '../preview/plan.ts';
import type { Emit, Event } from './events.ts';
import { actionSigns, actionsDone } from './plan.ts';
import { printable } from './printable.ts';
import { block, type Printer } from './printer.ts';
import { formatElapsed } from './time.ts';

/** What shows a run while it goes on. */
export interface Progress {
  emit: Emit;
  /** Takes moving lines off the screen; nothing is shown afterwards. */
  stop(): void;
  /** The clock that elapsed times are told by: the sandbox brings its own. */
  useClock(clock: Clock): void;
}

export interface ProgressOptions {
  verbose: boolean;
  /** Whole logs, as in CI; a person at a terminal sees their last lines while they are new. */
  logs: boolean;
  /** Fold logs in the way of GitHub Actions. */
  fold: boolean;
  paint: Paint;
}

/** Colours, or none. */
export type Paint = Record<'good' | 'bad' | 'dim' | 'strong', (text: string) => string>;

const quietMs = 15_000;
const longRetryMs = 5_000;

/** One line for each thing that ends, and at most one in 15 s for each that is waited for. */
export function createPlainProgress(printer: Printer, options: ProgressOptions): Progress {
  const told = new Map<string, number>();
  const folds = createFolds(printer, options);
  return {
    emit: (event) => {
      if (event.type !== 'log') folds.close();
      else if (options.logs) folds.open(event.source);
      if (event.type === 'waiting') {
        const last = told.get(event.what);
        if (last !== undefined && event.ms >= last && event.ms - last < quietMs) return;
        told.set(event.what, event.ms);
      }
      printer.tell(...renderEvent(event, options));
    },
    stop: () => folds.close(),
    useClock: () => {},
  };
}

/** The lines that an event leaves in a log; none for most that only begin something. */
export function renderEvent(event: Event, { verbose, logs, paint }: ProgressOptions): string[] {
  switch (event.type) {
    case 'step-started':
      return verbose ? [paint.dim(`  ${event.step.action} ${nameOf(event.step)} ...`)] : [];
    case 'step-finished': {
      const { action } = event.step;
      const sign = action === 'delete' ? paint.dim('-') : paint.good(actionSigns[action]);
      const took = paint.dim(`(${formatElapsed(event.ms)})`);
      return [`${sign} ${nameOf(event.step)}  ${actionsDone[action]} ${took}`];
    }
    case 'step-failed':
      return [`${paint.bad('x')} ${nameOf(event.step)}  failed (${formatElapsed(event.ms)})`];
    case 'waiting':
      return [paint.dim(`  ${renderWait(event)}`)];
    case 'log':
      return logs ? event.lines.flatMap((line) => block(paint.dim('  | '), line, '  | ')) : [];
    case 'retrying': {
      if (!verbose && event.delayMs < longRetryMs) return [];
      const delay = formatElapsed(event.delayMs);
      return [paint.dim(`  ${event.call}: ${printable(event.reason)}; trying again in ${delay}`)];
    }
    case 'note':
      return block(event.level === 'warning' ? paint.strong('warning: ') : '', event.text);
  }
}

/** Groups of GitHub Actions around runs of log lines, which `printable` keeps from being commands. */
function createFolds(printer: Printer, { fold }: ProgressOptions) {
  let isOpen = false;
  return {
    open(source: string) {
      if (fold && !isOpen) printer.tell(`::group::log of the ${source}`);
      isOpen = true;
    },
    close() {
      if (fold && isOpen) printer.tell('::endgroup::');
      isOpen = false;
    },
  };
}

export function renderWait(event: Event & { type: 'waiting' }): string {
  const detail = event.detail === undefined ? '' : `: ${printable(event.detail)}`;
  return `waiting for ${printable(event.what)} (${formatElapsed(event.ms)})${detail}`;
}

export function nameOf(step: Step): string {
  return `${step.resource} ${printable(step.name)}`;
}
