import { arnOf } from '../arn.ts';
import { awsError } from '../errors.ts';
import type { Ctx } from '../types.ts';
import { type Kind, text } from './cloudformation-kind.ts';
import { dependency, needVpc } from './cloudformation-network.ts';

export const internetGateway: Kind = {
  properties: { Tags: 'update' },
  required: [],
  attributes: ['InternetGatewayId'],
  seconds: 15,
  make({ ctx }) {
    const id = `igw-${ctx.id(17)}`;
    gatewaysOf(ctx)[id] = { id };
    return { physicalId: id, attributes: { InternetGatewayId: id } };
  },
  update: (_, { attributes }) => attributes,
  remove(ctx, { physicalId: id = '' }) {
    if (gatewaysOf(ctx)[id]?.vpcId !== undefined) throw dependency(`internetGateway '${id}'`);
    delete gatewaysOf(ctx)[id];
  },
};

const gatewaysOf = ({ world: { network } }: Ctx) => {
  network.gateways ??= {};
  return network.gateways;
};

export const gatewayAttachment: Kind = {
  properties: { VpcId: 'replace', InternetGatewayId: 'update' },
  required: ['VpcId', 'InternetGatewayId'],
  attributes: ['AttachmentType'],
  seconds: 5,
  make({ ctx, properties }) {
    const vpcId = text(properties, 'VpcId');
    needVpc(ctx.world, vpcId);
    const other = Object.values(gatewaysOf(ctx)).find((gateway) => gateway.vpcId === vpcId);
    if (other) {
      const arn = arnOf(ctx.world, 'ec2', `vpc/${vpcId}`);
      throw awsError(
        'InvalidParameterValue',
        `Network ${arn} already has an internet gateway attached`,
      );
    }
    attach(ctx, text(properties, 'InternetGatewayId'), vpcId);
    return { physicalId: `IGW|${vpcId}`, attributes: { AttachmentType: 'IGW' } };
  },
  update({ ctx, properties }, { properties: old, attributes }) {
    detach(ctx, text(old, 'InternetGatewayId'));
    attach(ctx, text(properties, 'InternetGatewayId'), text(properties, 'VpcId'));
    return attributes;
  },
  remove: (ctx, { properties }) => detach(ctx, text(properties, 'InternetGatewayId')),
};

function attach(ctx: Ctx, id: string, vpcId: string): void {
  const gateway = gatewaysOf(ctx)[id];
  if (!gateway) {
    throw awsError(
      'InvalidInternetGatewayID.NotFound',
      `The internetGateway ID '${id}' does not exist`,
    );
  }
  gateway.vpcId = vpcId;
}

function detach(ctx: Ctx, id: string): void {
  const gateway = gatewaysOf(ctx)[id];
  if (gateway) delete gateway.vpcId;
}
