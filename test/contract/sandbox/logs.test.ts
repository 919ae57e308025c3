import { expect, test } from 'vitest';
import { account, openAccount, refusal, region } from './account.ts';

const arnOf = (name: string) => `arn:aws:logs:${region}:${account}:log-group:${name}`;

test.each([[''], ['a'.repeat(513)], ['with space'], ['aws/mine'], ['ümlaut'], ['a:b']])(
  '[logs-1] the name %j is refused',
  async (logGroupName) => {
    const { call } = openAccount();
    const said = await refusal(call('logs:CreateLogGroup', { logGroupName }));
    expect(said).toContain('InvalidParameterException');
  },
);

test('[logs-1] every character that AWS allows is taken', async () => {
  const { call, sandbox } = openAccount();
  const logGroupName = '/ecs/App_1-a.b#c';
  await call('logs:CreateLogGroup', { logGroupName, tags: { a: '1' } });
  expect(sandbox.world().logs.groups[logGroupName]).toMatchObject({ tags: { a: '1' } });
  const bad = call('logs:CreateLogGroup', { logGroupName: '/x', tags: { 'aws:a': '1' } });
  expect(await refusal(bad)).toContain('reserved');
});

test('[logs-2] one that exists and one that does not', async () => {
  const { call } = openAccount();
  const group = { logGroupName: '/ecs/web' };
  const missing = 'ResourceNotFoundException: The specified log group does not exist.';
  expect(await refusal(call('logs:DeleteLogGroup', group))).toBe(missing);
  const retention = { ...group, retentionInDays: 7 };
  expect(await refusal(call('logs:PutRetentionPolicy', retention))).toBe(missing);
  const events = { ...group, logStreamName: 's' };
  expect(await refusal(call('logs:GetLogEvents', events))).toBe(missing);
  const tags = call('logs:ListTagsForResource', { resourceArn: arnOf('/ecs/web') });
  expect(await refusal(tags)).toBe(missing);
  await call('logs:CreateLogGroup', group);
  expect(await refusal(call('logs:CreateLogGroup', group))).toBe(
    'ResourceAlreadyExistsException: The specified log group already exists',
  );
  expect(await refusal(call('logs:GetLogEvents', events))).toBe(
    'ResourceNotFoundException: The specified log stream does not exist.',
  );
  await call('logs:DeleteLogGroup', group);
  expect(await refusal(call('logs:DeleteLogGroup', group))).toBe(missing);
});

test('[logs-3] retention is a value of the list', async () => {
  const { call, sandbox } = openAccount();
  const logGroupName = '/ecs/web';
  await call('logs:CreateLogGroup', { logGroupName });
  for (const retentionInDays of [0, 2, 8, 3654]) {
    const put = call('logs:PutRetentionPolicy', { logGroupName, retentionInDays });
    expect(await refusal(put)).toContain("at 'retentionInDays'");
  }
  expect(sandbox.world().logs.groups[logGroupName]).not.toHaveProperty('retentionDays');
  await call('logs:PutRetentionPolicy', { logGroupName, retentionInDays: 14 });
  const { logGroups } = await call('logs:DescribeLogGroups', { logGroupNamePrefix: logGroupName });
  expect(logGroups?.[0]?.retentionInDays).toBe(14);
});

test('[logs-4] groups are listed by prefix or pattern, in pages that end', async () => {
  const { call } = openAccount();
  for (let n = 0; n < 60; n++) await call('logs:CreateLogGroup', { logGroupName: `/ecs/web-${n}` });
  await call('logs:CreateLogGroup', { logGroupName: '/other/web-1' });
  const first = await call('logs:DescribeLogGroups', { logGroupNamePrefix: '/ecs/' });
  expect(first.logGroups).toHaveLength(50);
  const second = await call('logs:DescribeLogGroups', {
    logGroupNamePrefix: '/ecs/',
    nextToken: first.nextToken,
  });
  expect(second.logGroups).toHaveLength(10);
  expect(second.nextToken).toBeUndefined();
  const pattern = await call('logs:DescribeLogGroups', { logGroupNamePattern: 'web-1' });
  expect(pattern.logGroups).toHaveLength(12);
  const [group] =
    (await call('logs:DescribeLogGroups', { logGroupNamePrefix: '/other' })).logGroups ?? [];
  expect(group).toMatchObject({
    arn: `${arnOf('/other/web-1')}:*`,
    logGroupArn: arnOf('/other/web-1'),
    creationTime: expect.any(Number),
  });
  expect(group).not.toHaveProperty('retentionInDays');
  const both = call('logs:DescribeLogGroups', {
    logGroupNamePrefix: '/a',
    logGroupNamePattern: 'b',
  });
  expect(await refusal(both)).toContain('mutually exclusive');
  expect(await refusal(call('logs:DescribeLogGroups', { limit: 51 }))).toContain("at 'limit'");
  expect(await refusal(call('logs:DescribeLogGroups', { nextToken: '?' }))).toContain('nextToken');
});

