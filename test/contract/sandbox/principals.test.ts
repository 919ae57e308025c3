// IAM's users, roles, groups and policies, and who the caller is.
import { expect, test } from 'vitest';
import type { PolicyDocument, Statement } from '../../../src/permissions/evaluate.ts';
import { ecs } from '../../../src/sandbox/services/ecs.ts';
import { trusting } from '../../../src/sandbox/trust.ts';
import type { World } from '../../../src/sandbox/types.ts';
import { account, type Call, openEdited, refusal, region, seed } from './account.ts';
import { createAccount, roleArn, service, taskDefinition } from './direct.ts';

const iam = (rest: string) => `arn:aws:iam::${account}:${rest}`;
const sts = (rest: string) => `arn:aws:sts::${account}:${rest}`;
const allow = (Action: string, Resource = '*'): Statement => ({
  Effect: 'Allow',
  Action,
  Resource,
});
const policy = (...Statement: Statement[]): PolicyDocument => ({
  Version: '2012-10-17',
  Statement,
});
const bare = { createdAt: 0, inline: {}, attached: [] };

const listGroups = { call: 'logs:DescribeLogGroups', input: {} } as const;
const read = (text: string | undefined): unknown => JSON.parse(decodeURIComponent(text ?? ''));

test.each([
  ['a user', iam('user/team/ann'), iam('user/team/ann')],
  ['an assumed role', sts('assumed-role/deployer/session'), iam('role/ci/deployer')],
  [
    'a role of Identity Center that is not there',
    sts('assumed-role/AWSReservedSSO_Admin_0123/ann'),
    iam('role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0123'),
  ],
  ['another role that is not there', sts('assumed-role/ghost/s'), iam('role/ghost')],
  ['root', iam('root'), iam('root')],
  ['a federated user', sts('federated-user/ann'), sts('federated-user/ann')],
])('[principal-1] the caller can be %s', async (_, callerArn, principalArn) => {
  const only: PolicyDocument = policy({
    ...allow('*'),
    Condition: { StringEquals: { 'aws:PrincipalArn': principalArn } },
  });
  const { call } = openEdited(
    ({ iam: state }) => {
      const arn = iam('role/ci/deployer');
      state.roles[arn] = { ...bare, arn, name: 'deployer', path: '/ci/', trust: trusting() };
    },
    { callerArn, policies: [only] },
  );
  await call(listGroups.call, listGroups.input);
  expect((await call('sts:GetCallerIdentity', {})).Arn).toBe(callerArn);
});

test('[principal-1] a principal of other policies is not the caller', async () => {
  const only = policy({
    ...allow('*'),
    Condition: { StringEquals: { 'aws:PrincipalArn': iam('role/ghost') } },
  });
  const { call } = openEdited(() => {}, { policies: [only] });
  expect(await refusal(call(listGroups.call, listGroups.input))).toContain('AccessDenied');
});

test('[principal-2] GetRole tells ARN, trust and boundary', async () => {
  const { call } = openEdited(({ iam: state }) => {
    const arn = iam('role/app/web');
    const trust = trusting('ecs-tasks.amazonaws.com');
    state.roles[arn] = {
      ...bare,
      arn,
      name: 'web',
      path: '/app/',
      trust,
      boundary: iam('policy/b'),
    };
  });
  const { Role } = await call('iam:GetRole', { RoleName: 'web' });
  expect(Role).toMatchObject({
    Arn: iam('role/app/web'),
    Path: '/app/',
    PermissionsBoundary: { PermissionsBoundaryArn: iam('policy/b') },
  });
  expect(Role?.AssumeRolePolicyDocument).not.toContain('{');
  expect(read(Role?.AssumeRolePolicyDocument)).toEqual(trusting('ecs-tasks.amazonaws.com'));
  expect(await refusal(call('iam:GetRole', { RoleName: 'nobody' }))).toBe(
    'NoSuchEntityException: The role with name nobody cannot be found.',
  );
});

test('[principal-3] GetUser without a name is about the calling user', async () => {
  const user = openEdited(() => {}, { callerArn: iam('user/team/ann') });
  expect((await user.call('iam:GetUser', {})).User).toMatchObject({
    Arn: iam('user/team/ann'),
    Path: '/team/',
    UserName: 'ann',
  });
  const role = openEdited(() => {}, { callerArn: sts('assumed-role/ghost/s') });
  expect(await refusal(role.call('iam:GetUser', {}))).toBe(
    'ValidationError: Must specify userName when calling with non-User credentials',
  );
});

