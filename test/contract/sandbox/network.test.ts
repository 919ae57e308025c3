// What EC2 says of the VPC.
import { expect, test } from 'vitest';
import { ec2 } from '../../../src/sandbox/services/ec2.ts';
import { ecs } from '../../../src/sandbox/services/ecs.ts';
import { account, openAccount, openEdited, refusal, region, seed } from './account.ts';
import { addLogGroup, createAccount, service, taskDefinition } from './direct.ts';

test('[network-1] subnets have VPC, zone and free addresses, found by id or filter', async () => {
  const { call } = openEdited(({ network }) => {
    network.subnets['subnet-0b'] = {
      id: 'subnet-0b',
      vpcId: 'vpc-other',
      zone: 'us-east-1f',
      availableAddresses: 0,
    };
  });
  const { Subnets } = await call('ec2:DescribeSubnets', { SubnetIds: ['subnet-0b', 'subnet-0a'] });
  expect(Subnets).toMatchObject([
    { SubnetId: 'subnet-0a', VpcId: seed.vpc, AvailabilityZone: 'us-east-1a' },
    { SubnetId: 'subnet-0b', VpcId: 'vpc-other', AvailableIpAddressCount: 0 },
  ]);
  const Filters = [
    { Name: 'vpc-id', Values: ['vpc-*', 'x'] },
    { Name: 'subnet-id', Values: ['*b'] },
  ];
  expect((await call('ec2:DescribeSubnets', { Filters })).Subnets).toHaveLength(1);
});

test('[network-1] a running task takes an address', () => {
  const aws = createAccount();
  const free = () =>
    aws
      .run(ec2.DescribeSubnets, {})
      .Subnets?.reduce((sum, { AvailableIpAddressCount = 0 }) => sum + AvailableIpAddressCount, 0);
  const before = free() ?? 0;
  addLogGroup(aws, '/ecs/web');
  aws.run(ecs.RegisterTaskDefinition, taskDefinition());
  aws.run(ecs.CreateService, { ...service(), desiredCount: 3 });
  aws.pass(20);
  expect(free()).toBe(before - 3);
});

test.each([
  ['ec2:DescribeSubnets', { SubnetIds: ['subnet-9'] }, 'InvalidSubnetID.NotFound'],
  ['ec2:DescribeSecurityGroups', { GroupIds: ['sg-9'] }, 'InvalidGroup.NotFound'],
  ['ec2:DescribeRouteTables', { RouteTableIds: ['rtb-9'] }, 'InvalidRouteTableID.NotFound'],
  ['ec2:DescribeVpcEndpoints', { VpcEndpointIds: ['vpce-9'] }, 'InvalidVpcEndpointId.NotFound'],
] as const)('[network-2] %s of an unknown id fails', async (key, input, code) => {
  expect(await refusal(openAccount().call(key, input as never))).toMatch(
    new RegExp(`^${code}: The .*-9' does not exist$`),
  );
});

test('[network-3] security groups show their rules, groups and ranges apart', async () => {
  const { call } = openEdited(({ network }) => {
    network.securityGroups['sg-1'] = {
      id: 'sg-1',
      vpcId: seed.vpc,
      ingress: [
        { protocol: 'tcp', from: 3000, to: 3000, groups: ['sg-2'], cidrs6: ['::/0'] },
        { protocol: '-1', from: 1, to: 2, cidrs: ['10.0.0.0/8'], prefixLists: ['pl-1'] },
      ],
    };
  });
  const { SecurityGroups } = await call('ec2:DescribeSecurityGroups', { GroupIds: ['sg-1'] });
  expect(SecurityGroups).toMatchObject([
    {
      GroupId: 'sg-1',
      VpcId: seed.vpc,
      IpPermissions: [
        {
          IpProtocol: 'tcp',
          FromPort: 3000,
          ToPort: 3000,
          UserIdGroupPairs: [{ GroupId: 'sg-2', UserId: account }],
          IpRanges: [],
          Ipv6Ranges: [{ CidrIpv6: '::/0' }],
        },
        {
          IpProtocol: '-1',
          IpRanges: [{ CidrIp: '10.0.0.0/8' }],
          PrefixListIds: [{ PrefixListId: 'pl-1' }],
        },
      ],
      IpPermissionsEgress: [],
    },
  ]);
  expect(SecurityGroups?.[0]?.IpPermissions?.[1]).not.toHaveProperty('FromPort');
});

