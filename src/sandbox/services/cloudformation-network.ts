import { type AwsErrorShape, awsError } from '../errors.ts';
import type { World } from '../types.ts';
import { type Kind, text } from './cloudformation-kind.ts';

export const dependency = (what: string): AwsErrorShape =>
  awsError('DependencyViolation', `The ${what} has dependencies and cannot be deleted.`);

/** EC2 refuses ids of what is not there. */
export function needVpc({ network }: World, id: string): void {
  if (Object.hasOwn(network.vpcs, id)) return;
  throw awsError('InvalidVpcID.NotFound', `The vpc ID '${id}' does not exist`);
}

/** A VPC comes with a main route table and a default security group, and both go with it. */
export const vpc: Kind = {
  properties: {
    CidrBlock: 'replace',
    EnableDnsSupport: 'update',
    EnableDnsHostnames: 'update',
    Tags: 'update',
  },
  required: ['CidrBlock'],
  attributes: ['VpcId', 'CidrBlock', 'DefaultSecurityGroup'],
  seconds: 12,
  make({ ctx, properties }) {
    const { network } = ctx.world;
    const id = `vpc-${ctx.id(17)}`;
    const cidr = text(properties, 'CidrBlock');
    const main = `rtb-${ctx.id(17)}`;
    const group = `sg-${ctx.id(17)}`;
    network.vpcs[id] = { id, cidr };
    network.routeTables[main] = {
      id: main,
      vpcId: id,
      main: true,
      subnets: [],
      routes: [{ destination: cidr, target: 'local' }],
    };
    network.securityGroups[group] = {
      id: group,
      name: 'default',
      vpcId: id,
      ingress: [{ protocol: '-1', groups: [group] }],
      egress: [{ protocol: '-1', cidrs: ['0.0.0.0/0'] }],
    };
    const attributes = { VpcId: id, CidrBlock: cidr, DefaultSecurityGroup: group };
    return { physicalId: id, attributes };
  },
  update: (_, { attributes }) => attributes,
  remove({ world: { network } }, { physicalId: id = '', attributes }) {
    const { subnets, securityGroups, routeTables, gateways = {} } = network;
    const within = (all: Record<string, { vpcId?: string }>) =>
      Object.entries(all).flatMap(([key, { vpcId }]) => (vpcId === id ? [key] : []));
    const own = attributes.DefaultSecurityGroup ?? '';
    const tables = Object.values(routeTables).filter(({ vpcId }) => vpcId === id);
    if (
      within(subnets).length > 0 ||
      within(gateways).length > 0 ||
      within(securityGroups).some((group) => group !== own) ||
      tables.some(({ main }) => !main)
    ) {
      throw dependency(`vpc '${id}'`);
    }
    for (const table of tables) delete routeTables[table.id];
    delete securityGroups[own];
    delete network.vpcs[id];
  },
};

export const subnet: Kind = {
  properties: {
    VpcId: 'replace',
    AvailabilityZone: 'replace',
    CidrBlock: 'replace',
    MapPublicIpOnLaunch: 'update',
    Tags: 'update',
  },
  required: ['VpcId', 'AvailabilityZone', 'CidrBlock'],
  attributes: ['SubnetId', 'AvailabilityZone', 'VpcId', 'CidrBlock'],
  seconds: 4,
  make({ ctx, properties }) {
    const { network } = ctx.world;
    const vpcId = text(properties, 'VpcId');
    needVpc(ctx.world, vpcId);
    const zone = text(properties, 'AvailabilityZone');
    const cidr = text(properties, 'CidrBlock');
    const taken = Object.values(network.subnets).some(
      (other) => other.vpcId === vpcId && other.cidr === cidr,
    );
    if (taken) {
      throw awsError('InvalidSubnet.Conflict', `The CIDR '${cidr}' conflicts with another subnet`);
    }
    const id = `subnet-${ctx.id(17)}`;
    network.subnets[id] = { id, vpcId, zone, cidr, availableAddresses: addressesIn(cidr) };
    const attributes = { SubnetId: id, AvailabilityZone: zone, VpcId: vpcId, CidrBlock: cidr };
    return { physicalId: id, attributes };
  },
  update: (_, { attributes }) => attributes,
  remove({ world }, { physicalId: id = '' }) {
    const { loadBalancers } = world.elasticloadbalancing;
    const balanced = Object.values(loadBalancers).some(({ zones }) =>
      zones.some(({ subnetId }) => subnetId === id),
    );
    const running = Object.values(world.ecs.tasks).some(
      ({ subnetId, lastStatus }) => subnetId === id && lastStatus !== 'STOPPED',
    );
    if (balanced || running) throw dependency(`subnet '${id}'`);
    delete world.network.subnets[id];
  },
};

/** Less the four first addresses and the last, which are AWS's own (VPC guide, "Subnet sizing"). */
const addressesIn = (cidr: string) => 2 ** (32 - Number(cidr.split('/')[1])) - 5;