/** Ann is in a group; all three kinds have an inline and an attached policy. */
function staff({ iam: state }: World): void {
  const arns = { user: iam('user/ann'), group: iam('group/devs'), role: iam('role/deployer') };
  const own = (kind: string) => ({
    createdAt: 0,
    path: '/',
    inline: { [`${kind}-inline`]: policy(allow(`logs:Describe${kind}`)) },
    attached: [iam(`policy/${kind}-managed`)],
  });
  state.users[arns.user] = { ...own('user'), arn: arns.user, name: 'ann', groups: ['devs'] };
  state.groups[arns.group] = { ...own('group'), arn: arns.group, name: 'devs' };
  const role = { ...own('role'), arn: arns.role, name: 'deployer', trust: trusting() };
  state.roles[arns.role] = role;
  for (const kind of ['user', 'group', 'role']) {
    const arn = iam(`policy/${kind}-managed`);
    state.policies[arn] = {
      arn,
      name: `${kind}-managed`,
      path: '/',
      createdAt: 0,
      defaultVersion: 'v2',
      versions: { v1: policy(), v2: policy(allow(`ecs:${kind}`)) },
    };
  }
}

test('[principal-4] the policies of users, roles and groups can be read', async () => {
  const { call } = openEdited(staff);
  const role = { RoleName: 'deployer' };
  const user = { UserName: 'ann' };
  const group = { GroupName: 'devs' };
  expect((await call('iam:ListGroupsForUser', user)).Groups).toMatchObject([{ GroupName: 'devs' }]);
  const answers = {
    role: [
      await call('iam:ListRolePolicies', role),
      await call('iam:ListAttachedRolePolicies', role),
      await call('iam:GetRolePolicy', { ...role, PolicyName: 'role-inline' }),
    ],
    user: [
      await call('iam:ListUserPolicies', user),
      await call('iam:ListAttachedUserPolicies', user),
      await call('iam:GetUserPolicy', { ...user, PolicyName: 'user-inline' }),
    ],
    group: [
      await call('iam:ListGroupPolicies', group),
      await call('iam:ListAttachedGroupPolicies', group),
      await call('iam:GetGroupPolicy', { ...group, PolicyName: 'group-inline' }),
    ],
  };
  for (const [kind, [inline, attached, document]] of Object.entries(answers)) {
    expect(inline).toMatchObject({ PolicyNames: [`${kind}-inline`], IsTruncated: false });
    expect(attached).toMatchObject({
      AttachedPolicies: [
        { PolicyName: `${kind}-managed`, PolicyArn: iam(`policy/${kind}-managed`) },
      ],
    });
    const { PolicyDocument: text } = document as { PolicyDocument?: string };
    expect(read(text)).toEqual(policy(allow(`logs:Describe${kind}`)));
  }
  expect(await refusal(call('iam:GetRolePolicy', { ...role, PolicyName: 'x' }))).toBe(
    'NoSuchEntityException: The role policy with name x cannot be found.',
  );
  expect(await refusal(call('iam:ListUserPolicies', { UserName: 'bob' }))).toBe(
    'NoSuchEntityException: The user with name bob cannot be found.',
  );
});

test('[principal-4] long lists come in pages that end', async () => {
  const inline = Object.fromEntries([...Array(5).keys()].map((n) => [`p${n}`, policy()]));
  const { call } = openEdited(({ iam: state }) => {
    const arn = iam('role/many');
    state.roles[arn] = { ...bare, arn, name: 'many', path: '/', trust: trusting(), inline };
  });
  const names: string[] = [];
  let Marker: string | undefined;
  for (let pages = 1; ; pages++) {
    const page = await call('iam:ListRolePolicies', { RoleName: 'many', MaxItems: 2, Marker });
    names.push(...(page.PolicyNames ?? []));
    Marker = page.Marker;
    if (!page.IsTruncated) {
      expect(pages).toBe(3);
      break;
    }
  }
  expect(Marker).toBeUndefined();
  expect(names).toEqual(Object.keys(inline));
  const zero = call('iam:ListRolePolicies', { RoleName: 'many', MaxItems: 0 });
  expect(await refusal(zero)).toContain('ValidationError');
});

test("[principal-5] the caller's given policies and boundary can be read like any other", async () => {
  const given = policy(allow('iam:*'), allow('logs:*'));
  const { call } = openEdited(() => {}, { policies: [given], boundary: policy(allow('*')) });
  const { AttachedPolicies = [] } = await call('iam:ListAttachedUserPolicies', {
    UserName: 'sandbox',
  });
  expect(AttachedPolicies).toEqual([
    { PolicyName: 'sandbox-caller-1', PolicyArn: iam('policy/sandbox-caller-1') },
  ]);
  const [{ PolicyArn } = {}] = AttachedPolicies;
  const { Policy } = await call('iam:GetPolicy', { PolicyArn });
  const VersionId = Policy?.DefaultVersionId;
  const { PolicyVersion } = await call('iam:GetPolicyVersion', { PolicyArn, VersionId });
  expect(read(PolicyVersion?.Document)).toEqual(given);
  const boundary = (await call('iam:GetUser', {})).User?.PermissionsBoundary;
  expect(boundary?.PermissionsBoundaryArn).toBe(iam('policy/sandbox-boundary'));
  expect(await refusal(call('ecs:ListServices', { cluster: seed.cluster }))).toContain(
    'AccessDenied',
  );
});

