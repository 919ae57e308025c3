import { describe, expect, it } from 'vitest';
import { scopeOf } from '../../../src/commands/scope.ts';
import { exitCodeOf } from '../../../src/doctor/doctor.ts';
import type { PolicyDocument, Statement } from '../../../src/permissions/evaluate.ts';
import { policyFor } from '../../../src/permissions/policy.ts';
import { configOf } from '../../helpers/stage.ts';
import { fullPolicy, type Patient, visit } from './clinic.ts';

const account = '123456789012';
const config = configOf();
const ci = policyFor(scopeOf(config, 'hello'));
const quiet = { 'build.source': 'skip', 'names.zone': 'skip' };
const only = { doctor: { only: ['caller' as const] } };

const without = (policy: PolicyDocument, ...actions: string[]): PolicyDocument => ({
  ...policy,
  Statement: ([policy.Statement].flat() as Statement[]).flatMap((statement) => {
    const Action = [statement.Action ?? []].flat().filter((action) => !actions.includes(action));
    return Action.length === 0 ? [] : [{ ...statement, Action }];
  }),
});
const allow = (Action: string | string[], more: object = {}): PolicyDocument => ({
  Version: '2012-10-17',
  Statement: { Effect: 'Allow', Action, Resource: '*', ...more },
});
const deny = (Action: string, more: object = {}): PolicyDocument => ({
  Version: '2012-10-17',
  Statement: { Effect: 'Deny', Action, Resource: '*', ...more },
});
const simulate = allow(['iam:SimulatePrincipalPolicy', 'iam:GetRole']);
const readAll = allow(['iam:Get*', 'iam:List*']);

const sso = `arn:aws:sts::${account}:assumed-role/AWSReservedSSO_Admin_0123456789abcdef/ann@example.com`;

describe('who calls', () => {
  it.each([
    ['an IAM user', `arn:aws:iam::${account}:user/teams/ann`, `user/teams/ann, simulated`],
    [
      'an assumed role',
      `arn:aws:sts::${account}:assumed-role/deployer/github`,
      'role/deployer, simulated',
    ],
    ['an Identity Center role', sso, 'role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_'],
  ])('%s is simulated', async (_, callerArn, seen) => {
    const { complaints, result } = await visit({ callerArn, ...only });
    expect(complaints).toEqual({});
    expect(result('caller.principal').seen).toContain(seen);
  });

  it.each([
    ['the root user', `arn:aws:iam::${account}:root`, /account root/],
    ['a federated user', `arn:aws:sts::${account}:federated-user/ann`, /session policy/],
  ])('%s is unknown, and neither passes nor fails', async (_, callerArn, why) => {
    const { complaints, result, results } = await visit({ callerArn, ...only });
    expect(complaints).toEqual({ 'caller.permissions': 'warn' });
    expect(result('caller.permissions').seen).toMatch(why);
    expect(exitCodeOf(results, false)).toBe(0);
    expect(exitCodeOf(results, true)).toBe(3);
  });

  it('an Identity Center role without iam:GetRole is unknown', async () => {
    const policies = [without(fullPolicy(config), 'iam:GetRole')];
    const { complaints, result } = await visit({ callerArn: sso, policies, ...only });
    expect(complaints).toEqual({ 'caller.permissions': 'warn' });
    expect(result('caller.permissions').seen).toContain('iam:GetRole');
    expect(result('caller.permissions').fix).toContain('"Action":"iam:GetRole"');
  });

  it('another role is found without iam:GetRole', async () => {
    const callerArn = `arn:aws:sts::${account}:assumed-role/deployer/github`;
    const policies = [without(fullPolicy(config), 'iam:GetRole')];
    expect((await visit({ callerArn, policies, ...only })).complaints).toEqual({});
  });

  it('another account is a failure, and nothing else is told about it', async () => {
    const told = JSON.parse(JSON.stringify(config).replaceAll(account, '999999999999'));
    const { complaints, result, results } = await visit({ told });
    expect(result('caller.account').fix).toContain('--profile');
    expect(exitCodeOf(results, false)).toBe(3);
    const { 'caller.account': first, ...others } = complaints;
    expect(first).toBe('fail');
    expect(new Set(Object.values(others))).toEqual(new Set(['skip']));
    const part = await visit({ told, doctor: { only: ['network'] } });
    expect(part.complaints).toMatchObject({ 'caller.account': 'fail', 'network.vpc': 'skip' });
  });
});

/** Ids of the permissions that failed, and of those that cannot be told. */
async function permissions(patient: Patient) {
  const { results } = await visit({ ...only, ...patient });
  const of = (wanted: string) =>
    results.filter(({ permission, status }) => permission && status === wanted);
  return { failed: of('fail'), unknown: of('warn'), all: results };
}

