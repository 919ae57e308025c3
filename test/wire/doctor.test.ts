// Longer than most: one world, which takes seconds to make, serves all of these.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { PolicyDocument } from '../../src/permissions/evaluate.ts';
import { buildIfStale } from '../helpers/build.ts';
import { runCli } from '../helpers/run-cli.ts';
import { createPatient, document, type Patient, without } from '../helpers/wire/doctor-account.ts';
import { iam } from '../helpers/wire/iam.ts';
import { inputs } from '../helpers/wire/inputs.ts';
import type { MotoProxy } from '../helpers/wire/proxy.ts';
import { createSimulator, judgeBy } from '../helpers/wire/simulator.ts';
import { startStandIn } from '../helpers/wire/stand-in.ts';
import { connect, openWireWorld, type WireWorld } from '../helpers/wire/world.ts';

// `previewops doctor` and `policy` as a user has them - the built program, SDK v3, HTTP, signatures -
// against an AWS of other people, with IAM enforced: doctor may call nothing but its own reads.

interface Check {
  id: string;
  group: string;
  status: 'ok' | 'warn' | 'fail' | 'skip';
  seen: string;
  fix?: string;
  permission?: { action: string };
}

const forgotten = 'elasticloadbalancing:ModifyRule';
const passAny = document({ Effect: 'Allow', Action: 'iam:PassRole', Resource: '*' });

let world: WireWorld;
let folder: string;
let whole: Patient;
let lacking: Patient;
let role: { arn: string; policies: PolicyDocument[] };

beforeAll(async () => {
  buildIfStale();
  world = await openWireWorld();
  folder = await mkdtemp(join(tmpdir(), 'previewops-doctor-'));
  const { providerConfig } = world.config;
  const config = {
    ...world.config,
    providerConfig: { ...providerConfig, hostedZoneId: world.hostedZoneId },
    app: 'shop',
    // With credentials nobody asks the repository itself, which no test may, whether it is public.
    build: {
      repository: 'https://github.com/example/shop.git',
      credentials: 'arn:aws:codeconnections:us-east-1:123456789012:connection/0123',
    },
  };
  await writeFile(join(folder, 'previewops.yml'), JSON.stringify(config));
  const reads = without(await printed('--for', 'doctor'), 'iam:SimulatePrincipalPolicy');
  const policies = await printed();
  whole = await createPatient(world, 'whole', { policies, reads });
  const less = [...without(policies, forgotten), passAny];
  lacking = await createPatient(world, 'lacking', { policies: less, reads });
  const { permissions } = await json('policy', '--role', 'execution', '--json');
  await iam(world.moto.url, 'PutRolePolicy', {
    RoleName: 'ecsTaskExecutionRole',
    PolicyName: 'previewops',
    PolicyDocument: JSON.stringify(permissions),
  });
  role = { arn: providerConfig.executionRoleArn, policies: [permissions] };
  await addPreview(world);
  await world.moto.enforceIam();
});
beforeEach(() => world.proxy.clear());
afterAll(async () => {
  vi.unstubAllEnvs();
  await world?.close(); // absent when moto did not start
  if (folder) await rm(folder, { recursive: true });
});

/** Something to count. moto: refuses to list the target groups of a load balancer that has none. */
async function addPreview({ env }: WireWorld) {
  for (const [name, value] of Object.entries(env())) vi.stubEnv(name, value);
  const aws = connect();
  const made = await aws.call('elasticloadbalancing:CreateTargetGroup', inputs.targetGroup(world));
  const targetGroupArn = made.TargetGroups?.[0]?.TargetGroupArn;
  await aws.call(
    'elasticloadbalancing:CreateRule',
    inputs.rule(world, { priority: 1, targetGroupArn }),
  );
}

/** A command that asks AWS nothing; it has no credentials to do so. */
async function json(...args: string[]) {
  const { stdout, stderr, code } = await runCli(args, { cwd: folder, env: {} });
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout);
}

const printed = async (...args: string[]): Promise<PolicyDocument[]> =>
  [await json('policy', ...args)].flat();

async function doctor(env: Record<string, string>, ...args: string[]) {
  const { code, stdout, stderr } = await runCli(['doctor', '--json', ...args], {
    cwd: folder,
    env,
  });
  expect(stdout, stderr).not.toBe('');
  const { checks } = JSON.parse(stdout) as { checks: Check[] };
  const of = (status: Check['status']) => checks.filter((check) => check.status === status);
  const permissions = checks.filter(({ id }) => id.startsWith('caller.permission.'));
  return { code, checks, of, permissions, stderr };
}

const seenBy = (checks: readonly Check[], id: string) =>
  checks.find((check) => check.id === id)?.seen;

const writing = /:(?!Simulate|Get|List|Describe|BatchGet)/;

/** Who lacks one action hears of that one, and of the right to pass any role; nothing else. */
function expectOneMissing({ code, of, permissions }: Awaited<ReturnType<typeof doctor>>) {
  expect(of('fail').map(({ permission }) => permission?.action)).toEqual([forgotten]);
  expect(of('fail')[0]?.fix).toContain(`"Action":"${forgotten}"`);
  expect(of('warn').map(({ id }) => id)).toContain('caller.pass-role');
  expect(permissions.length).toBeGreaterThan(40);
  expect(code).toBe(3);
}

