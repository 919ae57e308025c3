import { isDenied, isNamed } from '../../aws/errors.ts';
import type { Rollout, ServiceDeployment } from './judge.ts';
import { primary, type RolloutId, readService, type Service } from './resources/service.ts';
import type { Session } from './session.ts';

/** ECS's record of our rollout, looked at again and again. */
export interface Tracker {
  /** Undefined until it is known which record is ours, or where ECS does not tell. */
  look(): Promise<ServiceDeployment | undefined>;
  /** Learns from the service which record is ours. */
  learn(service: Service): void;
}

/**
 * Finds our service deployment: the service names the one under way, and that is ours for as long
 * as our rollout is the newest. It is followed from then on, whatever comes after it.
 */
export function trackRollout(session: Session, rollout: Pick<Rollout, 'id'>): Tracker {
  let arn: string | undefined;
  let readable = true;
  return {
    learn(service) {
      arn ??= currentOf(service, rollout.id);
    },
    async look() {
      if (!arn || !readable) return undefined;
      try {
        const answer = await session.aws.call('ecs:DescribeServiceDeployments', {
          serviceDeploymentArns: [arn],
        });
        return answer.serviceDeployments?.[0];
      } catch (error) {
        if (!isDenied(error) && !isNamed(error, 'UnsupportedFeatureException')) throw error;
        readable = false;
        session.emit({
          type: 'note',
          level: 'warning',
          text: 'ecs:DescribeServiceDeployments was refused, so the rollout is followed by what the service says; `previewops policy` prints the statement to add',
        });
        return undefined;
      }
    },
  };
}

/** The record of a rollout that is under way and in front. */
function currentOf(service: Service, rolloutId: string | undefined): string | undefined {
  const newest = primary(service);
  const inFront = newest && (rolloutId === undefined || newest.id === rolloutId);
  return inFront && newest.rolloutState === 'IN_PROGRESS' ? service.serviceDeployment : undefined;
}

/**
 * Stops a rollout that this run began and that nobody will follow any more. On an update ECS goes
 * back to the revision before. A first rollout has none: ECS may refuse to abort it, and the next
 * deploy then goes on from where it is. Best effort, because the run is ending for another reason.
 */
export async function stopRollout(
  session: Session,
  rollout: RolloutId,
  { first }: { first: boolean },
): Promise<'stopped' | 'left'> {
  const anyway = { evenIfInterrupted: true };
  if (!rollout.begun) return 'left';
  try {
    const service = await readService(session, anyway);
    const arn = service?.status === 'ACTIVE' ? currentOf(service, rollout.id) : undefined;
    if (arn === undefined) return 'left';
    await session.aws.call(
      'ecs:StopServiceDeployment',
      { serviceDeploymentArn: arn, stopType: first ? 'ABORT' : 'ROLLBACK' },
      anyway,
    );
    return 'stopped';
  } catch {
    return 'left';
  }
}
