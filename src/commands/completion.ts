import { bashCompletion } from '../completion/bash.ts';
import { fishCompletion } from '../completion/fish.ts';
import type { Spec } from '../completion/spec.ts';
import { zshCompletion } from '../completion/zsh.ts';
import { exitCodes } from '../errors.ts';
import type { Session } from '../report/io.ts';
import { createPrinter } from '../report/printer.ts';

const scripts = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion };
export type Shell = keyof typeof scripts;

/** `previewops completion`: prints the script of one shell. Gives the exit code. */
export function completion(
  { shell, spec }: { shell: Shell; spec: Spec },
  session: Session,
): number {
  const printer = createPrinter(session.io, { sandbox: false, json: false, color: false });
  printer.verbatim(scripts[shell](spec));
  return exitCodes.done;
}
