import { beforeAll, describe, expect, test } from 'vitest';
import type { PolicyDocument, Statement } from '../../../src/permissions/evaluate.ts';
import { matchesResource } from '../../../src/permissions/match.ts';
import { policyFor } from '../../../src/permissions/policy.ts';
import type { Audit } from '../../../src/providers/provider.ts';
import { writes } from '../../helpers/stage.ts';
import {
  callsNeeding,
  everything,
  type FlowName,
  flowNames,
  flows,
  listOf,
  type Played,
  play,
  reportOf,
  scope,
  statementsOf,
  stoppedBuilds,
} from './flows.ts';

const policy = policyFor(scope, everything);
const statements = statementsOf(policy);

interface Help {
  flow: FlowName;
  /** What the flow gains by the permission. */
  gains: string;
  has: (played: Played) => boolean;
}

const audited = ({ value }: Played) => value as Audit;

const madeNothing = ({ calls }: Played) => writes(calls).length === 0;

/** Permissions that a flow can do without, worse: by action, or by action and part of the resource. */
const helpful: Record<string, Help> = {
  'tag:GetResources': {
    flow: 'list of what is hidden',
    gains: 'what previews share, and those of other clusters',
    has: (played) => audited(played).shared.length > 0,
  },
  'ecs:ListTaskDefinitionFamilies': {
    flow: 'list of what is hidden',
    gains: 'revisions that are left of a preview',
    has: (played) => audited(played).previews.some(({ id }) => id === 'pr-43'),
  },
  'logs:GetLogEvents /aws/codebuild/': {
    flow: 'deploy whose build fails',
    gains: 'the last lines of the build',
    has: (played) => reportOf(played)?.log?.source === 'build',
  },
  'logs:GetLogEvents /ecs/': {
    flow: 'deploy whose container crashes',
    gains: 'the last lines of the container',
    has: (played) => reportOf(played)?.log !== undefined,
  },
  'ecs:DescribeServiceDeployments :service': {
    flow: 'deploy of a given image',
    gains: "ECS's own record of the rollout",
    has: ({ calls }) =>
      calls.some((c) => c.call === 'ecs:DescribeServiceDeployments' && c.error === null),
  },
  'ecs:StopServiceDeployment': {
    flow: 'deploy that is interrupted during its rollout',
    gains: 'that no rollout goes on for nobody',
    has: ({ calls }) =>
      calls.some((c) => c.call === 'ecs:StopServiceDeployment' && c.error === null),
  },
  'cloudwatch:GetMetricData': {
    flow: 'prune of what is idle',
    gains: 'that what nobody looks at is stopped',
    has: ({ value }) => (value as string[]).length === 1,
  },
  'servicequotas:GetServiceQuota': {
    flow: 'deploy that finds all vCPU in use',
    gains: 'that nothing is made in vain',
    has: madeNothing,
  },
  'ec2:DescribeSubnets': {
    flow: 'deploy that finds no address',
    gains: 'that nothing is made in vain',
    has: madeNothing,
  },
  'codebuild:StopBuild': {
    flow: 'deploy that a newer one takes over',
    gains: 'that no build runs on for nobody',
    has: (played) => stoppedBuilds(played).length === 1,
  },
};

const usual = new Map<FlowName, Played>();
beforeAll(async () => {
  for (const name of flowNames) usual.set(name, await play(name));
});

/** Flows that make a call which needs one of these actions, the shortest first. */
function candidates(actions: readonly string[]): FlowName[] {
  const calls = new Set(actions.flatMap((action) => [...callsNeeding(action)]));
  const lengthOf = (name: FlowName) => usual.get(name)?.calls.length ?? 0;
  return flowNames
    .filter((name) => usual.get(name)?.calls.some(({ call }) => calls.has(call)))
    .sort((a, b) => lengthOf(a) - lengthOf(b));
}

interface Denial {
  action: string;
  resource: string;
}

/** The first denial that ends one of the flows; undefined when all of them end as usual. */
async function firstDenial(
  document: PolicyDocument,
  names: readonly FlowName[],
): Promise<Denial | undefined> {
  for (const name of names) {
    const { end, error } = await play(name, [document]);
    if (end === flows[name].ends) continue;
    expect(end, `${name}: ${error?.message}`).toBe('access-denied');
    expect(error?.exitCode).toBe(3);
    return error?.details as unknown as Denial;
  }
  return undefined;
}

const replacing = (at: number, statement: Statement): PolicyDocument => ({
  ...policy,
  Statement: statements.flatMap((s, i) => (i === at ? statement : s)),
});

async function expectLoss(help: Help | undefined, document: PolicyDocument): Promise<void> {
  if (!help) throw new Error('no flow needs it, and nothing is written of why it is granted');
  const asUsual = usual.get(help.flow);
  expect(asUsual && help.has(asUsual), `${help.gains} is there as a rule`).toBe(true);
  const worse = await play(help.flow, [document]);
  expect(worse.end).toBe(flows[help.flow].ends);
  expect(help.has(worse), help.gains).toBe(false);
}

const actions = statements.flatMap((statement, at) =>
  listOf(statement.Action).map((action) => ({ at, sid: statement.Sid, action })),
);

describe('no action is granted in vain', () => {
  test.each(actions)('$action in $sid', async ({ at, action }) => {
    const statement = statements[at];
    if (!statement) throw new Error('there is no such statement');
    const Action = listOf(statement.Action).filter((other) => other !== action);
    const document =
      Action.length > 0
        ? replacing(at, { ...statement, Action })
        : { ...policy, Statement: statements.filter((_, i) => i !== at) };
    const denial = await firstDenial(document, candidates([action]));
    if (denial) {
      expect(denial.action).toBe(action);
      return;
    }
    const [, help] = Object.entries(helpful).find(([key]) => key.split(' ')[0] === action) ?? [];
    await expectLoss(help, document);
  });
});

const resources = statements.flatMap((statement, at) => {
  const all = listOf(statement.Resource);
  return all.length > 1 ? all.map((resource) => ({ at, sid: statement.Sid, resource })) : [];
});

describe('no resource is granted in vain', () => {
  test.each(resources)('$resource in $sid', async ({ at, resource }) => {
    const statement = statements[at];
    if (!statement) throw new Error('there is no such statement');
    const Resource = listOf(statement.Resource).filter((other) => other !== resource);
    const document = replacing(at, { ...statement, Resource });
    const service = resource.split(':')[2] ?? '';
    const concerned = listOf(statement.Action).filter((name) => name.startsWith(`${service}:`));
    const denial = await firstDenial(document, candidates(concerned));
    if (denial) {
      expect(concerned).toContain(denial.action);
      const plain = { variables: false, lookup: () => undefined };
      expect(matchesResource(resource, denial.resource, plain), denial.resource).toBe(true);
      return;
    }
    const [, help] =
      Object.entries(helpful).find(([key]) => {
        const [action = '', part = ''] = key.split(' ');
        return concerned.includes(action) && resource.includes(part);
      }) ?? [];
    await expectLoss(help, document);
  });
});

test('nothing is excused that has gone', () => {
  const granted = new Set(actions.map(({ action }) => action));
  const excused = Object.keys(helpful).map((key) => key.split(' ')[0]);
  expect(excused.filter((action) => !granted.has(action ?? ''))).toEqual([]);
});
