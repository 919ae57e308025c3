// Longer than most: the four calls of one API, each with its shape.
import type {
  DescribeRouteTablesCommandInput,
  DescribeRouteTablesResult,
  DescribeSecurityGroupsCommandInput,
  DescribeSecurityGroupsResult,
  DescribeSubnetsCommandInput,
  DescribeSubnetsResult,
  DescribeVpcEndpointsCommandInput,
  DescribeVpcEndpointsResult,
} from '@aws-sdk/client-ec2';
import { arnOf } from '../arn.ts';
import type { Ctx, Operation, ServiceTable } from '../types.ts';
import { freeAddresses } from './ec2-addresses.ts';
import { anywhere, find, nextOf } from './ec2-common.ts';
import { endpointShape, groupShape, routeTableShape } from './ec2-shapes.ts';

const DescribeSubnets = {
  authorize: anywhere('DescribeSubnets'),
  run(input: DescribeSubnetsCommandInput, { world }: Ctx): DescribeSubnetsResult {
    const { items, next } = find(
      {
        records: world.network.subnets,
        missing: { code: 'InvalidSubnetID.NotFound', noun: 'subnet ID' },
        filters: {
          'vpc-id': ({ vpcId }) => [vpcId],
          'subnet-id': ({ id }) => [id],
          'availability-zone': ({ zone }) => [zone],
        },
      },
      { ids: input.SubnetIds, filters: input.Filters, paging: input },
    );
    const Subnets = items.map(({ id, vpcId, zone }) => ({
      SubnetId: id,
      SubnetArn: arnOf(world, 'ec2', `subnet/${id}`),
      VpcId: vpcId,
      AvailabilityZone: zone,
      State: 'available' as const,
      AvailableIpAddressCount: Math.max(0, freeAddresses(world, id)),
      OwnerId: world.account,
      Tags: [],
    }));
    return { Subnets, ...nextOf(next) };
  },
} satisfies Operation;

const DescribeSecurityGroups = {
  authorize: anywhere('DescribeSecurityGroups'),
  run(input: DescribeSecurityGroupsCommandInput, { world }: Ctx): DescribeSecurityGroupsResult {
    const { items, next } = find(
      {
        records: world.network.securityGroups,
        missing: { code: 'InvalidGroup.NotFound', noun: 'security group' },
        filters: { 'vpc-id': ({ vpcId }) => [vpcId], 'group-id': ({ id }) => [id] },
      },
      { ids: input.GroupIds, filters: input.Filters, paging: input },
    );
    return { SecurityGroups: items.map((group) => groupShape(world, group)), ...nextOf(next) };
  },
} satisfies Operation;

const DescribeRouteTables = {
  authorize: anywhere('DescribeRouteTables'),
  run(input: DescribeRouteTablesCommandInput, { world }: Ctx): DescribeRouteTablesResult {
    const { items, next } = find(
      {
        records: world.network.routeTables,
        missing: { code: 'InvalidRouteTableID.NotFound', noun: 'routeTable ID' },
        filters: {
          'vpc-id': ({ vpcId }) => [vpcId],
          'route-table-id': ({ id }) => [id],
          'association.main': ({ main }) => [String(main)],
          'association.subnet-id': ({ subnets }) => subnets,
        },
      },
      { ids: input.RouteTableIds, filters: input.Filters, paging: input },
    );
    return { RouteTables: items.map((table) => routeTableShape(world, table)), ...nextOf(next) };
  },
} satisfies Operation;

const DescribeVpcEndpoints = {
  authorize: anywhere('DescribeVpcEndpoints'),
  run(input: DescribeVpcEndpointsCommandInput, { world }: Ctx): DescribeVpcEndpointsResult {
    const { items, next } = find(
      {
        records: world.network.endpoints,
        missing: { code: 'InvalidVpcEndpointId.NotFound', noun: 'Vpc Endpoint Id' },
        filters: {
          'vpc-id': ({ vpcId }) => [vpcId],
          'service-name': ({ service }) => [service],
          'vpc-endpoint-id': ({ id }) => [id],
          'vpc-endpoint-state': ({ state = 'available' }) => [state],
          'vpc-endpoint-type': ({ type }) => [type],
        },
      },
      { ids: input.VpcEndpointIds, filters: input.Filters, paging: input },
    );
    return {
      VpcEndpoints: items.map((endpoint) => endpointShape(world, endpoint)),
      ...nextOf(next),
    };
  },
} satisfies Operation;

/** EC2: exactly the operations of the manifest. */
export const ec2 = {
  DescribeRouteTables,
  DescribeSecurityGroups,
  DescribeSubnets,
  DescribeVpcEndpoints,
} satisfies ServiceTable<'ec2'>;
