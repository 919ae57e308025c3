import { type Claim, parseClaim } from '../../preview/claim.ts';
import { hash } from '../../preview/hash.ts';
import type { Plan, Step } from '../../preview/plan.ts';
import { tagKeys } from '../../preview/tags.ts';
import type { DeployRequest } from '../provider.ts';
import type { Claims } from './claims.ts';
import { runSteps } from './graph.ts';
import { type DeployObservation, observeDeploy, unfinishedClaim } from './observe.ts';
import { runHookStep } from './one-off/hooks.ts';
import { knownImage, needsClaim, planDeploy, plannedListener } from './plan.ts';
import { ensureBuildProject } from './resources/build-project.ts';
import { ensureDnsRecord } from './resources/dns-record.ts';
import { buildImage, pinned } from './resources/image.ts';
import { ownRules, removeRule } from './resources/listener-rule.ts';
import { ensureLogGroup } from './resources/log-group.ts';
import { ensureRepository } from './resources/repository.ts';
import { ensureService, hasServed, primary, type RolloutId } from './resources/service.ts';
import { setAttributes } from './resources/target-group.ts';
import {
  ensureTaskDefinition,
  matching,
  normalise,
  registration,
} from './resources/task-definition.ts';
import { makeRoute, makeTargetGroup } from './routing.ts';
import type { Session } from './session.ts';
import { refuseConflicts } from './wording.ts';

/** What the steps hand on to each other, beginning with what was observed. */
export interface Facts {
  image: string | undefined;
  taskDefinitionArn: string | undefined;
  targetGroupArn: string | undefined;
  /** The listener that the preview's rule is on, or will be. */
  listenerArn: string | undefined;
  rollout: RolloutId | undefined;
  dnsChangeId: string | undefined;
  buildMs: number | undefined;
}

export interface Run {
  session: Session;
  request: DeployRequest;
  observed: DeployObservation;
  plan: Plan;
  facts: Facts;
  claims: Claims;
  /** Work that no step waits for. */
  aside: Promise<void>[];
  /** What this run had to do that its plan does not tell: warnings of its result. */
  said: string[];
  deadline: number;
}

export const wish = ({ commit, rebuild }: DeployRequest) => ({ commit, rebuild: rebuild ?? false });

/**
 * The claim of this run: of the moment it began, or just after a finished run's, whose clock may
 * have been ahead of ours.
 */
export function ownClaim(session: Session, observed: DeployObservation): Claim {
  const { startedAt, random, target } = session;
  const finished = unfinishedClaim(observed)
    ? undefined
    : parseClaim(observed.targetGroup?.tags[tagKeys.claim]);
  return {
    kind: 'deploy',
    at: Math.max(startedAt, finished ? finished.at + 1 : 0),
    id: hash(8, String(random()), String(startedAt), target.identity.id),
  };
}

export function factsOf(
  { target }: Session,
  observed: DeployObservation,
  request: DeployRequest,
): Facts {
  const image = knownImage(target, observed, request.rebuild ?? false);
  const want = image && normalise(registration(target, image, request.commit));
  return {
    image,
    taskDefinitionArn: want ? matching(want, observed.revisions)?.arn : undefined,
    targetGroupArn: observed.targetGroup?.arn,
    listenerArn: plannedListener(target, observed) ?? target.config.providerConfig.albListenerArn,
    rollout: observed.service && { id: primary(observed.service)?.id, begun: false },
    dnsChangeId: undefined,
    buildMs: undefined,
  };
}

/** Longer than a claim check stays fresh: after that, the other run has seen our claim or ended. */
const settleMs = 3_000;

/**
 * Where another run is, or died, in the middle of its work, claims first and then looks again: what
 * was observed before may have been changed by a step that it was about to make.
 */
export async function takeOver(run: Run): Promise<Run> {
  const { session, claims, observed, request } = run;
  if (!needsClaim(run.plan.steps)) return run;
  if (observed.targetGroup) claims.carriedBy(observed.targetGroup.arn, { written: false });
  const other = unfinishedClaim(observed);
  if (!other) return run;
  await claims.check();
  if (other.kind !== 'deploy') await session.clock.sleep(settleMs, session.signal);
  const again = await observeDeploy(session, request);
  const plan = planDeploy(session.target, again, wish(request));
  refuseConflicts(plan);
  return { ...run, observed: again, plan, facts: factsOf(session, again, request) };
}

export async function carryOut(run: Run): Promise<void> {
  const { session, claims, plan, aside, request } = run;
  // Steps that others cannot see need not wait for the claim; those that they can see guard themselves.
  const claimed = claims.guard();
  aside.push(claimed);
  claimed.catch(() => {}); // thrown below; a step that fails first must not leave it unhandled
  await runSteps(plan.steps, (step) => execute(run, step), session);
  await Promise.all(aside);
  // With `--no-wait` nobody looks again later: a first deploy that lost a race would call itself done.
  if (!request.wait && !run.observed.service) await claims.check();
}

async function execute(run: Run, step: Step): Promise<void> {
  const { session, request, observed, facts, claims, aside } = run;
  const { building } = observed;
  const guard = () => claims.guard();
  switch (step.resource) {
    case 'repository':
      return ensureRepository(session, building?.repository);
    case 'build-project':
      return ensureBuildProject(session, building?.project);
    case 'image': {
      if (!building) return;
      const begun = session.clock.now();
      const { order } = building;
      const digest = await buildImage(session, { order, claims, deadline: run.deadline });
      facts.image = pinned(session.target, digest);
      facts.buildMs = session.clock.now() - begun;
      return;
    }
    case 'log-group':
      return ensureLogGroup(session, observed.logGroup);
    case 'target-group': {
      const made = await makeTargetGroup(run);
      facts.targetGroupArn = made.arn;
      if (made.attributesDue) {
        const work = setAttributes(session, made.arn);
        work.catch(() => {});
        aside.push(work);
      }
      return;
    }
    case 'listener-rule': {
      if (step.action === 'delete') {
        await guard();
        const duplicate = ownRules(session.target, observed.rules)[
          Number(step.id.split(':')[1]) - 1
        ];
        return duplicate && removeRule(session, duplicate.arn);
      }
      return makeRoute(run, known(facts.targetGroupArn));
    }
    case 'hook':
      return runHookStep(session, {
        step,
        taskDefinitionArn: known(facts.taskDefinitionArn),
        targetGroupArn: known(facts.targetGroupArn),
        claims,
        deadline: run.deadline,
        updating: hasServed(observed.service),
      });
    case 'task-definition':
      facts.taskDefinitionArn = await ensureTaskDefinition(session, {
        image: known(facts.image),
        commit: request.commit,
        candidates: observed.revisions,
      });
      return;
    case 'service':
      facts.rollout = await runService(run);
      return;
    case 'dns-record':
      facts.dnsChangeId = await ensureDnsRecord(
        session,
        observed.dnsRecord,
        known(facts.listenerArn),
      );
      return;
  }
}

function runService({ session, request, observed, facts, claims }: Run) {
  return ensureService(session, {
    observed: observed.service,
    order: {
      taskDefinitionArn: known(facts.taskDefinitionArn),
      targetGroupArn: known(facts.targetGroupArn),
      commit: request.commit,
      claim: claims.own,
    },
    guard: () => claims.guard(),
  });
}

/** A fact that the order of the steps guarantees. */
export function known<T>(fact: T | undefined): T {
  if (fact === undefined) throw new Error('a step ran before one that it waits for');
  return fact;
}