describe('where IAM may not be asked', () => {
  it('reads the policies of the caller and of the roles, and judges by them', async () => {
    const { code, checks, of, permissions } = await doctor(world.env(whole));
    expect(of('fail')).toEqual([]);
    expect(code).toBe(0);
    expect(checks).toContainEqual(
      expect.objectContaining({
        id: 'caller.principal',
        seen: expect.stringContaining('judged by its own policies'),
      }),
    );
    expect(new Set(permissions.map(({ status }) => status))).toEqual(new Set(['ok']));
    expect(world.proxy.seen).toEqual(
      expect.arrayContaining([
        'iam:SimulatePrincipalPolicy',
        'iam:GetUserPolicy',
        'iam:GetPolicyVersion',
        'iam:GetGroupPolicy',
        'iam:GetRolePolicy',
      ]),
    );
  });

  it('looks at all of the account, and writes nothing', async () => {
    const { checks, of } = await doctor(world.env(whole));
    expect(new Set(checks.map(({ group }) => group)).size).toBe(9);
    expect(seenBy(checks, 'load-balancer.rules')).toBe('1 of 100 listener rules');
    expect(seenBy(checks, 'network.addresses')).toContain('251');
    expect(seenBy(checks, 'names.certificate')).toBe('*.previews.example.com');
    // moto has neither the two quotas nor this limit. Cookies depend on real DNS.
    const open = [...of('skip'), ...of('warn')].map(({ id }) => id);
    expect(open.filter((id) => id !== 'names.cookies').sort()).toEqual([
      'load-balancer.target-groups',
      'quotas.builds',
      'quotas.fargate-vcpu',
    ]);
    expect(world.proxy.seen.filter((call) => writing.test(call))).toEqual([]);
  });

  it('names what is missing, and what is too much', async () => {
    expectOneMissing(await doctor(world.env(lacking)));
  });

  it('goes on when it may read nothing at all', async () => {
    const poor = { ...world.env(), AWS_SECRET_ACCESS_KEY: 'guessed' };
    const { code, checks, of } = await doctor(poor);
    expect(new Set(checks.map(({ group }) => group)).size).toBe(9);
    expect(of('fail').map(({ id }) => id)).toEqual(['caller.credentials']);
    expect(of('ok').filter(({ group }) => group === 'network')).toEqual([]);
    expect(code).toBe(3);
  });
});

// moto lacks the simulator, so a stand-in answers that one call: in both shapes of AWS, and with a
// refusal of actions that do not go together, which IAM gives without saying which these are.
describe.each(['each', 'grouped'] as const)('where IAM is asked, and answers as %s', (shape) => {
  let standIn: MotoProxy;
  let simulator: ReturnType<typeof createSimulator>;
  beforeAll(async () => {
    const principals = [whole, lacking, role].map(({ arn, policies }) => [arn, policies]);
    simulator = createSimulator({
      shape,
      judge: judgeBy(Object.fromEntries(principals)),
      alone: ['iam:PassRole', 'ecs:TagResource'],
      pageSize: shape === 'each' ? 3 : 100,
    });
    standIn = await startStandIn(world, { 'iam:SimulatePrincipalPolicy': simulator.answer });
  });
  afterAll(() => standIn?.close());
  const envOf = (user: Patient) => ({ ...world.env(user), AWS_ENDPOINT_URL: standIn.url });

  it('believes it', async () => {
    const { code, of, permissions } = await doctor(envOf(whole));
    expect(of('fail')).toEqual([]);
    expect(permissions.filter(({ status }) => status !== 'ok')).toEqual([]);
    expect(code).toBe(0);
    expect(simulator.questions.length).toBeGreaterThan(10);
    expect(world.proxy.seen).not.toContain('iam:GetUserPolicy');
  });

  it('names what is missing, and what is too much', async () => {
    expectOneMissing(await doctor(envOf(lacking)));
  });
});

describe('policy files', () => {
  const file = async (name: string, document: unknown) => {
    await writeFile(join(folder, name), JSON.stringify(document));
    return ['--policy-file', name];
  };

  it('need no AWS, and what `policy` prints is enough', async () => {
    const { stdout } = await runCli(['policy'], { cwd: folder, env: {} });
    await writeFile(join(folder, 'p.json'), stdout);
    const { code, permissions, of } = await doctor({}, '--policy-file', 'p.json');
    expect(code).toBe(0);
    expect([...of('fail'), ...of('warn')]).toEqual([]);
    expect(permissions.length).toBeGreaterThan(40);
    expect(world.proxy.seen).toEqual([]);
  });

  it('may be several, and name the one action that is missing from all', async () => {
    const [reads, ...rest] = without(await printed(), forgotten);
    const files = [
      ...(await file('one.json', reads)),
      ...(await file('others.json', rest.length > 1 ? rest : (rest[0] ?? { Statement: [] }))),
      ...(await file('pass.json', passAny)),
    ];
    expectOneMissing(await doctor({}, ...files));
  });
});
