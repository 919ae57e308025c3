import { expect, test } from 'vitest';
import type { Target } from '../../../src/sandbox/types.ts';
import { balancerArn, makeGroup, makeRule, openAccount, refusal, seed } from './account.ts';

test('[elb-19] tags of up to 20 ARNs are described', async () => {
  const { call } = openAccount();
  const arns = [];
  for (let n = 0; n < 20; n++) arns.push(await makeGroup(call, `group-${n}`, { n: String(n) }));
  const { TagDescriptions } = await call('elasticloadbalancing:DescribeTags', {
    ResourceArns: arns,
  });
  expect(TagDescriptions).toEqual(
    arns.map((ResourceArn, n) => ({ ResourceArn, Tags: [{ Key: 'n', Value: String(n) }] })),
  );
  arns.push(await makeGroup(call, 'group-20'));
  const tooMany = call('elasticloadbalancing:DescribeTags', { ResourceArns: arns });
  expect(await refusal(tooMany)).toContain('maximum number of resource ARNs, 20');
});

test('[elb-19] one unknown ARN fails the whole call', async () => {
  const { call } = openAccount();
  const group = await makeGroup(call, 'web');
  const rule = await makeRule(call, { host: 'a.example.com', priority: 1, targetGroupArn: group });
  const describe = (...ResourceArns: string[]) =>
    refusal(call('elasticloadbalancing:DescribeTags', { ResourceArns }));
  expect(await describe(group, `${group}0`)).toContain('TargetGroupNotFoundException');
  expect(await describe(group, `${rule}0`)).toContain('RuleNotFoundException');
  expect(await describe(`${balancerArn}0`)).toContain('LoadBalancerNotFoundException');
  expect(await describe('arn:aws:elasticloadbalancing:x:1:truststore/a')).toContain(
    'ValidationError',
  );
});

test('[elb-20] tags are added and replaced', async () => {
  const { call } = openAccount();
  const group = await makeGroup(call, 'web', { kept: '1', changed: '1' });
  const rule = await makeRule(call, { host: 'a.example.com', priority: 1, targetGroupArn: group });
  await call('elasticloadbalancing:AddTags', {
    ResourceArns: [group, rule],
    Tags: [
      { Key: 'changed', Value: '2' },
      { Key: 'é/új key', Value: '' },
    ],
  });
  const { TagDescriptions } = await call('elasticloadbalancing:DescribeTags', {
    ResourceArns: [group, rule],
  });
  const tags = TagDescriptions?.map(({ Tags }) => Tags?.map(({ Key, Value }) => `${Key}=${Value}`));
  expect(tags).toEqual([
    ['kept=1', 'changed=2', 'é/új key='],
    ['changed=2', 'é/új key='],
  ]);
});

test.each([
  ['a key that is too long', [{ Key: 'k'.repeat(129), Value: '' }], 'longer than 128'],
  ['a value that is too long', [{ Key: 'k', Value: 'v'.repeat(257) }], 'longer than 256'],
  ['a forbidden character', [{ Key: 'k', Value: 'a|b' }], 'not allowed'],
  ['an empty key', [{ Key: '', Value: 'v' }], 'empty'],
  ['a reserved key', [{ Key: 'aws:x', Value: 'v' }], 'reserved'],
  [
    'a key given twice',
    [
      { Key: 'k', Value: '1' },
      { Key: 'k', Value: '2' },
    ],
    'DuplicateTagKeys',
  ],
  [
    'a 51st tag',
    Array.from({ length: 50 }, (_, n) => ({ Key: `k${n}`, Value: '' })),
    'TooManyTags',
  ],
])('[elb-20] %s is refused for all resources', async (_, Tags, text) => {
  const { call, sandbox } = openAccount();
  const [one, two] = [await makeGroup(call, 'one'), await makeGroup(call, 'two', { own: '1' })];
  const before = sandbox.world();
  const add = call('elasticloadbalancing:AddTags', { ResourceArns: [one, two], Tags });
  expect(await refusal(add)).toContain(text);
  expect(sandbox.world()).toEqual(before);
});

const target = (state: Target['state'], more: Partial<Target> = {}): Target => ({
  ip: '10.0.0.4',
  port: 8080,
  zone: 'us-east-1a',
  state,
  ...more,
});

