import { beforeEach, describe, expect, test, vi } from 'vitest';
import { run } from '../../../src/main.ts';
import { fakeIo } from '../../helpers/fake-io.ts';

const received = vi.hoisted(() => ({ calls: [] as { command: string; options: object }[] }));

vi.mock('../../../src/commands/deploy.ts', () => ({ deploy: recorder('deploy') }));
vi.mock('../../../src/commands/destroy.ts', () => ({ destroy: recorder('destroy') }));
vi.mock('../../../src/commands/keep.ts', () => ({ keep: recorder('keep') }));
vi.mock('../../../src/commands/list.ts', () => ({ list: recorder('list') }));
vi.mock('../../../src/commands/policy.ts', () => ({ policy: recorder('policy') }));
vi.mock('../../../src/commands/prune.ts', () => ({ prune: recorder('prune') }));
vi.mock('../../../src/commands/run.ts', () => ({ run: recorder('run') }));
vi.mock('../../../src/commands/start.ts', () => ({ start: recorder('start') }));
vi.mock('../../../src/commands/stop.ts', () => ({ stop: recorder('stop') }));
vi.mock('../../../src/commands/validate.ts', () => ({ validate: recorder('validate') }));

function recorder(command: string) {
  return async (options: object) => {
    received.calls.push({ command, options });
    return 0;
  };
}

const common = { json: false, sandbox: false, verbose: false, color: true };
const deploy = {
  ...common,
  rebuild: false,
  cleanupOnFailure: false,
  probe: true,
  dryRun: false,
  wait: true,
  timeout: 900_000,
};

const runs = { ...common, timeout: 3_600_000 };
const listing = { ...common, allApps: false, sort: 'id', watch: false };
const starting = { ...common, wait: true, probe: true, timeout: 900_000 };
const pruning = {
  ...common,
  expired: false,
  closed: false,
  orphans: false,
  idle: false,
  allApps: false,
  yes: false,
  dryRun: false,
};

beforeEach(() => {
  received.calls = [];
});

