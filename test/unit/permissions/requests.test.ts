import { describe, expect, test } from 'vitest';
import { evaluate, type PolicyDocument } from '../../../src/permissions/evaluate.ts';
import { callingCommands, manifest } from '../../../src/permissions/manifest.ts';
import { ciCommands } from '../../../src/permissions/needs.ts';
import { policyFor } from '../../../src/permissions/policy.ts';
import {
  type NeededRequest,
  neededRequests,
  statementFor,
} from '../../../src/permissions/requests.ts';
import { sampleScope } from './sample-scope.ts';

const every = { commands: callingCommands, features: { dns: true, build: true, idle: true } };
const requests = neededRequests(sampleScope, every);
const allowed = (request: NeededRequest, ...identity: PolicyDocument[]) =>
  evaluate(request, { identity }).decision === 'allowed';
const find = (action: string, part = '') =>
  requests.filter((r) => r.action === action && r.resource.includes(part));
const one = (action: string, part = ''): NeededRequest => {
  const [request, ...more] = find(action, part);
  if (!request || more.length > 0) throw new Error(`${more.length} more than one ${action}`);
  return request;
};
const asks = (...keys: string[]) => expect.arrayContaining(keys);

describe('the requests', () => {
  test('cover every call of the manifest', () => {
    const actions = new Set(requests.map(({ action }) => action));
    const wanted = Object.values(manifest).flatMap(({ needs }) => needs.map((n) => n.action));
    expect(actions).toEqual(new Set(wanted));
  });

  test('are allowed by the generated policy, and need nothing that they do not carry', () => {
    const policy = policyFor(sampleScope, every);
    for (const request of requests) {
      expect(allowed(request, policy), JSON.stringify(request)).toBe(true);
    }
  });

  test('name no wildcard but the one of all resources and of a log group itself', () => {
    const wild = requests.filter(({ resource }) => /[*?]/.test(resource) && resource !== '*');
    for (const { resource } of wild) expect(resource).toMatch(/:log-group:[^*]*pr-1:\*$/);
    expect(wild).not.toHaveLength(0);
  });

  test('come once each, with all who make them', () => {
    const keys = requests.map(({ action, resource, context }) =>
      JSON.stringify({ action, resource, context }),
    );
    expect(new Set(keys).size).toBe(keys.length);
    expect(one('iam:PassRole', '/build').call).toBe('codebuild:CreateProject');
    const all = ['deploy', 'destroy', 'list', 'prune', 'keep', 'status', 'doctor', 'logs', 'run'];
    expect(one('ecs:DescribeServices').commands).toEqual(expect.arrayContaining(all));
    const [listing] = neededRequests(sampleScope, { commands: ['list'] }).filter(
      (r) => r.action === 'ecs:DescribeServices',
    );
    expect(listing?.commands).toEqual(['list']);
  });

  test('are for all that CI runs by default', () => {
    const commands = new Set(neededRequests(sampleScope).flatMap((r) => r.commands));
    expect(commands).toEqual(new Set(ciCommands));
  });

  test('have the ids that AWS would give', () => {
    const resources = new Map(requests.map(({ action, resource }) => [action, resource]));
    const arn = (rest: string) => expect.stringMatching(new RegExp(`^arn:aws:${rest}$`));
    const here = 'eu-central-1:123456789012';
    expect(Object.fromEntries(resources)).toMatchObject({
      'ecs:UpdateService': arn(`ecs:${here}:service/previews/previewops-shop-pr-1`),
      'ecs:RegisterTaskDefinition': arn(`ecs:${here}:task-definition/previewops-shop-pr-1:1`),
      'ecs:DescribeTasks': arn(`ecs:${here}:task/previews/[0-9a-f]{32}`),
      'ecs:ListTasks': arn(`ecs:${here}:container-instance/previews/[0-9a-f]{32}`),
      'elasticloadbalancing:DeleteTargetGroup': arn(
        `elasticloadbalancing:${here}:targetgroup/po-shop-pr-1/[0-9a-f]{16}`,
      ),
      'elasticloadbalancing:ModifyRule': arn(
        `elasticloadbalancing:${here}:listener-rule/app/shared(/[0-9a-f]{16}){3}`,
      ),
      'logs:DeleteLogGroup': arn(`logs:${here}:log-group:/ecs/previewops-shop-pr-1:\\*`),
      'logs:TagResource': arn(`logs:${here}:log-group:/ecs/previewops-shop-pr-1`),
      'logs:GetLogEvents': arn(
        `logs:${here}:log-group:/aws/codebuild/previewops-shop:log-stream:\\w+`,
      ),
      'route53:GetChange': arn('route53:::change/C\\w+'),
      'servicequotas:GetServiceQuota': arn(`servicequotas:${here}:(fargate|codebuild)/L-\\w+`),
    });
  });

  test('ask about roles and users what IAM knows of each', () => {
    const kinds = (action: string) =>
      new Set(find(action).map(({ resource }) => resource.split(/[:/]/)[5]));
    expect(kinds('iam:GetRole')).toEqual(new Set(['role']));
    expect(kinds('iam:ListGroupsForUser')).toEqual(new Set(['user']));
    expect(kinds('iam:SimulatePrincipalPolicy')).toEqual(new Set(['role', 'user']));
    const scope = { ...sampleScope, callerArn: 'arn:aws:iam::123456789012:user/jo' };
    const users = neededRequests(scope, every).filter((r) => r.action === 'iam:GetUser');
    expect(users.map(({ resource }) => resource)).toEqual([scope.callerArn]);
  });
});

