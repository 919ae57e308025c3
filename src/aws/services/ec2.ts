import {
  DescribeRouteTablesCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVpcEndpointsCommand,
  EC2Client,
} from '@aws-sdk/client-ec2';
import type { OperationOf } from '../../permissions/manifest.ts';

export const Client = EC2Client;

export const commands = {
  DescribeRouteTables: DescribeRouteTablesCommand,
  DescribeSecurityGroups: DescribeSecurityGroupsCommand,
  DescribeSubnets: DescribeSubnetsCommand,
  DescribeVpcEndpoints: DescribeVpcEndpointsCommand,
} satisfies Record<OperationOf<'ec2'>, unknown>;