test('[logs-5] tags are read at the ARN without the star', async () => {
  const { call } = openAccount();
  await call('logs:CreateLogGroup', { logGroupName: '/ecs/web', tags: { a: '1' } });
  const read = (resourceArn: string) => call('logs:ListTagsForResource', { resourceArn });
  expect((await read(arnOf('/ecs/web'))).tags).toEqual({ a: '1' });
  expect(await refusal(read(`${arnOf('/ecs/web')}:*`))).toContain('InvalidParameterException');
  expect(await refusal(read(arnOf('/ecs/web').replace(account, '999999999999')))).toContain(
    'ResourceNotFoundException',
  );
});

/** An account whose log stream `s` of the group `/g` has lines 1 to `count`, a second apart. */
async function withLines(count: number) {
  const first = openAccount();
  await first.call('logs:CreateLogGroup', { logGroupName: '/g' });
  const world = first.sandbox.world();
  const lines = Array.from({ length: count }, (_, n) => ({
    at: world.now - (count - n) * 1000,
    message: `line ${n + 1}`,
  }));
  Object.assign(world.logs.groups['/g']?.streams ?? {}, { s: lines });
  const { call } = openAccount({ world });
  const get = async (input: object = {}) => {
    const page = await call('logs:GetLogEvents', {
      logGroupName: '/g',
      logStreamName: 's',
      ...input,
    });
    return { ...page, lines: page.events?.map(({ message }) => Number(message?.slice(5))) };
  };
  return { get, start: lines[0]?.at ?? 0 };
}

test('[logs-6] the newest lines come first unless asked otherwise', async () => {
  const { get, start } = await withLines(5);
  expect((await get({ limit: 2 })).lines).toEqual([4, 5]);
  expect((await get({ limit: 2, startFromHead: true })).lines).toEqual([1, 2]);
  expect((await get()).lines).toEqual([1, 2, 3, 4, 5]);
  expect((await get({ startTime: start + 1000, endTime: start + 3000 })).lines).toEqual([2, 3]);
});

test.each([[true], [false]])(
  '[logs-6] a walk ends when the token repeats (from head: %s)',
  async (startFromHead) => {
    const { get } = await withLines(7);
    const seen: number[] = [];
    let token: string | undefined;
    for (let pages = 0; ; pages++) {
      expect(pages).toBeLessThan(12);
      const page = await get({ limit: 3, startFromHead, ...(token ? { nextToken: token } : {}) });
      seen.push(...(page.lines ?? []));
      const next = startFromHead ? page.nextForwardToken : page.nextBackwardToken;
      if (next === token) break;
      token = next;
    }
    expect(seen.sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  },
);

test('[logs-7] an empty page between two full ones is not the end', async () => {
  const { get } = await withLines(4);
  const head = { limit: 2, startFromHead: true };
  const first = await get(head);
  const empty = await get({ ...head, nextToken: first.nextForwardToken });
  expect(empty.lines).toEqual([]);
  expect(empty.nextForwardToken).not.toBe(first.nextForwardToken);
  const last = await get({ ...head, nextToken: empty.nextForwardToken });
  expect(last.lines).toEqual([3, 4]);
  const end = await get({ ...head, nextToken: last.nextForwardToken });
  expect(end).toMatchObject({ lines: [], nextForwardToken: last.nextForwardToken });
});

test('[logs-8] tokens and limits are checked', async () => {
  const { get } = await withLines(3);
  const { nextForwardToken } = await get();
  expect(await refusal(get({ nextToken: nextForwardToken }))).toContain('startFromHead');
  expect(await refusal(get({ nextToken: 'made up' }))).toContain('nextToken is invalid');
  expect(await refusal(get({ limit: 10_001 }))).toContain("at 'limit'");
  expect(await refusal(get({ limit: 0 }))).toContain("at 'limit'");
});

test('[logs-6] lines of the future are not there yet', async () => {
  const first = openAccount();
  await first.call('logs:CreateLogGroup', { logGroupName: '/g' });
  const world = first.sandbox.world();
  const streams = world.logs.groups['/g']?.streams ?? {};
  streams.s = [0, 1_000].map((ms) => ({ at: world.now + ms, message: `after ${ms} ms` }));
  const { call, clock } = openAccount({ world });
  const messages = async () => {
    const { events } = await call('logs:GetLogEvents', { logGroupName: '/g', logStreamName: 's' });
    return events?.map(({ message }) => message);
  };
  expect(await messages()).toEqual(['after 0 ms']);
  await clock.advance(1_000);
  expect(await messages()).toEqual(['after 0 ms', 'after 1000 ms']);
});
