import { listenersOwnArn, loadBalancerOf, ruleArnPrefix } from './arn.ts';
import { idOf } from './ids.ts';
import type { Seed } from './seed.ts';
import { add } from './seed-add.ts';
import { certificateArn } from './seed-names.ts';
import { balancerGroup, zoneAt, zoneLetters } from './seed-network.ts';
import { defaultPriority } from './services/elasticloadbalancing-rules.ts';
import type { Listener, LoadBalancer, World } from './types.ts';

/** The hosted zones of ALBs in the usual regions, from AWS's endpoint tables; the rest get one made up. */
const albZones: Record<string, string> = {
  'us-east-1': 'Z35SXDOTRQ7X7K',
  'us-east-2': 'Z3AADJGX6KTTL2',
  'us-west-2': 'Z1H1FL5HABSF5',
  'eu-west-1': 'Z32O12XQLNTSW2',
  'eu-central-1': 'Z215JYRZR1TBD5',
};

export const canonicalZone = (region: string) =>
  albZones[region] ?? `Z${idOf(region, 13).toUpperCase()}`;
export const balancerHost = (region: string, { name, id }: { name: string; id: string }) =>
  `${name}-${parseInt(idOf(id, 8), 16)}.${region}.elb.amazonaws.com`;

const notFound = {
  Type: 'fixed-response',
  Order: 1,
  FixedResponseConfig: { StatusCode: '404', ContentType: 'text/plain', MessageBody: '' },
};

/** One for each listener; they share the first one's security group and certificate. */
export function seedBalancers(world: World, seed: Seed): string[] {
  const shared = {
    securityGroup: balancerGroup(seed.listenerArn),
    certificateArn: certificateArn(world, seed),
  };
  return [seed.listenerArn, ...(seed.furtherListenerArns ?? [])].flatMap((listenerArn) =>
    seedBalancer(world, { ...seed, listenerArn }, shared),
  );
}

/** An internet-facing ALB with an HTTPS listener on 443. */
function seedBalancer(
  world: World,
  seed: Seed,
  shared: { securityGroup: string; certificateArn: string },
): string[] {
  const { region, vpc } = seed;
  const arn = loadBalancerOf(seed.listenerArn);
  const listenerArn = listenersOwnArn(seed.listenerArn);
  const [, , name = 'sandbox', id = ''] = (arn.split(':')[5] ?? '').split('/');
  const zones = balancerZones(world, seed);
  const { securityGroup, certificateArn } = shared;
  return [
    ...zones.made,
    ...addBalancer(world, {
      balancer: {
        arn,
        name,
        dnsName: balancerHost(region, { name, id }),
        scheme: 'internet-facing',
        vpcId: vpc,
        zones: zones.list,
        securityGroups: [securityGroup],
      },
      listener: { arn: listenerArn, port: 443, protocol: 'HTTPS', certificateArn },
      ruleId: idOf(listenerArn, 16),
    }),
  ];
}

interface NewBalancer {
  balancer: Omit<LoadBalancer, 'canonicalHostedZoneId' | 'type' | 'createdAt'>;
  listener: Omit<Listener, 'loadBalancerArn'>;
  /** The last part of the default rule's ARN. */
  ruleId: string;
}

/** An ALB with one listener, which answers 404 for unknown hosts. */
export function addBalancer(world: World, { balancer, listener, ruleId }: NewBalancer): string[] {
  const { loadBalancers, listeners, rules } = world.elasticloadbalancing;
  const ruleArn = `${ruleArnPrefix(listener.arn)}/${ruleId}`;
  return [
    ...add(loadBalancers, balancer.arn, {
      ...balancer,
      canonicalHostedZoneId: canonicalZone(world.region),
      type: 'application',
      createdAt: world.now,
    }),
    ...add(listeners, listener.arn, { ...listener, loadBalancerArn: balancer.arn }),
    ...add(rules, ruleArn, {
      arn: ruleArn,
      listenerArn: listener.arn,
      priority: defaultPriority,
      hosts: [],
      otherConditions: [],
      otherActions: [notFound],
      tags: {},
    }),
  ];
}

/** One subnet a zone, and two zones at least: with one subnet named, the ALB gets another of its own. */
function balancerZones({ network }: World, { region, vpc, subnets }: Seed) {
  const named = subnets.slice(0, zoneLetters.length).map((subnetId, index) => ({
    zone: network.subnets[subnetId]?.zone ?? zoneAt(region, index),
    subnetId,
  }));
  if (named.length > 1) return { list: named, made: [] };
  const id = `subnet-${idOf(vpc, 17)}`;
  const zone = zoneAt(region, 1);
  const made = add(network.subnets, id, { id, vpcId: vpc, zone });
  return { list: [...named, { zone, subnetId: id }], made };
}
