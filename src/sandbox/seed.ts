// Longer than most: it lays out a whole account, one small function a resource.
import { PreviewopsError } from '../errors.ts';
import { arnOf, loadBalancerOfListener, ruleArnPrefix } from './arn.ts';
import { defaultPriority } from './services/elasticloadbalancing-rules.ts';
import type { World } from './types.ts';
import { idOf } from './world.ts';

/** What a configuration names and takes for granted. */
export interface Seed {
  account: string;
  region: string;
  partition?: string;
  /** Name or ARN of the ECS cluster. */
  cluster: string;
  vpc: string;
  subnets: readonly string[];
  securityGroups: readonly string[];
  listenerArn: string;
  roleArns: readonly string[];
  hostedZone?: { id: string; name: string };
  /** Whether the cluster has the capacity provider FARGATE_SPOT. */
  spot?: boolean;
}

/** The hosted zones of ALBs in the usual regions, from AWS's endpoint tables; the rest get one made up. */
const albZones: Record<string, string> = {
  'us-east-1': 'Z35SXDOTRQ7X7K',
  'us-east-2': 'Z3AADJGX6KTTL2',
  'us-west-2': 'Z1H1FL5HABSF5',
  'eu-west-1': 'Z32O12XQLNTSW2',
  'eu-central-1': 'Z215JYRZR1TBD5',
};

/**
 * Makes sure that what a configuration names exists, and returns the ARNs and ids of what it had to
 * make; nothing on a second run. Throws when the world is of another account or region.
 */
export function seedWorld(world: World, seed: Seed): string[] {
  if (world.account !== seed.account || world.region !== seed.region) {
    throw new PreviewopsError(
      'bad-usage',
      `The sandbox has the account ${world.account} in ${world.region}, but the configuration names ${seed.account} in ${seed.region}`,
      {
        hint: 'Name another state file in PREVIEWOPS_SANDBOX_STATE, or delete this one to start over.',
      },
    );
  }
  return [
    ...seedNetwork(world, seed),
    ...seedCluster(world, seed),
    ...seedBalancer(world, seed),
    ...seedRoles(world, seed),
    ...seedZone(world, seed),
  ];
}

/** Puts `value` under `key` unless there is one; says whether it did, as a list to spread. */
function add<T>(records: Record<string, T>, key: string, value: T): string[] {
  if (Object.hasOwn(records, key)) return [];
  records[key] = value;
  return [key];
}

const zoneLetters = 'abcdef';
const zoneAt = (region: string, index: number) =>
  `${region}${zoneLetters[index % zoneLetters.length]}`;

function seedNetwork({ network }: World, { region, vpc, subnets, securityGroups }: Seed): string[] {
  return [
    ...add(network.vpcs, vpc, { id: vpc }),
    ...subnets.flatMap((id, index) =>
      add(network.subnets, id, { id, vpcId: vpc, zone: zoneAt(region, index) }),
    ),
    ...securityGroups.flatMap((id) => add(network.securityGroups, id, { id, vpcId: vpc })),
  ];
}

function seedCluster(world: World, { cluster, spot }: Seed): string[] {
  const name = cluster.split('/').at(-1) ?? cluster;
  const arn = arnOf(world, 'ecs', `cluster/${name}`);
  const made = add(world.ecs.clusters, arn, { arn, name, capacityProviders: [], tags: {} });
  const providers = world.ecs.clusters[arn]?.capacityProviders ?? [];
  for (const provider of ['FARGATE', ...(spot ? ['FARGATE_SPOT'] : [])]) {
    if (!providers.includes(provider)) providers.push(provider);
  }
  return made;
}

function seedBalancer(world: World, seed: Seed): string[] {
  const { loadBalancers, listeners, rules } = world.elasticloadbalancing;
  const { listenerArn, region, vpc, securityGroups } = seed;
  const arn = loadBalancerOfListener(listenerArn);
  const [, , name = 'sandbox', id = ''] = (arn.split(':')[5] ?? '').split('/');
  const ruleArn = `${ruleArnPrefix(listenerArn)}/${idOf(listenerArn, 16)}`;
  const notFound = {
    Type: 'fixed-response',
    Order: 1,
    FixedResponseConfig: { StatusCode: '404', ContentType: 'text/plain', MessageBody: '' },
  };
  const zones = balancerZones(world, seed);
  return [
    ...zones.made,
    ...add(loadBalancers, arn, {
      arn,
      name,
      dnsName: `${name}-${parseInt(idOf(id, 8), 16)}.${region}.elb.amazonaws.com`,
      canonicalHostedZoneId: albZones[region] ?? `Z${idOf(region, 13).toUpperCase()}`,
      scheme: 'internet-facing',
      type: 'application',
      vpcId: vpc,
      zones: zones.list,
      securityGroups: [...securityGroups],
      createdAt: world.now,
    }),
    ...add(listeners, listenerArn, {
      arn: listenerArn,
      loadBalancerArn: arn,
      port: 443,
      protocol: 'HTTPS',
      certificateArn: arnOf(world, 'acm', `certificate/${idOf(listenerArn, 32)}`),
    }),
    ...add(rules, ruleArn, {
      arn: ruleArn,
      listenerArn,
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

function seedRoles(world: World, { roleArns }: Seed): string[] {
  const trusts = ['ecs-tasks.amazonaws.com', 'codebuild.amazonaws.com'];
  return roleArns.flatMap((arn) =>
    add(world.roles, arn, { arn, name: arn.split('/').at(-1) ?? arn, trusts: [...trusts] }),
  );
}

function seedZone(world: World, { hostedZone }: Seed): string[] {
  if (!hostedZone) return [];
  const { id } = hostedZone;
  const name = `${hostedZone.name.replace(/\.$/, '').toLowerCase()}.`;
  const servers = [1, 2, 3, 4].map((n) => `ns-${n}.sandbox.example.`);
  const records = [
    { Name: name, Type: 'NS', TTL: 172800, ResourceRecords: servers.map((Value) => ({ Value })) },
    {
      Name: name,
      Type: 'SOA',
      TTL: 900,
      ResourceRecords: [
        { Value: `${servers[0]} hostmaster.sandbox.example. 1 7200 900 1209600 86400` },
      ],
    },
  ];
  return add(world.route53.zones, id, { id, name, records });
}
