import type { Plan } from '../../../preview/plan.ts';
import type { DeployRequest } from '../../provider.ts';
import { type Run, wish } from '../deploy-steps.ts';
import { placeOf } from '../listeners.ts';
import { type DeployObservation, observeDeploy, seenIn } from '../observe.ts';
import { planDeploy } from '../plan.ts';
import type { Session } from '../session.ts';
import type { Target } from '../target.ts';
import { refuseConflicts } from '../wording.ts';
import { evictOldest } from './evict.ts';
import { accountFills, type Fill, fillsOf } from './limits.ts';
import { describeFills, evictionInVain, fullConflict, noRoom } from './no-room.ts';

/** The limits that are in a preview's way. */
export const fullFor = (
  target: Target,
  { observed, request }: { observed: DeployObservation; request: DeployRequest },
): Fill[] =>
  fillsOf(target, observed, {
    place: placeOf(target, seenIn(observed)),
    evicting: request.evict !== undefined,
  });

/** The plan as `--dry-run` shows it: what would keep the preview out, or what would make room. */
export function withLimits(
  plan: Plan,
  { target }: Session,
  { fills, request }: { fills: readonly Fill[]; request: DeployRequest },
): Plan {
  if (fills.length === 0) return plan;
  const evicting = request.evict === undefined ? undefined : evictionInVain(fills);
  if (request.evict === undefined || evicting !== undefined) {
    return { ...plan, conflicts: [...plan.conflicts, fullConflict(target, fills, evicting)] };
  }
  const warning = `--evict ${request.evict} would remove a preview first: ${describeFills(fills)}`;
  return { ...plan, warnings: [...plan.warnings, warning] };
}

/**
 * What to go on with once there is room, before anything of the preview is made: what was seen before,
 * unless a preview had to go. Rejects with `limit-reached`.
 */
export async function withRoom(
  session: Session,
  start: {
    request: DeployRequest;
    observed: DeployObservation;
    plan: Plan;
    fills: readonly Fill[];
  },
): Promise<Pick<Run, 'observed' | 'plan' | 'said'>> {
  const { request, fills, observed: before, plan: planned } = start;
  if (fills.length === 0) return { observed: before, plan: planned, said: [] };
  const { rules } = before;
  if (request.evict === undefined) throw await noRoom(session, { fills, rules });
  const evicted = await evictOldest(session, { fills, rules, around: request.aroundEviction });
  const observed = await afterEviction(session, request);
  const plan = planDeploy(session.target, observed, wish(request));
  refuseConflicts(plan);
  // One preview went for this one; a second would be more than was asked for.
  const still = fullFor(session.target, { observed, request: { ...request, evict: undefined } });
  if (still.length > 0) {
    const evicting = `${evicted}, and that was not enough`;
    throw await noRoom(session, { fills: still, rules: observed.rules, evicting });
  }
  return { observed, plan, said: [evicted] };
}

// A container has 30 s to end unless told otherwise (ECS guide, `stopTimeout`), at most two minutes.
const endingMs = 120_000;
const pollMs = 3_000;

/** The world once the tasks of what was removed are gone: until then they hold vCPU and addresses. */
async function afterEviction(session: Session, request: DeployRequest): Promise<DeployObservation> {
  const { clock, signal, target } = session;
  const until = clock.now() + endingMs;
  for (;;) {
    const observed = await observeDeploy(session, request);
    if (accountFills(target, observed.account).length === 0 || clock.now() >= until)
      return observed;
    await clock.sleep(pollMs, signal);
  }
}
