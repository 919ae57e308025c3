import type { Deployment, Service, Task } from './ecs-state.ts';
import { note } from './rollout-events.ts';
import { rolloutUnderWay } from './rollout-record.ts';
import { openBreaker } from './rollout-rollback.ts';
import { deploymentOf, type Scene, wake } from './rollout-scene.ts';
import { breakerThreshold } from './rollout-threshold.ts';

// The service scheduler restarts a failing task at growing intervals of up to 15 minutes
// (ECS Developer Guide, "Service throttle logic").
const firstRetryMs = 2000;
const maxRetryMs = 15 * 60_000;

/** Milliseconds until the next try after the nth one in vain. */
export const retryDelay = (nth: number) =>
  Math.min(maxRetryMs, firstRetryMs * 2 ** Math.min(20, nth - 1));

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
  deployment.retryAt = ctx.now + retryDelay(deployment.strikes);
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
  report(service, deployment, threshold);
  if (deployment.strikes >= threshold) openBreaker(scene, service, deployment);
}

/** A healthy task sets the count of failures back, unless the service says otherwise. */
export function forgiveFailures({ service }: Scene, deployment: Deployment): void {
  const breaker = service?.deploymentConfiguration.deploymentCircuitBreaker;
  if (!service || breaker?.resetOnHealthyTask === false) return;
  deployment.strikes = 0;
  report(service, deployment);
}

/** Tells the count on the record of the rollout. What led to a rollback stays as it was. */
function report(service: Service, deployment: Deployment, threshold?: number): void {
  const record = rolloutUnderWay(service);
  if (record?.arn !== deployment.serviceDeploymentArn || deployment.rollback) return;
  if (record.breaker.status !== 'MONITORING') return;
  record.breaker.failureCount = deployment.strikes;
  record.breaker.threshold = threshold ?? record.breaker.threshold;
}
