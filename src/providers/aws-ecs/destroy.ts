import { PreviewopsError } from '../../errors.ts';
import type { Claim } from '../../preview/claim.ts';
import type { FailureReport } from '../../preview/failure.ts';
import { hash } from '../../preview/hash.ts';
import type { Plan, Step } from '../../preview/plan.ts';
import { owns } from '../../preview/tags.ts';
import type { Change, Receipt, ReceiptItem } from '../provider.ts';
import { type Claims, createClaims } from './claims.ts';
import { runSteps } from './graph.ts';
import { type DestroyObservation, observeDestroy } from './observe.ts';
import { runDestroyHook } from './one-off/hooks.ts';
import { endTask, findRunning, taskOf } from './one-off/left-running.ts';
import { planDestroy } from './plan.ts';
import { removeDnsRecord } from './resources/dns-record.ts';
import { removeImages } from './resources/images-removal.ts';
import { ownRules, removeRule } from './resources/listener-rule.ts';
import { removeLogGroup } from './resources/log-group.ts';
import { removeService } from './resources/service.ts';
import { removeTargetGroup } from './resources/target-group.ts';
import { removeRevisions } from './resources/task-definitions-removal.ts';
import { serviceCost } from './service-cost.ts';
import type { Session } from './session.ts';

export async function destroy(session: Session): Promise<Change<Receipt>> {
  const first = await look(session);
  const observeMs = session.clock.now() - session.startedAt;
  return { plan: first.plan, apply: () => removeAll(session, first, observeMs) };
}

/** Observes and removes in one go, for a deploy that cleans up after itself. */
export async function destroyPreview(session: Session): Promise<Receipt> {
  return (await destroy(session)).apply();
}

interface Look {
  observed: DestroyObservation;
  plan: Plan;
}

async function look(session: Session): Promise<Look> {
  const [observed, running] = await Promise.all([observeDestroy(session), findRunning(session)]);
  return { observed, plan: planDestroy(session.target, observed, running) };
}

// A deploy that was under way may still add something after the first pass; a third pass finds it settled.
const maxPasses = 3;

/** Removes, looks again, and says what it found: the receipt is what was seen, not what was asked for. */
async function removeAll(session: Session, first: Look, observeMs: number): Promise<Receipt> {
  const { clock, target, startedAt } = session;
  const begun = clock.now();
  const removed = new Map<string, ReceiptItem>();
  const cost = costSoFar(session, first);
  const unlessGone = <T>(work: () => Promise<T>) => orGone(session, work);
  const stopped = await unlessGone(() => stopTasksForHook(session, first, removed));
  let current = stopped ?? (await look(session));
  const failure = await unlessGone(() => runHook(session, first));
  for (let pass = 1; pass <= maxPasses && current.plan.steps.length > 0; pass++) {
    const steps = current;
    await unlessGone(() => removeOnce(session, steps, removed));
    current = await look(session);
  }
  const { app, id, url } = target.identity;
  const { conflicts, warnings, steps } = current.plan;
  return {
    preview: { app, id, url },
    removed: [...removed.values()],
    remaining: steps.filter(removes).map(item),
    ...(cost === undefined ? {} : { cost }),
    ...(failure ? { failure } : {}),
    warnings: [...warnings, ...conflicts.map((c) => `${c.name} ${c.reason}: it is left alone`)],
    timings: {
      observe: observeMs,
      apply: clock.now() - begun,
      total: clock.now() - startedAt,
    },
  };
}

/** Another destroy may have been faster; then there is nothing to complain of, and nothing to give. */
async function orGone<T>(session: Session, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof PreviewopsError) || error.code !== 'superseded') throw error;
    if ((await look(session)).plan.steps.length > 0) throw error;
    return undefined;
  }
}

/** What the preview has cost until now; it cannot be told once the service is gone. */
function costSoFar({ clock, target }: Session, { observed }: Look): number | undefined {
  const { service } = observed;
  if (!service || !owns(service.tags, target.identity.app, target.identity.id)) return undefined;
  const at = { now: clock.now(), expiresAt: undefined, config: target.config };
  return serviceCost(service, at).soFar ?? undefined;
}

/** Steps that remove something: all but the hook, which only runs. */
const removes = ({ resource }: Step) => resource !== 'hook';

/** A hook is to clean up after everybody, so the preview's other tasks end before it; without one they end beside the rest. */
async function stopTasksForHook(
  session: Session,
  look: Look,
  removed: Map<string, ReceiptItem>,
): Promise<Look> {
  const { plan } = look;
  const tasks = plan.steps.filter(({ resource }) => resource === 'task');
  if (tasks.length === 0 || plan.steps.every(removes)) return look;
  await removeOnce(session, look, removed, tasks);
  return { ...look, plan: { ...plan, steps: plan.steps.filter((s) => !tasks.includes(s)) } };
}

/** Before anything is removed, while there is an image, a log and a network to run it in. */
async function runHook(
  session: Session,
  { observed, plan }: Look,
): Promise<FailureReport | undefined> {
  const step = plan.steps.find((one) => !removes(one));
  if (!step) return undefined;
  return runDestroyHook(session, {
    step,
    taskDefinitionArn: observed.service?.taskDefinitionArn ?? '',
    targetGroupArn: observed.targetGroup?.arn,
    claims: claimsFor(session, { observed, plan }),
  });
}

/** On the target group, unless it is somebody else's and stays. */
function claimsFor(session: Session, { observed: { targetGroup }, plan }: Look): Claims {
  const claims = createClaims(session, ownClaim(session));
  const ours = plan.steps.some(({ resource }) => resource === 'target-group');
  if (targetGroup && ours) claims.carriedBy(targetGroup.arn, { written: false });
  return claims;
}

const item = ({ resource, name }: Step): ReceiptItem => ({ resource, name });

async function removeOnce(
  session: Session,
  { observed, plan }: Look,
  removed: Map<string, ReceiptItem>,
  steps = plan.steps.filter(removes),
): Promise<void> {
  const claims = claimsFor(session, { observed, plan });
  await runSteps(
    steps,
    async (step) => {
      await claims.guard();
      await execute(session, step, observed);
      removed.set(`${step.resource} ${step.name}`, item(step));
    },
    session,
  );
}

function ownClaim({ startedAt, random, target }: Session): Claim {
  return {
    kind: 'destroy',
    at: startedAt,
    id: hash(8, String(random()), String(startedAt), target.identity.id),
  };
}

async function execute(session: Session, step: Step, observed: DestroyObservation): Promise<void> {
  switch (step.resource) {
    case 'service':
      return observed.service && removeService(session, observed.service);
    case 'listener-rule': {
      const number = Number(step.id.split(':')[1] ?? 1);
      const rule = ownRules(session.target, observed.rules)[number - 1];
      return rule && removeRule(session, rule.arn);
    }
    case 'dns-record':
      return removeDnsRecord(session, observed.dnsRecord);
    case 'task-definition':
      return removeRevisions(session, observed.revisions);
    case 'image':
      return removeImages(session, observed.imageTags);
    case 'log-group':
      return removeLogGroup(session, observed.logGroup);
    case 'target-group':
      return observed.targetGroup && removeTargetGroup(session, observed.targetGroup);
    case 'task':
      return endTask(session, taskOf(step));
    case 'hook':
      return; // it has run
    case 'repository':
    case 'build-project':
      return; // the app's, not the preview's
  }
}