describe('the context', () => {
  const keysOf = (request: NeededRequest) => Object.keys(request.context ?? {});

  test('holds what AWS always sends', () => {
    for (const { action, context, resource } of requests) {
      const global = /^(iam:(?!PassRole)|route53:)/.test(action);
      expect(context).toMatchObject({
        'aws:RequestedRegion': global ? 'us-east-1' : 'eu-central-1',
        'aws:SecureTransport': 'true',
        'aws:PrincipalAccount': '123456789012',
      });
      expect(context).not.toHaveProperty('aws:PrincipalArn');
      const owner = context?.['aws:ResourceAccount'];
      expect(owner).toBe(resource.includes('::aws:policy/') ? undefined : '123456789012');
    }
    const callerArn = 'arn:aws:iam::123456789012:role/ci';
    for (const { context } of neededRequests({ ...sampleScope, callerArn })) {
      expect(context?.['aws:PrincipalArn']).toBe(callerArn);
    }
  });

  test('holds the region that answers for IAM and Route 53 in the other partitions', () => {
    const regions = (partition: string, region: string) =>
      Object.fromEntries(
        neededRequests({ ...sampleScope, partition, region }, every).map((r) => [
          r.action,
          r.context?.['aws:RequestedRegion'],
        ]),
      );
    expect(regions('aws-cn', 'cn-north-1')).toMatchObject({
      'iam:GetRole': 'cn-north-1',
      'route53:GetChange': 'cn-northwest-1',
    });
    expect(regions('aws-iso', 'us-iso-east-1')['iam:GetRole']).toBe('us-iso-east-1');
  });

  test('holds the tags that a creating call writes, the configuration’s among them', () => {
    const tagged = neededRequests(sampleScope, { tags: { team: 'blue' } });
    const create = tagged.find((r) => r.action === 'ecs:CreateService');
    expect(create?.context).toMatchObject({
      'aws:RequestTag/previewops:app': 'shop',
      'aws:RequestTag/previewops:preview': 'pr-1',
      'aws:RequestTag/previewops:managed-by': 'previewops',
      'aws:RequestTag/team': 'blue',
      'aws:TagKeys': asks('previewops:app', 'team'),
    });
    expect(Object.keys(create?.context ?? {}).join()).not.toContain('aws:ResourceTag');
    const shared = one('ecr:CreateRepository');
    expect(shared.context).toHaveProperty(['aws:RequestTag/previewops:app'], 'shop');
    expect(shared.context).not.toHaveProperty(['aws:RequestTag/previewops:preview']);
  });

  test('holds the tags of what is there already, and the few that a later call writes', () => {
    expect(one('ecs:DeleteService').context).toMatchObject({
      'aws:ResourceTag/previewops:app': 'shop',
      'ecs:cluster': 'arn:aws:ecs:eu-central-1:123456789012:cluster/previews',
    });
    const claim = find('elasticloadbalancing:AddTags', ':targetgroup/').filter(
      ({ call }) => call === 'elasticloadbalancing:AddTags',
    );
    expect(claim).toHaveLength(1);
    expect(claim[0]?.context).toMatchObject({
      'aws:TagKeys': ['previewops:claim'],
      'aws:ResourceTag/previewops:preview': 'pr-1',
    });
    expect(claim[0] && keysOf(claim[0])).not.toContain('elasticloadbalancing:CreateAction');
    const made = find('elasticloadbalancing:AddTags').filter((r) => !claim.includes(r));
    expect(made.map((r) => r.context?.['elasticloadbalancing:CreateAction'])).toEqual([
      'CreateTargetGroup',
      'CreateRule',
    ]);
  });

  test('holds the keys of a condition with several values as lists', () => {
    expect(one('route53:ChangeResourceRecordSets').context).toMatchObject({
      'route53:ChangeResourceRecordSetsNormalizedRecordNames': ['pr-1.previews.example.com'],
      'route53:ChangeResourceRecordSetsRecordTypes': ['A'],
    });
    expect(one('iam:PassRole', '/build').context?.['iam:PassedToService']).toBe(
      'codebuild.amazonaws.com',
    );
  });
});

describe('the statement for a request', () => {
  const policyOf = (request: NeededRequest): PolicyDocument => ({
    Version: '2012-10-17',
    Statement: statementFor(request, sampleScope),
  });

  test('allows it, and of the others those alone that are of its action', () => {
    for (const request of requests) {
      const policy = policyOf(request);
      expect(allowed(request, policy), JSON.stringify(policy)).toBe(true);
      const others = requests.filter((other) => allowed(other, policy));
      const actions = new Set(others.map(({ action }) => action));
      actions.delete('sts:GetCallerIdentity'); // which every caller may make
      actions.delete(request.action);
      expect([...actions]).toEqual([]);
    }
  });

  test('covers every preview, on the one resource, under the conditions', () => {
    expect(statementFor(one('ecs:DeleteService'), sampleScope)).toEqual({
      Effect: 'Allow',
      Action: 'ecs:DeleteService',
      Resource: 'arn:aws:ecs:eu-central-1:123456789012:service/previews/previewops-shop-*',
      Condition: { StringEquals: { 'aws:ResourceTag/previewops:app': 'shop' } },
    });
    const { taskRoleArn } = sampleScope;
    expect(statementFor(one('iam:PassRole', '/task'), sampleScope).Resource).toBe(taskRoleArn);
    expect(statementFor(one('ecs:ListTasks'), sampleScope).Resource).toBe('*');
  });
});
