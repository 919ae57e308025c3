import { expect, test } from 'vitest';
import { seedWorld } from '../../../src/sandbox/seed.ts';
import { emptyWorld } from '../../../src/sandbox/world.ts';
import { listenerArn, makeGroup, makeRule, openAccount, refusal, seed } from './account.ts';

const condition = (...Values: string[]) => [{ Field: 'host-header', Values }];
const forward = (TargetGroupArn: string) => [{ Type: 'forward' as const, TargetGroupArn }];
const otherListener = listenerArn.replaceAll('shared/0123456789abcdef', 'other/00000000000000ff');

/** An account with a second load balancer in the same VPC. */
function openWithTwoBalancers() {
  const world = emptyWorld();
  seedWorld(world, { ...seed, listenerArn: otherListener });
  return openAccount({ world });
}

test('[elb-11] a priority is given once', async () => {
  const { call, sandbox } = openAccount();
  const targetGroupArn = await makeGroup(call, 'web');
  await makeRule(call, { host: 'a.example.com', priority: 5, targetGroupArn });
  const before = sandbox.world();
  const again = makeRule(call, { host: 'b.example.com', priority: 5, targetGroupArn });
  expect(await refusal(again)).toBe("PriorityInUseException: Priority '5' is currently in use");
  expect(sandbox.world()).toEqual(before);
});

test('[elb-11] the same host at another priority is a second rule', async () => {
  const { call } = openAccount();
  const targetGroupArn = await makeGroup(call, 'web');
  const first = await makeRule(call, { host: 'a.example.com', priority: 5, targetGroupArn });
  const second = await makeRule(call, { host: 'a.example.com', priority: 6, targetGroupArn });
  expect(second).not.toBe(first);
});

