import type { Deployment, Service, Task } from './ecs-state.ts';
import { countDeploymentFailure, retryDelay } from './rollout-breaker.ts';
import {
  complete,
  forgetDeployments,
  healthyOf,
  isReady,
  noteSteadyState,
  others,
  tasksOf,
} from './rollout-complete.ts';
import { note } from './rollout-events.ts';
import { takeUp } from './rollout-record.ts';
import { heedRequest, stopFailed } from './rollout-rollback.ts';
import { alive, groupOf, type Scene, wake } from './rollout-scene.ts';
import { startTask } from './rollout-start.ts';
import { stopTask } from './rollout-stop.ts';

/** How long ECS goes on looking for a target group that was deleted under a draining service. */
const stallMs = 120_000;

/** The service scheduler: brings the tasks of a service nearer to what is wanted. */
export function schedule(scene: Scene): void {
  const { service } = scene;
  if (!service) return;
  delete service.wakeAt;
  if (service.status === 'DRAINING') drainService(scene, service);
  if (service.status === 'ACTIVE') rollOut(scene, service);
}

function drainService(scene: Scene, service: Service): void {
  const { ctx, tasks } = scene;
  for (const task of alive(scene)) retire(scene, task, service.deployments[0]);
  if (tasks.some(({ lastStatus }) => lastStatus !== 'STOPPED')) return;
  const missing = service.revision.loadBalancers.find(
    ({ targetGroupArn }) => !groupOf(ctx, targetGroupArn),
  );
  if (missing && !service.stalled) {
    service.stalled = true;
    note(
      ctx,
      service,
      `failed to deregister targets in (target-group ${missing.targetGroupArn}) with (error TARGET GROUP IS NOT FOUND)`,
    );
    wake(service, ctx.now + stallMs);
    return;
  }
  service.status = 'INACTIVE';
  service.inactiveAt = ctx.now;
  service.deployments = [];
  // They go with their service: ECS guide, "Service deployment lifecycle".
  service.serviceDeployments = [];
  delete service.currentServiceDeployment;
}

function rollOut(scene: Scene, service: Service): void {
  takeUp(scene.ctx, service);
  if (!heedRequest(scene, service)) return;
  stopFailed(scene, service);
  const [primary] = service.deployments;
  if (!primary) return;
  if (primary.rolloutState !== 'FAILED') {
    scaleDown(scene, service, primary);
    makeRoom(scene, service, primary);
    startMissing(scene, service, primary);
    replaceOld(scene, service, primary);
    complete(scene, service, primary);
  }
  // The circuit breaker may have put a rollback in front; the scheduler was woken to see to that.
  if (service.deployments[0] !== primary) return;
  forgetDeployments(scene, service, primary);
  noteSteadyState(scene, service, primary);
}

/** Unhealthy tasks go first, then the oldest. */
const expendable = (tasks: readonly Task[]) =>
  tasks.toSorted((a, b) => Number(a.healthy) - Number(b.healthy) || a.createdAt - b.createdAt);

const retire = (scene: Scene, task: Task, by: Deployment | undefined) =>
  stopTask(scene, task, {
    code: 'ServiceSchedulerInitiated',
    reason: `Scaling activity initiated by (deployment ${by?.id ?? task.deploymentId})`,
  });

/** How many tasks must stay healthy, and how many there may be: rounded up, rounded down. */
function limits({ deploymentConfiguration, desiredCount }: Service) {
  const { minimumHealthyPercent = 100, maximumPercent = 200 } = deploymentConfiguration;
  return {
    least: Math.ceil((desiredCount * minimumHealthyPercent) / 100),
    most: Math.floor((desiredCount * maximumPercent) / 100),
  };
}

function scaleDown(scene: Scene, service: Service, primary: Deployment): void {
  const own = expendable(tasksOf(alive(scene), primary));
  const surplus = own.slice(0, Math.max(0, own.length - service.desiredCount));
  for (const task of surplus) retire(scene, task, primary);
}

/** Stops old tasks before new ones start only where the maximum leaves no room for both. */
function makeRoom(scene: Scene, service: Service, primary: Deployment): void {
  const { least, most } = limits(service);
  for (const task of expendable(others(alive(scene), primary))) {
    const running = alive(scene);
    const lacking = service.desiredCount - tasksOf(running, primary).length;
    if (running.length + lacking <= most) return;
    if (task.healthy && healthyOf(running).length - 1 < least) return;
    retire(scene, task, primary);
  }
}

function startMissing(scene: Scene, service: Service, primary: Deployment): void {
  const { ctx } = scene;
  const running = alive(scene);
  const lacking = service.desiredCount - tasksOf(running, primary).length;
  const room = limits(service).most - running.length;
  if (lacking <= 0 || room <= 0) return;
  if (primary.retryAt > ctx.now) {
    wake(service, primary.retryAt);
    return;
  }
  for (let i = 0; i < Math.min(lacking, room); i++) {
    const outcome = startTask(scene, service, primary);
    if (outcome === 'started') continue;
    if (outcome === 'refused') countDeploymentFailure(scene, primary);
    else waitForRoom(scene, primary);
    wake(service, primary.retryAt);
    return;
  }
}

/** A lack of room is no failure of the deployment: ECS goes on trying, more and more rarely. */
function waitForRoom({ ctx }: Scene, primary: Deployment): void {
  primary.unplaced = (primary.unplaced ?? 0) + 1;
  primary.retryAt = ctx.now + retryDelay(primary.unplaced);
}

/** Each healthy new task makes an old one superfluous. */
function replaceOld(scene: Scene, service: Service, primary: Deployment): void {
  const { least } = limits(service);
  const ready = healthyOf(tasksOf(alive(scene), primary)).length;
  const allowed = isReady(service, ready) ? 0 : Math.max(0, service.desiredCount - ready);
  for (const task of expendable(others(alive(scene), primary))) {
    const running = alive(scene);
    if (others(running, primary).length <= allowed) return;
    if (task.healthy && healthyOf(running).length - 1 < least) return;
    retire(scene, task, primary);
  }
}
