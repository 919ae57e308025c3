import type { TagResourceCommandInput } from '@aws-sdk/client-ecs';
import { awsError } from '../errors.ts';
import { checkTags, requestTagContext, resourceTagContext, tagsOf } from '../tags.ts';
import type { Ctx, Operation, ServiceTable, Tags } from '../types.ts';
import { DescribeClusters, ListClusters } from './ecs-clusters.ts';
import { CreateService } from './ecs-create.ts';
import { RunTask } from './ecs-run-task.ts';
import { DescribeServiceDeployments, StopServiceDeployment } from './ecs-service-deployments.ts';
import { DescribeServices, ListServices } from './ecs-service-reads.ts';
import { StopTask } from './ecs-stop-task.ts';
import { DeleteTaskDefinitions, DeregisterTaskDefinition } from './ecs-task-definition-removal.ts';
import {
  DescribeTaskDefinition,
  ListTaskDefinitionFamilies,
  ListTaskDefinitions,
  RegisterTaskDefinition,
} from './ecs-task-definitions.ts';
import { DescribeTasks, ListTasks } from './ecs-task-reads.ts';
import { DeleteService, UpdateService } from './ecs-update.ts';

export { advanceEcs } from './rollout.ts';

/** A resource of ECS that can be tagged. */
function taggable({ world }: Ctx, arn: string): { tags: Tags } | undefined {
  const { clusters, services, taskDefinitions, tasks } = world.ecs;
  const service = services[arn];
  if (service?.status === 'INACTIVE') {
    throw awsError('InvalidParameterException', 'The specified service is inactive.');
  }
  return service ?? taskDefinitions[arn] ?? tasks[arn] ?? clusters[arn];
}

const TagResource = {
  authorize(input: TagResourceCommandInput, { world }) {
    const arn = input.resourceArn ?? '';
    const { clusters, services, taskDefinitions, tasks } = world.ecs;
    const current = services[arn] ?? taskDefinitions[arn] ?? tasks[arn] ?? clusters[arn];
    return [
      {
        action: 'ecs:TagResource',
        resource: arn,
        context: {
          ...requestTagContext(tagsOf(input.tags)),
          ...resourceTagContext(current?.tags),
        },
      },
    ];
  },
  run(input: TagResourceCommandInput, ctx) {
    const found = taggable(ctx, input.resourceArn ?? '');
    if (!found) {
      throw awsError('ResourceNotFoundException', 'The specified resource could not be found.');
    }
    const given = tagsOf(input.tags);
    if (Object.keys(given).length === 0) {
      throw awsError('InvalidParameterException', 'Tags can not be empty.');
    }
    const tags = { ...found.tags, ...given };
    // AWS's own `aws:` tags on a task are neither the caller's to set nor counted.
    checkTags(given);
    checkTags(Object.fromEntries(Object.entries(tags).filter(([key]) => !key.startsWith('aws:'))));
    found.tags = tags;
    return {};
  },
} satisfies Operation;

/** Amazon ECS as the sandbox has it; BEHAVIOUR.md says what it does. */
export const ecs = {
  CreateService,
  DeleteService,
  DeleteTaskDefinitions,
  DeregisterTaskDefinition,
  DescribeClusters,
  DescribeServiceDeployments,
  DescribeServices,
  DescribeTaskDefinition,
  DescribeTasks,
  ListClusters,
  ListServices,
  ListTaskDefinitionFamilies,
  ListTaskDefinitions,
  ListTasks,
  RegisterTaskDefinition,
  RunTask,
  StopServiceDeployment,
  StopTask,
  TagResource,
  UpdateService,
} satisfies ServiceTable<'ecs'>;