describe('what a command receives', () => {
  const commit = 'a'.repeat(40);
  test.each<[string, string, object]>([
    ['deploy', 'deploy', deploy],
    ['deploy --pr 42', 'deploy', { ...deploy, pr: 42 }],
    ['deploy --pr 2147483648', 'deploy', { ...deploy, pr: 2147483648 }],
    ['deploy --pr=7 --branch feature/x', 'deploy', { ...deploy, pr: 7, branch: 'feature/x' }],
    ['deploy --branch größe', 'deploy', { ...deploy, branch: 'größe' }],
    [`deploy --pr 1 --commit ${commit}`, 'deploy', { ...deploy, pr: 1, commit }],
    ['deploy --pr 1 --commit ABCDEF1', 'deploy', { ...deploy, pr: 1, commit: 'abcdef1' }],
    ['deploy --pr 1 --image r.io/a/b:1', 'deploy', { ...deploy, pr: 1, image: 'r.io/a/b:1' }],
    ['deploy --rebuild --no-wait', 'deploy', { ...deploy, rebuild: true, wait: false }],
    ['deploy --dry-run --json', 'deploy', { ...deploy, dryRun: true, json: true }],
    ['deploy --timeout 90s', 'deploy', { ...deploy, timeout: 90_000 }],
    ['deploy --timeout 2h', 'deploy', { ...deploy, timeout: 7_200_000 }],
    ['deploy --sandbox', 'deploy', { ...deploy, sandbox: true }],
    [
      'deploy --sandbox --sandbox-policy p.json',
      'deploy',
      { ...deploy, sandbox: true, sandboxPolicy: 'p.json' },
    ],
    ['deploy --config a.yml', 'deploy', { ...deploy, config: 'a.yml' }],
    ['deploy --no-color --verbose', 'deploy', { ...deploy, color: false, verbose: true }],
    ['deploy --profile dev', 'deploy', { ...deploy, profile: 'dev' }],
    [
      'deploy --role-arn arn:aws:iam::123456789012:role/ci/previews',
      'deploy',
      { ...deploy, roleArn: 'arn:aws:iam::123456789012:role/ci/previews' },
    ],
    ['destroy --pr 42', 'destroy', { ...common, pr: 42, dryRun: false }],
    ['destroy --branch b --dry-run', 'destroy', { ...common, branch: 'b', dryRun: true }],
    ['list', 'list', listing],
    ['list --app shop', 'list', { ...listing, app: 'shop' }],
    [
      'list --all-apps --sort cost --watch',
      'list',
      { ...listing, allApps: true, sort: 'cost', watch: true },
    ],
    [
      'list --status orphan --status ready,expired',
      'list',
      { ...listing, status: ['ready', 'expired', 'orphan'] },
    ],
    ['keep --pr 7 --for 3d', 'keep', { ...common, pr: 7, for: 259_200_000, forever: false }],
    ['keep --pr 7 --forever', 'keep', { ...common, pr: 7, forever: true }],
    ['stop --pr 7', 'stop', { ...common, pr: 7 }],
    ['start --pr 7', 'start', { ...starting, pr: 7 }],
    [
      'start --branch b --no-wait --no-probe --timeout 5m',
      'start',
      { ...starting, branch: 'b', wait: false, probe: false, timeout: 300_000 },
    ],
    ['prune', 'prune', pruning],
    ['prune --idle --yes', 'prune', { ...pruning, idle: true, yes: true }],
    [
      'prune --expired --older-than 36h --yes',
      'prune',
      { ...pruning, expired: true, olderThan: 129_600_000, yes: true },
    ],
    [
      'prune --closed --orphans --app shop --dry-run',
      'prune',
      { ...pruning, closed: true, orphans: true, app: 'shop', dryRun: true },
    ],
    ['run --pr 7 -- npm test', 'run', { ...runs, pr: 7, command: ['npm', 'test'] }],
    [
      'run --branch b --timeout 5m -- cmd --json --pr 1',
      'run',
      { ...runs, branch: 'b', timeout: 300_000, command: ['cmd', '--json', '--pr', '1'] },
    ],
    ['run --json -- ls -la', 'run', { ...runs, json: true, command: ['ls', '-la'] }],
    ['--json deploy --pr 7', 'deploy', { ...deploy, json: true, pr: 7 }],
    [
      '--pr 7 --timeout=90s deploy --dry-run',
      'deploy',
      { ...deploy, pr: 7, timeout: 90_000, dryRun: true },
    ],
    ['--pr 7 run -- deploy --pr 8', 'run', { ...runs, pr: 7, command: ['deploy', '--pr', '8'] }],
    ['validate', 'validate', { ...common, offline: false }],
    ['validate --offline', 'validate', { ...common, offline: true }],
    ['policy', 'policy', { ...common, format: 'json' }],
    ['policy --for list', 'policy', { ...common, format: 'json', for: ['list'] }],
    [
      'policy --for list,deploy --for deploy --format markdown',
      'policy',
      { ...common, format: 'markdown', for: ['deploy', 'list'] },
    ],
    ['policy --role execution', 'policy', { ...common, format: 'json', role: 'execution' }],
  ])('%s', async (line, command, options) => {
    const io = fakeIo();
    expect(await run(line.split(' '), io)).toBe(0);
    expect(received.calls).toEqual([{ command, options }]);
    expect(io.err()).toBe('');
  });
});

