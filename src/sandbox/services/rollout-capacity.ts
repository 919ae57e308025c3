import type { Ctx } from '../types.ts';
import type { TaskDefinition } from './ecs-state.ts';
import { isSpot, vcpuInUse, vcpuOf } from './fargate-usage.ts';

/** AWS's words for a launch that the account's vCPU quota does not allow. */
const noRoom = "You've reached the limit on the number of vCPUs you can run concurrently";

/** AWS's words for a launch on Spot that finds no capacity ("Service event messages", ECS guide). */
export const noSpot =
  'Capacity is unavailable at this time. Please try again later or in a different availability zone';

// "AWS Fargate service quotas": vCPU of all tasks at the same time, on demand and Spot counted apart.
const quotaCodes = { onDemand: 'L-3032A538', spot: 'L-36FBB829' };

export interface Placement {
  definition: TaskDefinition['definition'];
  /** Absent for the launch type FARGATE. */
  capacityProvider?: string | undefined;
  /** Whether Spot has any. */
  spot?: 'ok' | 'none' | undefined;
}

/** Why one more such task cannot be placed; undefined when it can. */
export function placementProblem(ctx: Ctx, placement: Placement): string | undefined {
  if (placement.spot === 'none' && isSpot(placement)) return noSpot;
  return hasRoom(ctx, placement) ? undefined : noRoom;
}

/** Whether the account's quota has room for it. */
function hasRoom({ world }: Ctx, { definition, capacityProvider }: Placement): boolean {
  const spot = isSpot({ capacityProvider });
  const code = spot ? quotaCodes.spot : quotaCodes.onDemand;
  const quota = world.quotas[code]?.value ?? Infinity;
  const running = vcpuInUse(
    world,
    (task) => task.lastStatus !== 'STOPPED' && isSpot(task) === spot,
  );
  return running + vcpuOf(definition) <= quota;
}
