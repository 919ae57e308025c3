// Longer than most: one world serves all that moto cannot be asked.
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Aws } from '../../src/aws/aws.ts';
import { scopeOf } from '../../src/commands/scope.ts';
import { checkConfig } from '../../src/config/check.ts';
import { runDoctor } from '../../src/doctor/doctor.ts';
import { refusal } from '../helpers/wire/expect.ts';
import type { MotoProxy } from '../helpers/wire/proxy.ts';
import { jsonAnswer } from '../helpers/wire/rewrites.ts';
import { account, region } from '../helpers/wire/seed.ts';
import {
  createSimulator,
  judgeBy,
  type Simulator,
  type SimulatorOptions,
} from '../helpers/wire/simulator.ts';
import type { Shape } from '../helpers/wire/simulator-xml.ts';
import { startStandIn } from '../helpers/wire/stand-in.ts';
import { connect, impatient, openWireWorld, type WireWorld } from '../helpers/wire/world.ts';

// moto lacks two calls of doctor's. Here a stand-in answers them, IAM's in both shapes that AWS has
// used, so that what the SDK sends and reads is seen at least by code that is not the SDK.

let world: WireWorld;
let simulator: Simulator;
let standIn: MotoProxy;
let aws: Aws;

const source = `arn:aws:iam::${account}:user/ci`;
const service = (name: string) => `arn:aws:ecs:${region}:${account}:service/previews/${name}`;
const policy = {
  Statement: [
    {
      Effect: 'Allow' as const,
      Action: 'ecs:DeleteService',
      Resource: service('previewops-*'),
      Condition: { StringEquals: { 'aws:ResourceTag/previewops:app': 'shop' } },
    },
    { Effect: 'Deny' as const, Action: 'ecs:*', Resource: service('previewops-kept') },
  ],
};
const context = [
  {
    ContextKeyName: 'aws:ResourceTag/previewops:app',
    ContextKeyType: 'string' as const,
    ContextKeyValues: ['shop'],
  },
  {
    ContextKeyName: 'aws:TagKeys',
    ContextKeyType: 'stringList' as const,
    ContextKeyValues: ['a', 'b'],
  },
];

beforeAll(async () => {
  world = await openWireWorld();
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await standIn?.close();
  await world?.close(); // absent when moto did not start
});

async function simulated(options: Partial<SimulatorOptions> & { shape: Shape }) {
  simulator = createSimulator({ judge: judgeBy({ [source]: [policy] }), ...options });
  await standIn?.close();
  standIn = await startStandIn(world, {
    'iam:SimulatePrincipalPolicy': simulator.answer,
    'codebuild:ListSourceCredentials': () => jsonAnswer(200, { sourceCredentialsInfos: [github] }),
  });
  const env = { ...world.env(), AWS_ENDPOINT_URL: standIn.url };
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  aws = connect();
}

const github = {
  arn: `arn:aws:codebuild:${region}:${account}:token/github`,
  serverType: 'GITHUB',
  authType: 'PERSONAL_ACCESS_TOKEN',
};

const ask = (names: readonly string[], ContextEntries = context) =>
  aws.call('iam:SimulatePrincipalPolicy', {
    PolicySourceArn: source,
    ActionNames: ['ecs:DeleteService'],
    ResourceArns: names.map(service),
    ContextEntries,
  });

const below = (name: string, EvalResourceDecision: string) => ({
  EvalResourceName: service(name),
  EvalResourceDecision,
});

it('reads the results of each action and resource, as AWS gave them until mid-2026', async () => {
  await simulated({ shape: 'each' });
  const { EvaluationResults } = await ask(['previewops-a', 'other']);
  expect(EvaluationResults).toMatchObject([
    {
      EvalResourceName: service('previewops-a'),
      EvalDecision: 'implicitDeny', // of both
      ResourceSpecificResults: [
        {
          ...below('previewops-a', 'allowed'),
          MatchedStatements: [{ SourcePolicyId: 'previewops', StartPosition: { Line: 3 } }],
        },
      ],
    },
    {
      EvalResourceName: service('other'),
      ResourceSpecificResults: [{ ...below('other', 'implicitDeny'), MatchedStatements: [] }],
    },
  ]);
});

