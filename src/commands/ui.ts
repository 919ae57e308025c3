import type { Event } from '../report/events.ts';
import type { Session } from '../report/io.ts';
import { createLiveProgress } from '../report/live.ts';
import { createPaint } from '../report/paint.ts';
import { createPrinter, isInteractive, type Printer, wantsColor } from '../report/printer.ts';
import { createPlainProgress, type Progress } from '../report/progress.ts';
import type { CommonOptions } from './options.ts';

/** What a command speaks through. */
export interface Ui {
  printer: Printer;
  progress: Progress;
  /** Texts of all warnings given, for `--json`. */
  warnings: string[];
  note(text: string): void;
  warn(text: string): void;
}

/** Runs a command's work with a ui, and clears the screen of moving lines however it ends. */
export async function withUi<T>(
  options: CommonOptions,
  { io, signal }: Session,
  work: (ui: Ui) => Promise<T>,
): Promise<T> {
  const color = wantsColor(io.stderr, io.env, options.color);
  const printer = createPrinter(io, { sandbox: options.sandbox, json: options.json, color });
  const live = isInteractive(io.stderr, io.env) && !options.json && !options.verbose;
  const style = {
    verbose: options.verbose,
    logs: options.verbose || Boolean(io.env.CI),
    // In the sandbox each line begins with its mark, and so is no workflow command.
    fold: io.env.GITHUB_ACTIONS === 'true' && !options.sandbox,
    paint: createPaint(color),
  };
  const progress = live
    ? createLiveProgress(io, printer, style)
    : createPlainProgress(printer, style);
  const warnings: string[] = [];
  const emit = (event: Event) => {
    if (event.type === 'note' && event.level === 'warning') warnings.push(event.text);
    progress.emit(event);
  };
  const say = (level: 'info' | 'warning') => (text: string) => emit({ type: 'note', level, text });
  const onAbort = () => say('info')('stopping; press Ctrl-C again to stop at once');
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await work({
      printer,
      progress: { ...progress, emit },
      warnings,
      note: say('info'),
      warn: say('warning'),
    });
  } finally {
    signal.removeEventListener('abort', onAbort);
    progress.stop();
  }
}
