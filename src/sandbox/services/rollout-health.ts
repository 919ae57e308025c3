import type { Task } from './ecs-state.ts';
import { slowMs } from './rollout-apps.ts';
import { countFailure, forgiveFailures } from './rollout-breaker.ts';
import { note } from './rollout-events.ts';
import { checkHealth } from './rollout-facts.ts';
import { appOf, deploymentOf, groupOf, plan, type Scene, wake } from './rollout-scene.ts';
import { stopTask } from './rollout-stop.ts';

export const zoneOf = ({ ctx }: Scene, { subnetId }: Task) =>
  ctx.world.network.subnets[subnetId]?.zone ?? '';

/** The slowest health check among the task's target groups. */
export function intervalMs({ ctx }: Scene, task: Task): number {
  const intervals = task.targets.map(
    ({ targetGroupArn }) => groupOf(ctx, targetGroupArn)?.healthCheck.intervalSeconds ?? 30,
  );
  return Math.max(1, ...intervals) * 1000;
}

/** How long the task's container is up, milliseconds. */
const upMs = ({ ctx }: Scene, { startedAt = ctx.now }: Task) => ctx.now - startedAt;

/** What the load balancer finds at each of the task's targets. */
function examine(scene: Scene, task: Task) {
  const { ctx } = scene;
  const where = { zone: zoneOf(scene, task), app: appOf(scene, task), upMs: upMs(scene, task) };
  return task.targets.map(({ targetGroupArn, key }) => {
    const group = groupOf(ctx, targetGroupArn);
    const result = group ? checkHealth(ctx, group, where) : 'waiting';
    return {
      threshold: group?.healthCheck.unhealthyThreshold ?? 2,
      targetGroupArn,
      target: group?.targets[key],
      healthy: result === 'healthy',
      failure: typeof result === 'object' ? result : undefined,
    };
  });
}

/** A health check. The first success is enough: ELB guide, "Health checks for your target groups". */
export function check(scene: Scene, task: Task): void {
  const found = examine(scene, task);
  for (const { target, healthy } of found) {
    if (!target || !healthy) continue;
    target.state = 'healthy';
    delete target.reason;
    delete target.description;
  }
  const failing = found.find(({ failure }) => failure !== undefined);
  const interval = intervalMs(scene, task);
  if (failing) {
    plan(scene, task, { in: (failing.threshold - 1) * interval, step: 'fail-check' });
  } else if (found.some(({ healthy }) => !healthy)) {
    plan(scene, task, { in: interval, step: 'check' });
  } else {
    becomeHealthy(scene, task);
  }
}

function becomeHealthy(scene: Scene, task: Task): void {
  task.healthy = true;
  const deployment = deploymentOf(scene, task);
  if (deployment) forgiveFailures(scene, deployment);
  wake(scene.service, scene.ctx.now);
}

/** The unhealthy threshold is reached. ECS replaces the task once the grace period is over as well. */
export function failCheck(scene: Scene, task: Task): void {
  const { ctx, service } = scene;
  const failing = examine(scene, task).filter(({ failure }) => failure !== undefined);
  if (failing.length === 0) {
    check(scene, task);
    return;
  }
  for (const { target, targetGroupArn, failure } of failing) {
    if (!target || !failure) continue;
    target.state = 'unhealthy';
    target.reason = failure.reason;
    target.description = failure.problem;
    note(
      ctx,
      service,
      `(port ${target.port}) is unhealthy in (target-group ${targetGroupArn}) due to (reason ${failure.problem})`,
    );
  }
  const grace = (service?.healthCheckGracePeriodSeconds ?? 0) * 1000;
  const patience = appOf(scene, task) === 'slow' ? slowMs - upMs(scene, task) : 0;
  plan(scene, task, { in: Math.max(grace, patience), step: 'replace' });
}

/** Unless the check has been put right in the meantime, the task is stopped. */
export function replace(scene: Scene, task: Task): void {
  const failing = examine(scene, task).find(({ failure }) => failure !== undefined);
  if (!failing) {
    check(scene, task);
    return;
  }
  stopTask(scene, task, {
    code: 'ServiceSchedulerInitiated',
    reason: `Task failed ELB health checks in (target-group ${failing.targetGroupArn})`,
  });
  countFailure(scene, task);
}
