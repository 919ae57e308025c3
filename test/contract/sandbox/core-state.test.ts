import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { PreviewopsError } from '../../../src/errors.ts';
import { type FileOptions, openSandbox } from '../../../src/sandbox/sandbox.ts';
import { seedWorld } from '../../../src/sandbox/seed.ts';
import { trusting } from '../../../src/sandbox/trust.ts';
import type { CallLine } from '../../../src/sandbox/types.ts';
import { emptyWorld } from '../../../src/sandbox/world.ts';
import {
  balancerArn,
  callerOf,
  failure,
  listenerArn,
  makeGroup,
  openAccount,
  region,
  seed,
  zoneId,
} from './account.ts';
import { stateFile } from './state-file.ts';

const open = (file: string, more: Partial<FileOptions> = {}) =>
  openSandbox({ file, timeScale: 0.02, latencyMs: 0, seed, process, ...more });

/** A process that creates log groups `<name>-0`, `<name>-1`, ... as fast as it can. */
function startWriter(file: string, name: string, count: number): ChildProcess {
  const script = fileURLToPath(new URL('./writer.ts', import.meta.url));
  const args = ['--import', 'tsx', script, file, name, String(count)];
  const writer = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void writer.kill('SIGKILL'));
  return writer;
}

const untilBusy = (writer: ChildProcess) => once(writer.stdout ?? writer, 'data');

test('[state-1] what one opening does the next one sees', async () => {
  const file = stateFile();
  const arn = await makeGroup(callerOf(await open(file)), 'web', { a: '1' });
  const later = await open(file);
  expect(later.world().elasticloadbalancing.targetGroups[arn]).toMatchObject({ tags: { a: '1' } });
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ version: 4, region });
  expect(readdirSync(dirname(file))).toEqual(['sandbox.json']);
});

test('[state-2] fifty openings at once lose nothing', async () => {
  const file = stateFile();
  await open(file);
  const sandboxes = await Promise.all(Array.from({ length: 50 }, () => open(file)));
  const created = sandboxes.map(async (sandbox, n) => {
    const call = callerOf(sandbox);
    await call('logs:CreateLogGroup', { logGroupName: `/a-${n}` });
    const { logGroups } = await call('logs:DescribeLogGroups', { logGroupNamePrefix: `/a-${n}` });
    expect(logGroups?.map(({ logGroupName }) => logGroupName)).toContain(`/a-${n}`);
    await call('logs:CreateLogGroup', { logGroupName: `/b-${n}` });
  });
  await Promise.all(created);
  for (const sandbox of sandboxes.slice(0, 5)) {
    expect(Object.keys(sandbox.world().logs.groups)).toHaveLength(100);
  }
  const ids = new Set<string>();
  await Promise.all(
    sandboxes.map(async (sandbox, n) => ids.add(await makeGroup(callerOf(sandbox), `group-${n}`))),
  );
  expect(ids.size).toBe(50);
});

test('[state-2] three processes at once lose nothing', async () => {
  const file = stateFile();
  const writers = ['a', 'b', 'c'].map((name) => startWriter(file, name, 40));
  const codes = await Promise.all(writers.map(async (writer) => (await once(writer, 'exit'))[0]));
  expect(codes).toEqual([0, 0, 0]);
  expect(Object.keys((await open(file)).world().logs.groups)).toHaveLength(120);
});

test('[state-3] processes that are killed leave a good file, and others go on', async () => {
  const file = stateFile();
  const victims = ['x', 'y'].map((name) => startWriter(file, name, 1_000_000));
  const survivor = startWriter(file, 'kept', 60);
  const ended = once(survivor, 'exit');
  await Promise.all([...victims, survivor].map(untilBusy));
  for (const victim of victims) victim.kill('SIGKILL');
  expect((await ended)[0]).toBe(0);
  const sandbox = await open(file);
  await callerOf(sandbox)('logs:CreateLogGroup', { logGroupName: '/after' });
  const names = Object.keys(sandbox.world().logs.groups);
  expect(names.filter((name) => name.startsWith('/kept'))).toHaveLength(60);
  // What a killed process had been answered is there: its groups have no holes.
  const own = names.filter((name) => name.startsWith('/x-')).map((name) => Number(name.slice(3)));
  expect(own.length).toBeGreaterThan(0);
  expect(Math.max(...own)).toBe(own.length - 1);
});

