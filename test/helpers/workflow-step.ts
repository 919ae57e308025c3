import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface StepRun {
  code: number | null;
  stdout: string;
  stderr: string;
  /** What the stand-ins were called with, e.g. `['gh', 'api', ...]`, in order. */
  calls: string[][];
  /** What the step wrote to GITHUB_OUTPUT. */
  output: string;
  /** A file that the step left in RUNNER_TEMP; empty if there is none. */
  left(name: string): string;
}

/** Notes its arguments, one to a file so that nothing in them can be mistaken, and does what it is told. */
const standIn = (does: string) => `#!/usr/bin/env bash
n=$(ls "$CALLS" | wc -l)
printf '%s\\0' "\${0##*/}" "$@" > "$CALLS/$(printf '%04d' "$n")"
${does}
`;

/**
 * Runs the script of a step as GitHub does (`shell: bash`), in a directory of its own, with stand-ins
 * for `previewops` and `gh`.
 */
export function runStep(
  script: string,
  {
    env = {},
    previewops = '',
    files = {},
  }: {
    env?: Record<string, string>;
    /** Shell code of the stand-in for previewops. */
    previewops?: string;
    /** Files in RUNNER_TEMP. */
    files?: Record<string, string>;
  } = {},
): StepRun {
  const place = mkdtempSync(join(tmpdir(), 'previewops-step-'));
  try {
    const path = (...names: string[]) => join(place, ...names);
    for (const name of ['bin', 'calls', 'temp', 'work']) mkdirSync(path(name));
    for (const [name, does] of Object.entries({ previewops, gh: '' })) {
      writeFileSync(path('bin', name), standIn(does));
      chmodSync(path('bin', name), 0o755);
    }
    for (const [name, text] of Object.entries(files)) writeFileSync(path('temp', name), text);
    writeFileSync(path('script.sh'), script);
    const { status, stdout, stderr } = spawnSync(
      'bash',
      ['--noprofile', '--norc', '-eo', 'pipefail', path('script.sh')],
      {
        cwd: path('work'),
        encoding: 'utf8',
        env: {
          PATH: `${path('bin')}:/usr/local/bin:/usr/bin:/bin`,
          CALLS: path('calls'),
          RUNNER_TEMP: path('temp'),
          GITHUB_OUTPUT: path('output'),
          GITHUB_REPOSITORY: 'acme/shop',
          GITHUB_SERVER_URL: 'https://github.com',
          GITHUB_RUN_ID: '7',
          ...env,
        },
      },
    );
    const calls = readdirSync(path('calls'))
      .sort()
      .map((name) => readFileSync(path('calls', name), 'utf8').split('\0').slice(0, -1));
    const kept = Object.fromEntries(
      ['answer.md', 'result.txt', 'progress.txt'].map((name) => [name, readOr(path('temp', name))]),
    );
    const output = readOr(path('output'));
    return { code: status, stdout, stderr, calls, output, left: (name) => kept[name] ?? '' };
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

function readOr(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
