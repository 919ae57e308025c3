import { describe, expect, test } from 'vitest';
import { readCaller } from '../../../src/doctor/iam/principal.ts';
import {
  groupRequests,
  judgeResults,
  type Result,
  splitGroup,
} from '../../../src/doctor/iam/simulation.ts';
import { decodeDocument, judgeTrust } from '../../../src/doctor/iam/trust.ts';
import { judgeOffline } from '../../../src/doctor/iam/verdict.ts';
import type { Policies, PolicyDocument } from '../../../src/permissions/evaluate.ts';

const service = 'arn:aws:ecs:eu-west-1:123456789012:service/c/s';
const role = (name: string) => `arn:aws:iam::123456789012:role/${name}`;
const request = (action: string, resource = service, context = {}) => ({
  action,
  resource,
  context,
});

describe('calls of the simulator', () => {
  test('go together when only the action differs', () => {
    const groups = groupRequests([
      request('ecs:UpdateService'),
      request('ecs:DeleteService'),
      request('ecs:CreateService', service, { 'aws:RequestTag/a': 'b' }),
      request('ecs:TagResource'),
      request('iam:PassRole', role('a')),
      request('iam:PassRole', role('b')),
      request('ecs:ListTaskDefinitions', '*'),
      request('logs:DescribeLogGroups', '*'),
    ]);
    expect(groups.map(({ input }) => [input.ActionNames, input.ResourceArns])).toEqual([
      [['ecs:UpdateService', 'ecs:DeleteService'], [service]],
      [['ecs:CreateService'], [service]],
      [['ecs:TagResource'], [service]],
      [['iam:PassRole'], [role('a')]],
      [['iam:PassRole'], [role('b')]],
      [['ecs:ListTaskDefinitions'], undefined],
      [['logs:DescribeLogGroups'], undefined],
    ]);
  });

  test('can be taken apart again', () => {
    const [group] = groupRequests([request('ecs:UpdateService'), request('ecs:DeleteService')]);
    const apart = group ? splitGroup(group) : [];
    expect(apart.map(({ input }) => input.ActionNames)).toEqual([
      ['ecs:UpdateService'],
      ['ecs:DeleteService'],
    ]);
  });

  test('name the type of each context key', () => {
    const context = { 'aws:SecureTransport': 'true', 'aws:TagKeys': ['a'], 'ecs:cluster': 'c' };
    const [group] = groupRequests([request('ecs:UpdateService', service, context)]);
    expect(group?.input.ContextEntries).toEqual([
      {
        ContextKeyName: 'aws:SecureTransport',
        ContextKeyType: 'boolean',
        ContextKeyValues: ['true'],
      },
      { ContextKeyName: 'aws:TagKeys', ContextKeyType: 'stringList', ContextKeyValues: ['a'] },
      { ContextKeyName: 'ecs:cluster', ContextKeyType: 'string', ContextKeyValues: ['c'] },
    ]);
  });
});

