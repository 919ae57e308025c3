import type { DeploymentConfiguration } from '@aws-sdk/client-ecs';
import type { Ctx } from '../types.ts';
import { ecsArn, lastPart } from './ecs-lookup.ts';
import type { Deployment, Revision, Service, Task } from './ecs-state.ts';
import { note } from './rollout-events.ts';
import { alive, deploymentOf, type Scene, wake } from './rollout-scene.ts';
import { stopTask } from './rollout-stop.ts';

// The service scheduler restarts a failing task at growing intervals of up to 15 minutes
// (ECS Developer Guide, "Service throttle logic").
const firstRetryMs = 2000;
const maxRetryMs = 15 * 60_000;

/** Failures after which the circuit breaker opens (API reference, ThresholdConfiguration). */
export function breakerThreshold(
  { deploymentCircuitBreaker }: DeploymentConfiguration,
  desiredCount: number,
): number {
  const { type = 'BOUNDED_PERCENT', value = 50 } =
    deploymentCircuitBreaker?.thresholdConfiguration ?? {};
  if (type === 'COUNT') return value;
  const share = Math.ceil((desiredCount * value) / 100);
  return type === 'BOUNDED_PERCENT' ? Math.min(200, Math.max(3, share)) : Math.max(1, share);
}

/** Notes that a task of a rollout failed. */
export function countFailure(scene: Scene, task: Task): void {
  const deployment = deploymentOf(scene, task);
  if (deployment) countDeploymentFailure(scene, deployment);
}

/** Notes a failure on a deployment: the next try comes later, and the circuit breaker may open. */
export function countDeploymentFailure(scene: Scene, deployment: Deployment): void {
  const { ctx, service } = scene;
  if (!service) return;
  deployment.failedTasks += 1;
  deployment.strikes += 1;
  deployment.updatedAt = ctx.now;
  deployment.retryAt =
    ctx.now + Math.min(maxRetryMs, firstRetryMs * 2 ** Math.min(20, deployment.strikes - 1));
  wake(service, ctx.now);
  const { deploymentCircuitBreaker } = service.deploymentConfiguration;
  const underWay = deployment.status === 'PRIMARY' && deployment.rolloutState === 'IN_PROGRESS';
  if (!underWay || !deploymentCircuitBreaker?.enable) {
    if (deployment.strikes === 3) {
      note(ctx, service, 'is unable to consistently start tasks successfully.');
    }
    return;
  }
  const threshold = breakerThreshold(service.deploymentConfiguration, service.desiredCount);
  if (deployment.strikes >= threshold) failDeployment(scene, service, deployment);
}

/** Ends a deployment as FAILED, and goes back to the last completed revision if that is wanted. */
function failDeployment(scene: Scene, service: Service, deployment: Deployment): void {
  const { ctx } = scene;
  deployment.rolloutState = 'FAILED';
  deployment.rolloutStateReason = 'ECS deployment circuit breaker: tasks failed to start.';
  note(ctx, service, `(deployment ${deployment.id}) deployment failed: tasks failed to start.`);
  const { rollback } = service.deploymentConfiguration.deploymentCircuitBreaker ?? {};
  if (rollback && service.lastCompleted && !deployment.rollback) {
    const back = beginDeployment(ctx, service, structuredClone(service.lastCompleted));
    back.rollback = true;
    back.rolloutStateReason = `ECS deployment circuit breaker: rolling back to deploymentId ${back.id}.`;
    note(ctx, service, `rolling back to deployment ${back.id}.`);
  }
  wake(service, ctx.now);
}

/** The tasks of failed deployments have nothing left to do. */
export function stopFailed(scene: Scene, service: Service): void {
  for (const task of alive(scene)) {
    const deployment = service.deployments.find(({ id }) => id === task.deploymentId);
    if (deployment?.rolloutState !== 'FAILED') continue;
    stopTask(scene, task, {
      code: 'ServiceSchedulerInitiated',
      reason: `Scaling activity initiated by (deployment ${deployment.id})`,
    });
  }
}

/** Puts a new PRIMARY deployment in front of the others. */
export function beginDeployment(ctx: Ctx, service: Service, revision: Revision): Deployment {
  const digits = BigInt(`0x${ctx.id(16)}`)
    .toString()
    .padStart(19, '0')
    .slice(0, 19);
  const path = `${lastPart(service.clusterArn)}/${service.name}/${ctx.id(21)}`;
  for (const older of service.deployments) older.status = 'ACTIVE';
  const deployment: Deployment = {
    id: `ecs-svc/${digits}`,
    serviceDeploymentArn: ecsArn(ctx.world, `service-deployment/${path}`),
    status: 'PRIMARY',
    revision,
    createdAt: ctx.now,
    updatedAt: ctx.now,
    rolloutState: 'IN_PROGRESS',
    rolloutStateReason: `ECS deployment ecs-svc/${digits} in progress.`,
    failedTasks: 0,
    strikes: 0,
    retryAt: ctx.now,
  };
  service.deployments.unshift(deployment);
  service.revision = structuredClone(revision);
  service.currentServiceDeployment = deployment.serviceDeploymentArn;
  service.steady = false;
  return deployment;
}
