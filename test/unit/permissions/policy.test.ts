import { describe, expect, test } from 'vitest';
import {
  evaluate,
  type PolicyDocument,
  type Request,
  type Statement,
} from '../../../src/permissions/evaluate.ts';
import { type ManifestEntry, manifest, type Need } from '../../../src/permissions/manifest.ts';
import { policyFor } from '../../../src/permissions/policy.ts';
import {
  type ConditionBlock,
  conditions,
  resources,
  type Scope,
} from '../../../src/permissions/scope.ts';
import { sampleScope } from './sample-scope.ts';

const entries: ManifestEntry[] = Object.values(manifest);
/** Each different need once. */
const needs = [
  ...new Map(
    entries.flatMap((entry) => entry.needs.map((need) => [JSON.stringify(need), need] as const)),
  ).values(),
].filter(({ action }) => action !== 'sts:GetCallerIdentity'); // STS asks no policy.

const statementsOf = ({ Statement: given }: PolicyDocument): Statement[] => [given].flat();
const policy = policyFor(sampleScope);
const allows = (request: Request, document = policy) =>
  evaluate(request, { identity: [document] }).decision === 'allowed';

/** Resources that AWS could name: `*` in a name becomes text, and `*` alone stays. */
const concrete = (arn: string) => (arn === '*' ? arn : arn.replaceAll('*', 'pr-42'));
const resourcesOf = ({ on }: Need, scope: Scope = sampleScope) =>
  on.flatMap((key) => resources[key](scope)).map(concrete);

/** The context under which every condition of the need holds. */
function contextOf({ when = [] }: Need, scope: Scope = sampleScope) {
  const context: Record<string, string | string[]> = {};
  for (const block of when.map((key): ConditionBlock => conditions[key](scope))) {
    for (const [operator, keys] of Object.entries(block)) {
      for (const [key, wanted] of Object.entries(keys)) {
        const values = [wanted].flat().map((value) => value.replace('*', 'pr-42'));
        context[key] = operator.startsWith('ForAllValues:') ? values : (values[0] ?? '');
      }
    }
  }
  return context;
}

describe.each(needs.map((need) => ({ need, when: need.when?.join(' and ') ?? 'always' })))(
  '$need.action on $need.on, $when',
  ({ need }) => {
    const { action } = need;
    const context = contextOf(need);

    test('is allowed on what it is for', () => {
      for (const resource of resourcesOf(need)) {
        expect(allows({ action, resource, context })).toBe(true);
      }
    });

    test('is denied when any condition does not hold', () => {
      for (const resource of resourcesOf(need)) {
        for (const [key, value] of Object.entries(context)) {
          const wrong = Array.isArray(value) ? [...value, 'other'] : 'other';
          expect(allows({ action, resource, context: { ...context, [key]: wrong } })).toBe(false);
          const { [key]: _, ...without } = context;
          // ForAllValues holds for no values; Route 53 always fills its keys.
          if (!Array.isArray(value))
            expect(allows({ action, resource, context: without })).toBe(false);
        }
      }
    });
  },
);

/** `*` has no other owner, and Route 53 gives its changes names of its own. */
const owned = needs.filter(({ on }) => !on.includes('any') && !on.includes('dnsChange'));

test.each(owned)('$action on $on is denied on what belongs to another', (need) => {
  const names = Object.fromEntries(
    Object.entries(sampleScope.names).map(([key, name]) => [key, name.replace('shop', 'blog')]),
  ) as Scope['names'];
  const role = 'arn:aws:iam::123456789012:role/admin';
  const listenerArn = sampleScope.listenerArn.replace('f2f7dc8efc522ab2', '0000000000000000');
  const roles = { executionRoleArn: role, taskRoleArn: role, buildRoleArn: role };
  const others: Scope[] = [
    { ...sampleScope, ...roles, names, listenerArn, hostedZoneId: 'ZOTHER' },
    { ...sampleScope, cluster: 'production' },
    { ...sampleScope, account: '210987654321' },
    { ...sampleScope, region: 'us-east-1' },
  ];
  const own = resourcesOf(need);
  const foreign = others
    .flatMap((scope) => resourcesOf(need, scope))
    .filter((resource) => !own.includes(resource));
  expect(foreign).not.toHaveLength(0);
  for (const resource of foreign) {
    expect(allows({ action: need.action, resource, context: contextOf(need) })).toBe(false);
  }
});

describe('PassRole', () => {
  const pass = (resource: string, service: string) =>
    allows({ action: 'iam:PassRole', resource, context: { 'iam:PassedToService': service } });
  const tasks = 'ecs-tasks.amazonaws.com';
  const builds = 'codebuild.amazonaws.com';
  const { executionRoleArn, buildRoleArn } = sampleScope;

  test('goes from each role to its own service only', () => {
    expect(pass(executionRoleArn, tasks)).toBe(true);
    expect(pass(sampleScope.taskRoleArn ?? '', tasks)).toBe(true);
    expect(pass(buildRoleArn, builds)).toBe(true);
    expect(pass(buildRoleArn, tasks)).toBe(false);
    expect(pass(executionRoleArn, builds)).toBe(false);
    expect(pass(executionRoleArn, 'ec2.amazonaws.com')).toBe(false);
    expect(pass('arn:aws:iam::123456789012:role/admin', tasks)).toBe(false);
  });

  test('works when one role serves both services', () => {
    const scope = { ...sampleScope, buildRoleArn: executionRoleArn, taskRoleArn: undefined };
    const roles = statementsOf(policyFor(scope)).filter((s) => s.Action?.includes('iam:PassRole'));
    expect(roles.map(({ Resource }) => Resource)).toEqual([executionRoleArn, executionRoleArn]);
  });
});