test('[principal-5] without any policies the caller is an administrator', async () => {
  const { call } = openEdited(() => {});
  const { AttachedPolicies } = await call('iam:ListAttachedUserPolicies', { UserName: 'sandbox' });
  expect(AttachedPolicies).toEqual([
    { PolicyName: 'AdministratorAccess', PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' },
  ]);
});

test('[principal-6] managed policies have versions, and those of AWS are known', async () => {
  const { call } = openEdited(staff);
  const PolicyArn = 'arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy';
  const { Policy } = await call('iam:GetPolicy', { PolicyArn });
  expect(Policy).toMatchObject({
    PolicyName: 'AmazonECSTaskExecutionRolePolicy',
    Path: '/service-role/',
    DefaultVersionId: 'v1',
    AttachmentCount: 1,
  });
  const { PolicyVersion } = await call('iam:GetPolicyVersion', { PolicyArn, VersionId: 'v1' });
  expect(read(PolicyVersion?.Document)).toMatchObject({
    Statement: [{ Action: expect.arrayContaining(['ecr:BatchGetImage', 'logs:PutLogEvents']) }],
  });
  const own = iam('policy/user-managed');
  expect((await call('iam:GetPolicy', { PolicyArn: own })).Policy?.DefaultVersionId).toBe('v2');
  expect(
    await refusal(call('iam:GetPolicyVersion', { PolicyArn: own, VersionId: 'v9' })),
  ).toContain('NoSuchEntityException');
  expect(await refusal(call('iam:GetPolicy', { PolicyArn: iam('policy/none') }))).toContain(
    'NoSuchEntityException',
  );
  expect(await refusal(call('iam:GetPolicy', { PolicyArn: 'policy/none' }))).toContain(
    'ValidationError',
  );
});

const sources = (sourceArn: string) => ({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow' as const,
      Principal: { Service: 'ecs-tasks.amazonaws.com' },
      Action: 'sts:AssumeRole',
      Condition: { ArnLike: { 'aws:SourceArn': sourceArn } },
    },
  ],
});

test.each([
  ['of this account', sources('arn:aws:ecs:eu-west-1:123456789012:*'), 1],
  ['of another one', sources('arn:aws:ecs:eu-west-1:999999999999:*'), 0],
  ['of another service', trusting('lambda.amazonaws.com'), 0],
])('[principal-7] a trust policy for tasks %s holds as it is written', (_, trust, running) => {
  const aws = createAccount();
  const role = aws.world.iam.roles[roleArn];
  if (role) role.trust = trust;
  aws.world.logs.groups['/ecs/web'] = {
    name: '/ecs/web',
    arn: '/ecs/web',
    createdAt: 0,
    tags: {},
    streams: {},
  };
  aws.run(ecs.RegisterTaskDefinition, taskDefinition());
  aws.run(ecs.CreateService, service());
  aws.pass(20);
  expect(Object.values(aws.world.ecs.tasks)).toHaveLength(running);
});

test('[iam-12] the caller has what it was given and what its user has, through groups too', async () => {
  const named = { callerArn: iam('user/ann') };
  const asks = (call: Call) => refusal(call(listGroups.call, {}));
  const permit =
    (where: 'users' | 'groups') =>
    (world: World): void => {
      staff(world);
      const arn = iam(where === 'users' ? 'user/ann' : 'group/devs');
      const entity = world.iam[where][arn];
      if (entity) entity.inline.more = policy(allow('logs:DescribeLogGroups'));
    };
  expect(await asks(openEdited(staff, named).call)).toContain('AccessDenied');
  for (const where of ['users', 'groups'] as const) {
    await openEdited(permit(where), named).call(listGroups.call, {});
    await openEdited(permit(where), { ...named, policies: [] }).call(listGroups.call, {});
  }
  const given = { ...named, policies: [policy(allow('logs:DescribeLogGroups'))] };
  await openEdited(staff, given).call(listGroups.call, {});
});

test('[iam-12] root may do what service control policies let it', async () => {
  const callerArn = iam('root');
  await openEdited(() => {}, { callerArn, policies: [] }).call(listGroups.call, {});
  const scps = [[policy(allow('*'))], [policy(allow('ecs:*'))]];
  const held = openEdited(() => {}, { callerArn, scps });
  expect(await refusal(held.call(listGroups.call, {}))).toContain('service control policy');
});

