import type { Io, Output } from './io.ts';
import { printableLines, toJson } from './printable.ts';

export interface PrinterOptions {
  sandbox: boolean;
  json: boolean;
  color: boolean;
}

/** Everything that the program writes goes through here, so that what the sandbox did says so. */
export interface Printer {
  readonly options: PrinterOptions;
  /** Lines of the result, on stdout; silent with `--json`. */
  result(...lines: string[]): void;
  /**
   * A file for another program, on stdout as it is; silent with `--json`. Only for what is no
   * different in the sandbox, because no line of it could say so.
   */
  verbatim(text: string): void;
  /** Lines for a person, on stderr. */
  tell(...lines: string[]): void;
  /** The one document of `--json`; nothing without it. */
  document(type: string, body: Record<string, unknown>): void;
}

export const sandboxMark = '[sandbox] ';

export function createPrinter(io: Pick<Io, 'stdout' | 'stderr'>, options: PrinterOptions): Printer {
  const mark = options.sandbox ? sandboxMark : '';
  const write = (output: Output, lines: string[]) => {
    if (lines.length > 0) output.write(lines.map((line) => `${mark}${line}\n`).join(''));
  };
  return {
    options,
    result: (...lines) => {
      if (!options.json) write(io.stdout, lines);
    },
    verbatim: (text) => {
      if (!options.json) io.stdout.write(text);
    },
    tell: (...lines) => write(io.stderr, lines),
    document: (type, body) => {
      if (!options.json) return;
      const sandbox = options.sandbox ? { sandbox: true } : {};
      io.stdout.write(`${toJson({ version: 1, type, ...sandbox, ...body })}\n`);
    },
  };
}

/** `head` before the first line of a text, an indentation before the others. */
export function block(head: string, text: string, indent = '  '): string[] {
  return printableLines(text).map((line, at) => (at === 0 ? `${head}${line}` : `${indent}${line}`));
}

/** Whether colours and moving lines are welcome on a stream. */
export function isInteractive(output: Output, env: Io['env']): boolean {
  return output.isTTY === true && !env.CI && env.TERM !== 'dumb';
}

/** https://no-color.org: set and not empty means no. */
export function wantsColor(output: Output, env: Io['env'], flag: boolean): boolean {
  return flag && !env.NO_COLOR && isInteractive(output, env);
}
