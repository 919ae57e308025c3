import { expect, test } from 'vitest';
import {
  account,
  balancerArn,
  listenerArn,
  makeGroup,
  makeRule,
  openAccount,
  refusal,
  region,
  seed,
} from './account.ts';

const basic = { Protocol: 'HTTP', Port: 80, VpcId: seed.vpc, TargetType: 'ip' } as const;

test.each([
  ['a'.repeat(33), "cannot be longer than '32' characters"],
  ['under_score', 'can only contain characters that are alphanumeric characters or hyphens(-)'],
  ['dot.ted', 'can only contain'],
  ['-first', "cannot begin or end with '-'"],
  ['last-', "cannot begin or end with '-'"],
  ['two--hyphens', "cannot contain '--'"],
])('[elb-1] the name %s is refused', async (Name, text) => {
  const { call } = openAccount();
  const said = await refusal(call('elasticloadbalancing:CreateTargetGroup', { Name, ...basic }));
  expect(said).toContain('ValidationError: Target group name');
  expect(said).toContain(text);
});

test('[elb-1] a name of 32 letters, digits and hyphens is taken', async () => {
  const { call } = openAccount();
  const name = `A-${'9'.repeat(29)}z`;
  expect(await makeGroup(call, name)).toMatch(
    new RegExp(
      `^arn:aws:elasticloadbalancing:${region}:${account}:targetgroup/${name}/[0-9a-f]{16}$`,
    ),
  );
});

test('[elb-2] the same group again is the same group, with its first tags', async () => {
  const { call, sandbox } = openAccount();
  const first = await makeGroup(call, 'web', { owner: 'first' });
  expect(await makeGroup(call, 'web', { owner: 'second', more: 'x' })).toBe(first);
  expect(sandbox.world().elasticloadbalancing.targetGroups[first]?.tags).toEqual({
    owner: 'first',
  });
});

test.each([
  [{ Port: 8080 }],
  [{ Protocol: 'HTTPS' as const }],
  [{ TargetType: 'instance' as const }],
  [{ HealthCheckPath: '/healthz' }],
  [{ HealthCheckIntervalSeconds: 10 }],
  [{ Matcher: { HttpCode: '200-299' } }],
])('[elb-2] the same name with %o is a duplicate', async (other) => {
  const { call } = openAccount();
  await makeGroup(call, 'web');
  const again = call('elasticloadbalancing:CreateTargetGroup', { Name: 'web', ...basic, ...other });
  expect(await refusal(again)).toBe(
    "DuplicateTargetGroupNameException: A target group with the same name 'web' exists, but with different settings",
  );
});

test('[elb-3] a new group has the defaults of AWS', async () => {
  const { call } = openAccount();
  const created = await call('elasticloadbalancing:CreateTargetGroup', { Name: 'web', ...basic });
  const [group] = created.TargetGroups ?? [];
  expect(group).toMatchObject({
    HealthCheckPath: '/',
    HealthCheckPort: 'traffic-port',
    HealthCheckProtocol: 'HTTP',
    HealthCheckIntervalSeconds: 30,
    HealthCheckTimeoutSeconds: 6,
    HealthyThresholdCount: 5,
    UnhealthyThresholdCount: 2,
    Matcher: { HttpCode: '200' },
    LoadBalancerArns: [],
  });
  const { Attributes } = await call('elasticloadbalancing:DescribeTargetGroupAttributes', {
    TargetGroupArn: group?.TargetGroupArn,
  });
  expect(Attributes).toContainEqual({ Key: 'deregistration_delay.timeout_seconds', Value: '300' });
});

test.each([
  [{ HealthCheckIntervalSeconds: 4, HealthCheckTimeoutSeconds: 2 }, 'between 5 and 300'],
  [{ HealthCheckIntervalSeconds: 301 }, 'between 5 and 300'],
  [{ HealthCheckTimeoutSeconds: 1 }, 'between 2 and 120'],
  [{ HealthyThresholdCount: 1 }, 'between 2 and 10'],
  [{ UnhealthyThresholdCount: 11 }, 'between 2 and 10'],
  [{ HealthCheckIntervalSeconds: 5, HealthCheckTimeoutSeconds: 5 }, 'smaller than the interval'],
  [{ HealthCheckPath: 'health' }, "must begin with '/'"],
  [{ HealthCheckPort: '70000' }, 'traffic-port'],
  [{ Matcher: { HttpCode: '200-599' } }, 'not valid'],
  [{ Matcher: { HttpCode: '199' } }, 'not valid'],
  [{ Matcher: { HttpCode: '299-200' } }, 'not valid'],
])('[elb-4] the health check %o is refused on create and on modify', async (check, text) => {
  const { call, sandbox } = openAccount();
  const create = call('elasticloadbalancing:CreateTargetGroup', {
    Name: 'new',
    ...basic,
    ...check,
  });
  expect(await refusal(create)).toContain(text);
  const TargetGroupArn = await makeGroup(call, 'web');
  const before = sandbox.world();
  const modify = call('elasticloadbalancing:ModifyTargetGroup', { TargetGroupArn, ...check });
  expect(await refusal(modify)).toContain(text);
  expect(sandbox.world()).toEqual(before);
});

