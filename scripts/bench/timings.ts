import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { budgets } from '../../test/helpers/budgets.ts';
import { root } from '../../test/helpers/build.ts';
import { median, type Result } from './result.ts';

const program = join(root, 'bin/previewops.js');
const bare = ['-e', '0'];

/** Command lines, which run one after the other. */
type Lines<Name extends string> = Record<Name, string[]>;
type Times<Name extends string> = Record<Name, number>;

/** By the real clock: the built program in processes of its own, against a Node that does nothing. */
export function measureTimes({ runs }: { runs: number }): Result[] {
  // A whole command takes long enough for a few milliseconds more or less to say nothing.
  const few = Math.ceil(runs / 4);
  const start = medianTimes(
    { bare, help: [program, '--help'], version: [program, '--version'] },
    runs,
  );
  const whole = medianTimes(
    {
      deploy: [program, 'deploy', '--pr', '1', '--sandbox'],
      list: [program, 'list', '--sandbox'],
    },
    few,
  );
  const time = (name: string, value: number, note: string): Result => ({
    name,
    value,
    unit: 'ms',
    timed: true,
    note,
  });
  const note = (ms: number, of: number) =>
    `${(ms / start.bare).toFixed(1)} times node -e 0, median of ${of}`;
  const over = (name: string, ms: number): Result => ({
    ...time(`${name}, over node -e 0`, ms - start.bare, note(ms, runs)),
    budget: budgets.startMs,
  });
  return [
    time('node -e 0', start.bare, `median of ${runs}`),
    over('--help', start.help),
    over('--version', start.version),
    time('deploy --pr 1 --sandbox', whole.deploy, note(whole.deploy, few)),
    time('list --sandbox', whole.list, note(whole.list, few)),
  ];
}

/** Each in every round, so that whatever else the machine does meets all alike. */
function medianTimes<Name extends string>(lines: Lines<Name>, runs: number): Times<Name> {
  const rounds = Array.from({ length: runs + 1 }, () => timeRound(lines));
  // The first fills the caches of the disk and of compiled code.
  const warm = rounds.slice(1);
  return mapValues(lines, (_, name) => median(warm.map((round) => round[name])));
}

/** In an empty folder with a sandbox of its own, and nothing else of this environment. */
function timeRound<Name extends string>(lines: Lines<Name>): Times<Name> {
  const cwd = mkdtempSync(join(tmpdir(), 'previewops-bench-'));
  const env = {
    PATH: process.env.PATH,
    HOME: cwd,
    PREVIEWOPS_SANDBOX_STATE: join(cwd, 'sandbox.json'),
    PREVIEWOPS_SANDBOX_TIME_SCALE: '0.001',
  };
  try {
    return mapValues(lines, (args) => timeOne(args, { cwd, env }));
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
}

function timeOne(args: string[], options: { cwd: string; env: NodeJS.ProcessEnv }): number {
  const begun = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, { ...options, encoding: 'utf8' });
  const ms = performance.now() - begun;
  if (status !== 0) throw new Error(`node ${args.join(' ')} ended with ${status}: ${stderr}`);
  return ms;
}

const mapValues = <Name extends string>(
  lines: Lines<Name>,
  map: (args: string[], name: Name) => number,
): Times<Name> =>
  Object.fromEntries(
    Object.entries<string[]>(lines).map(([name, args]) => [name, map(args, name as Name)]),
  ) as Times<Name>;
