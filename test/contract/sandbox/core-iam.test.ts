import { expect, test } from 'vitest';
import type { PolicyDocument, Statement } from '../../../src/permissions/evaluate.ts';
import type { MemoryOptions } from '../../../src/sandbox/sandbox.ts';
import { createSandbox } from '../../../src/sandbox/sandbox.ts';
import {
  account,
  balancerArn,
  callerOf,
  failure,
  listenerArn,
  makeGroup,
  makeRule,
  openAccount,
  refusal,
  region,
  seed,
  zoneId,
} from './account.ts';

type Part = Partial<Statement>;
const allow = (Action: string | string[], more: Part = {}): Statement => ({
  Effect: 'Allow',
  Action,
  Resource: '*',
  ...more,
});
const when = (operator: string, values: Record<string, string | string[]>): Part => ({
  Condition: { [operator]: values },
});
const policy = (...Statement: Statement[]): PolicyDocument[] => [
  { Version: '2012-10-17', Statement },
];

/** A caller with these statements, and an administrator, in one account. */
function openWith(statements: Statement[], options: Partial<MemoryOptions> = {}) {
  const admin = openAccount();
  const policies = policy(...statements);
  const sandbox = createSandbox({
    clock: admin.clock,
    beside: admin.sandbox,
    policies,
    ...options,
  });
  return { admin: admin.call, call: callerOf(sandbox), sandbox };
}

const denied = (call: string, action: string, resource: string) =>
  `${call}: User: arn:aws:iam::${account}:user/sandbox is not authorized to perform: ${action} on resource: ${resource} because no identity-based policy allows the ${action} action`;
const elb = (rest: string) => `arn:aws:elasticloadbalancing:${region}:${account}:${rest}`;

test('[iam-1] without a policy everything is allowed; with one, only what it says', async () => {
  const { call, admin } = openWith([allow('logs:CreateLogGroup')]);
  await admin('logs:DescribeLogGroups', {});
  await call('logs:CreateLogGroup', { logGroupName: '/a' });
  expect(await refusal(call('logs:DescribeLogGroups', {}))).toBe(
    denied('AccessDeniedException', 'logs:DescribeLogGroups', '*'),
  );
  const nothing = openWith([]);
  expect(await refusal(nothing.call('logs:DescribeLogGroups', {}))).toContain('AccessDenied');
});

test('[iam-2] a denial is worded and named as that service does', async () => {
  const { call } = openWith([]);
  const group = failure(makeGroup(call, 'web'));
  expect(await group).toMatchObject({
    name: 'AccessDenied',
    Code: 'AccessDenied',
    $fault: 'client',
    $metadata: { httpStatusCode: 403 },
  });
  expect((await group).message).toBe(
    denied('', 'elasticloadbalancing:CreateTargetGroup', elb('targetgroup/web/*')).slice(2),
  );
  const zone = await failure(call('route53:ListResourceRecordSets', { HostedZoneId: zoneId }));
  expect(zone).toMatchObject({ name: 'AccessDenied', $metadata: { httpStatusCode: 403 } });
  expect(zone.message).toContain(`arn:aws:route53:::hostedzone/${zoneId}`);
  for (const work of [
    call('logs:DescribeLogGroups', {}),
    call('ecs:ListServices', { cluster: seed.cluster }),
    call('ecr:DescribeRepositories', { repositoryNames: ['a'] }),
    call('codebuild:BatchGetProjects', { names: ['a'] }),
  ]) {
    const error = await failure(work);
    expect(error).toMatchObject({
      name: 'AccessDeniedException',
      $metadata: { httpStatusCode: 400 },
    });
    expect(error).not.toHaveProperty('Code');
  }
});

test('[iam-3] an explicit deny wins and says so', async () => {
  const { call } = openWith([allow('*'), { Effect: 'Deny', Action: 'logs:*', Resource: '*' }]);
  const said = await refusal(call('logs:DescribeLogGroups', {}));
  expect(said).toContain(
    'is not authorized to perform: logs:DescribeLogGroups on resource: * with an explicit deny in an identity-based policy',
  );
});

test('[iam-4] a denied call changes nothing', async () => {
  const { call, admin, sandbox } = openWith([allow('elasticloadbalancing:CreateTargetGroup')]);
  const arn = await makeGroup(admin, 'kept');
  const before = sandbox.world();
  // The first of two needs is met, the second is not.
  expect(await refusal(makeGroup(call, 'web', { a: '1' }))).toContain(
    'elasticloadbalancing:AddTags',
  );
  const remove = call('elasticloadbalancing:DeleteTargetGroup', { TargetGroupArn: arn });
  expect(await refusal(remove)).toContain(arn);
  expect(sandbox.world()).toEqual(before);
});