test('[elb-5] modify changes what it is given and keeps the rest', async () => {
  const { call } = openAccount();
  const TargetGroupArn = await makeGroup(call, 'web');
  const modify = (input: object) =>
    call('elasticloadbalancing:ModifyTargetGroup', { TargetGroupArn, ...input });
  await modify({ HealthCheckIntervalSeconds: 5, HealthCheckTimeoutSeconds: 4 });
  await modify({ HealthCheckPath: '/up', Matcher: { HttpCode: '200-299,301' } });
  const { TargetGroups } = await call('elasticloadbalancing:DescribeTargetGroups', {
    TargetGroupArns: [TargetGroupArn],
  });
  expect(TargetGroups?.[0]).toMatchObject({
    HealthCheckIntervalSeconds: 5,
    HealthCheckTimeoutSeconds: 4,
    HealthCheckPath: '/up',
    Matcher: { HttpCode: '200-299,301' },
    HealthyThresholdCount: 5,
  });
  const unknown = call('elasticloadbalancing:ModifyTargetGroup', {
    TargetGroupArn: `${TargetGroupArn}0`,
  });
  expect(await refusal(unknown)).toBe(
    'TargetGroupNotFoundException: One or more target groups not found',
  );
});

test.each([
  ['deregistration_delay.timeout_seconds', '3601'],
  ['deregistration_delay.timeout_seconds', 'soon'],
  ['stickiness.enabled', 'yes'],
  ['no.such.attribute', '1'],
  ['toString', '1'],
])('[elb-6] the attribute %s = %s is refused and changes none', async (Key, Value) => {
  const { call, sandbox } = openAccount();
  const TargetGroupArn = await makeGroup(call, 'web');
  const before = sandbox.world();
  const Attributes = [
    { Key: 'slow_start.duration_seconds', Value: '30' },
    { Key, Value },
  ];
  const modify = call('elasticloadbalancing:ModifyTargetGroupAttributes', {
    TargetGroupArn,
    Attributes,
  });
  expect(await refusal(modify)).toContain(Key);
  expect(sandbox.world()).toEqual(before);
});

test('[elb-6] attributes that are right are kept', async () => {
  const { call } = openAccount();
  const TargetGroupArn = await makeGroup(call, 'web');
  const change = { Key: 'deregistration_delay.timeout_seconds', Value: '5' };
  const { Attributes } = await call('elasticloadbalancing:ModifyTargetGroupAttributes', {
    TargetGroupArn,
    Attributes: [change],
  });
  expect(Attributes).toContainEqual(change);
  const read = await call('elasticloadbalancing:DescribeTargetGroupAttributes', { TargetGroupArn });
  expect(read.Attributes).toEqual(Attributes);
});

test('[elb-7] a group needs a VPC that exists, a protocol and a port', async () => {
  const { call } = openAccount();
  const create = (input: object) =>
    refusal(call('elasticloadbalancing:CreateTargetGroup', { Name: 'web', ...input }));
  expect(await create({ ...basic, VpcId: 'vpc-0other' })).toBe(
    "ValidationError: The VPC ID 'vpc-0other' is not found",
  );
  expect(await create({ ...basic, VpcId: undefined })).toContain("'vpcId'");
  expect(await create({ ...basic, Protocol: undefined })).toContain("'protocol'");
  expect(await create({ ...basic, Protocol: 'TCP' })).toContain("'TCP'");
  expect(await create({ ...basic, Port: undefined })).toContain("'port'");
  expect(await create({ ...basic, Port: 0 })).toContain("'0'");
});

test('[elb-8] a group is in use while a rule forwards to it, and for 5 s more', async () => {
  const { call, clock, sandbox } = openAccount();
  const TargetGroupArn = await makeGroup(call, 'web');
  const RuleArn = await makeRule(call, {
    host: 'a.example.com',
    priority: 1,
    targetGroupArn: TargetGroupArn,
  });
  const remove = () => call('elasticloadbalancing:DeleteTargetGroup', { TargetGroupArn });
  const inUse = `ResourceInUseException: Target group '${TargetGroupArn}' is currently in use by a listener or a rule`;
  expect(await refusal(remove())).toBe(inUse);
  await call('elasticloadbalancing:DeleteRule', { RuleArn });
  expect(await refusal(remove())).toBe(inUse);
  await clock.advance(4_999);
  expect(await refusal(remove())).toBe(inUse);
  await clock.advance(1);
  await remove();
  expect(sandbox.world().elasticloadbalancing.targetGroups).toEqual({});
  await remove(); // and once more: what is gone stays gone
});

