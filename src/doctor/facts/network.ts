import type { Output } from '../../aws/api.ts';
import { allPages } from '../../aws/paginate.ts';
import type { SecurityGroup } from '../network/security.ts';
import { attempt, once, onceEach, type Read } from '../read.ts';
import type { readBalancer } from './balancer.ts';
import type { Tools } from './tools.ts';

export type Subnet = NonNullable<Output<'ec2:DescribeSubnets'>['Subnets']>[number];

/** The VPC as tasks and load balancer see it, each read once. */
export function readNetwork(
  { aws, config, signal }: Tools,
  { balancer }: ReturnType<typeof readBalancer>,
) {
  const { subnets: subnetIds, securityGroups: groupIds, vpc } = config.providerConfig;
  // A filter gives those that exist; naming the ids would fail for all when one does not.
  const filter = (Name: string, Values: readonly string[]) => [{ Name, Values: [...Values] }];
  const describeSubnets = (ids: readonly string[]): Promise<Read<Subnet[]>> =>
    attempt(
      () =>
        allPages({
          page: (NextToken) =>
            aws.call('ec2:DescribeSubnets', { Filters: filter('subnet-id', ids), NextToken }),
          items: (page) => page.Subnets,
          token: (page) => page.NextToken,
        }),
      { signal },
    );
  const describeGroups = (ids: readonly string[]): Promise<Read<SecurityGroup[]>> =>
    attempt(
      () =>
        allPages({
          page: (NextToken) =>
            aws.call('ec2:DescribeSecurityGroups', { Filters: filter('group-id', ids), NextToken }),
          items: (page) => page.SecurityGroups,
          token: (page) => page.NextToken,
        }),
      { signal },
    );
  const routeTables = onceEach((vpcId) =>
    attempt(
      () =>
        allPages({
          page: (NextToken) =>
            aws.call('ec2:DescribeRouteTables', { Filters: filter('vpc-id', [vpcId]), NextToken }),
          items: (page) => page.RouteTables,
          token: (page) => page.NextToken,
        }),
      { signal },
    ),
  );
  const endpoints = onceEach((vpcId) =>
    attempt(
      () =>
        allPages({
          page: (NextToken) =>
            aws.call('ec2:DescribeVpcEndpoints', { Filters: filter('vpc-id', [vpcId]), NextToken }),
          items: (page) => page.VpcEndpoints,
          token: (page) => page.NextToken,
        }),
      { signal },
    ),
  );
  return {
    /** Those of the configuration that exist. */
    subnets: once(() => describeSubnets(subnetIds)),
    securityGroups: once(() => describeGroups(groupIds)),
    routeTables: () => routeTables(vpc),
    endpoints: () => endpoints(vpc),
    /** Those of the load balancer. */
    balancerGroups: once(async (): Promise<Read<SecurityGroup[]>> => {
      const found = await balancer();
      if (!found.ok) return found;
      const ids = found.value?.SecurityGroups ?? [];
      return ids.length === 0 ? { ok: true, value: [] } : describeGroups(ids);
    }),
    balancerSubnets: once(async (): Promise<Read<Subnet[]>> => {
      const found = await balancer();
      if (!found.ok) return found;
      const ids = (found.value?.AvailabilityZones ?? []).flatMap(({ SubnetId }) => SubnetId ?? []);
      return ids.length === 0 ? { ok: true, value: [] } : describeSubnets(ids);
    }),
  };
}
