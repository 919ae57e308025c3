import { setMaxListeners } from 'node:events';
import { homedir } from 'node:os';
import { runCommand } from './cli.ts';
import { systemClock } from './clock.ts';
import { exitCodes, PreviewopsError } from './errors.ts';
import type { Io } from './report/io.ts';

/**
 * Runs the command line `argv` (without node and script) and gives the exit code. The only place
 * that catches everything; it never rejects.
 */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  const stop = new AbortController();
  setMaxListeners(0, stop.signal); // each call under way listens, and a deploy makes a dozen at once
  const stopListening = io.onSignal(() => {
    if (stop.signal.aborted) io.exit(exitCodes.interrupted);
    else stop.abort(interruption());
  });
  try {
    return await runCommand(argv, { io, signal: stop.signal });
  } catch (error) {
    const known = await explainAny(error, stop.signal);
    const [{ reportFailure }, { createPrinter }] = await Promise.all([
      import('./report/failure.ts'),
      import('./report/printer.ts'),
    ]);
    // The flags may be what is wrong, so they are looked for in the raw words, up to another program's.
    const end = argv.indexOf('--');
    const own = end === -1 ? argv : argv.slice(0, end);
    const has = (flag: string) => own.includes(flag);
    const printer = createPrinter(io, {
      sandbox: has('--sandbox'),
      json: has('--json'),
      color: false,
    });
    reportFailure(known, printer, io.env.PREVIEWOPS_DEBUG === '1');
    return known.exitCode;
  } finally {
    stopListening();
    // A round of reads is over with its first error; the others would keep the process for minutes.
    stop.abort();
  }
}

function interruption(): PreviewopsError {
  return new PreviewopsError('interrupted', 'stopped before the end', {
    hint: 'Run the same command again: it goes on from what is there.',
  });
}

async function explainAny(error: unknown, signal: AbortSignal): Promise<PreviewopsError> {
  if (error instanceof PreviewopsError) return error;
  // What an interrupted wait or call rejects with is noise next to the reason for the interruption.
  if (signal.aborted && signal.reason instanceof PreviewopsError) return signal.reason;
  const { explain } = await import('./aws/errors.ts');
  const known = explain(error);
  if (known.code !== 'internal') return known;
  return new PreviewopsError('internal', known.message, {
    hint: 'This is a mistake in previewops. PREVIEWOPS_DEBUG=1 shows where it happened; please report it.',
    cause: error,
  });
}

/** The process as the program sees it. */
export function systemIo(): Io {
  return {
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    cwd: process.cwd(),
    home: homedir(),
    clock: systemClock,
    onSignal: (listener) => {
      process.on('SIGINT', listener).on('SIGTERM', listener);
      return () => process.off('SIGINT', listener).off('SIGTERM', listener);
    },
    exit: (code) => process.exit(code),
    kill: () => {
      process.kill(process.pid, 'SIGKILL');
      for (;;); // the signal is on its way; nothing may happen until it arrives
    },
    process: { pid: process.pid, kill: (pid, signal) => process.kill(pid, signal) },
    ...(process.stdin.isTTY && process.stderr.isTTY
      ? { confirm, terminal: { input: process.stdin, output: process.stderr } }
      : {}),
    random: Math.random,
  };
}

/** Anything but yes is no. */
async function confirm(question: string, signal: AbortSignal): Promise<boolean> {
  const { createInterface } = await import('node:readline/promises');
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  // At a prompt the terminal hands Ctrl-C to the reader, which would only fall silent.
  lines.on('SIGINT', () => process.kill(process.pid, 'SIGINT'));
  try {
    return /^y(?:es)?$/i.test((await lines.question(`${question} [y/N] `, { signal })).trim());
  } finally {
    lines.close();
  }
}
