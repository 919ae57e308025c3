// Hosts as public DNS has them, and the zones behind them.
import { expect, test } from 'vitest';
import { resolveHost } from '../../../src/sandbox/resolve.ts';
import { openAccount, openEdited, refusal, seed, zoneId } from './account.ts';

const { hostedZone: _, ...withoutZone } = seed;
const domain = 'previews.example.com';

test('[name-1] a host under the wildcard is at the load balancer; others are nowhere', async () => {
  const { sandbox, call } = openAccount({ seed: withoutZone });
  const { LoadBalancers } = await call('elasticloadbalancing:DescribeLoadBalancers', {});
  const addresses = await sandbox.resolve(LoadBalancers?.[0]?.DNSName ?? '');
  expect(addresses).toHaveLength(2);
  for (const address of addresses) expect(address).toMatch(/^198\.1[89]\.\d+\.\d+$/);
  for (const host of [`pr-1.${domain}`, `PR-2.${domain}.`, `a.b.${domain}`]) {
    expect(await sandbox.resolve(host)).toEqual(addresses);
  }
  expect(await sandbox.resolve(domain)).toEqual([]);
  expect(await sandbox.resolve('pr-1.example.com')).toEqual([]);
  expect(await openAccount({ seed: withoutZone }).sandbox.resolve(`x.${domain}`)).toEqual(
    addresses,
  );
});

test('[name-2] public DNS follows names, knows closer ones, and gives up on circles', () => {
  const { sandbox } = openEdited(
    ({ dns }) => {
      dns.records['other.example.com'] = ['192.0.2.2', '192.0.2.1'];
      dns.records[`*.${domain}`] = ['other.example.com'];
      dns.records[`closer.${domain}`] = ['192.0.2.9'];
      dns.records['round.example.com'] = ['round.example.com'];
    },
    { seed: withoutZone },
  );
  const world = sandbox.world();
  expect(resolveHost(world, `pr-1.${domain}`)).toEqual(['192.0.2.1', '192.0.2.2']);
  expect(resolveHost(world, `closer.${domain}`)).toEqual(['192.0.2.9']);
  // RFC 4592: a name that exists keeps the wildcard above it from what is under it.
  expect(resolveHost(world, `x.closer.${domain}`)).toEqual([]);
  expect(resolveHost(world, 'round.example.com')).toEqual([]);
});

test('[name-3] a public hosted zone answers for what is in it, a private one for nobody', async () => {
  const { sandbox, call } = openAccount();
  const at = (host: string) => sandbox.resolve(`${host}.${domain}`);
  expect(await at('pr-1')).toEqual([]);
  const { LoadBalancers: [balancer] = [] } = await call(
    'elasticloadbalancing:DescribeLoadBalancers',
    {},
  );
  const AliasTarget = {
    DNSName: balancer?.DNSName,
    HostedZoneId: balancer?.CanonicalHostedZoneId,
    EvaluateTargetHealth: false,
  };
  const record = (Name: string, more: object) => ({
    Action: 'CREATE' as const,
    ResourceRecordSet: { Name: `${Name}.${domain}`, ...more } as never,
  });
  await call('route53:ChangeResourceRecordSets', {
    HostedZoneId: zoneId,
    ChangeBatch: {
      Changes: [
        record('*', { Type: 'A', AliasTarget }),
        record('text', { Type: 'TXT', TTL: 60, ResourceRecords: [{ Value: '"x"' }] }),
        record('far', { Type: 'CNAME', TTL: 60, ResourceRecords: [{ Value: `near.${domain}` }] }),
      ],
    },
  });
  const addresses = await sandbox.resolve(balancer?.DNSName ?? '');
  expect(await at('pr-1')).toEqual(addresses);
  expect(await at('far')).toEqual(addresses);
  expect(await at('text')).toEqual([]);
  const hidden = openEdited((world) => {
    world.dns.records[`*.${domain}`] = ['192.0.2.1'];
    const zone = world.route53.zones[zoneId];
    if (zone) zone.privateVpcs = [seed.vpc];
  });
  expect(await hidden.sandbox.resolve(`pr-1.${domain}`)).toEqual(['192.0.2.1']);
});

test('[dns-10] a hosted zone tells its name and servers, or its VPCs when it is private', async () => {
  const { call } = openAccount();
  const found = await call('route53:GetHostedZone', { Id: `/hostedzone/${zoneId}` });
  expect(found).toMatchObject({
    HostedZone: {
      Id: `/hostedzone/${zoneId}`,
      Name: `${domain}.`,
      Config: { PrivateZone: false },
      ResourceRecordSetCount: 2,
    },
    DelegationSet: { NameServers: expect.arrayContaining(['ns-1.sandbox.example']) },
  });
  const hidden = openEdited(({ route53 }) => {
    const zone = route53.zones[zoneId];
    if (zone) zone.privateVpcs = ['vpc-1'];
  });
  const secret = await hidden.call('route53:GetHostedZone', { Id: zoneId });
  expect(secret).toMatchObject({
    HostedZone: { Config: { PrivateZone: true } },
    VPCs: [{ VPCId: 'vpc-1' }],
  });
  expect(secret).not.toHaveProperty('DelegationSet');
  expect(await refusal(call('route53:GetHostedZone', { Id: 'Z0' }))).toContain('NoSuchHostedZone');
});
