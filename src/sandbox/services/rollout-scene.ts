import type { TaskOverride } from '@aws-sdk/client-ecs';
import type { Ctx, TargetGroup } from '../types.ts';
import type { Deployment, Service, Step, Task, TaskDefinition } from './ecs-state.ts';

/** One service and its tasks at one moment: `ctx.now` is the time of the event, not of the call. */
export interface Scene {
  ctx: Ctx;
  /** Absent when ECS has forgotten the service while a stopped task of it is still shown. */
  service: Service | undefined;
  tasks: Task[];
}

export const deploymentOf = (
  { service }: Pick<Scene, 'service'>,
  task: Task,
): Deployment | undefined => service?.deployments.find(({ id }) => id === task.deploymentId);

/** What a task runs; RunTask may have replaced its roles. */
export function definitionOf({ ctx }: Scene, task: Task): TaskDefinition['definition'] {
  const definition = ctx.world.ecs.taskDefinitions[task.taskDefinition]?.definition ?? {};
  return task.oneOff ? { ...definition, ...rolesIn(task.oneOff.overrides) } : definition;
}

/** The roles of an override, without those that it leaves as they are. */
export const rolesIn = ({
  executionRoleArn,
  taskRoleArn,
}: Pick<TaskOverride, 'executionRoleArn' | 'taskRoleArn'>) => ({
  ...(executionRoleArn ? { executionRoleArn } : {}),
  ...(taskRoleArn ? { taskRoleArn } : {}),
});

/** How the application behaves in a task. */
export const appOf = (scene: Pick<Scene, 'service'>, task: Task) =>
  task.oneOff?.app ?? deploymentOf(scene, task)?.revision.app ?? 'healthy';

export const groupOf = ({ world }: Ctx, arn: string): TargetGroup | undefined =>
  world.elasticloadbalancing.targetGroups[arn];

/** Tasks that are meant to run. */
export const alive = ({ tasks }: Scene) =>
  tasks.filter(({ desiredStatus }) => desiredStatus === 'RUNNING');

/** Asks the scheduler to look at the service at `at`, or earlier if that was planned. */
export function wake(service: Service | undefined, at: number): void {
  if (service) service.wakeAt = Math.min(service.wakeAt ?? at, at);
}

/** Sets what happens to a task `next.in` milliseconds from now. */
export function plan({ ctx }: Scene, task: Task, next: { in: number; step: Step }): void {
  task.next = { at: ctx.now + next.in, step: next.step };
}
