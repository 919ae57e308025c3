import type { World } from './types.ts';

const minuteMs = 60_000;
/** CloudWatch keeps points of a minute for 15 days ("Metrics retention", CloudWatch user guide). */
const keptMs = 15 * 86_400_000;

/** Counts a request that a target of the group got, as the load balancer does for RequestCount. */
export function countRequest(world: World, targetGroupArn: string, now: number): void {
  world.requests ??= {};
  const before = world.requests[targetGroupArn] ?? {};
  const minute = Math.floor(now / minuteMs) * minuteMs;
  const kept = Object.entries(before).filter(([at]) => Number(at) > now - keptMs);
  world.requests[targetGroupArn] = {
    ...Object.fromEntries(kept),
    [minute]: (before[minute] ?? 0) + 1,
  };
}

/** Minutes that are over, with their requests: the one under way is not reported yet. */
export function requestsOf(
  { requests = {} }: Pick<World, 'requests'>,
  targetGroupArn: string,
  now: number,
): { at: number; count: number }[] {
  return Object.entries(requests[targetGroupArn] ?? {})
    .map(([at, count]) => ({ at: Number(at), count }))
    .filter(({ at }) => at + minuteMs <= now);
}
