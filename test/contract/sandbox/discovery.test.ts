// What only `init` asks for: lists of what an account has.
import { expect, test } from 'vitest';
import { createSandbox } from '../../../src/sandbox/sandbox.ts';
import { createVirtualClock } from '../../helpers/virtual-clock.ts';
import {
  account,
  callerOf,
  openAccount,
  openEdited,
  refusal,
  region,
  seed,
  zoneId,
} from './account.ts';

test('[ecs-24] active clusters are listed, a page at a time', async () => {
  const arnOf = (name: string) => `arn:aws:ecs:${region}:${account}:cluster/${name}`;
  const { call } = openEdited(({ ecs: { clusters } }) => {
    for (const name of ['other', 'old']) {
      const arn = arnOf(name);
      clusters[arn] = { arn, name, capacityProviders: [], tags: {} };
    }
    const old = clusters[arnOf('old')];
    if (old) old.status = 'INACTIVE';
  });
  const first = await call('ecs:ListClusters', { maxResults: 1 });
  expect(first.clusterArns).toEqual([arnOf('other')]);
  const rest = await call('ecs:ListClusters', { maxResults: 1, nextToken: first.nextToken });
  expect(rest.clusterArns).toEqual([arnOf('previews')]);
  expect(rest.nextToken).toBeUndefined();
  expect(await refusal(call('ecs:ListClusters', { maxResults: 101 }))).toContain(
    'InvalidParameter',
  );
});

test('[principal-8] roles are listed by name with their trust, a page at a time', async () => {
  const { call } = openEdited(({ iam: { roles } }) => {
    const [tasks] = Object.values(roles);
    if (!tasks) throw new Error('no role was seeded');
    const arn = tasks.arn.replace('/tasks', '/ci/another');
    const boundary = `arn:aws:iam::${account}:policy/b`;
    roles[arn] = { ...tasks, arn, name: 'another', path: '/ci/', boundary };
  });
  const { Roles = [] } = await call('iam:ListRoles', {});
  expect(Roles.map(({ RoleName, Path }) => [RoleName, Path])).toEqual([
    ['another', '/ci/'],
    ['tasks', '/'],
  ]);
  expect(decodeURIComponent(Roles[0]?.AssumeRolePolicyDocument ?? '')).toContain('ecs-tasks');
  expect(Roles[0]?.PermissionsBoundary).toBeUndefined();
  const first = await call('iam:ListRoles', { MaxItems: 1 });
  expect(first).toMatchObject({ IsTruncated: true, Roles: [{ RoleName: 'another' }] });
  const next = await call('iam:ListRoles', { MaxItems: 1, Marker: first.Marker });
  expect(next).toMatchObject({ IsTruncated: false, Roles: [{ RoleName: 'tasks' }] });
  expect((await call('iam:ListRoles', { PathPrefix: '/ci/' })).Roles).toHaveLength(1);
});

test('[dns-11] hosted zones are listed, private ones too, a page at a time', async () => {
  const { call } = openEdited(({ route53: { zones } }) => {
    zones.ZZZ = { id: 'ZZZ', name: 'inner.example.', records: [], privateVpcs: ['vpc-0abc'] };
  });
  const first = await call('route53:ListHostedZones', { MaxItems: 1 });
  expect(first).toMatchObject({
    IsTruncated: true,
    HostedZones: [{ Id: `/hostedzone/${zoneId}`, Config: { PrivateZone: false } }],
  });
  const rest = await call('route53:ListHostedZones', { MaxItems: 1, Marker: first.NextMarker });
  expect(rest).toMatchObject({
    IsTruncated: false,
    HostedZones: [{ Id: '/hostedzone/ZZZ', Config: { PrivateZone: true } }],
  });
  expect(rest.NextMarker).toBeUndefined();
});

test.each([
  ['ecs:ListClusters', '*'],
  ['iam:ListRoles', `arn:aws:iam::${account}:role/`],
  ['route53:ListHostedZones', '*'],
] as const)('[iam-15] %s is authorised on * alone', async (key, named) => {
  const allow = (Resource: string) =>
    openAccount({
      policies: [
        { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: key, Resource }] },
      ],
    }).call(key, {});
  await expect(allow('*')).resolves.toBeTruthy();
  expect(await refusal(allow('arn:aws:x:::y'))).toMatch(`perform: ${key} on resource: ${named}`);
});

test('[state-14] a busy account has its own, and nothing of what is configured', async () => {
  const sandbox = createSandbox({ clock: createVirtualClock(), seed, account: 'busy' });
  const call = callerOf(sandbox);
  const { clusterArns = [] } = await call('ecs:ListClusters', {});
  expect(clusterArns.map((arn) => arn.split('/').at(-1))).toEqual(['production', 'staging']);
  const { LoadBalancers } = await call('elasticloadbalancing:DescribeLoadBalancers', {});
  expect(LoadBalancers).toHaveLength(3);
  expect(new Set(LoadBalancers?.map(({ VpcId }) => VpcId)).size).toBe(2);
  expect((await call('iam:ListRoles', {})).Roles).toHaveLength(5);
  const { SecurityGroups } = await call('ec2:DescribeSecurityGroups', {});
  expect(SecurityGroups?.map(({ GroupName }) => GroupName)).toContain('staging-apps');
});
