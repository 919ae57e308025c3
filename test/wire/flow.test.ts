import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { scopeOf } from '../../src/commands/scope.ts';
import { checkConfig } from '../../src/config/check.ts';
import { policyFor } from '../../src/permissions/policy.ts';
import { buildIfStale } from '../helpers/build.ts';
import { runCli } from '../helpers/run-cli.ts';
import { actionsOnly, createUser, type Keys } from '../helpers/wire/iam.ts';
import { connect, openWireWorld, type WireWorld } from '../helpers/wire/world.ts';

// The whole tool as a user has it - the built program, SDK v3, HTTP, signatures - against an AWS that
// other people wrote, with IAM enforced: a call that the generated policy does not list is refused.

let world: WireWorld;
let folder: string;
let user: Keys;
let poor: Keys;
const commits = { one: '1'.repeat(40), two: '2'.repeat(40) };

beforeAll(async () => {
  buildIfStale();
  world = await openWireWorld();
  folder = await mkdtemp(join(tmpdir(), 'previewops-wire-'));
  const text = JSON.stringify({
    ...world.config,
    providerConfig: { ...world.config.providerConfig, hostedZoneId: world.hostedZoneId },
    app: 'shop',
    build: { repository: 'https://github.com/example/shop.git' },
  });
  await writeFile(join(folder, 'previewops.yml'), text);
  const checked = checkConfig({ file: 'previewops.yml', text });
  if ('problems' in checked) throw new Error(JSON.stringify(checked.problems));
  const policy = policyFor(scopeOf(checked.config, 'shop'), {
    features: { dns: true, build: true },
  });
  user = await createUser(world.moto.url, 'ci', actionsOnly(policy));
  poor = await createUser(world.moto.url, 'poor', {
    Version: '2012-10-17',
    Statement: {
      Effect: 'Allow',
      Action: ['ecs:*', 'logs:*', 'ecr:*', 'codebuild:*'],
      Resource: '*',
    },
  });
  await world.moto.enforceIam();
});
beforeEach(() => world.proxy.clear());
afterAll(async () => {
  vi.unstubAllEnvs();
  await world?.close();
  if (folder) await rm(folder, { recursive: true });
});

async function run(...args: string[]) {
  const result = await runCli([...args, '--json'], { cwd: folder, env: world.env(user) });
  return { ...result, json: result.stdout === '' ? undefined : JSON.parse(result.stdout) };
}

async function done(...args: string[]) {
  const { code, json, stderr } = await run(...args);
  expect(stderr, 'what the command said').not.toMatch(/error:/);
  expect(code).toBe(0);
  return json;
}

const writing =
  /:(Create|Update|Delete|Modify|Register|Deregister|Add|Put|Tag|Start|Stop|Change|BatchDelete)/;

/** Everything in moto that carries the preview's name, by the tool's own reads as administrator. */
async function leftovers(): Promise<string[]> {
  for (const [name, value] of Object.entries(world.env())) vi.stubEnv(name, value);
  const aws = connect();
  const { cluster, albListenerArn: ListenerArn } = world.config.providerConfig;
  const name = 'previewops-shop--pr-42';
  const [services, groups, rules, logs, revisions, images, records] = await Promise.all([
    aws.call('ecs:DescribeServices', { cluster, services: [name] }),
    aws.call('elasticloadbalancing:DescribeTargetGroups', {}),
    aws.call('elasticloadbalancing:DescribeRules', { ListenerArn }),
    aws.call('logs:DescribeLogGroups', { logGroupNamePrefix: '/ecs/' }),
    aws.call('ecs:ListTaskDefinitions', { familyPrefix: name }),
    aws.call('ecr:ListImages', { repositoryName: 'previewops/shop' }),
    aws.call('route53:ListResourceRecordSets', { HostedZoneId: world.hostedZoneId }),
  ]);
  return [
    ...(services.services ?? []).filter((s) => s.status !== 'INACTIVE').map((s) => s.serviceArn),
    ...(groups.TargetGroups ?? []).map((g) => g.TargetGroupArn),
    ...(rules.Rules ?? []).filter((r) => !r.IsDefault).map((r) => r.RuleArn),
    ...(logs.logGroups ?? []).map((g) => g.logGroupName),
    ...(revisions.taskDefinitionArns ?? []),
    ...(images.imageIds ?? []).map((i) => i.imageTag),
    ...(records.ResourceRecordSets ?? []).filter((r) => r.Type === 'A').map((r) => r.Name),
  ].map(String);
}

describe('the main job over the wire, under the generated policy', () => {
  it('validates', async () => {
    expect(await done('validate')).toMatchObject({ type: 'validate', ok: true });
  });

  it('creates', async () => {
    const json = await done('deploy', '--no-probe', '--pr', '42', '--commit', commits.one);
    expect(json.preview).toMatchObject({
      id: 'pr-42',
      app: 'shop',
      url: 'https://pr-42.previews.example.com',
      image: expect.stringMatching(/\/previewops\/shop@sha256:[0-9a-f]{64}$/),
    });
    expect(json.steps).toHaveLength(9);
    expect(await leftovers()).toHaveLength(7);
  });

  it('finds nothing to change, and writes nothing', async () => {
    const json = await done('deploy', '--no-probe', '--pr', '42', '--commit', commits.one);
    expect(json.steps).toEqual([]);
    expect(world.proxy.seen.filter((call) => writing.test(call))).toEqual([]);
  });

  it('redeploys another commit, while AWS throttles, fails and loses answers', async () => {
    world.proxy.fail('ecs:DescribeServices', 'throttle', 2);
    world.proxy.fail('elasticloadbalancing:AddTags', 'lost');
    world.proxy.fail('ecs:RegisterTaskDefinition', 'lost');
    world.proxy.fail('ecs:UpdateService', 'reset');
    world.proxy.fail('codebuild:BatchGetBuilds', 'error');
    const json = await done('deploy', '--no-probe', '--pr', '42', '--commit', commits.two);
    expect(json.steps.map((s: { resource: string }) => s.resource).sort()).toEqual([
      'image',
      'service',
      'task-definition',
    ]);
    const revisions = (await leftovers()).filter((name) => name.includes(':task-definition/'));
    expect(revisions).toHaveLength(2);
  });

  it('lists', async () => {
    const { previews } = await done('list');
    expect(previews).toEqual([
      expect.objectContaining({ id: 'pr-42', status: 'ready', commit: commits.two }),
    ]);
  });

  it('destroys to nothing, twice', async () => {
    const json = await done('destroy', '--pr', '42');
    expect(json.remaining).toEqual([]);
    expect(json.removed.map((r: { resource: string }) => r.resource).sort()).toEqual([
      'dns-record',
      'image',
      'listener-rule',
      'log-group',
      'service',
      'target-group',
      'task-definition',
    ]);
    expect(await leftovers()).toEqual([]);
    expect(await done('destroy', '--pr', '42')).toMatchObject({ removed: [], remaining: [] });
    expect((await done('list')).previews).toEqual([]);
  });

  it('names the action when the policy lacks one', async () => {
    const { code, stderr } = await runCli(['list'], { cwd: folder, env: world.env(poor) });
    expect(code).toBe(3);
    expect(stderr).toMatch(/AWS denied elasticloadbalancing:Describe/);
    expect(stderr).toContain('"Effect":"Allow"');
  });
});
