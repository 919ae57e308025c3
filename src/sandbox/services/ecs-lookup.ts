import { arnOf } from '../arn.ts';
import { awsError } from '../errors.ts';
import type { Ctx, EcsState, Tags, World } from '../types.ts';
import type { Service, TaskDefinition } from './ecs-state.ts';

export type Cluster = EcsState['clusters'][string];

export const ecsArn = (world: World, rest: string) => arnOf(world, 'ecs', rest);

/** The last part of an ARN's path, or the name itself. */
export const lastPart = (nameOrArn: string) => nameOrArn.slice(nameOrArn.lastIndexOf('/') + 1);

/** A cluster is given by name or ARN; without one AWS takes the cluster `default`. */
export const clusterName = (cluster: string | undefined) => lastPart(cluster || 'default');

export const clusterArn = (world: World, cluster: string | undefined) =>
  ecsArn(world, `cluster/${clusterName(cluster)}`);

export function findCluster({ world }: Ctx, cluster: string | undefined): Cluster {
  const found = world.ecs.clusters[clusterArn(world, cluster)];
  if (!found) throw awsError('ClusterNotFoundException', 'Cluster not found.');
  if (found.status === 'INACTIVE') {
    throw awsError('ClusterNotFoundException', 'The referenced cluster was inactive.');
  }
  return found;
}

/** A service is given by name, by ARN, or by the old ARN without the cluster. */
export const serviceArn = (world: World, cluster: string | undefined, service: string) =>
  ecsArn(world, `service/${clusterName(cluster)}/${lastPart(service)}`);

export function findService(ctx: Ctx, cluster: string | undefined, service: string | undefined) {
  const inCluster = findCluster(ctx, cluster);
  return ctx.world.ecs.services[serviceArn(ctx.world, inCluster.arn, service ?? '')];
}

export function needService(ctx: Ctx, cluster: string | undefined, service: string | undefined) {
  const found = findService(ctx, cluster, service);
  if (!found) throw awsError('ServiceNotFoundException', 'Service not found.');
  return found;
}

/** `family`, `family:revision` or an ARN of either, taken apart; no revision means the newest. */
export function parseTaskDefinition(reference: string): { family: string; revision?: number } {
  const name = reference.startsWith('arn:')
    ? reference.slice(reference.indexOf(':task-definition/') + ':task-definition/'.length)
    : reference;
  const [, family = '', revision] = /^([\w-]+):(\d+)$/.exec(name) ?? [];
  return revision === undefined ? { family: name } : { family, revision: Number(revision) };
}

/** The revision named, in whatever status, or the newest ACTIVE one of a family. */
export function findTaskDefinition(
  { world }: Ctx,
  reference: string | undefined,
): TaskDefinition | undefined {
  const { family, revision } = parseTaskDefinition(reference ?? '');
  if (revision !== undefined) {
    return world.ecs.taskDefinitions[ecsArn(world, `task-definition/${family}:${revision}`)];
  }
  // Downwards from the newest, so that a family with a long history costs no scan of all families.
  for (let r = world.ecs.revisions[family] ?? 0; r > 0; r--) {
    const found = world.ecs.taskDefinitions[ecsArn(world, `task-definition/${family}:${r}`)];
    if (found?.status === 'ACTIVE') return found;
  }
  return undefined;
}

export const tagList = (tags: Tags) => Object.entries(tags).map(([key, value]) => ({ key, value }));

/** Tasks of a service that have not stopped yet. */
export const liveTasks = ({ world }: Ctx, service: Service) =>
  Object.values(world.ecs.tasks).filter(
    (task) => task.serviceArn === service.arn && task.lastStatus !== 'STOPPED',
  );
