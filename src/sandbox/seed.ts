import { PreviewopsError } from '../errors.ts';
import { arnOf } from './arn.ts';
import { add } from './seed-add.ts';
import { seedBalancers } from './seed-balancer.ts';
import { seedBusy } from './seed-busy.ts';
import { seedCertificate, seedNames, seedOnlyZone } from './seed-names.ts';
import { seedNetwork } from './seed-network.ts';
import { seedRoles } from './seed-roles.ts';
import type { World } from './types.ts';

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
  /** Of further load balancers like the first. */
  furtherListenerArns?: readonly string[];
  roleArns: readonly string[];
  hostedZone?: { id: string; name: string };
  /** The previews' domain: gets a certificate, and without a hosted zone a wildcard record. */
  baseDomain?: string;
  /** The part of the repositories' names before the app's; `previewops` unless given. */
  repositoryPrefix?: string;
  /** Whether the cluster has the capacity provider FARGATE_SPOT. */
  spot?: boolean;
}

/**
 * Whether an account has what a configuration names, nothing but the public zone of its domain, or
 * what somebody has who already runs things there.
 */
export type AccountKind = 'ready' | 'empty' | 'busy';

/**
 * Makes sure that what a configuration names exists and works together, and returns the ARNs and ids
 * of what it had to make; nothing on a second run. An empty account gets a hosted zone, unless it has
 * one by now. Throws when the world is of another account or region.
 */
export function seedWorld(world: World, seed: Seed, kind: AccountKind = 'ready'): string[] {
  if (world.account !== seed.account || world.region !== seed.region) {
    throw new PreviewopsError(
      'bad-usage',
      `The sandbox has the account ${world.account} in ${world.region}, but the configuration names ${seed.account} in ${seed.region}`,
      {
        hint: 'Name another state file in PREVIEWOPS_SANDBOX_STATE, or delete this one to start over.',
      },
    );
  }
  if (kind === 'empty') return seedOnlyZone(world, seed);
  if (kind === 'busy') return seedBusy(world);
  return [
    ...seedNetwork(world, seed),
    ...seedCluster(world, seed),
    ...seedCertificate(world, seed),
    ...seedBalancers(world, seed),
    ...seedRoles(world, seed),
    ...seedNames(world, seed),
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