describe('what is refused, with exit code 2', () => {
  test.each<[string[], RegExp]>([
    [['deploy', '--pr', '0'], /--pr must be a whole number from 1 to 2147483648, not "0"/],
    [['deploy', '--pr', '-1'], /--pr must be a whole number/],
    [['deploy', '--pr', '4.2'], /--pr must be a whole number/],
    [['deploy', '--pr', '42abc'], /--pr must be a whole number/],
    [['deploy', '--pr', '2147483649'], /--pr must be a whole number/],
    [['deploy', '--pr', ''], /--pr must be a whole number/],
    [['deploy', '--pr'], /option '--pr <number>' argument missing/],
    [['deploy', '--branch', ''], /--branch must not be empty/],
    [['deploy', '--branch=-x'], /--branch must not begin with a hyphen/],
    [['deploy', '--branch', 'a b'], /--branch must not have spaces/],
    [['deploy', '--branch', 'a\u001b[31m'], /--branch must not have spaces, control characters/],
    [['deploy', '--branch', 'a..b'], /--branch is not a name that git allows/],
    [['deploy', '--branch', 'x'.repeat(256)], /--branch must have at most 255 characters/],
    [['deploy', '--commit', 'abc'], /--commit must be a commit id of 7 to 64 hex digits/],
    [['deploy', '--commit', 'main'], /--commit must be a commit id/],
    [['deploy', '--image', '-x'], /--image must be an image reference/],
    [['deploy', '--image', 'a b'], /--image must be an image reference/],
    [['deploy', '--image', 'a', '--rebuild'], /'--image <ref>' cannot be used with .*'--rebuild'/],
    [['deploy', '--timeout', 'soon'], /--timeout must be a duration from 1s to 24h/],
    [['deploy', '--timeout', '0s'], /--timeout must be a duration/],
    [['deploy', '--timeout', '25h'], /--timeout must be a duration/],
    [['deploy', '--role-arn', 'previews'], /--role-arn must be the ARN of a role/],
    [['deploy', '--sandbox-policy', 'p.json'], /--sandbox-policy needs --sandbox/],
    [['deploy', '42'], /too many arguments/],
    [['run', '--pr', '7'], /run needs a command/],
    [['run', '--pr', '7', '--'], /run needs a command/],
    [['run', '--pr', '7', '--', ' '], /the command needs a program to run/],
    [['run', '--', 'x'.repeat(8_000)], /the command has 8004 characters, and ECS takes 7800/],
    [['run', '--pr', '7', 'ls', '-la'], /unknown option '-la?'/],
    [['list', '--app', 'My App'], /--app must be an app's name/],
    [['list', '--app', 'a', '--all-apps'], /cannot be used with/],
    [['list', '--config', ''], /--config needs a value/],
    [['list', '--status', 'redy'], /--status must be one or more of ready, /],
    [['list', '--sort', 'size'], /choices are id, age/],
    [['keep', '--pr', '1', '--for', 'long'], /--for must be a duration such as 12h or 3d/],
    [['keep', '--pr', '1', '--for', '3d', '--forever'], /cannot be used with/],
    [['prune', '--older-than', '0'], /--older-than must be a duration/],
  ])('%j', async (argv, message) => {
    const io = fakeIo();
    expect(await run(argv, io)).toBe(2);
    expect(io.err()).toMatch(/^error: /);
    expect(io.err()).toMatch(message);
    expect(io.out()).toBe('');
    expect(received.calls).toEqual([]);
  });

  test('a mistyped flag is answered with the one that was meant', async () => {
    const io = fakeIo();
    expect(await run(['deploy', '--comit', 'x'], io)).toBe(2);
    expect(io.err()).toMatchInlineSnapshot(`
      "error: unknown option '--comit'
        Did you mean --commit?
        Run \`previewops deploy --help\` for what it takes.
      "
    `);
  });

  test('a mistyped command is answered with the one that was meant', async () => {
    const io = fakeIo();
    expect(await run(['destory'], io)).toBe(2);
    expect(io.err()).toMatchInlineSnapshot(`
      "error: unknown command 'destory'
        Did you mean destroy?
        Run \`previewops --help\` for what it takes.
      "
    `);
  });

  test('a command that is missing is answered with an example', async () => {
    const io = fakeIo();
    expect(await run(['run', '--pr', '7'], io)).toBe(2);
    expect(io.err()).toMatchInlineSnapshot(`
      "error: run needs a command
        Put it behind two hyphens: \`previewops run --pr 42 -- npm run seed\`.
      "
    `);
  });

  test("another program's flags are not ours", async () => {
    const io = fakeIo();
    expect(await run(['run', '--pr', 'x', '--', 'cmd', '--json', '--sandbox'], io)).toBe(2);
    expect(io.out()).toBe('');
    expect(io.err()).toMatch(/^error: --pr/);
  });

  test('with --json the error is a document as well', async () => {
    const io = fakeIo();
    expect(await run(['deploy', '--sandbox', '--json', '--pr', 'x'], io)).toBe(2);
    const { error, ...rest } = JSON.parse(io.out());
    expect(rest).toEqual({ version: 1, type: 'error', sandbox: true });
    expect(error.code).toBe('bad-usage');
    expect(io.err()).toMatch(/^\[sandbox\] error: --pr/);
  });
});

describe('help and version', () => {
  test('no command prints the help on stderr and exits 2', async () => {
    const io = fakeIo();
    expect(await run([], io)).toBe(2);
    expect(io.err()).toContain('Usage: previewops');
    expect(io.out()).toBe('');
  });

  test.each([
    ['--help'],
    ['help'],
    ['deploy --help'],
    ['help list'],
    ['validate -h'],
    ['run --help'],
  ])('%s goes to stdout with examples and exit codes', async (line) => {
    const io = fakeIo();
    expect(await run(line.split(' '), io)).toBe(0);
    expect(io.out()).toContain('Usage: previewops');
    expect(io.out()).toContain('Examples:');
    expect(io.out()).toContain('Exit codes:');
    expect(io.out()).not.toContain('default: false');
    expect(io.err()).toBe('');
  });

  test('--version prints the version alone', async () => {
    const io = fakeIo();
    expect(await run(['--version'], io)).toBe(0);
    expect(io.out()).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});