const deny = policy(allow('*'), { Effect: 'Deny', Action: 'logs:*', Resource: '*' });
test.each([
  ['boundary', { boundary: policy(allow('ecs:*')) }, 'because no permissions boundary allows the'],
  ['boundary', { boundary: deny }, 'with an explicit deny in a permissions boundary'],
  ['scp', { scps: [[policy(allow('ecs:*'))]] }, 'because no service control policy allows the'],
  ['scp', { scps: [[deny]] }, 'with an explicit deny in a service control policy'],
])('[iam-13] a %s limits the caller, and is named', async (_, limits, words) => {
  const { call } = openEdited(() => {}, { policies: [policy(allow('*'))], ...limits });
  expect(await refusal(call(listGroups.call, {}))).toContain(words);
  if (words.startsWith('because')) await call('ecs:ListServices', { cluster: seed.cluster });
});

test('[iam-14] EC2 and IAM have words of their own for a denial', async () => {
  const { call } = openEdited(() => {}, { policies: [] });
  const who = `User: ${iam('user/sandbox')} is not authorized to perform:`;
  expect(await refusal(call('ec2:DescribeSubnets', {}))).toBe(
    `UnauthorizedOperation: You are not authorized to perform this operation. ${who} ec2:DescribeSubnets because no identity-based policy allows the ec2:DescribeSubnets action`,
  );
  const on = async (work: Promise<unknown>) =>
    /on resource: (.*) because/.exec(await refusal(work))?.[1];
  expect(await on(call('iam:GetRole', { RoleName: 'tasks' }))).toBe('role tasks');
  expect(await on(call('iam:GetUser', {}))).toBe('user sandbox');
  expect(await on(call('iam:GetGroupPolicy', { GroupName: 'g', PolicyName: 'p' }))).toBe('group g');
  expect(await on(call('iam:GetPolicy', { PolicyArn: iam('policy/p') }))).toBe(
    `policy ${iam('policy/p')}`,
  );
  const simulate = call('iam:SimulatePrincipalPolicy', {
    PolicySourceArn: iam('role/tasks'),
    ActionNames: ['ecs:ListServices'],
  });
  expect(await on(simulate)).toBe(iam('role/tasks'));
});

test.each([
  ['iam:GetRole', { RoleName: 'tasks' }, iam('role/tasks')],
  ['iam:ListRolePolicies', { RoleName: 'tasks' }, iam('role/tasks')],
  ['iam:GetUser', { UserName: 'sandbox' }, iam('user/sandbox')],
  ['iam:ListGroupPolicies', { GroupName: 'devs' }, iam('group/devs')],
  ['iam:GetPolicy', { PolicyArn: iam('policy/p') }, iam('policy/p')],
  [
    'ecs:DescribeClusters',
    { clusters: ['previews'] },
    `arn:aws:ecs:${region}:${account}:cluster/previews`,
  ],
  [
    'acm:DescribeCertificate',
    { CertificateArn: `arn:aws:acm:${region}:${account}:certificate/c` },
    `arn:aws:acm:${region}:${account}:certificate/c`,
  ],
  [
    'servicequotas:GetServiceQuota',
    { ServiceCode: 'fargate', QuotaCode: 'L-3032A538' },
    `arn:aws:servicequotas:${region}:${account}:fargate/L-3032A538`,
  ],
] as const)('[iam-15] %s is authorised on its own resource', async (key, input, resource) => {
  const [service = ''] = key.split(':');
  const calls = (on: string) =>
    openEdited(() => {}, { policies: [policy(allow(`${service}:*`, on))] }).call(
      key,
      input as never,
    );
  const outcome = (work: Promise<unknown>) => work.then(String, (error: Error) => error.name);
  expect(await outcome(calls(resource))).not.toMatch(/AccessDenied/);
  expect(await outcome(calls(`${resource}x`))).toMatch(/AccessDenied/);
});

test.each([
  ['ec2:DescribeSubnets', {}],
  ['elasticloadbalancing:DescribeAccountLimits', {}],
  ['codebuild:ListSourceCredentials', {}],
] as const)('[iam-15] %s is authorised on * alone', async (key, input) => {
  const named = openEdited(() => {}, {
    policies: [policy(allow(key, `arn:aws:${key.split(':')[0]}:${region}:${account}:*`))],
  });
  expect(await refusal(named.call(key, input))).toMatch(/^(AccessDenied|UnauthorizedOperation)/);
  await openEdited(() => {}, { policies: [policy(allow(key))] }).call(key, input);
});
