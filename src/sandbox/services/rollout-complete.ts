import type { Deployment, Service, Task } from './ecs-state.ts';
import { note } from './rollout-events.ts';
import { endRollout } from './rollout-record.ts';
import { alive, type Scene } from './rollout-scene.ts';

export const tasksOf = (tasks: readonly Task[], { id }: Deployment) =>
  tasks.filter(({ deploymentId }) => deploymentId === id);
export const others = (tasks: readonly Task[], { id }: Deployment) =>
  tasks.filter(({ deploymentId }) => deploymentId !== id);
export const healthyOf = (tasks: readonly Task[]) => tasks.filter(({ healthy }) => healthy);

/** Whether enough new tasks are healthy for the deployment to succeed. */
export function isReady(
  { deploymentConfiguration, desiredCount }: Service,
  healthy: number,
): boolean {
  const { earlySuccessCriteria: early } = deploymentConfiguration;
  const percent = early?.enable ? (early.healthyPercent ?? 100) : 100;
  return healthy >= Math.ceil((desiredCount * percent) / 100);
}

export function complete(scene: Scene, service: Service, primary: Deployment): void {
  const { ctx, tasks } = scene;
  if (primary.rolloutState !== 'IN_PROGRESS') return;
  if (!isReady(service, healthyOf(tasksOf(alive(scene), primary)).length)) return;
  const { earlySuccessCriteria: early } = service.deploymentConfiguration;
  const deferred = early?.enable && early.sourceServiceRevisionCleanup === 'DEFERRED';
  const oldGone = others(tasks, primary).every(({ lastStatus }) => lastStatus === 'STOPPED');
  if (!oldGone && !deferred) return;
  primary.rolloutState = 'COMPLETED';
  primary.rolloutStateReason = `ECS deployment ${primary.id} completed.`;
  primary.updatedAt = ctx.now;
  if (!primary.rollback) {
    const { revision, revisionArn, serviceDeploymentArn } = primary;
    service.lastCompleted = structuredClone({ revision, revisionArn, serviceDeploymentArn });
  }
  endRollout(ctx, service, { status: primary.rollback ? 'ROLLBACK_SUCCESSFUL' : 'SUCCESSFUL' });
  note(ctx, service, `(deployment ${primary.id}) deployment completed.`);
}

/** A replaced deployment is shown until its tasks are gone; a failed one until the rollback is done. */
export function forgetDeployments({ tasks }: Scene, service: Service, primary: Deployment): void {
  service.deployments = service.deployments.filter((deployment) => {
    if (deployment === primary) return true;
    if (deployment.rolloutState === 'FAILED' && primary.rolloutState === 'IN_PROGRESS') return true;
    return tasksOf(tasks, deployment).some(({ lastStatus }) => lastStatus !== 'STOPPED');
  });
}

export function noteSteadyState(scene: Scene, service: Service, primary: Deployment): void {
  const { ctx, tasks } = scene;
  const present = tasks.filter(({ lastStatus }) => lastStatus !== 'STOPPED');
  const steady =
    primary.rolloutState === 'COMPLETED' &&
    service.deployments.length === 1 &&
    present.length === service.desiredCount &&
    present.every(({ healthy }) => healthy);
  if (steady && !service.steady) note(ctx, service, 'has reached a steady state.');
  service.steady = steady;
}
