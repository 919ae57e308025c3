import type { Output } from '../../aws/api.ts';

export type RouteTable = NonNullable<Output<'ec2:DescribeRouteTables'>['RouteTables']>[number];
export type Endpoint = NonNullable<Output<'ec2:DescribeVpcEndpoints'>['VpcEndpoints']>[number];
type Route = NonNullable<RouteTable['Routes']>[number];

/** Where a subnet's traffic to the internet goes. */
export interface WayOut {
  /** `internet` needs a public address; `relayed` goes through a NAT, a gateway or an appliance. */
  kind: 'internet' | 'relayed' | 'blackhole' | 'none';
  /** E.g. `igw-...`. */
  target?: string;
}

/** The table that the subnet names, else the VPC's main one (VPC user guide, "Route tables"). */
export function tableOf(subnetId: string, vpcId: string, tables: readonly RouteTable[]) {
  const associated = (table: RouteTable) =>
    (table.Associations ?? []).some((link) => link.SubnetId === subnetId);
  const isMain = (table: RouteTable) =>
    table.VpcId === vpcId && (table.Associations ?? []).some((link) => link.Main === true);
  return tables.find(associated) ?? tables.find(isMain);
}

export function wayOut(table: RouteTable | undefined): WayOut {
  const route = table?.Routes?.find((each) => each.DestinationCidrBlock === '0.0.0.0/0');
  if (!route) return { kind: 'none' };
  const target = targetOf(route);
  if (route.State === 'blackhole') return { kind: 'blackhole', target };
  return { kind: target.startsWith('igw-') ? 'internet' : 'relayed', target };
}

const targetOf = (route: Route): string =>
  route.GatewayId ??
  route.NatGatewayId ??
  route.TransitGatewayId ??
  route.NetworkInterfaceId ??
  route.InstanceId ??
  route.VpcPeeringConnectionId ??
  route.CarrierGatewayId ??
  route.LocalGatewayId ??
  route.CoreNetworkArn ??
  'a target of an unknown kind';

export interface EndpointNeed {
  /** The end of the service's name, e.g. `ecr.dkr`. */
  service: string;
  /** A gateway endpoint serves the subnets whose route table names it. */
  gateway?: boolean;
}

/**
 * What Fargate reaches from a subnet without a way out (ECR user guide, "Amazon ECR interface VPC
 * endpoints"): layers come from S3.
 */
export function endpointsNeeded(secretArns: readonly string[]): EndpointNeed[] {
  const secrets = secretArns.some((arn) => arn.includes(':secretsmanager:'));
  const parameters = secretArns.some((arn) => !arn.includes(':secretsmanager:'));
  return [
    { service: 'ecr.api' },
    { service: 'ecr.dkr' },
    { service: 'logs' },
    { service: 's3', gateway: true },
    ...(secrets ? [{ service: 'secretsmanager' }] : []),
    ...(parameters ? [{ service: 'ssm' }] : []),
  ];
}

/** Those of `needed` that nothing serves in a subnet. */
export function missingEndpoints(
  needed: readonly EndpointNeed[],
  {
    endpoints,
    table,
    vpcId,
  }: { endpoints: readonly Endpoint[]; table: RouteTable | undefined; vpcId: string },
): EndpointNeed[] {
  const usable = endpoints.filter(
    (each) => each.VpcId === vpcId && each.State?.toLowerCase() === 'available',
  );
  return needed.filter(({ service }) => {
    const serving = usable.filter((each) => each.ServiceName?.endsWith(`.${service}`));
    return !serving.some((each) =>
      each.VpcEndpointType === 'Gateway'
        ? table?.RouteTableId !== undefined && each.RouteTableIds?.includes(table.RouteTableId)
        : each.PrivateDnsEnabled === true,
    );
  });
}
