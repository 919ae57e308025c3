import type {
  DescribeTasksCommandInput,
  Failure,
  ListTasksCommandInput,
  Task as SdkTask,
} from '@aws-sdk/client-ecs';
import { awsError } from '../errors.ts';
import { resourceTagContext } from '../tags.ts';
import type { Ctx, Operation } from '../types.ts';
import {
  clusterArn,
  clusterName,
  ecsArn,
  findCluster,
  lastPart,
  parseTaskDefinition,
  serviceArn,
} from './ecs-lookup.ts';
import { checkCount, missing, page } from './ecs-page.ts';
import type { Task } from './ecs-state.ts';
import { taskShape } from './ecs-task-shape.ts';

export const ListTasks = {
  // The Service Authorization Reference gives ListTasks the container instance as its resource.
  authorize: (input: ListTasksCommandInput, { world }) => [
    {
      action: 'ecs:ListTasks',
      resource: ecsArn(world, `container-instance/${clusterName(input.cluster)}/*`),
      context: { 'ecs:cluster': clusterArn(world, input.cluster) },
    },
  ],
  run(input: ListTasksCommandInput, ctx) {
    const cluster = findCluster(ctx, input.cluster);
    checkStarter(input);
    const { serviceName, family, startedBy, launchType, desiredStatus = 'RUNNING' } = input;
    const service =
      serviceName === undefined ? undefined : serviceArn(ctx.world, cluster.arn, serviceName);
    if (service && !ctx.world.ecs.services[service]) {
      throw awsError('ServiceNotFoundException', 'Service not found.');
    }
    const arns = Object.values(ctx.world.ecs.tasks)
      .filter((task) => task.clusterArn === cluster.arn && task.desiredStatus === desiredStatus)
      .filter((task) => service === undefined || task.serviceArn === service)
      .filter(
        (task) =>
          family === undefined || parseTaskDefinition(task.taskDefinition).family === family,
      )
      .filter((task) => startedBy === undefined || starterOf(task) === startedBy)
      .filter((task) => launchType === undefined || task.launchType === launchType)
      .map(({ arn }) => arn);
    const { items, nextToken } = page(arns, input, { size: 100, most: 100, keyOf: (arn) => arn });
    return { taskArns: items, ...(nextToken ? { nextToken } : {}) };
  },
} satisfies Operation;

const starterOf = ({ oneOff, deploymentId }: Task) => oneOff?.startedBy ?? deploymentId;

/** "it must be the only filter that you use": API reference, ListTasks; the status is none in that sense. */
function checkStarter({ startedBy, serviceName, family }: ListTasksCommandInput): void {
  if (startedBy === undefined || (serviceName === undefined && family === undefined)) return;
  throw awsError(
    'InvalidParameterException',
    'startedBy cannot be combined with serviceName or family.',
  );
}

export const taskArn = ({ world }: Ctx, cluster: string | undefined, task: string) =>
  ecsArn(world, `task/${clusterName(cluster)}/${lastPart(task)}`);

export const DescribeTasks = {
  authorize(input: DescribeTasksCommandInput, ctx) {
    return (input.tasks ?? []).map((task) => {
      const resource = taskArn(ctx, input.cluster, task);
      return {
        action: 'ecs:DescribeTasks',
        resource,
        context: {
          'ecs:cluster': clusterArn(ctx.world, input.cluster),
          ...resourceTagContext(ctx.world.ecs.tasks[resource]?.tags),
        },
      };
    });
  },
  run(input: DescribeTasksCommandInput, ctx) {
    findCluster(ctx, input.cluster);
    checkCount(input.tasks ?? [], 100, 'Tasks');
    const withTags = input.include?.includes('TAGS') ?? false;
    const tasks: SdkTask[] = [];
    const failures: Failure[] = [];
    for (const named of input.tasks ?? []) {
      const arn = taskArn(ctx, input.cluster, named);
      const task = ctx.world.ecs.tasks[arn];
      if (task) tasks.push(taskShape(ctx, task, withTags));
      else failures.push(missing(arn));
    }
    return { tasks, failures };
  },
} satisfies Operation;
