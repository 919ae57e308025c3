import type { RunTaskCommandOutput } from '@aws-sdk/client-ecs';
import { awsError } from '../errors.ts';
import type { Ctx } from '../types.ts';
import type { Task } from './ecs-state.ts';
import { taskShape } from './ecs-task-shape.ts';

// "Ensuring idempotency", ECS API reference: a token is good for 24 hours, or for an hour after the
// last of its tasks has stopped, whichever is sooner; the latter is as long as ECS shows the tasks.
const tokenMs = 24 * 60 * 60_000;

interface Asked {
  clusterArn: string;
  clientToken: string | undefined;
  parameters: string;
}

/**
 * What an earlier call with the same token in the same cluster started. Throws ConflictException when
 * that had other parameters. A call that placed no task used its token for nothing.
 */
export function earlierAnswer(
  ctx: Ctx,
  { clusterArn, clientToken, parameters }: Asked,
): Pick<RunTaskCommandOutput, 'tasks' | 'failures'> | undefined {
  if (clientToken === undefined) return undefined;
  const earlier = Object.values(ctx.world.ecs.tasks).filter(
    (task) =>
      task.clusterArn === clusterArn &&
      task.oneOff?.request?.clientToken === clientToken &&
      task.createdAt + tokenMs > ctx.now,
  );
  const request = earlier[0]?.oneOff?.request;
  if (!request) return undefined;
  if (request.parameters !== parameters) throw conflict(earlier);
  return {
    tasks: earlier.map((task) => again(ctx, task)),
    failures: structuredClone(request.failures),
  };
}

function conflict(tasks: readonly Task[]) {
  const error = awsError(
    'ConflictException',
    'The client token is in use by a RunTask request with other parameters.',
  );
  return Object.assign(error, { resourceIds: tasks.map(({ arn }) => arn) });
}

/** "Tasks that have been stopped for under an hour only include the task ARN, last status, and desired status." */
function again(ctx: Ctx, task: Task) {
  if (task.lastStatus !== 'STOPPED') return taskShape(ctx, task, true);
  const { arn, lastStatus, desiredStatus } = task;
  return { taskArn: arn, lastStatus, desiredStatus };
}