describe('what the caller may do', () => {
  it.each([
    'ecs:CreateService',
    'elasticloadbalancing:ModifyRule',
    'elasticloadbalancing:AddTags',
    'logs:CreateLogGroup',
    'iam:PassRole',
  ])('a policy without %s fails for that alone', async (action) => {
    const { failed, unknown, all } = await permissions({
      policies: [without(fullPolicy(config), action)],
    });
    expect(new Set(failed.map(({ title }) => title))).toEqual(new Set([action]));
    expect(unknown).toEqual([]);
    for (const { fix, seen, permission } of failed) {
      expect(seen).toContain(`AWS denies ${action} on ${permission?.resource}`);
      expect(fix).toContain(JSON.stringify(permission?.statement));
    }
    expect(exitCodeOf(all, false)).toBe(3);
  });

  it.each(['current', 'old'] as const)(
    'a boundary that does not allow is named (%s answers)',
    async (simulatorShape) => {
      const { failed } = await permissions({
        simulatorShape,
        boundary: allow([
          'ecs:*',
          'iam:*',
          'sts:*',
          'elasticloadbalancing:*',
          'logs:*',
          'ecr:*',
          'tag:*',
          'ec2:*',
          'cloudwatch:*',
          'servicequotas:*',
        ]),
      });
      expect(failed.length).toBeGreaterThan(3);
      for (const { title, seen } of failed) {
        expect(title).toMatch(/^codebuild:/);
        expect(seen).toContain('the permissions boundary does not allow it');
      }
    },
  );

  it.each(['current', 'old'] as const)(
    'so is a service control policy (%s answers)',
    async (simulatorShape) => {
      const regions = { Condition: { StringNotEquals: { 'aws:RequestedRegion': 'eu-west-1' } } };
      const { failed } = await permissions({
        simulatorShape,
        scps: [[allow('*'), deny('ecr:PutLifecyclePolicy', regions)]],
      });
      expect(failed.map(({ title }) => title)).toEqual(['ecr:PutLifecyclePolicy']);
      expect(failed[0]?.seen).toContain('service control policy');
      expect(failed[0]?.fix).not.toContain('Add this statement');
    },
  );

  it('an explicit Deny is named, and no Allow advised', async () => {
    const { failed } = await permissions({
      policies: [fullPolicy(config), deny('ecs:DeleteService')],
    });
    expect(failed.map(({ title }) => title)).toEqual(['ecs:DeleteService']);
    expect(failed[0]?.seen).toContain('denies it explicitly');
    expect(failed[0]?.fix).not.toContain('Add this statement');
  });

  it('what depends on more than is known neither passes nor fails', async () => {
    const { failed, unknown } = await permissions({
      policies: [
        without(fullPolicy(config), 'ecs:DeleteService'),
        allow('ecs:DeleteService', {
          Condition: { IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } },
        }),
      ],
    });
    expect(failed).toEqual([]);
    expect(unknown.map(({ title }) => title)).toEqual(['ecs:DeleteService']);
    expect(unknown[0]?.seen).toContain('aws:SourceIp');
  });

  it('PassRole for every role is a warning, with the narrower statements', async () => {
    const { complaints, result } = await visit({
      ...only,
      policies: [fullPolicy(config), allow('iam:PassRole')],
    });
    expect(complaints).toEqual({ 'caller.pass-role': 'warn' });
    expect(result('caller.pass-role').fix).toContain(
      '"Resource":"arn:aws:iam::123456789012:role/ecsTaskExecutionRole"',
    );
  });

  it('as: only the permissions of these commands', async () => {
    const { all } = await permissions({ doctor: { only: ['caller'], commands: ['list'] } });
    const commands = all.flatMap(({ permission }) => permission?.commands ?? []);
    expect(new Set(commands)).toEqual(new Set(['list']));
  });
});

describe('without the right to simulate', () => {
  it("the caller's own policies are judged instead", async () => {
    const patient = { policies: [without(ci, 'ecs:CreateService'), readAll] };
    const { failed, all } = await permissions(patient);
    expect(failed.map(({ title }) => title)).toEqual(['ecs:CreateService']);
    const principal = all.find(({ id }) => id === 'caller.principal');
    expect(principal?.seen).toContain('judged by its own policies');
  });

  it('and a boundary with them', async () => {
    const { failed } = await permissions({
      policies: [ci, readAll],
      boundary: allow(['ecs:*', 'iam:*']),
    });
    expect(failed.length).toBeGreaterThan(20);
    expect(failed.every(({ seen }) => seen.includes('permissions boundary'))).toBe(true);
  });

  it('with neither, one warning says what to grant or to run', async () => {
    const { complaints, result } = await visit({ ...only, policies: [ci] });
    expect(complaints).toEqual({ 'caller.permissions': 'warn' });
    const { fix } = result('caller.permissions');
    expect(fix).toContain('"Action":"iam:SimulatePrincipalPolicy"');
    expect(fix).toContain('previewops doctor --policy-file FILE');
  });

  it('what may not be read is skipped with the statement to add, and fails nothing', async () => {
    const { complaints, results, result } = await visit({ policies: [ci, simulate] });
    expect(Object.values(complaints)).not.toContain('fail');
    expect(complaints).toMatchObject({
      ...quiet,
      'network.security-groups': 'skip',
      'cluster.active': 'skip',
    });
    expect(result('network.security-groups').fix).toContain(
      '"Action":"ec2:DescribeSecurityGroups"',
    );
    expect(exitCodeOf(results, true)).toBe(0);
  });
});

describe('one fault of a read', () => {
  it('stops no other check', async () => {
    const fault = {
      call: 'ec2:DescribeSubnets',
      nth: 1,
      times: 'always',
      fault: 'throttle',
    } as const;
    const { complaints } = await visit({ faults: [fault] });
    expect(complaints).toEqual({
      ...quiet,
      'network.subnets': 'skip',
      'network.zones': 'skip',
      'network.addresses': 'skip',
      'network.way-out': 'skip',
      'network.inbound': 'skip',
      'network.load-balancer-outbound': 'skip',
    });
  });

  it('nor does a check that breaks down', async () => {
    const listPreviews = () => Promise.resolve(undefined as never);
    const { complaints, result } = await visit({ doctor: { listPreviews } });
    expect(complaints).toEqual({ ...quiet, 'hygiene.expired': 'fail' });
    expect(result('hygiene.expired').seen).toContain('broke down');
  });
});