describe('one result for each action, as AWS answers now', () => {
  beforeEach(() => simulated({ shape: 'grouped' }));

  it('says the worst at the top, and each resource below', async () => {
    const { EvaluationResults } = await ask(['previewops-a', 'other', 'previewops-kept']);
    expect(EvaluationResults).toMatchObject([
      {
        EvalResourceName: '*',
        EvalDecision: 'explicitDeny',
        ResourceSpecificResults: [
          below('previewops-a', 'allowed'),
          below('other', 'implicitDeny'),
          below('previewops-kept', 'explicitDeny'),
        ],
      },
    ]);
  });

  it('has nothing below when no resource was named', async () => {
    const { EvaluationResults } = await ask([]);
    expect(EvaluationResults).toMatchObject([{ EvalDecision: 'implicitDeny' }]);
    expect(EvaluationResults?.[0]?.ResourceSpecificResults ?? []).toEqual([]);
  });

  it('sends each key with its type and every value', async () => {
    await ask(['previewops-a']);
    expect(simulator.questions).toEqual([
      {
        source,
        actions: ['ecs:DeleteService'],
        resources: [service('previewops-a')],
        context: { 'aws:ResourceTag/previewops:app': 'shop', 'aws:TagKeys': ['a', 'b'] },
      },
    ]);
    const untagged = await ask(['previewops-a'], []);
    expect(untagged.EvaluationResults?.[0]?.EvalDecision).toBe('implicitDeny');
  });

  it('refuses an unknown principal, the ARN of a session, and actions that do not go together', async () => {
    const simulate = (PolicySourceArn: string, ...ActionNames: string[]) =>
      aws.call('iam:SimulatePrincipalPolicy', { PolicySourceArn, ActionNames });
    // `NoSuchEntity` and `InvalidInput` on the wire.
    await expect(simulate(`${source}x`, 'ecs:ListTasks')).rejects.toMatchObject(
      refusal('NoSuchEntityException'),
    );
    const session = `arn:aws:sts::${account}:assumed-role/ci/session`;
    await expect(simulate(session, 'ecs:ListTasks')).rejects.toMatchObject(
      refusal('InvalidInputException', 'does not clearly define entity type'),
    );
    await expect(simulate(source, 'iam:PassRole', 'ecs:ListTasks')).rejects.toMatchObject(
      refusal('InvalidInputException', 'require different authorization information'),
    );
  });

  it('keeps what was missing, and what other policies say', async () => {
    const denied = { action: 'ecs:DeleteService', decision: 'implicitDeny' } as const;
    const judge = () => [
      { ...denied, resource: 'a', missing: ['ecs:cluster', 'aws:SourceIp'], boundary: true },
      { ...denied, resource: 'b', boundary: false },
    ];
    await simulated({ shape: 'grouped', judge });
    const detail = 'PermissionsBoundaryDecisionDetail';
    expect((await ask(['a', 'b'])).EvaluationResults?.[0]?.ResourceSpecificResults).toMatchObject([
      {
        MissingContextValues: ['ecs:cluster', 'aws:SourceIp'],
        [detail]: { AllowedByPermissionsBoundary: true },
      },
      { MissingContextValues: [], [detail]: { AllowedByPermissionsBoundary: false } },
    ]);
    const refused = { ...denied, resource: '*', missing: ['ecs:cluster'], organization: false };
    await simulated({ shape: 'grouped', judge: () => [refused] });
    expect((await ask([])).EvaluationResults).toMatchObject([
      {
        MissingContextValues: ['ecs:cluster'],
        OrganizationsDecisionDetail: { AllowedByOrganizations: false },
      },
    ]);
  });

  it('goes on where the marker says', async () => {
    await simulated({ shape: 'grouped', pageSize: 1 });
    const simulate = (Marker?: string) =>
      aws.call('iam:SimulatePrincipalPolicy', {
        PolicySourceArn: source,
        ActionNames: ['ecs:DeleteService', 'ecs:ListTasks'],
        ...(Marker ? { Marker } : {}),
      });
    const first = await simulate();
    expect(first).toMatchObject({
      IsTruncated: true,
      EvaluationResults: [{ EvalActionName: 'ecs:DeleteService' }],
    });
    expect(await simulate(first.Marker)).toMatchObject({
      IsTruncated: false,
      EvaluationResults: [{ EvalActionName: 'ecs:ListTasks' }],
    });
  });
});

it('reads the source credentials of CodeBuild', async () => {
  await simulated({ shape: 'grouped' });
  const { sourceCredentialsInfos } = await aws.call('codebuild:ListSourceCredentials', {});
  expect(sourceCredentialsInfos).toEqual([github]);
});

it('ends doctor well where neither is answered', async () => {
  for (const [name, value] of Object.entries(world.env())) vi.stubEnv(name, value);
  const text = JSON.stringify({
    ...world.config,
    app: 'shop',
    build: { repository: 'https://github.com/example/shop.git' },
  });
  const checked = checkConfig({ file: 'previewops.yml', text });
  if ('problems' in checked) throw new Error(JSON.stringify(checked.problems));
  const results = await runDoctor({
    config: checked.config,
    app: 'shop',
    scope: scopeOf(checked.config, 'shop'),
    commands: ['deploy', 'destroy'],
    only: ['caller', 'build'],
    aws: connect(impatient),
    clock: impatient,
    signal: new AbortController().signal,
    random: () => 0.5,
    resolve: async () => [],
    listPreviews: async () => [],
    askRepository: async () => ({ kind: 'private', said: 'HTTP 401' }),
  });
  const of = (id: string) => results.find((result) => result.id === id);
  expect(of('caller.account')?.status).toBe('ok');
  expect(of('caller.permissions')).toMatchObject({
    status: 'warn',
    seen: expect.stringContaining('iam:SimulatePrincipalPolicy failed'),
    fix: expect.stringContaining('previewops doctor --policy-file'),
  });
  expect(of('build.source')).toMatchObject({
    status: 'skip',
    seen: expect.stringContaining('codebuild:ListSourceCredentials failed'),
  });
});
