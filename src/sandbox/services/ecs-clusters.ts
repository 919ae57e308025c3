import type {
  Cluster as ClusterShape,
  DescribeClustersCommandInput,
  DescribeClustersCommandOutput,
  ListClustersCommandInput,
  ListClustersCommandOutput,
} from '@aws-sdk/client-ecs';
import { resourceTagContext } from '../tags.ts';
import type { Ctx, Operation } from '../types.ts';
import { type Cluster, clusterArn, tagList } from './ecs-lookup.ts';
import { checkCount, missing, page } from './ecs-page.ts';

// DescribeClusters, ECS API reference: a list of up to 100 clusters.
const mostClusters = 100;

const asked = ({ clusters }: DescribeClustersCommandInput) =>
  clusters?.length ? clusters : ['default'];

export const DescribeClusters = {
  authorize: (input: DescribeClustersCommandInput, { world }: Ctx) =>
    asked(input).map((cluster) => {
      const resource = clusterArn(world, cluster);
      const context = resourceTagContext(world.ecs.clusters[resource]?.tags);
      return { action: 'ecs:DescribeClusters', resource, context };
    }),
  run(
    input: DescribeClustersCommandInput,
    ctx: Ctx,
  ): Omit<DescribeClustersCommandOutput, '$metadata'> {
    checkCount(asked(input), mostClusters, 'clusters');
    const arns = [...new Set(asked(input).map((cluster) => clusterArn(ctx.world, cluster)))];
    const found = arns.flatMap((arn) => ctx.world.ecs.clusters[arn] ?? []);
    const withTags = input.include?.includes('TAGS') === true;
    return {
      clusters: found.map((cluster) => shapeOf(ctx, cluster, withTags)),
      failures: arns.filter((arn) => !ctx.world.ecs.clusters[arn]).map(missing),
    };
  },
} satisfies Operation;

export const ListClusters = {
  authorize: () => [{ action: 'ecs:ListClusters', resource: '*' }],
  run(
    input: ListClustersCommandInput,
    { world }: Ctx,
  ): Omit<ListClustersCommandOutput, '$metadata'> {
    const active = Object.values(world.ecs.clusters).filter(({ status }) => status !== 'INACTIVE');
    const { items, ...more } = page(active, input, {
      size: mostClusters,
      most: mostClusters,
      keyOf: ({ arn }) => arn,
    });
    return { clusterArns: items.map(({ arn }) => arn), ...more };
  },
} satisfies Operation;

function shapeOf({ world }: Ctx, cluster: Cluster, withTags: boolean): ClusterShape {
  const { services, tasks } = world.ecs;
  const own = Object.values(tasks).filter((task) => task.arn.includes(`:task/${cluster.name}/`));
  const count = (status: string) => own.filter(({ lastStatus }) => lastStatus === status).length;
  return {
    clusterArn: cluster.arn,
    clusterName: cluster.name,
    status: cluster.status ?? 'ACTIVE',
    registeredContainerInstancesCount: 0,
    runningTasksCount: count('RUNNING'),
    pendingTasksCount: count('PENDING') + count('PROVISIONING'),
    activeServicesCount: Object.values(services).filter(
      ({ arn, status }) => status !== 'INACTIVE' && arn.includes(`:service/${cluster.name}/`),
    ).length,
    capacityProviders: [...cluster.capacityProviders],
    defaultCapacityProviderStrategy: (cluster.defaultStrategy ?? []).map((item) => ({ ...item })),
    settings: [],
    statistics: [],
    ...(withTags ? { tags: tagList(cluster.tags) } : { tags: [] }),
  };
}
