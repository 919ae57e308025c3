import { expect } from 'vitest';
import type { Aws } from '../../../src/aws/aws.ts';
import { refusal } from '../../helpers/wire/expect.ts';
import { region } from '../../helpers/wire/seed.ts';
import type { WireWorld } from '../../helpers/wire/world.ts';

export async function callNetwork(aws: Aws, world: WireWorld) {
  const { vpc, subnets, securityGroups } = world.config.providerConfig;
  await describeSubnets(aws, vpc, subnets);
  await describeSecurityGroups(aws, vpc, securityGroups);
  const ofVpc = { Filters: [{ Name: 'vpc-id', Values: [vpc] }] };
  // The main table of a VPC names no subnet: it is that of all without one of their own.
  const { RouteTables } = await aws.call('ec2:DescribeRouteTables', ofVpc);
  expect(RouteTables).toMatchObject([
    {
      Associations: [{ Main: true }],
      Routes: [
        { DestinationCidrBlock: '10.0.0.0/16', GatewayId: 'local', State: 'active' },
        { DestinationCidrBlock: '0.0.0.0/0', GatewayId: expect.stringMatching(/^igw-/) },
      ],
    },
  ]);
  expect(RouteTables?.[0]?.Associations?.[0]?.SubnetId).toBeUndefined();
  const { VpcEndpoints } = await aws.call('ec2:DescribeVpcEndpoints', ofVpc);
  expect(VpcEndpoints).toEqual([]);
}

async function describeSubnets(aws: Aws, vpc: string, SubnetIds: string[]) {
  const describe = (ids: string[]) => aws.call('ec2:DescribeSubnets', { SubnetIds: ids });
  const { Subnets } = await describe(SubnetIds);
  const common = { VpcId: vpc, State: 'available', AvailableIpAddressCount: 251 };
  // moto: AWS would count out the addresses of the load balancer.
  expect(Subnets).toMatchObject([
    { SubnetId: SubnetIds[0], AvailabilityZone: `${region}a`, ...common },
    { SubnetId: SubnetIds[1], AvailabilityZone: `${region}b`, ...common },
  ]);
  const gone = 'subnet-0123456789abcdef0';
  const absent = refusal('InvalidSubnetID.NotFound', gone);
  await expect(describe([gone])).rejects.toMatchObject(absent);
  // One absent id fails all. moto: names any of them; AWS the absent one.
  await expect(describe([...SubnetIds, gone])).rejects.toMatchObject({ name: absent.name });
}

async function describeSecurityGroups(aws: Aws, vpc: string, GroupIds: string[]) {
  const describe = (ids: string[]) => aws.call('ec2:DescribeSecurityGroups', { GroupIds: ids });
  const { SecurityGroups } = await describe(GroupIds);
  expect(SecurityGroups).toMatchObject([{ GroupId: GroupIds[0], VpcId: vpc }]);
  expect(SecurityGroups?.[0]?.IpPermissions).toMatchObject([
    { IpProtocol: 'tcp', FromPort: 443, ToPort: 443, IpRanges: [{ CidrIp: '0.0.0.0/0' }] },
    { IpProtocol: '-1', UserIdGroupPairs: [{ GroupId: GroupIds[0] }] },
  ]);
  const all = { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] };
  expect(SecurityGroups?.[0]?.IpPermissionsEgress).toMatchObject([all]);
  const gone = 'sg-0123456789abcdef0';
  await expect(describe([...GroupIds, gone])).rejects.toMatchObject(
    refusal('InvalidGroup.NotFound', gone),
  );
}
