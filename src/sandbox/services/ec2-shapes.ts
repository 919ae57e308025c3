import type {
  IpPermission,
  Route as RouteShape,
  RouteTable as RouteTableShape,
  SecurityGroup as SecurityGroupShape,
  VpcEndpoint as VpcEndpointShape,
} from '@aws-sdk/client-ec2';
import { arnOf } from '../arn.ts';
import { idOf } from '../ids.ts';
import type {
  Route,
  RouteTable,
  SecurityGroup,
  SecurityRule,
  VpcEndpoint,
} from '../network-types.ts';
import type { World } from '../types.ts';

export function groupShape(world: World, group: SecurityGroup): SecurityGroupShape {
  const permission = (rule: SecurityRule) => permissionShape(world, rule);
  return {
    GroupId: group.id,
    GroupName: group.name ?? group.id,
    Description: 'made for the sandbox',
    VpcId: group.vpcId,
    OwnerId: world.account,
    SecurityGroupArn: arnOf(world, 'ec2', `security-group/${group.id}`),
    IpPermissions: (group.ingress ?? []).map(permission),
    IpPermissionsEgress: (group.egress ?? []).map(permission),
    Tags: [],
  };
}

/** Rules for everything have no ports, as EC2 gives them. */
function permissionShape(world: World, rule: SecurityRule): IpPermission {
  const ports =
    rule.protocol === '-1' ? {} : { FromPort: rule.from ?? 0, ToPort: rule.to ?? 65535 };
  return {
    IpProtocol: rule.protocol,
    ...ports,
    IpRanges: (rule.cidrs ?? []).map((CidrIp) => ({ CidrIp })),
    Ipv6Ranges: (rule.cidrs6 ?? []).map((CidrIpv6) => ({ CidrIpv6 })),
    UserIdGroupPairs: (rule.groups ?? []).map((GroupId) => ({ GroupId, UserId: world.account })),
    PrefixListIds: (rule.prefixLists ?? []).map((PrefixListId) => ({ PrefixListId })),
  };
}

export function routeTableShape(world: World, table: RouteTable): RouteTableShape {
  const association = (key: string, more: object) => ({
    RouteTableAssociationId: `rtbassoc-${idOf(`${table.id} ${key}`, 17)}`,
    RouteTableId: table.id,
    AssociationState: { State: 'associated' as const },
    ...more,
  });
  return {
    RouteTableId: table.id,
    VpcId: table.vpcId,
    OwnerId: world.account,
    Associations: [
      ...(table.main ? [association('main', { Main: true })] : []),
      ...table.subnets.map((SubnetId) => association(SubnetId, { Main: false, SubnetId })),
    ],
    PropagatingVgws: [],
    Routes: table.routes.map(routeShape),
    Tags: [],
  };
}

/** The member of a route that names its target, by the beginning of the id. */
const targets: readonly [prefix: string, member: keyof RouteShape][] = [
  ['nat-', 'NatGatewayId'],
  ['tgw-', 'TransitGatewayId'],
  ['pcx-', 'VpcPeeringConnectionId'],
  ['eigw-', 'EgressOnlyInternetGatewayId'],
  ['eni-', 'NetworkInterfaceId'],
];

function routeShape({ destination, target, state = 'active' }: Route): RouteShape {
  // Internet and virtual private gateways, gateway endpoints and `local` all come as GatewayId.
  const member = targets.find(([prefix]) => target.startsWith(prefix))?.[1] ?? 'GatewayId';
  const kind = destination.startsWith('pl-')
    ? 'DestinationPrefixListId'
    : destination.includes(':')
      ? 'DestinationIpv6CidrBlock'
      : 'DestinationCidrBlock';
  return {
    [kind]: destination,
    [member]: target,
    Origin: target === 'local' ? 'CreateRouteTable' : 'CreateRoute',
    State: state,
  };
}

export function endpointShape(world: World, endpoint: VpcEndpoint): VpcEndpointShape {
  const { subnets = [], securityGroups = [], routeTables = [], privateDns = false } = endpoint;
  return {
    VpcEndpointId: endpoint.id,
    VpcEndpointType: endpoint.type,
    VpcId: endpoint.vpcId,
    ServiceName: endpoint.service,
    // EC2 answers in lower case; the SDK's list is capitalised.
    State: (endpoint.state ?? 'available') as NonNullable<VpcEndpointShape['State']>,
    SubnetIds: [...subnets],
    Groups: securityGroups.map((GroupId) => ({ GroupId, GroupName: GroupId })),
    RouteTableIds: [...routeTables],
    PrivateDnsEnabled: privateDns,
    OwnerId: world.account,
    Tags: [],
  };
}
