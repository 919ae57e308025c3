import { PreviewopsError } from '../../errors.ts';
import { formatClaim, parseClaim } from '../../preview/claim.ts';
import type { Step } from '../../preview/plan.ts';
import { type Stopped, stoppedIn, stoppedTag } from '../../preview/stopped.ts';
import { tagKeys } from '../../preview/tags.ts';
import type { StopResult } from '../provider.ts';
import { beaten, type Claims } from './claims.ts';
import { combine, type Draft, nothing, step, updateIf } from './draft.ts';
import { desiredCount, scaleService, tagService } from './resources/service-scale.ts';
import { stoppedPage } from './resources/stopped-page.ts';
import { forwardAgain, showPage } from './resources/stopped-rule.ts';
import { readTags } from './resources/target-group.ts';
import type { Session } from './session.ts';
import { claimStanding, lastClaim, observeStanding, type Standing, take } from './standing.ts';
import type { Target } from './target.ts';

export interface StopOrder {
  /**
   * Milliseconds since the epoch: a deploy or start that began later keeps the preview running. A
   * stop that a person asks for gives none.
   */
  unlessBegunSince?: number | undefined;
}

/**
 * Shows a page of the load balancer's own and scales to zero, in this order, so that no request ever
 * meets an empty target group. What is stopped already is left as it is, without any write. Rejects
 * with `not-found`, `superseded` or `destroyed`.
 */
export async function stop(session: Session, order: StopOrder = {}): Promise<StopResult> {
  const { clock, startedAt, target } = session;
  const first = await observeStanding(session);
  refuseNewer(first, order);
  const observed = clock.now();
  const steps = planStop(target, first).steps;
  const stopped =
    steps.length === 0 ? stoppedIn(first.service.tags) : await stopNow(session, first);
  const now = clock.now();
  const { app, id, url } = target.identity;
  return {
    preview: { app, id, url },
    steps,
    stoppedAt: new Date(stopped?.at ?? now).toISOString(),
    warnings: first.rule
      ? []
      : ['It has no listener rule, so its URL shows no page: deploy it again'],
    timings: { observe: observed - startedAt, apply: now - observed, total: now - startedAt },
  };
}

function refuseNewer(standing: Standing, { unlessBegunSince = Infinity }: StopOrder): void {
  const last = lastClaim(standing);
  if (last && last.kind !== 'stop' && last.at > unlessBegunSince) throw beaten(last);
}

/** What differs from a stopped preview: pure. */
function planStop({ identity, names }: Target, { service, targetGroup, rule }: Standing): Draft {
  const shown = rule === undefined || rule.page === stoppedPage(identity);
  return combine([
    shown
      ? nothing
      : step('update', 'listener-rule', identity.host, {
          changes: ['a page, in place of the route'],
        }),
    updateIf('service', names.service, [
      ...(desiredCount(service) === 0 ? [] : ['desired count 0']),
      ...(stoppedIn(service.tags) ? [] : ['tags']),
      ...(targetGroup.tags[tagKeys.claim] === service.tags[tagKeys.claim]
        ? []
        : ['an unfinished run before']),
    ]),
  ]);
}

async function stopNow(session: Session, first: Standing): Promise<Stopped> {
  const { standing, claims } = await claimStanding(session, { standing: first, kind: 'stop' });
  const done: Step[] = [];
  try {
    return await carryOut(session, { standing, claims, done });
  } catch (error) {
    await giveBack(session, standing, { error, done });
    throw error;
  }
}

async function carryOut(
  session: Session,
  { standing, claims, done }: { standing: Standing; claims: Claims; done: Step[] },
): Promise<Stopped> {
  const { service, targetGroup, rules } = standing;
  const guard = () => claims.guard();
  const running = desiredCount(service);
  const count = running > 0 ? running : session.target.config.task.count;
  const stopped = stoppedIn(service.tags) ?? { at: session.clock.now(), count };
  for (const each of planStop(session.target, standing).steps) {
    done.push(each);
    await take(session, each, async () => {
      if (each.resource === 'listener-rule') {
        return showPage(session, { rules, targetGroupArn: targetGroup.arn, guard });
      }
      await guard();
      // First, so that the count is known whatever happens to this run.
      await tagService(session, stoppedTag(stopped));
      await scaleService(session, { observed: service, count: 0, guard });
    });
  }
  await claims.check();
  await tagService(session, { [tagKeys.claim]: formatClaim(claims.own) });
  return stopped;
}

/**
 * Takes back what was done when a newer deploy or start took the preview over: it may have looked at
 * it before, and then knows nothing of our changes. Best effort: it mends what it knows of by itself.
 */
async function giveBack(
  session: Session,
  { service, targetGroup, rules, rule }: Standing,
  { error, done }: { error: unknown; done: readonly Step[] },
): Promise<void> {
  if (!(error instanceof PreviewopsError) || error.code !== 'superseded') return;
  const anyway = async () => {};
  try {
    const tags = await readTags(session, [targetGroup.arn]);
    const by = parseClaim(tags[targetGroup.arn]?.[tagKeys.claim])?.kind;
    if (by !== 'deploy' && by !== 'start') return;
    const count = desiredCount(service);
    if (done.some(({ resource }) => resource === 'service') && count > 0) {
      await tagService(session, stoppedTag(undefined));
      await scaleService(session, { observed: service, count, guard: anyway });
    }
    if (rule?.targetGroupArn === targetGroup.arn && done.length > 0) {
      await forwardAgain(session, { rules, targetGroupArn: targetGroup.arn, guard: anyway });
    }
  } catch {
    // Why the stop ended is worth more than that it could not be undone.
  }
}