describe('answers of the simulator', () => {
  const asked = request('ecs:UpdateService');
  const result = (more: Partial<Result>): Result => ({
    EvalActionName: 'ecs:UpdateService',
    EvalResourceName: 'arn:aws:ecs:<Region>:<Account>:service/*',
    EvalDecision: 'allowed',
    ...more,
  });
  const specific = (
    decision: 'allowed' | 'implicitDeny' | 'explicitDeny',
    EvalResourceName = service,
  ) => ({
    EvalResourceName,
    EvalResourceDecision: decision,
  });
  test.each<[string, Result[], object]>([
    ['allowed', [result({})], { state: 'allowed' }],
    ['no result at all', [], { state: 'unknown', why: 'IAM gave no answer' }],
    [
      'a result for another action',
      [result({ EvalActionName: 'ecs:DeleteService' })],
      { state: 'unknown', why: 'IAM gave no answer' },
    ],
    ['implicitly denied', [result({ EvalDecision: 'implicitDeny' })], { state: 'denied' }],
    [
      'the resource decides, not the strictest of all',
      [
        result({
          EvalDecision: 'implicitDeny',
          ResourceSpecificResults: [specific('allowed'), specific('implicitDeny', 'arn:other')],
        }),
      ],
      { state: 'allowed' },
    ],
    [
      'older shape: the result of the resource counts',
      [
        result({
          EvalResourceName: 'arn:aws:ecs:eu-west-1:123456789012:service/c/other',
          EvalDecision: 'implicitDeny',
        }),
        result({ EvalResourceName: service }),
      ],
      { state: 'allowed' },
    ],
    [
      'explicitly denied by a policy',
      [result({ EvalDecision: 'explicitDeny', MatchedStatements: [{ SourcePolicyId: 'guard' }] })],
      { state: 'denied', why: 'policy guard denies it explicitly', explicit: true },
    ],
    [
      'explicitly denied by nothing that is named',
      [result({ EvalDecision: 'explicitDeny' })],
      { state: 'denied', why: 'a service control policy denies it explicitly', explicit: true },
    ],
    [
      'a key is missing that the call may have',
      [result({ EvalDecision: 'implicitDeny', MissingContextValues: ['aws:SourceIp'] })],
      { state: 'unknown', why: expect.stringContaining('aws:SourceIp') },
    ],
    [
      'a Deny by a key that the call may have',
      [
        result({
          EvalDecision: 'explicitDeny',
          MissingContextValues: ['aws:MultiFactorAuthPresent'],
        }),
      ],
      { state: 'unknown', why: expect.stringContaining('aws:MultiFactorAuthPresent') },
    ],
    [
      'a key is missing that the call does not have',
      [
        result({
          EvalDecision: 'implicitDeny',
          MissingContextValues: ['aws:RequestTag/previewops:app'],
        }),
      ],
      { state: 'denied' },
    ],
    [
      'the organisation does not allow',
      [result({ OrganizationsDecisionDetail: { AllowedByOrganizations: false } })],
      { state: 'denied', why: 'a service control policy does not allow it' },
    ],
    [
      'the boundary does not allow',
      [
        result({
          EvalDecision: 'implicitDeny',
          PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: false },
        }),
      ],
      { state: 'denied', why: 'the permissions boundary does not allow it' },
    ],
  ])('%s', (_, results, wanted) => {
    expect(judgeResults(asked, results)).toEqual(wanted);
  });
});

test.each([
  ['arn:aws:iam::1:user/ann', { kind: 'other' }],
  [
    'arn:aws:iam::123456789012:user/a/b/ann',
    { kind: 'user', arn: 'arn:aws:iam::123456789012:user/a/b/ann', name: 'ann' },
  ],
  [
    'arn:aws-cn:sts::123456789012:assumed-role/deploy/s/1',
    {
      kind: 'role',
      name: 'deploy',
      session: 's',
      guess: 'arn:aws-cn:iam::123456789012:role/deploy',
    },
  ],
  ['arn:aws:iam::123456789012:root', { kind: 'other' }],
  ['arn:aws:sts::123456789012:federated-user/ann', { kind: 'other' }],
  ['', { kind: 'other' }],
])('the caller %s', (arn, wanted) => {
  expect(readCaller(arn)).toMatchObject(wanted);
});

const allow = (Action: string, Condition?: object): PolicyDocument => ({
  Version: '2012-10-17',
  Statement: {
    Effect: 'Allow',
    Action,
    Resource: '*',
    ...(Condition ? { Condition: Condition as never } : {}),
  },
});
const deny = (Action: string, Condition?: object): PolicyDocument => {
  const { Statement } = allow(Action, Condition);
  return { Version: '2012-10-17', Statement: { ...Statement, Effect: 'Deny' } as never };
};
const ip = { IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } };
const noMfa = { BoolIfExists: { 'aws:MultiFactorAuthPresent': 'false' } };

