import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createSandbox, openSandbox } from '../../../src/sandbox/sandbox.ts';
import type { CallLine, Fault } from '../../../src/sandbox/types.ts';
import { callerOf, failure, listenerArn, makeGroup, openAccount, seed, zoneId } from './account.ts';
import { stateFile } from './state-file.ts';

const withFaults = (...faults: Fault[]) => openAccount({ faults });
const outcome = (work: Promise<unknown>) =>
  work.then(
    () => 'done',
    (error: Error) => error.name,
  );

test('[fault-1] the nth call of a name is hit, as often as said', async () => {
  const { call } = withFaults({
    call: 'logs:DescribeLogGroups',
    nth: 2,
    times: 2,
    fault: 'throttle',
  });
  const said = [];
  for (let n = 0; n < 5; n++) {
    await call('sts:GetCallerIdentity', {});
    said.push(await outcome(call('logs:DescribeLogGroups', {})));
  }
  expect(said).toEqual(['done', 'ThrottlingException', 'ThrottlingException', 'done', 'done']);
});

test('[fault-1] a star counts every call, and always never ends', async () => {
  const { call } = withFaults(
    { call: '*', nth: 2, fault: '500' },
    { call: 'sts:GetCallerIdentity', nth: 2, times: 'always', fault: 'denied' },
  );
  expect(await outcome(call('sts:GetCallerIdentity', {}))).toBe('done');
  expect(await outcome(call('logs:DescribeLogGroups', {}))).toBe('ServiceUnavailableException');
  for (let n = 0; n < 5; n++) {
    expect(await outcome(call('sts:GetCallerIdentity', {}))).toBe('AccessDenied');
  }
});

const create = { logGroupName: '/a' };
const everyService = [
  ['logs:CreateLogGroup', create, 'json'],
  ['ecs:ListServices', { cluster: seed.cluster }, 'json'],
  ['ecr:DescribeRepositories', {}, 'json'],
  ['codebuild:BatchGetProjects', { names: ['a'] }, 'json'],
  ['elasticloadbalancing:DescribeRules', { ListenerArn: listenerArn }, 'xml'],
  ['route53:ListResourceRecordSets', { HostedZoneId: zoneId }, 'xml'],
  ['sts:GetCallerIdentity', {}, 'xml'],
] as const;

test.each(everyService)('[fault-2] %s is throttled by its own name', async (key, input, kind) => {
  const { call, sandbox } = withFaults({ call: key, nth: 1, fault: 'throttle' });
  const before = sandbox.world();
  const error = await failure(call(key, input as never));
  expect(error).toMatchObject({
    name: kind === 'xml' ? 'Throttling' : 'ThrottlingException',
    message: 'Rate exceeded',
    $fault: 'client',
    $metadata: { httpStatusCode: 400 },
  });
  expect(sandbox.world()).toEqual(before);
});

test.each(everyService)('[fault-3] %s fails with a server error', async (key, input) => {
  const { call, sandbox } = withFaults({ call: key, nth: 1, fault: '500' });
  const before = sandbox.world();
  const error = await failure(call(key, input as never));
  expect(error).toMatchObject({ $fault: 'server', $metadata: { httpStatusCode: 500 } });
  expect(sandbox.world()).toEqual(before);
});

test.each(everyService)('[fault-4] %s is denied', async (key, input, kind) => {
  const { call, sandbox } = withFaults({ call: key, nth: 1, fault: 'denied' });
  const before = sandbox.world();
  const error = await failure(call(key, input as never));
  expect(error.name).toBe(kind === 'xml' ? 'AccessDenied' : 'AccessDeniedException');
  expect(error.message).toContain(`is not authorized to perform: ${key} on resource: *`);
  expect(sandbox.world()).toEqual(before);
});

test('[fault-5] the work is done and its answer lost', async () => {
  const { call, sandbox } = withFaults({
    call: 'logs:CreateLogGroup',
    nth: 1,
    times: 2,
    fault: 'lost',
  });
  const error = await failure(call('logs:CreateLogGroup', create));
  expect(error).toMatchObject({ name: 'TimeoutError', code: 'ECONNRESET' });
  expect(error.$metadata).not.toHaveProperty('httpStatusCode');
  expect(Object.keys(sandbox.world().logs.groups)).toEqual(['/a']);
  // The second time AWS answers with an error, and that is lost as well.
  expect(await outcome(call('logs:CreateLogGroup', create))).toBe('TimeoutError');
  expect(await outcome(call('logs:CreateLogGroup', create))).toBe('ResourceAlreadyExistsException');
});

test('[fault-6] after a kill nothing is answered and nothing changes', async () => {
  const lines: CallLine[] = [];
  let killed = 0;
  const { call, sandbox, clock } = openAccount({
    latencyMs: 10,
    onCall: (line) => lines.push(line),
    faults: [{ call: 'logs:CreateLogGroup', nth: 1, fault: 'kill' }],
    kill: () => {
      killed++;
      throw new Error('the process is gone');
    },
  });
  const answered: string[] = [];
  const start = (name: string, work: Promise<unknown>) =>
    void work.then(
      () => answered.push(name),
      () => answered.push(name),
    );
  start('before', call('logs:DescribeLogGroups', {}));
  start('killed', call('logs:CreateLogGroup', { logGroupName: '/done' }));
  start('beside', call('logs:CreateLogGroup', { logGroupName: '/beside' }));
  await clock.advance(100);
  start('after', call('logs:CreateLogGroup', { logGroupName: '/after' }));
  await clock.advance(100);
  expect(killed).toBe(1);
  expect(answered).toEqual([]);
  expect(lines.map(({ call: key, error }) => [key, error])).toEqual([
    ['logs:CreateLogGroup', 'killed'],
  ]);
  expect(clock.pending).toBe(0);
  // Another process goes on in the world that the dead one left.
  const next = createSandbox({ clock, beside: sandbox });
  expect(Object.keys(next.world().logs.groups)).toEqual(['/done']);
  await makeGroup(callerOf(next), 'web');
  expect(Object.keys(sandbox.world().elasticloadbalancing.targetGroups)).toHaveLength(1);
});

test('[fault-6] calls that wait for the state file are not done after a kill', async () => {
  const file = stateFile();
  const sandbox = await openSandbox({
    file,
    timeScale: 0.02,
    latencyMs: 0,
    seed,
    faults: [{ call: '*', nth: 1, fault: 'kill' }],
  });
  const call = callerOf(sandbox);
  for (const name of ['/done', '/b', '/c'])
    void call('logs:CreateLogGroup', { logGroupName: name });
  await pause(100);
  const next = await openSandbox({ file, timeScale: 0.02 });
  expect(Object.keys(next.world().logs.groups)).toEqual(['/done']);
});
