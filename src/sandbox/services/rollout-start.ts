import type { Ctx, Tags } from '../types.ts';
import { ecsArn, lastPart } from './ecs-lookup.ts';
import type { Deployment, Service, Task } from './ecs-state.ts';
import { placementProblem } from './rollout-capacity.ts';
import { note } from './rollout-events.ts';
import { cannotAssume, unusableRole } from './rollout-facts.ts';
import type { Scene } from './rollout-scene.ts';

/** Time from placement until the network interface is there; the image takes most of the rest. */
const provisioningMs = 2000;

/** What every new task begins with, a service's and one of RunTask alike; rollout-steps.ts goes on. */
export const provisioning = (now: number) =>
  ({
    lastStatus: 'PROVISIONING',
    desiredStatus: 'RUNNING',
    healthy: false,
    createdAt: now,
    digests: {},
    targets: [],
    next: { at: now + provisioningMs, step: 'pending' },
  }) satisfies Partial<Task>;

/**
 * Places one task of a deployment. It is `refused` when ECS cannot even launch it, because it may not
 * use a role, and there is `no room` when the account's vCPU are all in use, or Spot has no capacity.
 */
export function startTask(
  scene: Scene,
  service: Service,
  deployment: Deployment,
): 'started' | 'refused' | 'no room' {
  const { ctx } = scene;
  const { revision } = deployment;
  const definition = ctx.world.ecs.taskDefinitions[revision.taskDefinition]?.definition ?? {};
  const role = unusableRole(ctx, definition);
  if (role) {
    note(ctx, service, `failed to launch a task with (error ${cannotAssume(role)}).`);
    return 'refused';
  }
  const provider = chooseProvider(revision.capacityProviderStrategy, service.placed + 1);
  const { spot } = revision;
  const problem = placementProblem(ctx, { definition, capacityProvider: provider, spot });
  if (problem !== undefined) {
    note(ctx, service, `was unable to place a task. Reason: ${problem}.`);
    return 'no room';
  }
  delete deployment.unplaced;
  const id = ctx.id(32);
  const { subnets } = revision.network;
  const subnetId = subnets[service.placed++ % subnets.length] ?? '';
  const task: Task = {
    arn: ecsArn(ctx.world, `task/${lastPart(service.clusterArn)}/${id}`),
    id,
    clusterArn: service.clusterArn,
    serviceArn: service.arn,
    deploymentId: deployment.id,
    taskDefinition: revision.taskDefinition,
    subnetId,
    ip: freeAddress(scene, subnetId, id),
    ...(provider ? { capacityProvider: provider } : {}),
    ...(revision.launchType ? { launchType: revision.launchType } : {}),
    tags: tagsFor(scene, service, deployment),
    ...provisioning(ctx.now),
  };
  ctx.world.ecs.tasks[task.arn] = task;
  scene.tasks.push(task);
  note(ctx, service, `has started 1 tasks: (task ${id}).`);
  return 'started';
}

/** Spreads tasks by weight: task number n of the service falls into one provider's share. */
export function chooseProvider(
  strategy: Deployment['revision']['capacityProviderStrategy'],
  nth: number,
): string | undefined {
  const weights = strategy.map(({ weight = 0 }) => weight);
  let place =
    (nth - 1) %
    Math.max(
      1,
      weights.reduce((sum, weight) => sum + weight, 0),
    );
  const index = weights.findIndex((weight) => {
    place -= weight;
    return place < 0;
  });
  return strategy[index]?.capacityProvider;
}

/** An address of the subnet (10.<subnet>.x.y) that no other task holds, derived from the task's id. */
export function freeAddress({ ctx }: Pick<Scene, 'ctx'>, subnetId: string, id: string): string {
  const { subnets } = ctx.world.network;
  const net = Object.keys(subnets).sort().indexOf(subnetId) & 255;
  const first = Number.parseInt(id.slice(0, 8), 16);
  for (let i = 0; ; i++) {
    // The first four addresses and the last of a subnet are AWS's own (VPC guide, subnet sizing).
    const host = 4 + ((first + i) % 65_531);
    const ip = `10.${net}.${host >> 8}.${host & 255}`;
    if (!isHeld(ctx, subnetId, ip)) return ip;
  }
}

/** A task gives its address back when it has stopped and left its target groups. */
const isHeld = ({ world }: Ctx, subnetId: string, ip: string) =>
  Object.values(world.ecs.tasks).some(
    (task) =>
      task.ip === ip &&
      task.subnetId === subnetId &&
      (task.lastStatus !== 'STOPPED' || task.targets.length > 0),
  );

function tagsFor({ ctx }: Scene, service: Service, { revision }: Deployment): Tags {
  const definition = ctx.world.ecs.taskDefinitions[revision.taskDefinition];
  const propagated = {
    NONE: {},
    SERVICE: service.tags,
    TASK_DEFINITION: definition?.tags ?? {},
  }[service.propagateTags];
  const managed = service.enableECSManagedTags
    ? {
        'aws:ecs:clusterName': lastPart(service.clusterArn),
        'aws:ecs:serviceName': service.name,
      }
    : {};
  return { ...propagated, ...managed };
}