test('merging grants nothing more than one statement a need would', () => {
  const unmerged: PolicyDocument = {
    Version: '2012-10-17',
    Statement: needs.flatMap((need) => ({
      Effect: 'Allow' as const,
      Action: need.action,
      Resource: need.on.flatMap((key) => resources[key](sampleScope)),
      Condition: (need.when ?? [])
        .map((key): ConditionBlock => conditions[key](sampleScope))
        .reduce((all, block) => {
          const operators = new Set([...Object.keys(all), ...Object.keys(block)]);
          return Object.fromEntries([...operators].map((o) => [o, { ...all[o], ...block[o] }]));
        }, {}),
    })),
  };
  const actions = new Set(needs.map(({ action }) => action));
  const everyResource = new Set(needs.flatMap((need) => resourcesOf(need)));
  const contexts = new Map(needs.map((n) => [JSON.stringify(contextOf(n)), contextOf(n)]));
  const verdicts = { true: 0, false: 0 };
  for (const action of actions) {
    for (const resource of everyResource) {
      // AWS asks an action only about ARNs of its own service.
      const service = resource.split(':')[2];
      if (service !== undefined && !action.startsWith(`${service}:`)) continue;
      for (const context of contexts.values()) {
        const request = { action, resource, context };
        const expected = allows(request, unmerged);
        verdicts[`${expected}`]++;
        expect(allows(request), JSON.stringify(request)).toBe(expected);
      }
    }
  }
  expect(Math.min(verdicts.true, verdicts.false)).toBeGreaterThan(50);
});

describe('the document', () => {
  const actionsOf = (document: PolicyDocument) =>
    new Set(statementsOf(document).flatMap(({ Action = [] }) => Action));
  const without = (feature: 'dns' | 'build') =>
    actionsOf(policyFor(sampleScope, { features: { dns: true, build: true, [feature]: false } }));
  const servicesOf = (actions: Set<string>) =>
    new Set([...actions].map((action) => action.split(':')[0]));

  test('holds every action of the manifest, and no wildcard', () => {
    const wanted = entries.flatMap((entry) => entry.needs.map(({ action }) => action));
    expect(actionsOf(policy)).toEqual(new Set(wanted));
    expect([...actionsOf(policy)].join()).not.toMatch(/[*?]/);
  });

  test('leaves out what a feature needs when it is off', () => {
    expect(servicesOf(actionsOf(policy))).toContain('route53');
    expect(servicesOf(without('dns'))).not.toContain('route53');
    expect(servicesOf(without('build'))).not.toContain('codebuild');
    expect(without('build')).toContain('ecr:DescribeImages');
    expect(without('build')).not.toContain('ecr:CreateRepository');
    const zoneless = { ...sampleScope, hostedZoneId: undefined };
    expect(servicesOf(actionsOf(policyFor(zoneless)))).not.toContain('route53');
  });

  test('holds what the commands need and no more', () => {
    const list = policyFor(sampleScope, { commands: ['list'] });
    expect(list).toEqual(policyFor(sampleScope, { commands: ['list'] }));
    expect([...actionsOf(list)].filter((action) => !/:(List|Describe)/.test(action))).toEqual([]);
    const destroy = actionsOf(policyFor(sampleScope, { commands: ['destroy'] }));
    expect(destroy).toContain('ecs:DeleteService');
    expect(destroy).not.toContain('ecs:CreateService');
    expect(destroy).not.toContain('iam:PassRole');
    expect(policyFor(sampleScope, { commands: [] }).Statement).toEqual([]);
  });

  test('has Sids that IAM takes, each once, and sorted actions', () => {
    const statements = statementsOf(policy);
    const sids = statements.map(({ Sid = '' }) => Sid);
    expect(new Set(sids).size).toBe(sids.length);
    for (const sid of sids) expect(sid).toMatch(/^[A-Za-z0-9]+$/);
    for (const { Action = [] } of statements) expect([...Action]).toEqual([...Action].sort());
  });

  test('fits an inline role policy even with the longest names', () => {
    const long = {
      ...sampleScope,
      partition: 'aws-us-gov',
      region: 'ap-southeast-99',
      app: 'a'.repeat(40),
      cluster: 'c'.repeat(60),
      names: {
        service: `previewops-${'a'.repeat(40)}-*`,
        targetGroup: `po-${'a'.repeat(12)}-*`,
        logGroup: `/ecs/previewops-${'a'.repeat(40)}-*`,
        project: `previewops-${'a'.repeat(40)}`,
        repository: `previewops/${'a'.repeat(40)}`,
      },
    };
    expect(JSON.stringify(policyFor(long)).length).toBeLessThan(10_240);
  });
});
