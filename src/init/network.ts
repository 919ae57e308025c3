import type { Output } from '../aws/api.ts';
import type { Aws } from '../aws/aws.ts';
import { allPages } from '../aws/paginate.ts';
import type { Endpoint, RouteTable } from '../doctor/network/routes.ts';
import type { SecurityGroup } from '../doctor/network/security.ts';
import { attempt, type Read } from '../doctor/read.ts';

export type Subnet = NonNullable<Output<'ec2:DescribeSubnets'>['Subnets']>[number];

/** What a VPC has for tasks to run in. */
export interface Network {
  subnets: Subnet[];
  tables: RouteTable[];
  endpoints: Endpoint[];
  groups: SecurityGroup[];
}

export function readNetwork(
  vpc: string,
  { aws, signal }: { aws: Aws; signal: AbortSignal },
): Promise<Read<Network>> {
  const Filters = [{ Name: 'vpc-id', Values: [vpc] }];
  const next = (page: { NextToken?: string | undefined }) => page.NextToken;
  return attempt(
    async () => {
      const [subnets, tables, endpoints, groups] = await Promise.all([
        allPages({
          page: (NextToken) => aws.call('ec2:DescribeSubnets', { Filters, NextToken }),
          items: (page) => page.Subnets,
          token: next,
        }),
        allPages({
          page: (NextToken) => aws.call('ec2:DescribeRouteTables', { Filters, NextToken }),
          items: (page) => page.RouteTables,
          token: next,
        }),
        allPages({
          page: (NextToken) => aws.call('ec2:DescribeVpcEndpoints', { Filters, NextToken }),
          items: (page) => page.VpcEndpoints,
          token: next,
        }),
        allPages({
          page: (NextToken) => aws.call('ec2:DescribeSecurityGroups', { Filters, NextToken }),
          items: (page) => page.SecurityGroups,
          token: next,
        }),
      ]);
      return { subnets, tables, endpoints, groups };
    },
    { signal },
  );
}
