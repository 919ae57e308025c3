import type { Tags } from '../../preview/tags.ts';
import { tagKeys } from '../../preview/tags.ts';
import type { Verdict } from './judge.ts';
import { placed, type Service } from './resources/service.ts';
import type { Session } from './session.ts';
import type { Target } from './target.ts';

/** ECS's words for a pool without capacity, as an event and as the reason of a failure. */
const withoutCapacity = /capacity is unavailable|RESOURCE:FARGATE/i;

/** ECS tries again by itself, and often finds capacity; for longer than this nobody should wait. */
const patienceMs = 60_000;

/** Watches a rollout on Spot: true once it should go on without. */
export type SpotWatch = (look: { service: Service; verdict: Verdict }) => boolean;

/** For a rollout by its id; on demand, the watch never tells. */
export function watchSpot(
  { clock, target }: Session,
  rollout: { id: string | undefined; since?: number | undefined },
): SpotWatch {
  let missingSince: number | undefined;
  return ({ service, verdict }) => {
    if (!target.config.task.spot) return false;
    if (verdict.state === 'failed') return withoutCapacity.test(verdict.reason ?? '');
    if (verdict.state !== 'under way' || !lacksCapacity(service, rollout)) {
      missingSince = undefined;
      return false;
    }
    missingSince ??= clock.now();
    return clock.now() - missingSince >= patienceMs;
  };
}

/** Whether ECS said, since the rollout began, that it found no capacity, and still has not found it. */
function lacksCapacity(
  { deployments, events }: Pick<Service, 'deployments' | 'events'>,
  { id, since = 0 }: { id: string | undefined; since?: number | undefined },
): boolean {
  const ours = deployments.find((deployment) => deployment.id === id);
  if (!ours || placed(ours) >= (ours.desiredCount ?? 0)) return false;
  const from = Math.max(since, Number(ours.createdAt ?? 0));
  return events.some(
    ({ createdAt, message = '' }) =>
      Number(createdAt ?? 0) >= from &&
      message.includes('unable to place a task') &&
      withoutCapacity.test(message),
  );
}

/** The target for the rest of a run that waited in vain: on demand, and said so by a tag. */
export function withoutSpot(target: Target): Target {
  const { config } = target;
  const task = { ...config.task, spot: false };
  return { ...target, config: { ...config, task }, instead: true };
}

export const spotSentence =
  'Fargate Spot had no capacity: this preview runs on demand until its next deploy, which tries Spot again';

const capacity = { spot: 'spot', onDemand: 'on-demand', instead: 'on-demand-instead-of-spot' };

/** What the tasks run on and why: for who wonders about the bill. None where Spot was never asked for. */
export function capacityTag({ config, instead }: Target, before: Tags = {}): Tags {
  const { spot } = config.task;
  if (!spot && !instead && before[tagKeys.capacity] === undefined) return {};
  const value = instead ? capacity.instead : spot ? capacity.spot : capacity.onDemand;
  return { [tagKeys.capacity]: value };
}