test('[iam-5] tags of the request and of the resource are compared', async () => {
  const own = when('StringEquals', { 'aws:ResourceTag/app': 'mine' });
  const { call, admin } = openWith([
    allow('logs:CreateLogGroup', when('StringEquals', { 'aws:RequestTag/app': 'mine' })),
    allow(
      'logs:TagResource',
      when('ForAllValues:StringEquals', { 'aws:TagKeys': ['app', 'more'] }),
    ),
    allow(['logs:DeleteLogGroup', 'logs:PutRetentionPolicy'], own),
    allow(['elasticloadbalancing:DeleteTargetGroup', 'elasticloadbalancing:AddTags'], own),
    allow(['elasticloadbalancing:DeleteRule', 'elasticloadbalancing:ModifyTargetGroup'], own),
  ]);
  const create = (logGroupName: string, tags?: Record<string, string>) =>
    call('logs:CreateLogGroup', { logGroupName, ...(tags ? { tags } : {}) });
  await create('/mine', { app: 'mine', more: '1' });
  expect(await refusal(create('/bare'))).toContain('logs:CreateLogGroup');
  expect(await refusal(create('/theirs', { app: 'theirs' }))).toContain('logs:CreateLogGroup');
  expect(await refusal(create('/odd', { app: 'mine', odd: '1' }))).toContain('logs:TagResource');
  await call('logs:PutRetentionPolicy', { logGroupName: '/mine', retentionInDays: 7 });
  await admin('logs:CreateLogGroup', { logGroupName: '/theirs', tags: { app: 'theirs' } });
  const remove = call('logs:DeleteLogGroup', { logGroupName: '/theirs' });
  expect(await refusal(remove)).toContain('logs:DeleteLogGroup');
  await call('logs:DeleteLogGroup', { logGroupName: '/mine' });

  const theirs = await makeGroup(admin, 'theirs', { app: 'theirs' });
  const mine = await makeGroup(admin, 'mine', { app: 'mine' });
  const tag = (arn: string) =>
    call('elasticloadbalancing:AddTags', {
      ResourceArns: [arn],
      Tags: [{ Key: 'app', Value: 'other' }],
    });
  expect(await refusal(tag(theirs))).toContain(
    `elasticloadbalancing:AddTags on resource: ${theirs}`,
  );
  await call('elasticloadbalancing:ModifyTargetGroup', {
    TargetGroupArn: mine,
    HealthCheckPath: '/a',
  });
  await tag(mine); // gives it away
  expect(
    await refusal(call('elasticloadbalancing:DeleteTargetGroup', { TargetGroupArn: mine })),
  ).toContain('AccessDenied');
  const RuleArn = await makeRule(admin, { host: 'a.b', priority: 1, targetGroupArn: theirs });
  expect(await refusal(call('elasticloadbalancing:DeleteRule', { RuleArn }))).toContain(RuleArn);
});

test('[iam-6] tagging while creating needs the tagging action, for that creation', async () => {
  const creating = (action: string) =>
    when('StringEquals', { 'elasticloadbalancing:CreateAction': action });
  const { call, admin } = openWith([
    allow(['elasticloadbalancing:CreateTargetGroup', 'elasticloadbalancing:CreateRule']),
    allow('elasticloadbalancing:AddTags', {
      Resource: [elb('targetgroup/web/*'), elb('listener-rule/*')],
      ...creating('CreateTargetGroup'),
    }),
  ]);
  const arn = await makeGroup(call, 'web', { a: '1' });
  const [Tags, Conditions] = [
    [{ Key: 'a', Value: '1' }],
    [{ Field: 'host-header', Values: ['a.b'] }],
  ];
  const rule = {
    ListenerArn: listenerArn,
    Priority: 1,
    Conditions,
    Actions: [{ Type: 'forward' as const, TargetGroupArn: arn }],
  };
  const prefix = listenerArn.replace(':listener/', ':listener-rule/');
  expect(await refusal(call('elasticloadbalancing:CreateRule', { ...rule, Tags }))).toBe(
    denied('AccessDenied', 'elasticloadbalancing:AddTags', `${prefix}/*`),
  );
  await call('elasticloadbalancing:CreateRule', rule);
  const later = call('elasticloadbalancing:AddTags', { ResourceArns: [arn], Tags });
  expect(await refusal(later)).toContain(`elasticloadbalancing:AddTags on resource: ${arn}`);
  await admin('elasticloadbalancing:AddTags', { ResourceArns: [arn], Tags });
});

test('[iam-7] asking who one is needs no permission', async () => {
  const { call } = openWith([{ Effect: 'Deny', Action: '*', Resource: '*' }]);
  expect((await call('sts:GetCallerIdentity', {})).Account).toBe(account);
});

test.each([
  ['aws:RequestedRegion', 'StringEquals', region],
  ['aws:PrincipalArn', 'ArnEquals', `arn:aws:iam::${account}:role/ci`],
  ['aws:PrincipalAccount', 'StringEquals', account],
  ['aws:SecureTransport', 'Bool', 'true'],
])('[iam-8] every request has %s', async (key, operator, value) => {
  const callerArn = `arn:aws:sts::${account}:assumed-role/ci/run`;
  const open = (expected: string) =>
    openWith([allow('logs:DescribeLogGroups', when(operator, { [key]: expected }))], { callerArn });
  await open(value).call('logs:DescribeLogGroups', {});
  const other = open(value === 'true' ? 'false' : `${value}x`).call('logs:DescribeLogGroups', {});
  expect(await refusal(other)).toContain(`User: ${callerArn} is not authorized`);
});

