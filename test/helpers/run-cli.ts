import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const program = fileURLToPath(new URL('../../bin/previewops.js', import.meta.url));

export interface RunOptions {
  cwd: string;
  /** The whole environment but for PATH and HOME, so that no test sees the CI it runs in. */
  env: Record<string, string>;
}

export interface CliResult {
  /** The exit code, or `128 + n` after signal n as a shell says it; -1 for an unnumbered one. */
  code: number;
  stdout: string;
  stderr: string;
}

const signalCodes: Partial<Record<NodeJS.Signals, number>> = {
  SIGHUP: 129,
  SIGINT: 130,
  SIGKILL: 137,
  SIGTERM: 143,
};

/** Starts the built program without waiting, for tests that interrupt it. */
export function startCli(
  args: readonly string[],
  { cwd, env }: RunOptions,
): { child: ChildProcess; result: Promise<CliResult> } {
  const child = spawn(process.execPath, [program, ...args], {
    cwd,
    env: { PATH: process.env.PATH, HOME: cwd, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const out = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      out[stream] += text;
    });
  }
  const result = new Promise<CliResult>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) =>
      resolve({ code: code ?? (signal && signalCodes[signal]) ?? -1, ...out }),
    );
  });
  return { child, result };
}

/** Runs the built program (`npm run build` first) to its end. */
export const runCli = (args: readonly string[], options: RunOptions): Promise<CliResult> =>
  startCli(args, options).result;
