import type { World } from '../types.ts';
import type { Task, TaskDefinition } from './ecs-state.ts';

/** On demand and Spot are counted apart. */
export const isSpot = ({ capacityProvider }: { capacityProvider?: string | undefined }) =>
  capacityProvider === 'FARGATE_SPOT';

export const vcpuOf = (definition: TaskDefinition['definition'] | undefined) =>
  Number(definition?.cpu ?? 0) / 1024;

/** vCPU of all tasks that count, in the whole account. */
export function vcpuInUse(world: World, counts: (task: Task) => boolean): number {
  let used = 0;
  for (const task of Object.values(world.ecs.tasks)) {
    if (counts(task)) used += vcpuOf(world.ecs.taskDefinitions[task.taskDefinition]?.definition);
  }
  return used;
}
