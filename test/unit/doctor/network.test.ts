import { describe, expect, test } from 'vitest';
import { covers, overlaps } from '../../../src/doctor/network/cidr.ts';
import {
  type Endpoint,
  endpointsNeeded,
  missingEndpoints,
  type RouteTable,
  tableOf,
  wayOut,
} from '../../../src/doctor/network/routes.ts';
import { admits, type SecurityRule } from '../../../src/doctor/network/security.ts';

test.each([
  ['0.0.0.0/0', '10.1.2.0/24', true],
  ['10.0.0.0/8', '10.1.2.0/24', true],
  ['10.1.2.0/24', '10.1.2.0/24', true],
  ['10.1.2.0/25', '10.1.2.0/24', false],
  ['10.1.3.0/24', '10.1.2.0/24', false],
  ['128.0.0.0/1', '255.255.255.255/32', true],
  ['128.0.0.0/1', '127.255.255.255/32', false],
  ['10.1.2.3/8', '10.200.0.0/16', true],
  ['10.0.0.0/33', '10.0.0.0/33', false],
  ['10.0.0.256/24', '10.0.0.0/24', false],
  ['::/0', '10.0.0.0/8', false],
  ['', '10.0.0.0/8', false],
])('%s covers %s: %s', (outer, inner, wanted) => {
  expect(covers(outer, inner)).toBe(wanted);
});

test('ranges overlap when one is in the other', () => {
  expect(overlaps('10.1.2.3/32', '10.1.0.0/16')).toBe(true);
  expect(overlaps('10.1.0.0/16', '10.2.0.0/16')).toBe(false);
});

const rule = (more: SecurityRule): SecurityRule => ({
  IpProtocol: 'tcp',
  FromPort: 8080,
  ToPort: 8080,
  ...more,
});
const fromGroup = { UserIdGroupPairs: [{ GroupId: 'sg-alb' }] };
const range = (...cidrs: string[]) => ({ IpRanges: cidrs.map((CidrIp) => ({ CidrIp })) });

describe('security groups', () => {
  test.each([
    ['the group itself', [rule(fromGroup)], 'all'],
    ['another group', [rule({ UserIdGroupPairs: [{ GroupId: 'sg-else' }] })], 'none'],
    ['another port', [rule({ ...fromGroup, FromPort: 80, ToPort: 80 })], 'none'],
    ['a range of ports', [rule({ ...fromGroup, FromPort: 8000, ToPort: 9000 })], 'all'],
    ['UDP', [rule({ ...fromGroup, IpProtocol: 'udp' })], 'none'],
    ['TCP by number', [rule({ ...fromGroup, IpProtocol: '6' })], 'all'],
    ['all protocols', [{ IpProtocol: '-1', ...fromGroup }], 'all'],
    ['ICMP has other ports', [rule({ ...fromGroup, IpProtocol: 'icmp' })], 'none'],
    ['anywhere', [rule(range('0.0.0.0/0'))], 'all'],
    ['both subnets', [rule(range('10.0.1.0/24')), rule(range('10.0.2.0/24'))], 'all'],
    ['one of two subnets', [rule(range('10.0.1.0/24'))], 'some'],
    ['one address', [rule(range('10.0.1.7/32'))], 'some'],
    ['other addresses', [rule(range('192.168.0.0/16'))], 'none'],
    ['a prefix list', [rule({ PrefixListIds: [{ PrefixListId: 'pl-1' }] })], 'unknown'],
    ['IPv6 only', [rule({ Ipv6Ranges: [{ CidrIpv6: '::/0' }] })], 'none'],
    ['no rule', [], 'none'],
  ] as const)('%s: %s', (_, rules, wanted) => {
    const ranges = ['10.0.1.0/24', '10.0.2.0/24'];
    expect(admits(rules, { port: 8080, groups: ['sg-alb'], ranges })).toBe(wanted);
  });

  test('addresses that are not known make a narrow range unsure, and a wide one no less sure', () => {
    const peer = { port: 8080, groups: [], ranges: [] };
    expect(admits([rule(range('10.0.0.0/8'))], peer)).toBe('unknown');
    expect(admits([rule(range('0.0.0.0/0'))], peer)).toBe('all');
    expect(admits([], peer)).toBe('none');
  });
});