test('[elb-11] the listeners of two load balancers have priorities of their own', async () => {
  const { call } = openWithTwoBalancers();
  const [one, two] = [await makeGroup(call, 'one'), await makeGroup(call, 'two')];
  await makeRule(call, { host: 'a.example.com', priority: 5, targetGroupArn: one });
  const rule = { host: 'a.example.com', priority: 5, targetGroupArn: two, listener: otherListener };
  expect(await makeRule(call, rule)).toMatch(/:listener-rule\/app\/other\//);
});

test.each([[0], [50001], [1.5]])('[elb-12] the priority %d is refused', async (priority) => {
  const { call } = openAccount();
  const targetGroupArn = await makeGroup(call, 'web');
  const create = makeRule(call, { host: 'a.example.com', priority, targetGroupArn });
  expect(await refusal(create)).toContain("at 'priority'");
});

test.each([
  [[`${'a'.repeat(120)}.example.com`], 'longer than 128'],
  [['under_score.example.com'], 'not valid'],
  [['white space.example.com'], 'not valid'],
  [['localhost'], "at least one '.'"],
  [['a.example.c0m'], 'alphabetical'],
  [['a.example.'], 'alphabetical'],
  [[], 'A condition value must be specified'],
  [['a.b', 'b.b', 'c.b', 'd.b', 'e.b', 'f.b'], 'condition values per rule is 5'],
  [['*.*.*.*.*.*.com'], 'wildcards per rule is 5'],
])('[elb-12] the hosts %o are refused', async (hosts, text) => {
  const { call } = openAccount();
  const create = call('elasticloadbalancing:CreateRule', {
    ListenerArn: listenerArn,
    Priority: 1,
    Conditions: condition(...hosts),
    Actions: forward(await makeGroup(call, 'web')),
  });
  expect(await refusal(create)).toContain(text);
});

test('[elb-12] a long host, wildcards and five values are taken', async () => {
  const { call } = openAccount();
  const long = `${'a'.repeat(116)}.example.com`;
  const hosts = ['*.Example.com', 'a?.example.com', long, 'x.org', 'y.org'];
  const { Rules } = await call('elasticloadbalancing:CreateRule', {
    ListenerArn: listenerArn,
    Priority: 50000,
    Conditions: [{ Field: 'host-header', HostHeaderConfig: { Values: hosts } }],
    Actions: forward(await makeGroup(call, 'web')),
  });
  expect(Rules?.[0]?.Conditions).toEqual([
    { Field: 'host-header', Values: hosts, HostHeaderConfig: { Values: hosts } },
  ]);
});

test('[elb-13] a forward in either form reads the same', async () => {
  const { call, sandbox } = openAccount();
  const arn = await makeGroup(call, 'web');
  const create = async (Priority: number, Actions: object[]) => {
    const { Rules } = await call('elasticloadbalancing:CreateRule', {
      ListenerArn: listenerArn,
      Priority,
      Conditions: condition('a.example.com'),
      Actions: Actions as never,
    });
    return Rules?.[0]?.Actions;
  };
  const plain = await create(1, forward(arn));
  const config = { TargetGroups: [{ TargetGroupArn: arn, Weight: 1 }] };
  expect(await create(2, [{ Type: 'forward', ForwardConfig: config }])).toEqual(plain);
  expect(plain).toEqual([
    {
      Type: 'forward',
      TargetGroupArn: arn,
      Order: 1,
      ForwardConfig: { ...config, TargetGroupStickinessConfig: { Enabled: false } },
    },
  ]);
  const kept = Object.values(sandbox.world().elasticloadbalancing.rules);
  expect(kept.filter(({ targetGroupArn }) => targetGroupArn === arn)).toHaveLength(2);
});

test('[elb-14] a target group serves one load balancer', async () => {
  const { call } = openWithTwoBalancers();
  const targetGroupArn = await makeGroup(call, 'web');
  await makeRule(call, { host: 'a.example.com', priority: 1, targetGroupArn });
  const rule = { host: 'a.example.com', priority: 1, targetGroupArn, listener: otherListener };
  expect(await refusal(makeRule(call, rule))).toBe(
    `TargetGroupAssociationLimitException: The following target groups cannot be associated with more than one load balancer: ${targetGroupArn}`,
  );
});

test('[elb-15] the 101st rule is one too many', async () => {
  const { call } = openAccount();
  const targetGroupArn = await makeGroup(call, 'web');
  for (let priority = 1; priority <= 100; priority++) {
    await makeRule(call, { host: 'a.example.com', priority, targetGroupArn });
  }
  const create = () => makeRule(call, { host: 'a.example.com', priority: 101, targetGroupArn });
  expect(await refusal(create())).toContain('TooManyRulesException');
});

test('[elb-15] the 101st target group is one too many, also for a rule that changes', async () => {
  const { call } = openAccount();
  let last = '';
  for (let n = 1; n <= 100; n++) {
    const targetGroupArn = await makeGroup(call, `group-${n}`);
    last = await makeRule(call, { host: 'a.example.com', priority: n, targetGroupArn });
  }
  const targetGroupArn = await makeGroup(call, 'group-101');
  expect(
    await refusal(makeRule(call, { host: 'a.example.com', priority: 101, targetGroupArn })),
  ).toContain('TooManyUniqueTargetGroupsPerLoadBalancerException');
  const both = [
    {
      Type: 'forward' as const,
      ForwardConfig: {
        TargetGroups: [
          { TargetGroupArn: await makeGroup(call, 'group-100') },
          { TargetGroupArn: targetGroupArn },
        ],
      },
    },
  ];
  const widen = call('elasticloadbalancing:ModifyRule', { RuleArn: last, Actions: both });
  expect(await refusal(widen)).toContain('TooManyUniqueTargetGroupsPerLoadBalancerException');
  // In the place of the hundredth it fits.
  await call('elasticloadbalancing:ModifyRule', {
    RuleArn: last,
    Actions: forward(targetGroupArn),
  });
});

test('[elb-16] rules come by priority, the default one last', async () => {
  const { call } = openAccount();
  const targetGroupArn = await makeGroup(call, 'web');
  const arns = new Map<number, string>();
  for (const priority of [300, 2, 10000, 10]) {
    arns.set(priority, await makeRule(call, { host: 'a.example.com', priority, targetGroupArn }));
  }
  const { Rules } = await call('elasticloadbalancing:DescribeRules', { ListenerArn: listenerArn });
  expect(Rules?.map(({ Priority }) => Priority)).toEqual(['2', '10', '300', '10000', 'default']);
  expect(Rules?.at(-1)).toMatchObject({
    IsDefault: true,
    Conditions: [],
    Actions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '404' } }],
  });
  const named = await call('elasticloadbalancing:DescribeRules', {
    RuleArns: [arns.get(10) ?? '', arns.get(2) ?? ''],
  });
  expect(named.Rules?.map(({ Priority }) => Priority)).toEqual(['2', '10']);
});

test('[elb-16] an unknown listener or rule fails the listing', async () => {
  const { call } = openAccount();
  const list = (input: object) => refusal(call('elasticloadbalancing:DescribeRules', input));
  expect(await list({ ListenerArn: `${listenerArn}0` })).toBe(
    'ListenerNotFoundException: One or more listeners not found',
  );
  expect(await list({ RuleArns: ['arn:none'] })).toBe(
    'RuleNotFoundException: One or more rules not found',
  );
  expect(await list({})).toContain('ValidationError');
  expect(await list({ ListenerArn: listenerArn, RuleArns: ['arn:none'] })).toContain(
    'ValidationError',
  );
});

