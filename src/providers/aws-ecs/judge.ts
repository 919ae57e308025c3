import type { Output } from '../../aws/api.ts';
import {
  type Deployment,
  primary,
  type RolloutId,
  refusedPlacement,
  type Service,
} from './resources/service.ts';

/** ECS's record of one rollout, which outlives the rollback that may follow it. */
export type ServiceDeployment = NonNullable<
  Output<'ecs:DescribeServiceDeployments'>['serviceDeployments']
>[number];

export type Verdict =
  /** `replaced`: another rollout stands in front of ours, of the same revision. */
  | { state: 'under way' | 'completed'; replaced: boolean }
  /** Another rollout leads elsewhere: a newer run's, an older one's, or somebody's. */
  | { state: 'displaced' }
  /** `reason` is ECS's own sentence. */
  | { state: 'failed'; reason: string | undefined }
  /** ECS cannot place a task, and will not before the account changes. */
  | { state: 'no room'; reason: string };

export interface Rollout extends Pick<RolloutId, 'id'> {
  taskDefinitionArn: string;
  /** Another run began it, and this one, whose preview it is now, would rather have its own than fail with it. */
  adopted: boolean;
  /** Events from before this moment, milliseconds since the epoch, say nothing of it. */
  since?: number | undefined;
}

/**
 * What has become of our rollout: pure. The service deployment says more than the service does, and
 * says it earlier, but not every account may read it; without one the service's own word counts.
 */
export function judgeRollout(
  rollout: Rollout,
  service: Pick<Service, 'deployments' | 'events'>,
  record: ServiceDeployment | undefined,
): Verdict {
  const newest = primary(service);
  const ours = service.deployments.find((d) => d.id === rollout.id);
  const replaced = rollout.id !== undefined && newest !== undefined && newest.id !== rollout.id;
  const failed = (reason: string | undefined): Verdict =>
    // The run that began it may have stopped it when it was interrupted: not our failure.
    rollout.adopted && record?.deploymentCircuitBreaker?.status !== 'TRIGGERED'
      ? { state: 'displaced' }
      : { state: 'failed', reason: reason ?? ours?.rolloutStateReason };
  const deployment = ours ?? newest;
  if (deployment?.rolloutState === 'FAILED') return failed(record?.statusReason);
  // Rolled back by the circuit breaker, or by hand. Where our own is still in front, it is itself a
  // rollback: one that leads to the revision that we want.
  if (replaced && record?.status?.startsWith('ROLLBACK')) {
    return failed(record.statusReason ?? record.rollback?.reason);
  }
  if (replaced) {
    if (newest.taskDefinition !== rollout.taskDefinitionArn) return { state: 'displaced' };
    const state = newest.rolloutState === 'COMPLETED' ? 'completed' : 'under way';
    return { state, replaced };
  }
  if (record?.status === 'STOPPED') return failed(record.statusReason);
  const reason = refusedPlacement(service, deployment, rollout.since);
  if (reason !== undefined) return { state: 'no room', reason };
  return { state: isCompleted(deployment, record) ? 'completed' : 'under way', replaced };
}

function isCompleted(
  deployment: Deployment | undefined,
  record: ServiceDeployment | undefined,
): boolean {
  const known = record?.status !== undefined && !record.status.startsWith('ROLLBACK');
  return known ? record.status === 'SUCCESSFUL' : deployment?.rolloutState === 'COMPLETED';
}
