// `previewops init` as a person meets it: the built program on a pseudo-terminal.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { buildIfStale, root } from '../helpers/build.ts';
import { runCli } from '../helpers/run-cli.ts';

const helper = fileURLToPath(new URL('../helpers/terminal.py', import.meta.url));
const enter = '\r';
const down = '\u001b[B';
const interrupt = '\u0003';

interface Step {
  wait: string;
  press: string[];
}
interface Seen {
  /** Negative for a signal. */
  code: number;
  seen: string;
  /** Steps that nobody asked for. */
  left: number;
}

const home = mkdtempSync(join(tmpdir(), 'previewops-terminal-'));
beforeAll(() => buildIfStale());
afterAll(() => rmSync(home, { recursive: true, force: true }));

function folder(name: string) {
  const cwd = join(home, name);
  mkdirSync(cwd);
  writeFileSync(join(cwd, 'Dockerfile'), 'FROM node:22\nEXPOSE 3000\n');
  const env = {
    GIT_CEILING_DIRECTORIES: home,
    PREVIEWOPS_SANDBOX_ACCOUNT: 'busy',
    PREVIEWOPS_SANDBOX_STATE: join(cwd, 'sandbox.json'),
    PREVIEWOPS_SANDBOX_LATENCY_MS: '0',
  };
  const config = join(cwd, 'previewops.yml');
  return { cwd, env, config };
}

/** Runs a command line on a terminal, where somebody presses these keys when these texts appear. */
function converse(line: string, steps: Step[], { cwd, env }: ReturnType<typeof folder>) {
  const argv = [process.execPath, join(root, 'bin/previewops.js'), ...line.split(' ')];
  const whole = { PATH: process.env.PATH, HOME: cwd, TERM: 'xterm', ...env };
  const asked = JSON.stringify({ argv, cwd, env: whole, steps, seconds: 50 });
  return new Promise<Seen>((resolve, reject) => {
    const child = spawn('python3', [helper], { stdio: ['pipe', 'pipe', 'inherit'] });
    let out = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
    });
    child.once('error', reject).once('close', () => resolve(JSON.parse(out) as Seen));
    child.stdin.end(asked);
  });
}

const beginning: Step[] = [
  {
    wait: 'Repository that CodeBuild clones',
    press: [...'https://github.com/acme/shop.git', enter],
  },
];

test('a person who agrees to all gets the file that --yes gives, and validate and doctor pass', async () => {
  const place = folder('agrees');
  const { code, seen, left } = await converse(
    'init --sandbox',
    [
      ...beginning,
      { wait: 'Name of the app', press: [enter] },
      { wait: 'ECS cluster', press: [enter] },
      { wait: 'HTTPS listener', press: [enter] },
      { wait: 'Subnets for tasks', press: [enter] },
      { wait: 'Security groups of tasks', press: [enter] },
      { wait: 'Domain of the previews', press: [enter] },
      { wait: 'Role that starts tasks', press: [enter] },
      { wait: 'Role that builds images', press: [enter] },
      { wait: 'A file for your CI', press: [down, down, down, down, down, enter] },
      { wait: 'Write previewops.yml?', press: [enter] },
    ],
    place,
  );
  expect([code, left], seen).toEqual([0, 0]);
  expect(seen).toContain(
    'sg-3be4ba89e4fef11e2 staging-db  (! it does not let the load balancer in',
  );
  expect(seen).toContain('next: previewops doctor');
  const text = readFileSync(place.config, 'utf8');

  const other = folder('by-flags');
  const flags = '--yes --repository https://github.com/acme/shop.git';
  await runCli(`init --sandbox ${flags}`.split(' '), other);
  expect(text).toBe(readFileSync(other.config, 'utf8'));
  for (const command of ['validate', 'doctor']) {
    const checked = await runCli([command, '--sandbox'], place);
    expect(checked.code, checked.stdout + checked.stderr).toBe(0);
  }
});

test('who leaves with Ctrl-C leaves nothing behind', async () => {
  const place = folder('leaves');
  const steps = [...beginning, { wait: 'Name of the app', press: [interrupt] }];
  const { code, seen } = await converse('init --sandbox', steps, place);
  expect(code, seen).toBe(130);
  expect(seen).toContain('Nothing was written.');
  expect(existsSync(place.config)).toBe(false);
});
