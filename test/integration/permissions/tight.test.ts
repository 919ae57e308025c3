import { describe, expect, test } from 'vitest';
import {
  evaluate,
  type PolicyDocument,
  type Request,
  type Statement,
} from '../../../src/permissions/evaluate.ts';
import { policyFor } from '../../../src/permissions/policy.ts';
import { neededRequests } from '../../../src/permissions/requests.ts';
import { everything, listOf, scope, statementsOf } from './flows.ts';

const policy = policyFor(scope, everything);
const statements = statementsOf(policy);
const requests = neededRequests(scope, everything);

const allows = (document: PolicyDocument, request: Request) =>
  evaluate(request, { identity: [document] }).decision === 'allowed';
const alone = (statement: Statement): PolicyDocument => ({ ...policy, Statement: [statement] });

/** For each key of a condition, what an attacker or a mistake would have there. */
const foreign: Record<string, string | string[]> = {
  'aws:RequestTag/previewops:app': 'another-app',
  'aws:ResourceTag/previewops:app': 'another-app',
  'ecs:cluster': 'arn:aws:ecs:us-east-1:123456789012:cluster/production',
  'ecs:CreateAction': 'CreateCluster',
  'elasticloadbalancing:CreateAction': 'CreateLoadBalancer',
  'iam:PassedToService': 'lambda.amazonaws.com',
  'route53:ChangeResourceRecordSetsNormalizedRecordNames': ['www.example.com'],
  'route53:ChangeResourceRecordSetsRecordTypes': ['MX'],
  'route53:ChangeResourceRecordSetsActions': ['UPSERT'],
};

const tests = statements.flatMap((statement, at) =>
  Object.entries(statement.Condition ?? {}).flatMap(([operator, keys]) =>
    Object.keys(keys).map((key) => ({ at, sid: statement.Sid, operator, key })),
  ),
);

function without(statement: Statement, operator: string, key: string): Statement {
  const { Condition = {}, ...rest } = statement;
  const { [key]: _, ...keys } = Condition[operator] ?? {};
  return { ...rest, Condition: { ...Condition, [operator]: keys } };
}

describe('no condition is there in vain', () => {
  test.each(tests)('$operator $key in $sid', ({ at, operator, key }) => {
    const statement = statements[at];
    const value = foreign[key];
    if (!statement || value === undefined) throw new Error(`nothing is known of ${key}`);
    const loose = {
      ...policy,
      Statement: statements.map((s, i) => (i === at ? without(s, operator, key) : s)),
    };
    for (const action of listOf(statement.Action)) {
      const own = requests.filter((r) => r.action === action && allows(alone(statement), r));
      expect(own, action).not.toEqual([]);
      for (const request of own) {
        const forbidden = { ...request, context: { ...request.context, [key]: value } };
        expect(allows(policy, request)).toBe(true);
        expect(allows(policy, forbidden), `${action} with the condition`).toBe(false);
        expect(allows(loose, forbidden), `${action} without it`).toBe(true);
      }
    }
  });

  test('each kind of condition is among them', () => {
    expect(new Set(tests.map(({ key }) => key))).toEqual(new Set(Object.keys(foreign)));
  });
});

describe('no resource is wider than it must be', () => {
  const others: [was: string, instead: string][] = [
    ['previewops-hello--', 'previewops-other--'],
    ['previewops-hello-', 'previewops-other-'],
    ['previewops-hello', 'payments'],
    ['previewops/hello', 'payments'],
    [':service/previewops-cluster/', ':service/production/'],
    [':task/previewops-cluster/', ':task/production/'],
    ['/app/my-alb/', '/app/production/'],
    [':role/ecsTaskExecutionRole', ':role/Administrator'],
    ['hostedzone/Z0123456789ABC', 'hostedzone/ZPRODUCTION'],
    [':123456789012:', ':999999999999:'],
    ['us-east-1', 'eu-west-1'],
  ];

  test.each(others)('%s is not %s', (was, instead) => {
    // What AWS lets nobody limit by resource is limited by conditions, above.
    const named = requests.filter(
      ({ need, resource }) => resource.includes(was) && !need.on.includes('any'),
    );
    expect(named).not.toEqual([]);
    for (const request of named) {
      const resource = request.resource.replaceAll(was, instead);
      expect(allows(policy, { ...request, resource }), `${request.action} ${resource}`).toBe(false);
    }
  });
});
