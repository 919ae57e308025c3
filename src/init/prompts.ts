import type { Readable, Writable } from 'node:stream';
import { PreviewopsError } from '../errors.ts';
import { printable } from '../report/printable.ts';

export interface Option<T> {
  value: T;
  label: string;
  hint?: string;
}

/** A conversation on a terminal. Each question rejects with `interrupted` when it is left with Ctrl-C. */
export interface Prompts {
  select<T>(message: string, options: Option<T>[], initial?: T): Promise<T>;
  many(message: string, options: Option<string>[], initial: string[]): Promise<string[]>;
  text(
    message: string,
    asked: { initial?: string; mistake(text: string): string | undefined },
  ): Promise<string>;
  confirm(message: string, initial: boolean): Promise<boolean>;
  say(line: string): void;
  begin(title: string): void;
  end(line: string): void;
}

export interface Terminal {
  input: Readable;
  output: Writable;
}

/** `mark` goes in front of every line of ours, in the sandbox. */
export async function openPrompts(
  terminal: Terminal,
  { signal, mark }: { signal: AbortSignal; mark: string },
): Promise<Prompts> {
  const clack = await import('./clack.ts');
  const common = { ...terminal, signal };
  const line = (text: string) => `${mark}${printable(text)}`;
  const got = <T>(answer: T | typeof clack.CANCEL_SYMBOL): T => {
    if (!clack.isCancel(answer)) return answer as T;
    throw nothingWritten();
  };
  const shown = <T>(options: Option<T>[]) =>
    options.map(({ value, label, hint }) => ({
      value,
      label: printable(label),
      ...(hint === undefined ? {} : { hint: printable(hint) }),
    })) as never;
  return {
    select: async <T>(message: string, options: Option<T>[], initial?: T) => {
      const first = initial === undefined ? {} : { initialValue: initial };
      const asked = { ...common, message: line(message), options: shown(options), ...first };
      return got(await clack.select<T>(asked));
    },
    many: async (message, options, initial) => {
      const asked = { ...common, message: line(message), options: shown(options) };
      return got(await clack.multiselect<string>({ ...asked, initialValues: initial }));
    },
    text: async (message, { initial, mistake }) => {
      const validate = (text: string | undefined) => mistake(text ?? '');
      const first = initial === undefined ? {} : { initialValue: initial };
      return got(await clack.text({ ...common, message: line(message), validate, ...first }));
    },
    confirm: async (message, initial) =>
      got(await clack.confirm({ ...common, message: line(message), initialValue: initial })),
    say: (text) => clack.log.message(line(text), { ...terminal, spacing: 0 }),
    begin: (title) => clack.intro(line(title), terminal),
    end: (text) => clack.outro(line(text), terminal),
  };
}

/** Whoever leaves does so before the first file. */
export const nothingWritten = () =>
  new PreviewopsError('interrupted', 'stopped before the end', { hint: 'Nothing was written.' });