test('[state-3] the lock of a dead process is taken over at once', async () => {
  const file = stateFile();
  await open(file);
  const child = spawn(process.execPath, ['-e', '']);
  await once(child, 'exit');
  const owner = { pid: child.pid, host: (await import('node:os')).hostname(), token: 'gone' };
  writeFileSync(`${file}.lock`, JSON.stringify(owner));
  const sandboxes = await Promise.all([open(file), open(file), open(file)]);
  await Promise.all(
    sandboxes.map((sandbox, n) =>
      callerOf(sandbox)('logs:CreateLogGroup', { logGroupName: `/g-${n}` }),
    ),
  );
  expect(Object.keys((await open(file)).world().logs.groups)).toHaveLength(3);
  expect(existsSync(`${file}.lock`)).toBe(false);
});

test.each([
  ['damaged', '{"stamp":"0f0e0d0c-0000-4000-8000-000000000000","version":1,'],
  ['not ours', '{"name":"package.json"}'],
  ['not JSON', 'hello\n'],
  ['of another version', '{"stamp":"0f0e0d0c-0000-4000-8000-000000000000","version":1}'],
])('[state-4] a file that is %s is refused and kept', async (_, text) => {
  const file = stateFile();
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  const error = await failure(open(file));
  expect(error).toBeInstanceOf(PreviewopsError);
  expect(error).toMatchObject({ code: 'bad-usage' });
  expect(error.message).toContain(file);
  expect(error.hint).toMatch(/^Delete .* to start over/);
  expect(readFileSync(file, 'utf8')).toBe(text);
  expect(existsSync(`${file}.lock`)).toBe(false);
});

test('[state-5] a file that is empty or goes away stands for a new account', async () => {
  const file = stateFile();
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, '');
  const sandbox = await open(file);
  await makeGroup(callerOf(sandbox), 'web');
  rmSync(file);
  expect(Object.keys((await open(file)).world().elasticloadbalancing.targetGroups)).toEqual([]);
  expect(Object.keys(sandbox.world().elasticloadbalancing.targetGroups)).toEqual([]);
});

test('[state-6] what a configuration names exists, once', () => {
  const world = emptyWorld();
  const made = seedWorld(world, { ...seed, spot: true });
  const { network, ecs, elasticloadbalancing: elb, iam, route53 } = world;
  expect(Object.keys(network.vpcs)).toEqual([seed.vpc]);
  expect(new Set(Object.values(network.subnets).map(({ zone }) => zone)).size).toBe(2);
  expect(Object.values(ecs.clusters)).toMatchObject([
    { name: 'previews', capacityProviders: ['FARGATE', 'FARGATE_SPOT'] },
  ]);
  expect(elb.loadBalancers[balancerArn]).toMatchObject({
    name: 'shared',
    scheme: 'internet-facing',
  });
  expect(elb.listeners[listenerArn]).toMatchObject({ port: 443, protocol: 'HTTPS' });
  expect(Object.values(elb.rules)).toMatchObject([{ priority: 0, listenerArn }]);
  expect(Object.values(iam.roles)).toMatchObject([
    { name: 'tasks', trust: trusting('ecs-tasks.amazonaws.com', 'codebuild.amazonaws.com') },
  ]);
  expect(route53.zones[zoneId]?.name).toBe('previews.example.com.');
  expect(made).toContain(listenerArn);
  const before = structuredClone(world);
  expect(seedWorld(world, seed)).toEqual([]);
  expect(world).toEqual(before);
});

test('[state-6] further listeners have load balancers like the first', () => {
  const world = emptyWorld();
  const further = listenerArn.replaceAll('shared', 'second');
  seedWorld(world, { ...seed, furtherListenerArns: [further] });
  const { loadBalancers, listeners, rules } = world.elasticloadbalancing;
  const [first, second] = Object.values(loadBalancers);
  expect(second).toMatchObject({ name: 'second', securityGroups: first?.securityGroups });
  expect(second?.dnsName).not.toBe(first?.dnsName);
  const [one, other] = [listeners[listenerArn], listeners[further]];
  expect(other?.certificateArn).toBe(one?.certificateArn);
  expect(Object.values(rules).map((rule) => rule.listenerArn)).toEqual([listenerArn, further]);
  expect(seedWorld(world, { ...seed, furtherListenerArns: [further] })).toEqual([]);
});

