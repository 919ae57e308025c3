import type {
  DeleteTaskDefinitionsCommandInput,
  DeregisterTaskDefinitionCommandInput,
  Failure,
  TaskDefinition as SdkTaskDefinition,
} from '@aws-sdk/client-ecs';
import { awsError } from '../errors.ts';
import { resourceTagContext } from '../tags.ts';
import type { Ctx, Operation } from '../types.ts';
import { ecsArn, findTaskDefinition, parseTaskDefinition } from './ecs-lookup.ts';
import type { TaskDefinition } from './ecs-state.ts';
import { everything, shapeOf } from './ecs-task-definitions.ts';

/** A deleted revision is kept for this long, and for as long as anything runs it. */
const deletionMs = 60_000;

export const DeregisterTaskDefinition = {
  authorize: () => everything('ecs:DeregisterTaskDefinition'),
  run(input: DeregisterTaskDefinitionCommandInput, ctx) {
    if (parseTaskDefinition(input.taskDefinition ?? '').revision === undefined) {
      throw awsError('ClientException', 'Invalid revision number. Name it as family:revision.');
    }
    const found = findTaskDefinition(ctx, input.taskDefinition);
    if (!found || found.status === 'DELETE_IN_PROGRESS') {
      throw awsError('ClientException', 'The specified task definition does not exist.');
    }
    found.status = 'INACTIVE';
    found.deregisteredAt ??= ctx.now;
    return { taskDefinition: shapeOf(found) };
  },
} satisfies Operation;

export const DeleteTaskDefinitions = {
  authorize(input: DeleteTaskDefinitionsCommandInput, ctx) {
    return (input.taskDefinitions ?? []).map((reference) => ({
      action: 'ecs:DeleteTaskDefinitions',
      resource: reference.startsWith('arn:')
        ? reference
        : ecsArn(ctx.world, `task-definition/${reference}`),
      context: resourceTagContext(findTaskDefinition(ctx, reference)?.tags),
    }));
  },
  run(input: DeleteTaskDefinitionsCommandInput, ctx) {
    const references = input.taskDefinitions ?? [];
    if (references.length < 1 || references.length > 10) {
      throw awsError(
        'InvalidParameterException',
        'Between 1 and 10 task definitions can be deleted in one call.',
      );
    }
    const taskDefinitions: SdkTaskDefinition[] = [];
    const failures: Failure[] = [];
    for (const reference of references) {
      const deleted = requestDeletion(ctx, reference);
      if ('reason' in deleted) failures.push(deleted);
      else taskDefinitions.push(shapeOf(deleted));
    }
    return { taskDefinitions, failures };
  },
} satisfies Operation;

function requestDeletion(
  ctx: Ctx,
  reference: string,
): TaskDefinition | { arn: string; reason: string } {
  const { revision } = parseTaskDefinition(reference);
  const found = revision === undefined ? undefined : findTaskDefinition(ctx, reference);
  if (!found) {
    return { arn: reference, reason: 'The specified task definition was not found.' };
  }
  if (found.status === 'ACTIVE') {
    return {
      arn: found.arn,
      reason:
        'The specified task definition is still in ACTIVE status. Please deregister the target and try again.',
    };
  }
  found.status = 'DELETE_IN_PROGRESS';
  found.deleteRequestedAt ??= ctx.now;
  return found;
}

const forgottenAt = ({ deleteRequestedAt = Infinity }: TaskDefinition) =>
  deleteRequestedAt + deletionMs;

/** When the next deletion is due. Those that are due and in use wait for what uses them, not for a time. */
export function nextForgettingAt({ world, now }: Ctx): number {
  let least = Infinity;
  for (const definition of Object.values(world.ecs.taskDefinitions)) {
    const at = forgottenAt(definition);
    if (at > now) least = Math.min(least, at);
  }
  return least;
}

/** Removes revisions whose deletion is due and that neither a service nor a task uses. */
export function forgetTaskDefinitions({ world, now }: Ctx): void {
  const due = Object.values(world.ecs.taskDefinitions).filter(
    (definition) => forgottenAt(definition) <= now,
  );
  if (due.length === 0) return;
  const used = new Set<string>();
  // A deployment is kept as long as it has a task that has not stopped: those need no look of their own.
  for (const service of Object.values(world.ecs.services)) {
    if (service.status === 'INACTIVE') continue;
    used.add(service.revision.taskDefinition);
    for (const deployment of service.deployments) used.add(deployment.revision.taskDefinition);
    if (service.lastCompleted) used.add(service.lastCompleted.revision.taskDefinition);
  }
  for (const { oneOff, lastStatus, taskDefinition } of Object.values(world.ecs.tasks)) {
    if (oneOff && lastStatus !== 'STOPPED') used.add(taskDefinition);
  }
  for (const { arn } of due) if (!used.has(arn)) delete world.ecs.taskDefinitions[arn];
}
