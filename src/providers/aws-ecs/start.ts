import { explain } from '../../aws/errors.ts';
import { exitCodes, PreviewopsError } from '../../errors.ts';
import { formatClaim } from '../../preview/claim.ts';
import { expiryOf } from '../../preview/expiry.ts';
import { stoppedTag } from '../../preview/stopped.ts';
import { tagKeys } from '../../preview/tags.ts';
import type { StartRequest, StartResult } from '../provider.ts';
import { waitForAnswer } from './answering.ts';
import type { Claims } from './claims.ts';
import { step } from './draft.ts';
import { primary } from './resources/service.ts';
import { scaleService, tagService } from './resources/service-scale.ts';
import {
  attachUnseen,
  detachUnseen,
  forwardAgain,
  type RuleOrder,
} from './resources/stopped-rule.ts';
import type { Session } from './session.ts';
import { claimStanding, observeStanding, type Standing, take } from './standing.ts';
import { countFor, planStart, refuseHopeless } from './start-plan.ts';
import { waitForRollout } from './wait.ts';

export type StartOrder = Omit<StartRequest, 'identity'>;

/**
 * Brings back what ran before a stop, and shows it once it answers its health check. What is not
 * stopped is left as it is, without any write. Rejects as a deploy does whose tasks do not start.
 */
export async function start(session: Session, order: StartOrder): Promise<StartResult> {
  const { clock, startedAt, target } = session;
  const first = await observeStanding(session);
  refuseHopeless(session, first);
  const observed = clock.now();
  const steps = planStart(target, first).steps;
  const waits = order.wait && steps.length > 0;
  if (steps.length > 0) await startNow(session, first, order);
  const started = clock.now();
  const probes = waits && order.probe !== false && session.probe !== undefined;
  if (probes) await waitForAnswer(session, startedAt + order.timeoutMs);
  const now = clock.now();
  const { app, id, url } = target.identity;
  return {
    preview: { app, id, url },
    steps,
    ready: order.wait || steps.length === 0,
    warnings: warningsOf(first, now),
    timings: {
      observe: observed - startedAt,
      apply: started - observed,
      ...(probes ? { probe: now - started } : {}),
      total: now - startedAt,
    },
  };
}

function warningsOf({ service }: Standing, now: number): string[] {
  const { at = Infinity } = expiryOf(service.tags);
  return at > now
    ? []
    : ['It has expired, and the next prune removes it: previewops keep holds it'];
}

const unseen = 'listener-rule:unseen';

async function startNow(session: Session, first: Standing, order: StartOrder): Promise<void> {
  const { standing, claims } = await claimStanding(session, { standing: first, kind: 'start' });
  try {
    await carryOut(session, { standing, claims, order });
  } catch (error) {
    const { code, exitCode } = explain(error);
    if (exitCode !== exitCodes.superseded) await claims.failed(code);
    throw error;
  }
}

interface Run {
  standing: Standing;
  claims: Claims;
  order: StartOrder;
}

async function carryOut(session: Session, run: Run): Promise<void> {
  const { claims, order, standing } = run;
  const { service, targetGroup, rules } = standing;
  const { steps } = planStart(session.target, standing);
  const route = steps.find(({ resource }) => resource === 'listener-rule');
  const scale = steps.find(({ resource }) => resource === 'service');
  const where = { rules, targetGroupArn: targetGroup.arn, guard: () => claims.guard() };
  const forward = async () => {
    if (route) await take(session, route, () => forwardAgain(session, where));
  };
  const count = countFor(session.target, standing);
  // Nobody would bring the route back later, so without waiting it comes first.
  const hidden = order.wait && route !== undefined && (await attach(session, where));
  if (!hidden) await forward();
  const work = () => scaleService(session, { observed: service, count, guard: where.guard });
  if (scale) await take(session, scale, work);
  if (order.wait) await follow(session, run, count);
  if (hidden) await forward();
  if (order.wait) await detachUnseen(session, targetGroup.arn);
  await claims.check();
  await tagService(session, {
    ...stoppedTag(undefined),
    [tagKeys.claim]: formatClaim(claims.own),
  });
}

/** False where no further rule is to be had: then the route comes back before the tasks do. */
async function attach(session: Session, where: RuleOrder): Promise<boolean> {
  const { host } = session.target.identity;
  const changes = ['for health checks only, until the tasks answer'];
  const [asked] = step('create', 'listener-rule', host, { id: unseen, changes }).steps;
  let attached = false;
  const work = async () => {
    attached = await attachUnseen(session, where);
  };
  if (asked) await take(session, asked, work);
  return attached;
}

/** A change of the count is no rollout, so there is no verdict of ECS: running and healthy is what counts. */
async function follow(session: Session, { standing, claims, order }: Run, count: number) {
  const { service, targetGroup } = standing;
  const end = await waitForRollout(session, {
    id: primary(service)?.id,
    adopted: true,
    targetGroupArn: targetGroup.arn,
    taskDefinitionArn: service.taskDefinitionArn,
    dnsChangeId: undefined,
    deadline: session.startedAt + order.timeoutMs,
    update: false,
    cleanup: false,
    claims,
    least: count,
    since: session.startedAt,
  });
  if (end === 'completed') return;
  throw new PreviewopsError('rollout-failed', 'Something else changed the service meanwhile', {
    hint: 'Look at it with `previewops status`, then start it again or deploy it.',
  });
}
