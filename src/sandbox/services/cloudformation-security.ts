import { awsError } from '../errors.ts';
import type { SecurityGroup, SecurityRule } from '../network-types.ts';
import type { Properties } from '../stack-types.ts';
import type { World } from '../types.ts';
import { alreadyExists } from './cloudformation-errors.ts';
import { type Kind, objects, optional, text } from './cloudformation-kind.ts';
import { needVpc } from './cloudformation-network.ts';

const openWayOut: SecurityRule = { protocol: '-1', cidrs: ['0.0.0.0/0'] };

export const securityGroup: Kind = {
  properties: {
    GroupDescription: 'replace',
    GroupName: 'replace',
    VpcId: 'replace',
    SecurityGroupIngress: 'update',
    SecurityGroupEgress: 'update',
    Tags: 'update',
  },
  required: ['GroupDescription', 'VpcId'],
  attributes: ['GroupId', 'VpcId'],
  namedBy: 'GroupName',
  seconds: 6,
  make({ ctx, properties, name }) {
    const vpcId = text(properties, 'VpcId');
    needVpc(ctx.world, vpcId);
    const { securityGroups } = ctx.world.network;
    const own = optional(properties, 'GroupName') ?? name;
    const others = Object.values(securityGroups).filter((group) => group.vpcId === vpcId);
    if (others.some((group) => group.name === own)) {
      throw alreadyExists('AWS::EC2::SecurityGroup', own);
    }
    const id = `sg-${ctx.id(17)}`;
    const ingress = rulesIn(properties, 'SecurityGroupIngress');
    const egress = egressIn(properties);
    securityGroups[id] = { id, name: own, vpcId, ingress, egress };
    return { physicalId: id, attributes: { GroupId: id, VpcId: vpcId } };
  },
  update({ ctx, properties }, { physicalId: id = '', properties: old, attributes }) {
    const group = groupOf(ctx.world, id);
    // Rules of others, as of a SecurityGroupIngress, stay.
    const rest = without(group.ingress, rulesIn(old, 'SecurityGroupIngress'));
    group.ingress = [...rest, ...rulesIn(properties, 'SecurityGroupIngress')];
    group.egress = [...without(group.egress, egressIn(old)), ...egressIn(properties)];
    return attributes;
  },
  remove({ world }, { physicalId: id = '' }) {
    const { network, elasticloadbalancing: elb, ecs } = world;
    const groups = Object.values(network.securityGroups).filter((group) => group.id !== id);
    const named = groups.some(({ ingress = [], egress = [] }) =>
      [...ingress, ...egress].some((rule) => rule.groups?.includes(id)),
    );
    const balanced = Object.values(elb.loadBalancers).some(({ securityGroups }) =>
      securityGroups.includes(id),
    );
    const served = Object.values(ecs.services).some(
      (service) => service.status !== 'INACTIVE' && JSON.stringify(service).includes(`"${id}"`),
    );
    if (named || balanced || served) {
      throw awsError('DependencyViolation', `resource ${id} has a dependent object`);
    }
    delete network.securityGroups[id];
  },
};

export const securityGroupIngress: Kind = {
  properties: {
    GroupId: 'replace',
    IpProtocol: 'replace',
    FromPort: 'replace',
    ToPort: 'replace',
    CidrIp: 'replace',
    CidrIpv6: 'replace',
    SourceSecurityGroupId: 'replace',
    Description: 'update',
  },
  required: ['GroupId', 'IpProtocol'],
  attributes: ['Id'],
  seconds: 3,
  make({ ctx, properties }) {
    const group = groupOf(ctx.world, text(properties, 'GroupId'));
    const rule = ruleOf(properties);
    const { ingress = [] } = group;
    if (without(ingress, [rule]).length < ingress.length) {
      throw awsError('InvalidPermission.Duplicate', 'the specified rule already exists');
    }
    group.ingress = [...ingress, rule];
    const id = `sgr-${ctx.id(17)}`;
    return { physicalId: id, attributes: { Id: id } };
  },
  update: (_, { attributes }) => attributes,
  remove({ world }, { properties }) {
    const group = world.network.securityGroups[text(properties, 'GroupId')];
    if (group) group.ingress = without(group.ingress, [ruleOf(properties)]);
  },
};

function groupOf({ network }: World, id: string): SecurityGroup {
  const group = network.securityGroups[id];
  if (group) return group;
  throw awsError('InvalidGroup.NotFound', `The security group '${id}' does not exist`);
}

const rulesIn = (properties: Properties, name: string) => objects(properties, name).map(ruleOf);

/** EC2 lets a new group talk to everybody unless it is told otherwise. */
const egressIn = (properties: Properties): SecurityRule[] =>
  properties.SecurityGroupEgress === undefined
    ? [openWayOut]
    : rulesIn(properties, 'SecurityGroupEgress');

function ruleOf(given: Properties): SecurityRule {
  const protocol = text(given, 'IpProtocol');
  const [cidr, cidr6] = [optional(given, 'CidrIp'), optional(given, 'CidrIpv6')];
  const source = optional(given, 'SourceSecurityGroupId');
  return {
    protocol,
    ...(protocol === '-1' ? {} : { from: Number(given.FromPort), to: Number(given.ToPort) }),
    ...(cidr === undefined ? {} : { cidrs: [cidr] }),
    ...(cidr6 === undefined ? {} : { cidrs6: [cidr6] }),
    ...(source === undefined ? {} : { groups: [source] }),
  };
}

function without(rules: readonly SecurityRule[] = [], gone: readonly SecurityRule[]) {
  const texts = gone.map((rule) => JSON.stringify(rule));
  return rules.filter((rule) => !texts.includes(JSON.stringify(rule)));
}
