import { type Claim, parseClaim } from '../../preview/claim.ts';
import { hash } from '../../preview/hash.ts';
import type { Step } from '../../preview/plan.ts';
import { owns, type Tags, tagKeys } from '../../preview/tags.ts';
import { beaten, type Claims, createClaims } from './claims.ts';
import { runSteps } from './graph.ts';
import { unfinishedClaim } from './observe.ts';
import { listRules, ownRules, type Rule, relatedRules } from './resources/listener-rule.ts';
import { readService, type Service } from './resources/service.ts';
import { notThere } from './resources/service-scale.ts';
import { findTargetGroup, readTags } from './resources/target-group.ts';
import type { Session } from './session.ts';

/** What of a preview `stop` and `start` look at: it is there as a whole, and ours. */
export interface Standing {
  service: Service;
  targetGroup: { arn: string; tags: Tags };
  /** All rules of the listener; tags on those that concern the preview. */
  rules: Rule[];
  /** The one that decides what its host answers; absent when somebody removed it. */
  rule: Rule | undefined;
}

/** Rejects with `not-found` where there is nothing whole to stop or to start. */
export async function observeStanding(session: Session): Promise<Standing> {
  const { app, id } = session.target.identity;
  const [service, group, rules] = await Promise.all([
    readService(session),
    findTargetGroup(session),
    listRules(session),
  ]);
  if (service?.status !== 'ACTIVE' || !owns(service.tags, app, id) || !group) {
    throw notThere(session);
  }
  // As in observe.ts: 20 ARNs a call, one of them the group's.
  const related = relatedRules(session.target, rules, group.arn).slice(0, 19);
  const tags = await readTags(session, [group.arn, ...related.map((rule) => rule.arn)]);
  const targetGroup = { arn: group.arn, tags: tags[group.arn] ?? {} };
  if (!owns(targetGroup.tags, app, id)) throw notThere(session);
  const tagged = rules.map((rule) => ({ ...rule, tags: tags[rule.arn] }));
  return { service, targetGroup, rules: tagged, rule: ownRules(session.target, tagged)[0] };
}

/** The last run's claim, whether it came to its end or not. */
export const lastClaim = ({ targetGroup }: Standing) => parseClaim(targetGroup.tags[tagKeys.claim]);

/** Of this run's moment, or just after the last run that it has seen, whatever the clocks say. */
function ownClaim(session: Session, standing: Standing, kind: Claim['kind']): Claim {
  const { startedAt, random, target } = session;
  return {
    kind,
    at: Math.max(startedAt, (lastClaim(standing)?.at ?? 0) + 1),
    id: hash(8, String(random()), String(startedAt), target.identity.id),
  };
}

/** The claim of a run that is under way, or was cut short. */
export const unfinished = (standing: Standing): Claim | undefined => unfinishedClaim(standing);

/** Longer than another run's look at the claim stays fresh: after that it has seen ours. */
const settleMs = 3_000;

/**
 * Claims the preview, and looks again where another run is or died in the middle of its work.
 * Rejects with `destroyed` when that one destroys it, and `superseded` when a newer one comes.
 */
export async function claimStanding(
  session: Session,
  options: { standing: Standing; kind: Claim['kind'] },
): Promise<{ standing: Standing; claims: Claims }> {
  const { standing, kind } = options;
  const other = unfinished(standing);
  if (other?.kind === 'destroy') throw beaten(other);
  const claims = createClaims(session, ownClaim(session, standing, kind));
  claims.carriedBy(standing.targetGroup.arn, { written: false });
  await claims.check();
  if (!other) return { standing, claims };
  await session.clock.sleep(settleMs, session.signal);
  await claims.check();
  return { standing: await observeStanding(session), claims };
}

/** Does the work of one step, and tells of it. */
export const take = (session: Session, step: Step, work: () => Promise<void>): Promise<void> =>
  runSteps([{ ...step, after: [] }], work, session);