test('[network-4] route tables show what they are for and where they lead', async () => {
  const routes = [
    { destination: '10.0.0.0/16', target: 'local' },
    { destination: '0.0.0.0/0', target: 'nat-1', state: 'blackhole' as const },
    { destination: '::/0', target: 'eigw-1' },
    { destination: 'pl-1', target: 'vpce-1' },
    { destination: '10.1.0.0/16', target: 'tgw-1' },
    { destination: '10.2.0.0/16', target: 'igw-1' },
  ];
  const { call } = openEdited(({ network }) => {
    network.routeTables['rtb-1'] = {
      id: 'rtb-1',
      vpcId: seed.vpc,
      main: false,
      subnets: ['subnet-0a'],
      routes,
    };
  });
  const find = async (Name: string, ...Values: string[]) =>
    (await call('ec2:DescribeRouteTables', { Filters: [{ Name, Values }] })).RouteTables;
  const [own] = (await find('association.subnet-id', 'subnet-0a')) ?? [];
  expect(own?.Associations).toMatchObject([{ SubnetId: 'subnet-0a', Main: false }]);
  expect(own?.Routes).toMatchObject([
    { DestinationCidrBlock: '10.0.0.0/16', GatewayId: 'local', State: 'active' },
    { DestinationCidrBlock: '0.0.0.0/0', NatGatewayId: 'nat-1', State: 'blackhole' },
    { DestinationIpv6CidrBlock: '::/0', EgressOnlyInternetGatewayId: 'eigw-1' },
    { DestinationPrefixListId: 'pl-1', GatewayId: 'vpce-1' },
    { DestinationCidrBlock: '10.1.0.0/16', TransitGatewayId: 'tgw-1' },
    { DestinationCidrBlock: '10.2.0.0/16', GatewayId: 'igw-1' },
  ]);
  const [main] = (await find('association.main', 'true')) ?? [];
  expect(main?.Associations).toMatchObject([{ Main: true }]);
  expect(main?.Associations?.[0]).not.toHaveProperty('SubnetId');
  expect(await find('vpc-id', seed.vpc)).toHaveLength(2);
});

test('[network-5] VPC endpoints show service, state and where they are', async () => {
  const { call } = openEdited(({ network }) => {
    network.endpoints['vpce-1'] = {
      id: 'vpce-1',
      vpcId: seed.vpc,
      service: `com.amazonaws.${region}.ecr.dkr`,
      type: 'Interface',
      subnets: ['subnet-0a'],
      securityGroups: ['sg-1'],
      privateDns: true,
    };
    network.endpoints['vpce-2'] = {
      id: 'vpce-2',
      vpcId: seed.vpc,
      service: `com.amazonaws.${region}.s3`,
      type: 'Gateway',
      routeTables: ['rtb-1'],
      state: 'pending',
    };
  });
  const { VpcEndpoints } = await call('ec2:DescribeVpcEndpoints', {
    Filters: [{ Name: 'vpc-id', Values: [seed.vpc] }],
  });
  expect(VpcEndpoints).toMatchObject([
    {
      ServiceName: `com.amazonaws.${region}.ecr.dkr`,
      VpcEndpointType: 'Interface',
      State: 'available',
      SubnetIds: ['subnet-0a'],
      Groups: [{ GroupId: 'sg-1' }],
      PrivateDnsEnabled: true,
    },
    { VpcEndpointType: 'Gateway', State: 'pending', RouteTableIds: ['rtb-1'] },
  ]);
});

test('[network-6] listings come in pages when asked, and end; odd questions are refused', async () => {
  const { call } = openEdited(({ network }) => {
    for (let n = 0; n < 9; n++) network.subnets[`s-${n}`] = { id: `s-${n}`, vpcId: 'v', zone: 'z' };
  });
  const first = await call('ec2:DescribeSubnets', { MaxResults: 6 });
  const { NextToken } = first;
  const second = await call('ec2:DescribeSubnets', { MaxResults: 6, NextToken });
  expect([first.Subnets?.length, second.Subnets?.length, second.NextToken]).toEqual([
    6,
    5,
    undefined,
  ]);
  expect((await call('ec2:DescribeSubnets', {})).Subnets).toHaveLength(11);
  const refused = [
    { MaxResults: 4 },
    { MaxResults: 6, NextToken: 'x' },
    { Filters: [{ Name: 'colour', Values: ['red'] }] },
  ];
  for (const input of refused) {
    expect(await refusal(call('ec2:DescribeSubnets', input))).toContain('InvalidParameterValue:');
  }
  const both = call('ec2:DescribeSubnets', { MaxResults: 6, SubnetIds: ['s-1'] });
  expect(await refusal(both)).toContain('InvalidParameterCombination:');
});

test('[network-7] the seeded load balancer reaches the tasks, and the tasks the internet', async () => {
  const { call } = openAccount();
  const { LoadBalancers } = await call('elasticloadbalancing:DescribeLoadBalancers', {});
  const [front = ''] = LoadBalancers?.[0]?.SecurityGroups ?? [];
  expect(seed.securityGroups).not.toContain(front);
  const GroupIds = [front, ...seed.securityGroups];
  const { SecurityGroups = [] } = await call('ec2:DescribeSecurityGroups', { GroupIds });
  const group = (id: string) => SecurityGroups.find(({ GroupId }) => GroupId === id);
  const [tasks = ''] = seed.securityGroups;
  expect(group(tasks)?.IpPermissions).toMatchObject([{ UserIdGroupPairs: [{ GroupId: front }] }]);
  expect(group(front)?.IpPermissions?.map(({ ToPort }) => ToPort)).toEqual([80, 443]);
  for (const id of GroupIds) {
    expect(group(id)?.IpPermissionsEgress).toMatchObject([
      { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] },
    ]);
  }
  const { RouteTables } = await call('ec2:DescribeRouteTables', {});
  expect(RouteTables?.[0]?.Routes).toContainEqual(
    expect.objectContaining({
      DestinationCidrBlock: '0.0.0.0/0',
      GatewayId: expect.stringMatching(/^igw-/),
    }),
  );
});
