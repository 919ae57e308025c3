import { awsError } from '../errors.ts';
import { idOf } from '../ids.ts';
import type { RouteTable } from '../network-types.ts';
import type { World } from '../types.ts';
import { type Kind, text } from './cloudformation-kind.ts';
import { dependency, needVpc } from './cloudformation-network.ts';

export const routeTable: Kind = {
  properties: { VpcId: 'replace', Tags: 'update' },
  required: ['VpcId'],
  attributes: ['RouteTableId'],
  seconds: 10,
  make({ ctx, properties }) {
    const vpcId = text(properties, 'VpcId');
    needVpc(ctx.world, vpcId);
    const { network } = ctx.world;
    const id = `rtb-${ctx.id(17)}`;
    const routes = [{ destination: network.vpcs[vpcId]?.cidr ?? '10.0.0.0/8', target: 'local' }];
    network.routeTables[id] = { id, vpcId, main: false, subnets: [], routes };
    return { physicalId: id, attributes: { RouteTableId: id } };
  },
  update: (_, { attributes }) => attributes,
  remove({ world }, { physicalId: id = '' }) {
    const { routeTables } = world.network;
    if ((routeTables[id]?.subnets.length ?? 0) > 0) throw dependency(`routeTable '${id}'`);
    delete routeTables[id];
  },
};

function tableOf({ network }: World, id: string): RouteTable {
  const table = network.routeTables[id];
  if (table) return table;
  throw awsError('InvalidRouteTableID.NotFound', `The routeTable ID '${id}' does not exist`);
}

/** To an internet gateway only. */
export const route: Kind = {
  properties: { RouteTableId: 'replace', DestinationCidrBlock: 'replace', GatewayId: 'update' },
  required: ['RouteTableId', 'DestinationCidrBlock', 'GatewayId'],
  attributes: ['CidrBlock'],
  seconds: 5,
  make({ ctx, properties }) {
    const table = tableOf(ctx.world, text(properties, 'RouteTableId'));
    const destination = text(properties, 'DestinationCidrBlock');
    if (table.routes.some((other) => other.destination === destination)) {
      throw awsError(
        'RouteAlreadyExists',
        `The route identified by ${destination} already exists.`,
      );
    }
    const target = gatewayFor(ctx.world, table, text(properties, 'GatewayId'));
    table.routes.push({ destination, target });
    return { physicalId: `${table.id}|${destination}`, attributes: { CidrBlock: destination } };
  },
  update({ ctx, properties }, { attributes }) {
    const table = tableOf(ctx.world, text(properties, 'RouteTableId'));
    const own = table.routes.find(({ destination }) => destination === attributes.CidrBlock);
    if (own) own.target = gatewayFor(ctx.world, table, text(properties, 'GatewayId'));
    return attributes;
  },
  remove({ world }, { properties, attributes }) {
    const table = world.network.routeTables[text(properties, 'RouteTableId')];
    if (!table) return;
    table.routes = table.routes.filter(({ destination }) => destination !== attributes.CidrBlock);
  },
};

function gatewayFor({ network }: World, table: RouteTable, id: string): string {
  if (network.gateways?.[id]?.vpcId === table.vpcId) return id;
  throw awsError(
    'InvalidParameterValue',
    `route table ${table.id} and network gateway ${id} belong to different networks`,
  );
}

export const routeTableAssociation: Kind = {
  properties: { SubnetId: 'replace', RouteTableId: 'replace' },
  required: ['SubnetId', 'RouteTableId'],
  attributes: ['Id'],
  seconds: 3,
  make({ ctx, properties }) {
    const subnet = text(properties, 'SubnetId');
    const table = tableOf(ctx.world, text(properties, 'RouteTableId'));
    const tables = Object.values(ctx.world.network.routeTables);
    if (tables.some(({ subnets }) => subnets.includes(subnet))) {
      throw awsError(
        'Resource.AlreadyAssociated',
        `the specified association for route table ${table.id} conflicts with an existing association`,
      );
    }
    table.subnets.push(subnet);
    // As DescribeRouteTables tells it.
    const id = `rtbassoc-${idOf(`${table.id} ${subnet}`, 17)}`;
    return { physicalId: id, attributes: { Id: id } };
  },
  remove({ world }, { properties }) {
    const table = world.network.routeTables[text(properties, 'RouteTableId')];
    if (!table) return;
    table.subnets = table.subnets.filter((subnet) => subnet !== text(properties, 'SubnetId'));
  },
};