test('[elb-17] modify replaces what it is given', async () => {
  const { call } = openAccount();
  const [one, two] = [await makeGroup(call, 'one'), await makeGroup(call, 'two')];
  const RuleArn = await makeRule(call, { host: 'a.example.com', priority: 9, targetGroupArn: one });
  await call('elasticloadbalancing:ModifyRule', {
    RuleArn,
    Conditions: condition('b.example.com'),
  });
  const { Rules } = await call('elasticloadbalancing:ModifyRule', {
    RuleArn,
    Actions: forward(two),
  });
  expect(Rules?.[0]).toMatchObject({
    RuleArn,
    Priority: '9',
    Conditions: [{ Values: ['b.example.com'] }],
    Actions: [{ TargetGroupArn: two }],
  });
  expect(await refusal(call('elasticloadbalancing:ModifyRule', { RuleArn }))).toContain(
    'must be given',
  );
});

test('[elb-17] the default rule can be neither modified nor deleted', async () => {
  const { call, sandbox } = openAccount();
  const before = sandbox.world();
  const RuleArn = Object.keys(before.elasticloadbalancing.rules)[0] ?? '';
  const Actions = forward(await makeGroup(call, 'web'));
  const modify = call('elasticloadbalancing:ModifyRule', { RuleArn, Actions });
  expect(await refusal(modify)).toContain('OperationNotPermittedException: Default rule');
  const remove = call('elasticloadbalancing:DeleteRule', { RuleArn });
  expect(await refusal(remove)).toContain('OperationNotPermittedException: Default rule');
  expect(sandbox.world().elasticloadbalancing.rules).toEqual(before.elasticloadbalancing.rules);
});

test('[elb-18] an unknown rule cannot be deleted', async () => {
  const { call } = openAccount();
  const targetGroupArn = await makeGroup(call, 'web');
  const RuleArn = await makeRule(call, { host: 'a.example.com', priority: 1, targetGroupArn });
  await call('elasticloadbalancing:DeleteRule', { RuleArn });
  expect(await refusal(call('elasticloadbalancing:DeleteRule', { RuleArn }))).toBe(
    'RuleNotFoundException: One or more rules not found',
  );
});

test('[elb-23] a rule ends in exactly one routing action', async () => {
  const { call } = openAccount();
  const arn = await makeGroup(call, 'web');
  const create = (Actions: object[]) =>
    call('elasticloadbalancing:CreateRule', {
      ListenerArn: listenerArn,
      Priority: 1,
      Conditions: condition('a.example.com'),
      Actions: Actions as never,
    });
  expect(await refusal(create([]))).toContain('Exactly one');
  expect(await refusal(create([...forward(arn), ...forward(arn)]))).toContain('Exactly one');
  expect(await refusal(create([{ Type: 'authenticate-oidc' }]))).toContain('Exactly one');
  expect(await refusal(create([{ Type: 'forward' }]))).toContain('A target group is required');
  expect(await refusal(create([{ Type: 'redirect' }]))).toContain('redirect config');
  expect(await refusal(create(forward(`${arn}0`)))).toContain('TargetGroupNotFoundException');
  const RedirectConfig = { StatusCode: 'HTTP_301', Host: 'b.example.com' };
  const { Rules } = await create([{ Type: 'redirect', RedirectConfig }]);
  expect(Rules?.[0]?.Actions).toEqual([{ Type: 'redirect', RedirectConfig }]);
});

test.each([
  [{ StatusCode: '302' }, 'must be a 2XX, 4XX or 5XX'],
  [{ StatusCode: '503', ContentType: 'image/png' }, 'content type'],
  [{ StatusCode: '503', MessageBody: 'x'.repeat(1025) }, 'at most 1024 characters'],
])('[elb-28] a fixed response with %o is refused', async (FixedResponseConfig, text) => {
  const { call } = openAccount();
  const targetGroupArn = await makeGroup(call, 'web');
  const RuleArn = await makeRule(call, { host: 'a.example.com', priority: 5, targetGroupArn });
  const modify = call('elasticloadbalancing:ModifyRule', {
    RuleArn,
    Actions: [{ Type: 'fixed-response', FixedResponseConfig }],
  });
  expect(await refusal(modify)).toContain(text);
});

test('[elb-28] a fixed response of 1,024 characters is taken', async () => {
  const { call } = openAccount();
  const targetGroupArn = await makeGroup(call, 'web');
  const RuleArn = await makeRule(call, { host: 'a.example.com', priority: 5, targetGroupArn });
  const FixedResponseConfig = {
    StatusCode: '503',
    ContentType: 'text/html',
    MessageBody: 'x'.repeat(1024),
  };
  const { Rules } = await call('elasticloadbalancing:ModifyRule', {
    RuleArn,
    Actions: [{ Type: 'fixed-response', FixedResponseConfig }],
  });
  expect(Rules?.[0]?.Actions).toMatchObject([{ FixedResponseConfig }]);
});
