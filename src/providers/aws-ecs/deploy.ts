import { PreviewopsError } from '../../errors.ts';
import type { Plan } from '../../preview/plan.ts';
import type { Change, DeployRequest, DeployResult, Timings } from '../provider.ts';
import { waitForAnswer } from './answering.ts';
import { createClaims } from './claims.ts';
import { carryOut, factsOf, known, ownClaim, type Run, takeOver, wish } from './deploy-steps.ts';
import { isUnwanted, leaveCleanly } from './leave.ts';
import { type DeployObservation, observeDeploy } from './observe.ts';
import { planDeploy } from './plan.ts';
import { hasServed } from './resources/service.ts';
import { desiredCount } from './resources/service-scale.ts';
import type { Fill } from './room/limits.ts';
import { fullFor, withLimits, withRoom } from './room/make-room.ts';
import type { Session } from './session.ts';
import { spotSentence, withoutSpot } from './spot.ts';
import { waitForRollout } from './wait.ts';
import { refuseConflicts } from './wording.ts';

export async function deploy(
  session: Session,
  request: DeployRequest,
): Promise<Change<DeployResult>> {
  const observed = await observeDeploy(session, request);
  const plan = planDeploy(session.target, observed, wish(request));
  const observeMs = session.clock.now() - session.startedAt;
  const fills = fullFor(session.target, { observed, request });
  return {
    plan: withLimits(plan, session, { fills, request }),
    apply: () => apply(session, { request, observed, plan, fills, observeMs }),
  };
}

async function apply(
  session: Session,
  start: {
    request: DeployRequest;
    observed: DeployObservation;
    plan: Plan;
    fills: readonly Fill[];
    observeMs: number;
  },
): Promise<DeployResult> {
  const { request, observeMs } = start;
  refuseConflicts(start.plan);
  const { observed, plan, said } = await withRoom(session, start);
  const { clock, startedAt } = session;
  const claims = createClaims(session, ownClaim(session, observed));
  let run: Run = {
    session,
    request,
    observed,
    plan,
    facts: factsOf(session, observed, request),
    claims,
    aside: [],
    said,
    deadline: startedAt + request.timeoutMs,
  };
  const begun = clock.now();
  let applied = begun;
  let followed = begun;
  try {
    if (plan.steps.length > 0) {
      run = await takeOver(run);
      await carryOut(run);
    }
    applied = clock.now();
    if (request.wait) run = await follow(run);
    followed = clock.now();
    if (request.wait && request.probe !== false) await waitForAnswer(session, run.deadline);
  } catch (error) {
    await leaveCleanly(run, error);
    throw error;
  }
  const timings: Timings = {
    observe: observeMs,
    ...(run.facts.buildMs === undefined ? {} : { build: run.facts.buildMs }),
    apply: applied - begun,
    ...(request.wait ? { wait: followed - applied, ...probeTiming(run, followed) } : {}),
    total: clock.now() - startedAt,
  };
  return result(run, timings);
}

function probeTiming({ session, request }: Run, since: number): Pick<Timings, 'probe'> {
  const probed = session.probe !== undefined && request.probe !== false;
  return probed ? { probe: session.clock.now() - since } : {};
}

// An older run may put its revision over ours once, between its last look at the claim and its write.
const maxDisplacements = 3;

/**
 * Follows the rollout to its end. Where another run puts its own in front, or stops one that this
 * run only found, everything is looked at and planned anew. Gives the run with all steps taken.
 */
async function follow(run: Run): Promise<Run> {
  let current = run;
  let displacements = 0;
  for (;;) {
    const { session, request, observed, facts, claims, plan, deadline } = current;
    const end = await waitForRollout(session, {
      id: facts.rollout?.id,
      adopted: !facts.rollout?.begun,
      targetGroupArn: known(facts.targetGroupArn),
      taskDefinitionArn: known(facts.taskDefinitionArn),
      dnsChangeId: facts.dnsChangeId,
      deadline,
      update: hasServed(observed.service),
      cleanup: isUnwanted(request, run.observed),
      claims: plan.steps.length > 0 ? claims : undefined,
      ...revival(current),
    });
    if (end === 'completed') return current;
    if (end === 'no spot') {
      current = await onDemand(current);
      continue;
    }
    if (displacements++ === maxDisplacements) {
      throw new PreviewopsError('rollout-failed', 'Something else keeps changing the service', {
        hint: 'Look for another tool or person that updates it, then deploy again.',
      });
    }
    current = await onceMore(current);
  }
}

/** What was stopped comes back without a rollout, where its revision stays: its tasks tell instead. */
function revival({ session, observed: { service } }: Run) {
  const stopped = service?.status === 'ACTIVE' && desiredCount(service) === 0;
  if (!stopped) return {};
  return { least: session.target.config.task.count, since: session.startedAt };
}

/** Once a run at most: what it wants from here on is on demand. */
async function onDemand(run: Run): Promise<Run> {
  const { session } = run;
  session.emit({ type: 'note', level: 'warning', text: spotSentence });
  return onceMore({
    ...run,
    session: { ...session, target: withoutSpot(session.target) },
    said: [...run.said, spotSentence],
  });
}

async function onceMore(run: Run): Promise<Run> {
  const { session } = run;
  const request = { ...run.request, rebuild: false }; // that was done
  const observed = await observeDeploy(session, request);
  const plan = planDeploy(session.target, observed, wish(request));
  refuseConflicts(plan);
  // The same object: how the run is left, should it fail, depends on what it had begun.
  const { buildMs } = run.facts;
  const facts = Object.assign(run.facts, { ...factsOf(session, observed, request), buildMs });
  const next = await takeOver({ ...run, request, observed, plan, facts });
  await carryOut(next);
  return { ...next, plan: { ...next.plan, steps: [...run.plan.steps, ...next.plan.steps] } };
}

function result({ session, request, facts, plan, said }: Run, timings: Timings): DeployResult {
  const { app, id, url } = session.target.identity;
  return {
    preview: { app, id, url, commit: request.commit ?? null, image: known(facts.image) },
    steps: plan.steps,
    warnings: [...plan.warnings, ...said],
    timings,
    ready: request.wait,
  };
}
