import { loadBalancerOf } from './arn.ts';
import { idOf } from './ids.ts';
import type { SecurityRule } from './network-types.ts';
import type { Seed } from './seed.ts';
import { add } from './seed-add.ts';
import type { World } from './types.ts';

export const zoneLetters = 'abcdef';
export const zoneAt = (region: string, index: number) =>
  `${region}${zoneLetters[index % zoneLetters.length]}`;

const anywhere: SecurityRule = { protocol: '-1', cidrs: ['0.0.0.0/0'] };

/** The load balancer has a security group of its own; the tasks' groups let it in. */
export const balancerGroup = (listenerArn: string) =>
  `sg-${idOf(`group of ${loadBalancerOf(listenerArn)}`, 17)}`;

/** A VPC whose subnets are all public: one main route table with a way to an internet gateway. */
export function seedNetwork(world: World, seed: Seed): string[] {
  const { network } = world;
  const { region, vpc, subnets, securityGroups, listenerArn } = seed;
  const front = balancerGroup(listenerArn);
  const fromBalancer = { protocol: 'tcp', from: 0, to: 65535, groups: [front] };
  return [
    ...add(network.vpcs, vpc, { id: vpc }),
    ...subnets.flatMap((id, index) =>
      add(network.subnets, id, { id, vpcId: vpc, zone: zoneAt(region, index) }),
    ),
    ...securityGroups.flatMap((id) =>
      add(network.securityGroups, id, {
        id,
        vpcId: vpc,
        ingress: [fromBalancer],
        egress: [anywhere],
      }),
    ),
    ...add(network.securityGroups, front, {
      id: front,
      vpcId: vpc,
      ingress: [80, 443].map((port) => ({
        protocol: 'tcp',
        from: port,
        to: port,
        cidrs: ['0.0.0.0/0'],
      })),
      egress: [anywhere],
    }),
    ...seedRoutes(world, vpc),
  ];
}

/** Unless the VPC has a main route table already. */
function seedRoutes({ network }: World, vpcId: string): string[] {
  const tables = Object.values(network.routeTables);
  if (tables.some((table) => table.vpcId === vpcId && table.main)) return [];
  const id = `rtb-${idOf(`main of ${vpcId}`, 17)}`;
  return add(network.routeTables, id, {
    id,
    vpcId,
    main: true,
    subnets: [],
    routes: [
      { destination: '10.0.0.0/8', target: 'local' },
      { destination: '0.0.0.0/0', target: `igw-${idOf(`gateway of ${vpcId}`, 17)}` },
    ],
  });
}