test('[elb-8] a rule that turns to another group lets the first one go', async () => {
  const { call, clock } = openAccount();
  const [first, second] = [await makeGroup(call, 'one'), await makeGroup(call, 'two')];
  const RuleArn = await makeRule(call, {
    host: 'a.example.com',
    priority: 1,
    targetGroupArn: first,
  });
  const Actions = [{ Type: 'forward' as const, TargetGroupArn: second }];
  await call('elasticloadbalancing:ModifyRule', { RuleArn, Actions });
  const remove = () => call('elasticloadbalancing:DeleteTargetGroup', { TargetGroupArn: first });
  expect(await refusal(remove())).toContain('ResourceInUseException');
  await clock.advance(5_000);
  await remove();
});

test('[elb-9] groups are found by ARN, by name and by load balancer', async () => {
  const { call } = openAccount();
  const [one, two] = [await makeGroup(call, 'one'), await makeGroup(call, 'two')];
  await makeRule(call, { host: 'a.example.com', priority: 1, targetGroupArn: two });
  const find = async (input: object) => {
    const { TargetGroups } = await call('elasticloadbalancing:DescribeTargetGroups', input);
    return TargetGroups?.map(({ TargetGroupArn }) => TargetGroupArn);
  };
  expect(await find({ TargetGroupArns: [one] })).toEqual([one]);
  expect(await find({ Names: ['two', 'one'] })).toEqual([one, two]);
  expect(await find({ LoadBalancerArn: balancerArn })).toEqual([two]);
  expect(await find({})).toEqual([one, two]);
  const missing = 'TargetGroupNotFoundException: One or more target groups not found';
  expect(await refusal(find({ Names: ['one', 'three'] }))).toBe(missing);
  expect(await refusal(find({ TargetGroupArns: [one, `${one}0`] }))).toBe(missing);
  expect(await refusal(find({ LoadBalancerArn: `${balancerArn}0` }))).toContain(
    'LoadBalancerNotFoundException',
  );
  expect(await refusal(find({ Names: ['one'], TargetGroupArns: [one] }))).toContain('Only one of');
});

test('[elb-10] target groups and rules come in pages that end', async () => {
  const { call } = openAccount();
  const arns: string[] = [];
  for (let n = 0; n < 120; n++)
    arns.push(await makeGroup(call, `group-${String(n).padStart(3, '0')}`));
  for (let n = 1; n <= 100; n++) {
    const targetGroupArn = arns[n] ?? '';
    await makeRule(call, { host: `h${n}.example.com`, priority: n * 7, targetGroupArn });
  }
  const walk = async (PageSize?: number) => {
    const pages: number[] = [];
    const seen: string[] = [];
    for (let Marker: string | undefined; ; ) {
      const input = { ...(Marker ? { Marker } : {}), ...(PageSize ? { PageSize } : {}) };
      const page = await call('elasticloadbalancing:DescribeTargetGroups', input);
      seen.push(...(page.TargetGroups ?? []).map(({ TargetGroupArn }) => TargetGroupArn ?? ''));
      pages.push(page.TargetGroups?.length ?? 0);
      Marker = page.NextMarker;
      if (Marker === undefined) return { pages, seen };
    }
  };
  expect((await walk()).pages).toEqual([100, 20]);
  expect((await walk(60)).pages).toEqual([60, 60]);
  expect((await walk(400)).pages).toEqual([120]);
  expect((await walk(7)).seen).toEqual(arns);
  const first = await call('elasticloadbalancing:DescribeRules', { ListenerArn: listenerArn });
  expect(first.Rules).toHaveLength(100);
  const Marker = first.NextMarker;
  const second = await call('elasticloadbalancing:DescribeRules', {
    ListenerArn: listenerArn,
    Marker,
  });
  expect(second.Rules?.map(({ IsDefault }) => IsDefault)).toEqual([true]);
  expect(second.NextMarker).toBeUndefined();
});

test('[elb-10] a page that shrinks meanwhile neither skips nor repeats', async () => {
  const { call } = openAccount();
  const arns = [];
  for (const name of ['a', 'b', 'c', 'd']) arns.push(await makeGroup(call, name));
  const page = await call('elasticloadbalancing:DescribeTargetGroups', { PageSize: 2 });
  await call('elasticloadbalancing:DeleteTargetGroup', { TargetGroupArn: arns[0] });
  const next = await call('elasticloadbalancing:DescribeTargetGroups', {
    PageSize: 2,
    Marker: page.NextMarker,
  });
  expect(next.TargetGroups?.map(({ TargetGroupName }) => TargetGroupName)).toEqual(['c', 'd']);
});

test.each([[0], [401], [1.5]])('[elb-10] a page size of %d is refused', async (PageSize) => {
  const { call } = openAccount();
  const list = call('elasticloadbalancing:DescribeTargetGroups', { PageSize });
  expect(await refusal(list)).toContain("'pageSize'");
});

test('[elb-10] a marker that no page gave is refused', async () => {
  const { call } = openAccount();
  const list = call('elasticloadbalancing:DescribeTargetGroups', { Marker: 'nonsense' });
  expect(await refusal(list)).toBe('ValidationError: Invalid marker');
});
