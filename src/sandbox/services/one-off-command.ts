/** What a command of a task without a service comes to; the sandbox cannot run it. */
export interface Program {
  /** How long it runs, milliseconds. */
  runMs: number;
  exitCode: number;
}

/** How long a command runs that says nothing of its own about it. */
export const commandMs = 3000;
/** A command that sleeps for longer sleeps for ever. */
const longestMs = 365 * 24 * 60 * 60_000;

/**
 * The words of a command are looked through for what shell text says: the first `exit N` is how it
 * ends, and every `sleep N` (seconds) makes it take that much longer.
 */
export function programOf(words: readonly string[]): Program {
  const text = words.join(' ');
  const [, code = '0'] = /(?<![\w-])exit\s+(\d+)/.exec(text) ?? [];
  const sleeps = [...text.matchAll(/(?<![\w-])sleep\s+(\d+(?:\.\d+)?)/g)];
  const sleptMs = sleeps.reduce((sum, [, seconds]) => sum + Math.round(Number(seconds) * 1000), 0);
  // A shell keeps the lowest eight bits of an exit status.
  return {
    runMs: Math.min(longestMs, commandMs + sleptMs),
    exitCode: Number(BigInt(code) & 255n),
  };
}

/** What a command has written `elapsedMs` after its start and not before; at most one line. */
export function lineAt(words: readonly string[], elapsedMs: number): string | undefined {
  const steps = commandMs / 1000;
  const step = elapsedMs / 1000;
  if (step === 0) return `$ ${words.join(' ')}`;
  return Number.isInteger(step) && step <= steps
    ? `previewops sandbox: step ${step} of ${steps}`
    : undefined;
}