describe('judged by documents alone', () => {
  const asked = request('ecs:UpdateService');
  test.each<[string, Policies, object]>([
    ['allowed', { identity: [allow('ecs:*')] }, { state: 'allowed' }],
    ['nothing allows', { identity: [allow('ecr:*')] }, { state: 'denied' }],
    [
      'allowed under a key that may be there',
      { identity: [allow('ecs:*', ip)] },
      { state: 'unknown' },
    ],
    [
      'allowed twice, once under a key',
      { identity: [allow('ecs:*', ip), allow('ecs:*')] },
      { state: 'allowed' },
    ],
    [
      'denied under a key that may be there',
      { identity: [allow('ecs:*'), deny('ecs:*', noMfa)] },
      { state: 'unknown' },
    ],
    [
      'a Deny that may apply',
      { identity: [allow('ecs:*'), deny('ecs:*', ip)] },
      { state: 'unknown' },
    ],
    [
      'a Deny of other actions that may apply',
      { identity: [allow('ecs:*'), deny('ecr:*', ip)] },
      { state: 'allowed' },
    ],
    [
      'denied by a tag that the call does not have',
      { identity: [allow('ecs:*', { StringEquals: { 'aws:RequestTag/team': 'x' } })] },
      { state: 'denied' },
    ],
    [
      'explicitly denied',
      { identity: [allow('ecs:*'), deny('ecs:*')] },
      { state: 'denied', explicit: true, why: expect.stringContaining('a policy') },
    ],
    [
      'the boundary is silent',
      { identity: [allow('ecs:*')], boundary: [allow('ecr:*')] },
      { state: 'denied', why: 'the permissions boundary does not allow it' },
    ],
    [
      'a service control policy denies',
      { identity: [allow('ecs:*')], scps: [[allow('*'), deny('ecs:*')]] },
      { state: 'denied', explicit: true, why: expect.stringContaining('service control') },
    ],
    [
      'a level of them is silent',
      { identity: [allow('ecs:*')], scps: [[allow('*')], [allow('ecr:*')]] },
      { state: 'denied', why: 'a service control policy does not allow it' },
    ],
  ])('%s', (_, policies, wanted) => {
    expect(judgeOffline(asked, policies)).toMatchObject(wanted);
  });
});

describe('trust policies', () => {
  const tasks = 'ecs-tasks.amazonaws.com';
  const statement = (more: object) => ({
    Effect: 'Allow',
    Principal: { Service: tasks },
    Action: 'sts:AssumeRole',
    ...more,
  });
  const context = {
    'aws:SourceAccount': '123456789012',
    'aws:SourceArn': 'arn:aws:ecs:eu-west-1:123456789012:task/c/1',
  };
  test.each<[string, unknown, unknown]>([
    ['the service', statement({}), 'trusted'],
    [
      'among others',
      [statement({ Principal: { Service: ['ec2.amazonaws.com', tasks] } })],
      'trusted',
    ],
    ['anybody', statement({ Principal: '*' }), 'trusted'],
    ['with every action of STS', statement({ Action: 'sts:*' }), 'trusted'],
    ['another service', statement({ Principal: { Service: 'ec2.amazonaws.com' } }), 'refused'],
    ['an account', statement({ Principal: { AWS: '123456789012' } }), 'refused'],
    ['with another action', statement({ Action: 'sts:TagSession' }), 'refused'],
    ['nobody', [], 'refused'],
    ['all but it', [statement({}), statement({ Effect: 'Deny' })], 'refused'],
    [
      'for this account',
      statement({ Condition: { StringEquals: { 'aws:SourceAccount': '123456789012' } } }),
      'trusted',
    ],
    [
      'for another account',
      statement({ Condition: { StringEquals: { 'aws:SourceAccount': '210987654321' } } }),
      'refused',
    ],
    [
      'for any ECS of it',
      statement({
        Condition: { ArnLike: { 'aws:SourceArn': 'arn:aws:ecs:eu-west-1:123456789012:*' } },
      }),
      'trusted',
    ],
    [
      'under a key that nobody here knows',
      statement({ Condition: { StringEquals: { 'sts:ExternalId': 'x' } } }),
      { dependsOn: ['sts:ExternalId'] },
    ],
  ])('trusting %s', (_, Statement, wanted) => {
    expect(judgeTrust({ Statement }, { service: tasks, context })).toEqual(wanted);
  });

  test('come URL-encoded, and may be anything', () => {
    expect(decodeDocument(encodeURIComponent('{"Statement":[]}'))).toEqual({ Statement: [] });
    for (const text of [undefined, '', '%', '[]', 'null', '{}'])
      expect(decodeDocument(text)).toBeUndefined();
  });
});