test('[state-6] seeding again adds what is missing, and one subnet gets a second beside it', () => {
  const world = emptyWorld();
  seedWorld(world, {
    ...seed,
    subnets: ['subnet-0a'],
    cluster: `arn:aws:ecs:${region}:1:cluster/one`,
  });
  expect(
    world.elasticloadbalancing.loadBalancers[balancerArn]?.zones.map(({ zone }) => zone),
  ).toEqual(['us-east-1a', 'us-east-1b']);
  expect(Object.values(world.ecs.clusters).map(({ name }) => name)).toEqual(['one']);
  const made = seedWorld(world, {
    ...seed,
    roleArns: [...seed.roleArns, 'arn:aws:iam::1:role/path/more'],
  });
  expect(made).toEqual([
    'subnet-0b',
    `arn:aws:ecs:${region}:123456789012:cluster/previews`,
    'arn:aws:iam::1:role/path/more',
  ]);
});

test.each([[{ region: 'eu-west-1' }], [{ account: '999999999999' }]])(
  '[state-7] a configuration for %o is refused',
  async (other) => {
    const file = stateFile();
    await open(file);
    const before = readFileSync(file, 'utf8');
    const error = await failure(open(file, { seed: { ...seed, ...other } }));
    expect(error).toMatchObject({ code: 'bad-usage' });
    expect(error.message).toContain(Object.values(other)[0]);
    expect(error.hint).toContain('PREVIEWOPS_SANDBOX_STATE');
    expect(readFileSync(file, 'utf8')).toBe(before);
  },
);

test('[state-8] each call is a line in the log', async () => {
  const file = stateFile();
  const callsFile = `${file}.calls`;
  const sandbox = await open(file, { callsFile, latencyMs: 4 });
  const call = callerOf(sandbox);
  const from = Date.now();
  await call('logs:CreateLogGroup', { logGroupName: '/a' });
  await failure(call('logs:CreateLogGroup', { logGroupName: '/a' }));
  await call('logs:DescribeLogGroups', {});
  const lines: CallLine[] = readFileSync(callsFile, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines.map((line) => [line.call, line.write, line.error])).toEqual([
    ['logs:CreateLogGroup', true, null],
    ['logs:CreateLogGroup', true, 'ResourceAlreadyExistsException'],
    ['logs:DescribeLogGroups', false, null],
  ]);
  for (const { startMs, endMs } of lines) {
    expect(startMs).toBeGreaterThanOrEqual(from);
    expect(endMs - startMs).toBeGreaterThanOrEqual(2);
    expect(endMs).toBeLessThanOrEqual(Date.now());
  }
});

test('[state-9] the same calls give the same ids', async () => {
  const run = async () => {
    const { call } = openAccount();
    return [await makeGroup(call, 'one'), await makeGroup(call, 'two')];
  };
  const [one, two] = await run();
  expect(await run()).toEqual([one, two]);
  expect(one?.split('/').at(-1)).not.toBe(two?.split('/').at(-1));
});

test('[state-10] answers and inputs are copies', async () => {
  const { call, sandbox } = openAccount();
  const tags = { a: '1' };
  await call('logs:CreateLogGroup', { logGroupName: '/a', tags });
  tags.a = '2';
  const before = sandbox.world();
  const answer = await call('logs:ListTagsForResource', {
    resourceArn: before.logs.groups['/a']?.arn,
  });
  expect(answer.tags).toEqual({ a: '1' });
  Object.assign(answer.tags ?? {}, { a: '3' });
  const rules = await call('elasticloadbalancing:DescribeRules', { ListenerArn: listenerArn });
  rules.Rules?.[0]?.Actions?.pop();
  expect(sandbox.world()).toEqual(before);
  expect(answer.$metadata).toMatchObject({ httpStatusCode: 200, attempts: 1 });
});

test('[state-11] calls that are not simulated fail by name', async () => {
  const { sandbox } = openAccount();
  const { DeleteClusterCommand, ECSClient } = await import('@aws-sdk/client-ecs');
  const client = new ECSClient({ region });
  sandbox.instrument(client as never);
  const error = await failure(client.send(new DeleteClusterCommand({ cluster: 'previews' })));
  expect(error).toMatchObject({ code: 'internal' });
  expect(error.message).toBe('The sandbox does not simulate ecs:DeleteCluster');
});
