import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { CheckResult } from '../../../src/doctor/check.ts';
import { exitCodeOf } from '../../../src/doctor/doctor.ts';
import { judgePolicies } from '../../../src/doctor/policy-files.ts';
import type { PolicyDocument, Statement } from '../../../src/permissions/evaluate.ts';
import { ciCommands } from '../../../src/permissions/needs.ts';
import { policyFor } from '../../../src/permissions/policy.ts';
import { neededRequests } from '../../../src/permissions/requests.ts';
import { splitPolicy } from '../../../src/permissions/split.ts';
import { type CallingCommand, callingCommands } from '../../../src/permissions/words.ts';
import { sampleScope as scope } from '../permissions/sample-scope.ts';

const doctor = (
  identity: PolicyDocument[],
  {
    commands = ciCommands,
    ...more
  }: {
    commands?: readonly CallingCommand[];
    boundary?: PolicyDocument[];
    scps?: PolicyDocument[][];
  } = {},
): CheckResult[] =>
  judgePolicies({ scope, commands, tags: { team: 'web' }, policies: { identity, ...more } });

const failed = (results: CheckResult[]) => results.filter(({ status }) => status === 'fail');
const actionsOf = (results: CheckResult[]) =>
  [...new Set(results.map(({ title }) => title))].sort();
const statements = ({ Statement }: PolicyDocument) => [Statement].flat() as Statement[];
const actions = (statement: Statement) => [statement.Action ?? []].flat();

/** The policy without an action, everywhere or in one statement only. */
const without = (policy: PolicyDocument, action: string, at?: number): PolicyDocument => ({
  ...policy,
  Statement: statements(policy).flatMap((statement, index) => {
    if (at !== undefined && at !== index) return [statement];
    const Action = actions(statement).filter((each) => each !== action);
    return Action.length === 0 ? [] : [{ ...statement, Action }];
  }),
});

const policy = policyFor(scope);
const granted = [...new Set(statements(policy).flatMap(actions))];

describe('the generated policy', () => {
  test('is enough, and no wider than needed, in one document or cut in many', () => {
    for (const limit of [100_000, 6_144, 1_500]) {
      const results = doctor(splitPolicy(policy, limit));
      expect(results.filter(({ status }) => status !== 'ok')).toEqual([]);
      expect(exitCodeOf(results, true)).toBe(0);
    }
  });

  test.each(callingCommands)('of %s alone is enough for it', (command) => {
    const results = doctor([policyFor(scope, { commands: [command] })], { commands: [command] });
    expect(results.filter(({ status }) => status !== 'ok')).toEqual([]);
  });

  test('lists dozens of actions', () => {
    expect(granted.length).toBeGreaterThan(45);
  });

  test.each(granted)('without %s: exit 3, and that alone is named', (action) => {
    const results = doctor([without(policy, action)]);
    expect(exitCodeOf(results, false)).toBe(3);
    expect(actionsOf(failed(results))).toEqual([action]);
    for (const { fix, permission } of failed(results)) {
      expect(permission?.commands.length).toBeGreaterThan(0);
      expect(fix).toContain(JSON.stringify(permission?.statement));
    }
    // What is advised is enough.
    const advised = failed(results).flatMap(({ permission }) => permission?.statement ?? []);
    const mended = doctor([without(policy, action), { Version: '2012-10-17', Statement: advised }]);
    expect(mended.filter(({ status }) => status !== 'ok')).toEqual([]);
  });

  const places = statements(policy).flatMap((statement, at) =>
    actions(statement).map((action) => [action, String(statement.Sid), at] as const),
  );
  test.each(places)('without %s in %s: the same', (action, _, at) => {
    const results = doctor([without(policy, action, at)]);
    expect(exitCodeOf(results, false)).toBe(3);
    expect(actionsOf(failed(results))).toEqual([action]);
  });
});

describe('the published policy', () => {
  const file = new URL('../../../fixtures/policies/published.json', import.meta.url);
  const published: PolicyDocument = JSON.parse(readFileSync(file, 'utf8'));
  const results = doctor([published]);

  test('lacks all that it does not list, and nothing else', () => {
    const listed = statements(published).flatMap(actions);
    const wanted = neededRequests(scope, { commands: ciCommands }).map(({ action }) => action);
    const missing = new Set(wanted.filter((each) => !listed.includes(each)));
    expect(actionsOf(failed(results))).toEqual([...missing].sort());
    for (const action of [
      'elasticloadbalancing:AddTags',
      'elasticloadbalancing:ModifyRule',
      'ecs:TagResource',
      'logs:CreateLogGroup',
      'logs:PutRetentionPolicy',
      'logs:DescribeLogGroups',
    ]) {
      expect(missing).toContain(action);
    }
    expect(exitCodeOf(results, false)).toBe(3);
  });

  test('lets any role be passed, which is a warning with the narrower statements', () => {
    const [warning, ...more] = results.filter(({ status }) => status === 'warn');
    expect(more).toEqual([]);
    expect(warning?.seen).toContain('ecs-tasks.amazonaws.com and codebuild.amazonaws.com');
    for (const arn of [scope.executionRoleArn, scope.buildRoleArn, scope.taskRoleArn]) {
      expect(warning?.fix).toContain(`"Resource":"${arn}"`);
    }
  });
});

describe('beside the policy', () => {
  const all: PolicyDocument = {
    Version: '2012-10-17',
    Statement: { Effect: 'Allow', Action: '*', Resource: '*' },
  };
  const denial = (Action: string): PolicyDocument => ({
    Version: '2012-10-17',
    Statement: { Effect: 'Deny', Action, Resource: '*' },
  });

  test('a boundary counts', () => {
    const results = doctor([policy], { boundary: [without(policy, 'ecs:CreateService')] });
    expect(actionsOf(failed(results))).toEqual(['ecs:CreateService']);
    expect(failed(results)[0]?.seen).toContain('the permissions boundary does not allow it');
  });

  test('so does each level of service control policies', () => {
    expect(failed(doctor([policy], { scps: [[all], [all]] }))).toEqual([]);
    const results = doctor([policy], { scps: [[all], [all, denial('ecr:CreateRepository')]] });
    expect(actionsOf(failed(results))).toEqual(['ecr:CreateRepository']);
    expect(failed(results)[0]?.seen).toContain('a service control policy denies it explicitly');
  });

  test("a policy may ask for the configuration's own tags", () => {
    const tagged = (value: string): PolicyDocument => ({
      Version: '2012-10-17',
      Statement: {
        Effect: 'Allow',
        Action: 'ecs:CreateService',
        Resource: '*',
        Condition: { StringEquals: { 'aws:RequestTag/team': value } },
      },
    });
    const rest = without(policy, 'ecs:CreateService');
    expect(failed(doctor([rest, tagged('web')]))).toEqual([]);
    expect(actionsOf(failed(doctor([rest, tagged('api')])))).toEqual(['ecs:CreateService']);
  });
});
