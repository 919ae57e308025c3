import type { StopTaskCommandInput } from '@aws-sdk/client-ecs';
import { resourceTagContext } from '../tags.ts';
import type { Operation } from '../types.ts';
import { clusterArn, findCluster } from './ecs-lookup.ts';
import { bad } from './ecs-service-common.ts';
import { taskArn } from './ecs-task-reads.ts';
import { taskShape } from './ecs-task-shape.ts';
import { stopTask } from './rollout-stop.ts';

export const StopTask = {
  authorize(input: StopTaskCommandInput, ctx) {
    const resource = taskArn(ctx, input.cluster, input.task ?? '');
    return [
      {
        action: 'ecs:StopTask',
        resource,
        context: {
          'ecs:cluster': clusterArn(ctx.world, input.cluster),
          ...resourceTagContext(ctx.world.ecs.tasks[resource]?.tags),
        },
      },
    ];
  },
  run(input: StopTaskCommandInput, ctx) {
    findCluster(ctx, input.cluster);
    const { services, tasks } = ctx.world.ecs;
    const task = tasks[taskArn(ctx, input.cluster, input.task ?? '')];
    if (!task) throw bad('The referenced task was not found.');
    const { reason = 'Task stopped by user' } = input;
    // API reference, StopTask: "Up to 255 characters are allowed in this message."
    if (reason.length > 255) throw bad('The reason can have at most 255 characters.');
    if (task.desiredStatus === 'RUNNING') {
      const service = services[task.serviceArn ?? ''];
      const own = Object.values(tasks).filter(({ serviceArn }) => serviceArn === service?.arn);
      const scene = { ctx, service, tasks: service ? own : [task] };
      stopTask(scene, task, { code: 'UserInitiated', reason });
    }
    return { task: taskShape(ctx, task, true) };
  },
} satisfies Operation;