const table = (id: string, more: RouteTable): RouteTable => ({
  RouteTableId: id,
  VpcId: 'vpc-1',
  ...more,
});
const main = table('rtb-main', { Associations: [{ Main: true }] });
const own = table('rtb-own', { Associations: [{ SubnetId: 'subnet-1' }] });

describe('routes', () => {
  test("a subnet's own table comes before the main one of its VPC", () => {
    const foreign = { ...main, RouteTableId: 'rtb-foreign', VpcId: 'vpc-2' };
    expect(tableOf('subnet-1', 'vpc-1', [foreign, main, own])).toBe(own);
    expect(tableOf('subnet-2', 'vpc-1', [foreign, main, own])).toBe(main);
    expect(tableOf('subnet-2', 'vpc-3', [foreign, main, own])).toBeUndefined();
  });

  test.each([
    ['an internet gateway', { GatewayId: 'igw-1' }, { kind: 'internet', target: 'igw-1' }],
    ['a NAT gateway', { NatGatewayId: 'nat-1' }, { kind: 'relayed', target: 'nat-1' }],
    ['a transit gateway', { TransitGatewayId: 'tgw-1' }, { kind: 'relayed', target: 'tgw-1' }],
    ['an appliance', { NetworkInterfaceId: 'eni-1' }, { kind: 'relayed', target: 'eni-1' }],
    ['a firewall', { GatewayId: 'vpce-1' }, { kind: 'relayed', target: 'vpce-1' }],
    [
      'a NAT that is gone',
      { NatGatewayId: 'nat-1', State: 'blackhole' },
      { kind: 'blackhole', target: 'nat-1' },
    ],
  ] as const)('%s', (_, route, wanted) => {
    const Routes = [
      { DestinationCidrBlock: '10.0.0.0/16', GatewayId: 'local' },
      { DestinationIpv6CidrBlock: '::/0', GatewayId: 'igw-6' },
      { DestinationCidrBlock: '0.0.0.0/0', ...route },
    ];
    expect(wayOut({ ...own, Routes })).toEqual(wanted);
  });

  test('no default route is no way out, even with one for IPv6', () => {
    const Routes = [{ DestinationIpv6CidrBlock: '::/0', GatewayId: 'igw-6' }];
    expect(wayOut({ ...own, Routes })).toEqual({ kind: 'none' });
    expect(wayOut(undefined)).toEqual({ kind: 'none' });
  });
});

describe('endpoints', () => {
  const endpoint = (service: string, more: Endpoint = {}): Endpoint => ({
    VpcId: 'vpc-1',
    ServiceName: `com.amazonaws.eu-west-1.${service}`,
    VpcEndpointType: 'Interface',
    State: 'available' as never,
    PrivateDnsEnabled: true,
    ...more,
  });
  const s3 = endpoint('s3', {
    VpcEndpointType: 'Gateway',
    RouteTableIds: ['rtb-own'],
    PrivateDnsEnabled: false,
  });
  const all = [endpoint('ecr.api'), endpoint('ecr.dkr'), endpoint('logs'), s3];
  const missing = (endpoints: Endpoint[], secrets: string[] = []) =>
    missingEndpoints(endpointsNeeded(secrets), { endpoints, table: own, vpcId: 'vpc-1' }).map(
      ({ service }) => service,
    );

  test('all of them serve', () => {
    expect(missing(all)).toEqual([]);
    expect(missing(all, ['arn:aws:secretsmanager:r:1:secret:a', '/param'])).toEqual([
      'secretsmanager',
      'ssm',
    ]);
  });

  test.each([
    ['of another VPC', { VpcId: 'vpc-2' }],
    ['that is not ready', { State: 'pending' as never }],
    ['without private DNS', { PrivateDnsEnabled: false }],
  ])('one %s does not', (_, more) => {
    expect(missing([...all.slice(1), endpoint('ecr.api', more)])).toEqual(['ecr.api']);
  });

  test("a gateway endpoint serves its own route tables' subnets only", () => {
    expect(missing([...all.slice(0, 3), { ...s3, RouteTableIds: ['rtb-main'] }])).toEqual(['s3']);
  });
});
