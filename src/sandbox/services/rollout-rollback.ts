import type { Ctx } from '../types.ts';
import type { Deployment, Service, ServiceDeployment } from './ecs-state.ts';
import { note } from './rollout-events.ts';
import { beginDeployment, endRollout, rolloutUnderWay } from './rollout-record.ts';
import { alive, type Scene, wake } from './rollout-scene.ts';
import { stopTask } from './rollout-stop.ts';

const exceeded = 'the circuit breaker threshold was exceeded.';
/** A rollback that was asked for begins a moment after the call has been answered. */
const requestMs = 1000;

/** The circuit breaker has opened: the deployment FAILED, and is rolled back if that is wanted. */
export function openBreaker(scene: Scene, service: Service, deployment: Deployment): void {
  const { ctx } = scene;
  const record = rolloutUnderWay(service);
  if (record && !deployment.rollback) record.breaker.status = 'TRIGGERED';
  deployment.rolloutState = 'FAILED';
  deployment.rolloutStateReason = 'ECS deployment circuit breaker: tasks failed to start.';
  note(ctx, service, `(deployment ${deployment.id}) deployment failed: tasks failed to start.`);
  const wanted = service.deploymentConfiguration.deploymentCircuitBreaker?.rollback;
  const requested = record?.status === 'ROLLBACK_REQUESTED';
  if (deployment.rollback) {
    const reason = `Service deployment rollback failed because ${exceeded}`;
    endRollout(ctx, service, { status: 'ROLLBACK_FAILED', reason });
  } else if (wanted || requested) {
    const reason = `Service deployment rolled back because ${exceeded}`;
    rollBack(ctx, service, { reason, by: 'ECS deployment circuit breaker:' });
  } else {
    const reason = `Service deployment stopped because ${exceeded}`;
    endRollout(ctx, service, { status: 'STOPPED', reason });
  }
  wake(service, ctx.now);
}

/** Goes back to the last completed revision, with a deployment that belongs to the same record. */
function rollBack(
  ctx: Ctx,
  service: Service,
  { reason, by }: { reason: string; by: string },
): void {
  const record = rolloutUnderWay(service);
  if (!record) return;
  const { lastCompleted: last } = service;
  record.rollback = { reason, startedAt: ctx.now };
  delete record.rollbackAt;
  if (!last) {
    // Words of the ECS guide, "Troubleshooting with Amazon ECS Action Logs".
    const none = 'No rollback candidate was found to run the rollback.';
    endRollout(ctx, service, { status: 'ROLLBACK_FAILED', reason: none });
    return;
  }
  record.rollback.revisionArn = last.revisionArn;
  record.status = 'ROLLBACK_IN_PROGRESS';
  record.statusReason = reason;
  record.startedAt ??= ctx.now;
  record.updatedAt = ctx.now;
  const back = beginDeployment(ctx, service, {
    revision: structuredClone(last.revision),
    revisionArn: last.revisionArn,
    serviceDeploymentArn: record.arn,
  });
  back.rollback = true;
  back.rolloutStateReason = `${by} rolling back to deploymentId ${back.id}.`;
  note(ctx, service, `rolling back to deployment ${back.id}.`);
}

/** Asks for the rollback of the rollout that is under way, as StopServiceDeployment does. */
export function requestRollback(ctx: Ctx, service: Service, record: ServiceDeployment): void {
  record.status = 'ROLLBACK_REQUESTED';
  record.statusReason = 'Service deployment rollback was requested by StopServiceDeployment.';
  record.updatedAt = ctx.now;
  record.rollbackAt = ctx.now + requestMs;
  wake(service, record.rollbackAt);
}

/** Begins a rollback that was asked for once its time has come. False while that is awaited. */
export function heedRequest({ ctx }: Scene, service: Service): boolean {
  const record = rolloutUnderWay(service);
  const [primary] = service.deployments;
  if (record?.status !== 'ROLLBACK_REQUESTED' || !primary) return true;
  const { rollbackAt = ctx.now } = record;
  if (rollbackAt > ctx.now) {
    wake(service, rollbackAt);
    return false;
  }
  // It does not become FAILED: that is the circuit breaker's word (API reference, Deployment).
  primary.rolloutStateReason = 'ECS deployment stopped: a rollback was requested.';
  primary.updatedAt = ctx.now;
  note(ctx, service, `(deployment ${primary.id}) deployment stopped: a rollback was requested.`);
  const reason = 'Service deployment rolled back because StopServiceDeployment asked for it.';
  rollBack(ctx, service, { reason, by: 'ECS deployment stopped:' });
  return true;
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
