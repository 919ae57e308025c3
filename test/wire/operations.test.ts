import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { Aws } from '../../src/aws/aws.ts';
import { explain } from '../../src/aws/errors.ts';
import { manifest } from '../../src/permissions/manifest.ts';
import { account } from '../helpers/wire/seed.ts';
import { connect, impatient, openWireWorld, type WireWorld } from '../helpers/wire/world.ts';
import { callDns } from './operations/dns.ts';
import { callEcs } from './operations/ecs.ts';
import { callIdentity } from './operations/identity.ts';
import { callImagesAndBuilds } from './operations/images.ts';
import { callListeners } from './operations/listeners.ts';
import { callLoadBalancing } from './operations/load-balancing.ts';
import { callLogs } from './operations/logs.ts';
import { callMetrics } from './operations/metrics.ts';
import { callNetwork } from './operations/network.ts';
import { callStacks } from './operations/stacks.ts';
import { callTagging } from './operations/tagging.ts';

// Every call of the manifest, as a deploy and a destroy make it. In the files of ./operations a
// comment that starts with "moto:" says where moto differs from AWS, for the flows tested on top.
let world: WireWorld;
let aws: Aws;

beforeAll(async () => {
  world = await openWireWorld();
  for (const [name, value] of Object.entries(world.env())) vi.stubEnv(name, value);
  aws = connect();
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await world?.close(); // absent when moto did not start
});

it('sts', async () => {
  const caller = await aws.call('sts:GetCallerIdentity', {});
  expect(caller).toMatchObject({ Account: account, Arn: `arn:aws:iam::${account}:user/admin` });
});
it('logs', () => callLogs(aws));
it('ecr and codebuild', () => callImagesAndBuilds(aws, world));
it('elasticloadbalancing', () => callLoadBalancing(aws, world));
it('ecs', () => callEcs(aws, world));
it('route53', () => callDns(aws, world));
it('iam', () => callIdentity(aws, world));
it('cloudwatch', () => callMetrics(aws, world));
it('ec2', () => callNetwork(aws, world));
it('cloudformation', () => callStacks(aws, world));
it('tag', () => callTagging(aws, world));
it('listeners, acm and servicequotas', () => callListeners(aws, world));

// moto: lacks these three, and says so with HTTP 500. missing-in-moto.test.ts has their answers.
it.each([
  ['iam:SimulatePrincipalPolicy', { PolicySourceArn: 'arn:aws:iam::1:user/a', ActionNames: [] }],
  ['codebuild:ListSourceCredentials', {}],
  ['ecs:DescribeServiceDeployments', { serviceDeploymentArns: ['arn'] }],
] as const)('%s fails as a read that was tried again', async (key, input) => {
  const error = await connect(impatient)
    .call(key, input as never)
    .catch((thrown: unknown) => thrown);
  expect(world.proxy.seen.filter((seen) => seen === key)).toHaveLength(10);
  expect(explain(error)).toMatchObject({
    code: 'aws-failed',
    message: expect.stringContaining(`${key} failed: `),
    details: { call: key },
  });
});

it('ecs:StopServiceDeployment fails as a write that was tried once', async () => {
  const input = { serviceDeploymentArn: 'arn', stopType: 'ROLLBACK' } as const;
  const error = await connect(impatient)
    .call('ecs:StopServiceDeployment', input)
    .catch((thrown: unknown) => thrown);
  expect(world.proxy.seen.filter((seen) => seen.includes('StopServiceDeployment'))).toHaveLength(1);
  expect(explain(error)).toMatchObject({ code: 'aws-failed' });
});

it('calls every operation of the manifest above', () => {
  const missing = Object.keys(manifest).filter((key) => !world.proxy.seen.includes(key));
  expect(missing).toEqual([]);
});