async function healthOf(given: Target, { withRule = true } = {}) {
  const first = openAccount();
  const group = await makeGroup(first.call, 'web');
  if (withRule) {
    await makeRule(first.call, { host: 'a.example.com', priority: 1, targetGroupArn: group });
  }
  const world = first.sandbox.world();
  Object.assign(world.elasticloadbalancing.targetGroups[group] ?? {}, {
    targets: { '10.0.0.4:8080': given },
  });
  const { call } = openAccount({ world });
  const { TargetHealthDescriptions } = await call('elasticloadbalancing:DescribeTargetHealth', {
    TargetGroupArn: group,
  });
  return TargetHealthDescriptions?.[0];
}

test.each([
  ['initial', { State: 'initial', Reason: 'Elb.RegistrationInProgress' }],
  ['healthy', { State: 'healthy' }],
  ['unhealthy', { State: 'unhealthy', Reason: 'Target.Timeout' }],
  ['draining', { State: 'draining', Reason: 'Target.DeregistrationInProgress' }],
] as const)('[elb-21] a target that is %s says so', async (state, expected) => {
  const description = await healthOf(target(state));
  expect(description?.Target).toEqual({
    Id: '10.0.0.4',
    Port: 8080,
    AvailabilityZone: 'us-east-1a',
  });
  expect(description?.HealthCheckPort).toBe('8080');
  expect(description?.TargetHealth).toMatchObject(expected);
});

test('[elb-21] a reason that is known is told', async () => {
  const reason = 'Target.ResponseCodeMismatch';
  const description = 'Health checks failed with these codes: [503]';
  const found = await healthOf(target('unhealthy', { reason, description }));
  expect(found?.TargetHealth).toEqual({
    State: 'unhealthy',
    Reason: reason,
    Description: description,
  });
});

test('[elb-21] without a rule, or in a zone of no use, a target is unused', async () => {
  const unused = { State: 'unused', Reason: 'Target.NotInUse' };
  expect((await healthOf(target('healthy'), { withRule: false }))?.TargetHealth).toMatchObject(
    unused,
  );
  const elsewhere = await healthOf(target('initial', { zone: 'us-east-1f' }));
  expect(elsewhere?.TargetHealth).toMatchObject(unused);
});

test('[elb-21] targets can be asked for one by one', async () => {
  const { call } = openAccount();
  const TargetGroupArn = await makeGroup(call, 'web');
  const ask = { TargetGroupArn, Targets: [{ Id: '10.0.0.9', Port: 80 }] };
  const { TargetHealthDescriptions } = await call('elasticloadbalancing:DescribeTargetHealth', ask);
  expect(TargetHealthDescriptions).toEqual([]);
  const unknown = call('elasticloadbalancing:DescribeTargetHealth', {
    TargetGroupArn: `${TargetGroupArn}0`,
  });
  expect(await refusal(unknown)).toContain('TargetGroupNotFoundException');
});

test('[elb-22] a load balancer shows what DNS and doctor need', async () => {
  const { call } = openAccount();
  const find = (input: object) => call('elasticloadbalancing:DescribeLoadBalancers', input);
  const { LoadBalancers } = await find({ LoadBalancerArns: [balancerArn] });
  expect(LoadBalancers?.[0]).toMatchObject({
    LoadBalancerArn: balancerArn,
    LoadBalancerName: 'shared',
    DNSName: expect.stringMatching(/^shared-\d+\.us-east-1\.elb\.amazonaws\.com$/),
    CanonicalHostedZoneId: 'Z35SXDOTRQ7X7K',
    Scheme: 'internet-facing',
    State: { Code: 'active' },
    Type: 'application',
    VpcId: seed.vpc,
    AvailabilityZones: [
      { ZoneName: 'us-east-1a', SubnetId: 'subnet-0a' },
      { ZoneName: 'us-east-1b', SubnetId: 'subnet-0b' },
    ],
  });
  expect((await find({ Names: ['shared'] })).LoadBalancers).toEqual(LoadBalancers);
  expect((await find({})).LoadBalancers).toEqual(LoadBalancers);
  expect(await refusal(find({ Names: ['shared', 'other'] }))).toBe(
    'LoadBalancerNotFoundException: One or more load balancers not found',
  );
  const many = Array.from({ length: 21 }, (_, n) => `balancer-${n}`);
  expect(await refusal(find({ Names: many }))).toContain('At most 20');
});