test('[iam-9] DNS changes are authorised by name, type and action', async () => {
  const key = 'route53:ChangeResourceRecordSets';
  const { call } = openWith([
    allow(key, {
      Condition: {
        'ForAllValues:StringLike': {
          [`${key}NormalizedRecordNames`]: [
            'pr-*.previews.example.com',
            '\\052.previews.example.com',
          ],
        },
        'ForAllValues:StringEquals': {
          [`${key}RecordTypes`]: ['A'],
          [`${key}Actions`]: ['UPSERT'],
        },
      },
    }),
  ]);
  const change = (Action: 'UPSERT' | 'CREATE', Name: string, Type: 'A' | 'TXT' = 'A') => ({
    Action,
    ResourceRecordSet: { Name, Type, TTL: 60, ResourceRecords: [{ Value: '"10.0.0.1"' }] },
  });
  const make = (...Changes: ReturnType<typeof change>[]) =>
    call(key, { HostedZoneId: zoneId, ChangeBatch: { Changes } });
  await make(
    change('UPSERT', 'PR-1.previews.example.com.'),
    change('UPSERT', '*.previews.example.com'),
  );
  const resource = `arn:aws:route53:::hostedzone/${zoneId}`;
  const no = denied('AccessDenied', key, resource);
  expect(await refusal(make(change('UPSERT', 'www.previews.example.com')))).toBe(no);
  expect(await refusal(make(change('CREATE', 'pr-2.previews.example.com')))).toBe(no);
  expect(await refusal(make(change('UPSERT', 'pr-2.previews.example.com', 'TXT')))).toBe(no);
  const mixed = make(
    change('UPSERT', 'pr-2.previews.example.com'),
    change('UPSERT', 'previews.example.com'),
  );
  expect(await refusal(mixed)).toBe(no);
});

test('[iam-10] calls on a log group need the star, those on its tags the bare ARN', async () => {
  const arn = `arn:aws:logs:${region}:${account}:log-group:/a`;
  const bare = openWith([allow('logs:*', { Resource: arn })]);
  const star = openWith([allow('logs:*', { Resource: `${arn}:*` })]);
  for (const { admin } of [bare, star]) await admin('logs:CreateLogGroup', { logGroupName: '/a' });
  const retention = { logGroupName: '/a', retentionInDays: 7 };
  const events = { logGroupName: '/a', logStreamName: 's' };
  await star.call('logs:PutRetentionPolicy', retention);
  expect(await refusal(star.call('logs:GetLogEvents', events))).toContain('ResourceNotFound');
  expect(await refusal(star.call('logs:ListTagsForResource', { resourceArn: arn }))).toContain(
    'AccessDenied',
  );
  await bare.call('logs:ListTagsForResource', { resourceArn: arn });
  expect(await refusal(bare.call('logs:PutRetentionPolicy', retention))).toContain('AccessDenied');
  expect(await refusal(bare.call('logs:GetLogEvents', events))).toContain(`${arn}:log-stream:s`);
  expect(await refusal(bare.call('logs:DeleteLogGroup', { logGroupName: '/a' }))).toContain(
    'AccessDenied',
  );
  expect(
    await refusal(star.call('logs:CreateLogGroup', { logGroupName: '/a', tags: { a: '' } })),
  ).toBe(denied('AccessDeniedException', 'logs:TagResource', arn));
});

test('[iam-11] calls without a resource type are allowed by the star only', async () => {
  const reads = ['elasticloadbalancing:Describe*', 'logs:DescribeLogGroups'];
  const scoped = openWith([
    allow(reads, { Resource: [listenerArn, balancerArn, 'arn:aws:logs:*:*:*'] }),
  ]);
  const { call } = openWith([allow(reads)]);
  const group = await makeGroup(scoped.admin, 'web');
  const asked = [
    ['elasticloadbalancing:DescribeRules', { ListenerArn: listenerArn }],
    ['elasticloadbalancing:DescribeLoadBalancers', { LoadBalancerArns: [balancerArn] }],
    ['elasticloadbalancing:DescribeTargetGroups', {}],
    ['elasticloadbalancing:DescribeTargetHealth', { TargetGroupArn: group }],
    ['elasticloadbalancing:DescribeTargetGroupAttributes', { TargetGroupArn: group }],
    ['elasticloadbalancing:DescribeTags', { ResourceArns: [balancerArn] }],
    ['logs:DescribeLogGroups', {}],
  ] as const;
  for (const [key, input] of asked) {
    expect(await refusal(scoped.call(key, input as never))).toContain(`${key} on resource: *`);
    const said = await call(key, input as never).then(
      () => 'done',
      (error: Error) => error.name,
    );
    expect(said).not.toContain('AccessDenied');
  }
});
