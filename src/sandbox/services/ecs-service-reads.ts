import type {
  DescribeServicesCommandInput,
  Failure,
  ListServicesCommandInput,
  Service as SdkService,
} from '@aws-sdk/client-ecs';
import { resourceTagContext } from '../tags.ts';
import type { Ctx, Operation } from '../types.ts';
import { clusterArn, findCluster, serviceArn } from './ecs-lookup.ts';
import { checkCount, missing, page } from './ecs-page.ts';
import { serviceShape } from './ecs-shape.ts';
import type { Task } from './ecs-state.ts';

export const DescribeServices = {
  authorize(input: DescribeServicesCommandInput, { world }) {
    // The reference lists the first action alone; accounts were refused the tags without the second.
    const actions = ['ecs:DescribeServices', 'ecs:ListTagsForResource'];
    const asked = input.include?.includes('TAGS') ? actions : actions.slice(0, 1);
    return (input.services ?? []).flatMap((service) => {
      const resource = serviceArn(world, input.cluster, service);
      const context = {
        'ecs:cluster': clusterArn(world, input.cluster),
        ...resourceTagContext(world.ecs.services[resource]?.tags),
      };
      return asked.map((action) => ({ action, resource, context }));
    });
  },
  run(input: DescribeServicesCommandInput, ctx) {
    const cluster = findCluster(ctx, input.cluster);
    checkCount(input.services ?? [], 10, 'Services');
    const arns = (input.services ?? []).map((name) => serviceArn(ctx.world, cluster.arn, name));
    const tasks = tasksByService(ctx, new Set(arns));
    const services: SdkService[] = [];
    const failures: Failure[] = [];
    const withTags = input.include?.includes('TAGS') ?? false;
    for (const arn of new Set(arns)) {
      const service = ctx.world.ecs.services[arn];
      if (service) {
        services.push(serviceShape(ctx, service, { tasks: tasks.get(arn) ?? [], withTags }));
      } else failures.push(missing(arn));
    }
    return { services, failures };
  },
} satisfies Operation;

function tasksByService({ world }: Ctx, arns: ReadonlySet<string>): Map<string, Task[]> {
  const groups = new Map<string, Task[]>([...arns].map((arn) => [arn, []]));
  for (const task of Object.values(world.ecs.tasks)) groups.get(task.serviceArn ?? '')?.push(task);
  return groups;
}

export const ListServices = {
  authorize: (input: ListServicesCommandInput, { world }) => [
    {
      action: 'ecs:ListServices',
      resource: '*',
      context: { 'ecs:cluster': clusterArn(world, input.cluster) },
    },
  ],
  run(input: ListServicesCommandInput, ctx) {
    const cluster = findCluster(ctx, input.cluster);
    const { launchType, schedulingStrategy = 'REPLICA' } = input;
    const arns = Object.values(ctx.world.ecs.services)
      .filter((service) => service.clusterArn === cluster.arn && service.status === 'ACTIVE')
      .filter(({ revision }) => launchType === undefined || revision.launchType === launchType)
      .filter(() => schedulingStrategy === 'REPLICA')
      .map(({ arn }) => arn);
    const { items, nextToken } = page(arns, input, { size: 10, most: 100, keyOf: (arn) => arn });
    return { serviceArns: items, ...(nextToken ? { nextToken } : {}) };
  },
} satisfies Operation;
