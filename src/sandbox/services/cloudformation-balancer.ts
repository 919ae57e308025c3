import { arnOf } from '../arn.ts';
import { awsError } from '../errors.ts';
import { balancerHost, canonicalZone } from '../seed-balancer.ts';
import type { Properties } from '../stack-types.ts';
import type { LoadBalancer, World } from '../types.ts';
import { alreadyExists, invalidRequest } from './cloudformation-errors.ts';
import { type Kind, type Made, optional, tagsIn, texts } from './cloudformation-kind.ts';
import { elbError } from './elasticloadbalancing-common.ts';

/** An Application Load Balancer; of other types the sandbox knows nothing. */
export const loadBalancer: Kind = {
  properties: {
    Name: 'replace',
    Type: 'replace',
    Scheme: 'replace',
    Subnets: 'update',
    SecurityGroups: 'update',
    Tags: 'update',
  },
  required: ['Subnets', 'SecurityGroups'],
  attributes: [
    'CanonicalHostedZoneID',
    'DNSName',
    'LoadBalancerArn',
    'LoadBalancerFullName',
    'LoadBalancerName',
  ],
  namedBy: 'Name',
  seconds: 150,
  make({ ctx, properties, name: fallback }): Made {
    const { world, now } = ctx;
    const { loadBalancers } = world.elasticloadbalancing;
    const name = optional(properties, 'Name') ?? fallback.slice(0, 32);
    if (Object.values(loadBalancers).some((other) => other.name === name)) {
      throw alreadyExists('AWS::ElasticLoadBalancingV2::LoadBalancer', name);
    }
    if ((optional(properties, 'Type') ?? 'application') !== 'application') {
      throw invalidRequest('The sandbox makes load balancers of the type application only');
    }
    const scheme = optional(properties, 'Scheme') === 'internal' ? 'internal' : 'internet-facing';
    const zones = zonesOf(world, texts(properties, 'Subnets'));
    const vpcId = world.network.subnets[zones[0]?.subnetId ?? '']?.vpcId ?? '';
    if (scheme === 'internet-facing' && !hasGateway(world, vpcId)) {
      throw elbError('InvalidSubnet', `VPC ${vpcId} has no internet gateway`);
    }
    const id = ctx.id(16);
    const full = `app/${name}/${id}`;
    const arn = arnOf(world, 'elasticloadbalancing', `loadbalancer/${full}`);
    const made: LoadBalancer = {
      arn,
      name,
      dnsName: balancerHost(world.region, { name, id }),
      canonicalHostedZoneId: canonicalZone(world.region),
      scheme,
      type: 'application',
      vpcId,
      zones,
      securityGroups: groupsIn(world, properties),
      createdAt: now,
      state: 'provisioning',
      tags: tagsIn(properties),
    };
    loadBalancers[arn] = made;
    const attributes = {
      CanonicalHostedZoneID: made.canonicalHostedZoneId,
      DNSName: made.dnsName,
      LoadBalancerArn: arn,
      LoadBalancerFullName: full,
      LoadBalancerName: name,
    };
    return { physicalId: arn, attributes };
  },
  ready({ world }, { physicalId: arn = '' }) {
    delete world.elasticloadbalancing.loadBalancers[arn]?.state;
  },
  update({ ctx: { world }, properties }, { physicalId: arn = '', attributes }) {
    const found = world.elasticloadbalancing.loadBalancers[arn];
    if (!found) throw elbError('LoadBalancerNotFound', 'One or more load balancers not found');
    found.zones = zonesOf(world, texts(properties, 'Subnets'));
    found.securityGroups = groupsIn(world, properties);
    found.tags = tagsIn(properties);
    return attributes;
  },
  /** Its listeners and their rules go with it (ELB API Reference, DeleteLoadBalancer). */
  remove({ world: { elasticloadbalancing: elb } }, { physicalId: arn = '' }) {
    for (const listener of Object.values(elb.listeners)) {
      if (listener.loadBalancerArn !== arn) continue;
      for (const rule of Object.values(elb.rules)) {
        if (rule.listenerArn === listener.arn) delete elb.rules[rule.arn];
      }
      delete elb.listeners[listener.arn];
    }
    delete elb.loadBalancers[arn];
  },
};

function zonesOf({ network }: World, ids: readonly string[]): LoadBalancer['zones'] {
  const zones = ids.map((subnetId) => {
    const { zone } = network.subnets[subnetId] ?? {};
    if (zone === undefined) {
      throw elbError('SubnetNotFound', `The subnet ID '${subnetId}' does not exist`);
    }
    return { zone, subnetId };
  });
  const distinct = new Set(zones.map(({ zone }) => zone)).size;
  if (distinct < 2) {
    throw awsError(
      'ValidationError',
      'At least two subnets in two different Availability Zones must be specified',
    );
  }
  if (distinct < zones.length) {
    throw elbError(
      'InvalidConfigurationRequest',
      'A load balancer cannot be attached to multiple subnets in the same Availability Zone',
    );
  }
  return zones;
}

function groupsIn({ network }: World, properties: Properties): string[] {
  const groups = texts(properties, 'SecurityGroups');
  const missing = groups.find((id) => !Object.hasOwn(network.securityGroups, id));
  if (missing === undefined) return groups;
  throw elbError('InvalidSecurityGroup', `The security group '${missing}' does not exist`);
}

const hasGateway = ({ network }: World, vpcId: string): boolean =>
  Object.values(network.gateways ?? {}).some((gateway) => gateway.vpcId === vpcId) ||
  Object.values(network.routeTables).some(
    (table) =>
      table.vpcId === vpcId && table.routes.some(({ target }) => target.startsWith('igw-')),
  );
