import type { Stack, StackOperation, Step } from '../stack-types.ts';
import type { Ctx } from '../types.ts';
import { advanceAcm } from './acm-issue.ts';
import { needKind } from './cloudformation-kinds.ts';
import { endPhase } from './cloudformation-phases.ts';
import { begin, fail, finish, type Run, work } from './cloudformation-steps.ts';

/** ACM would wait for 72 hours, CloudFormation does for 12 (its public coverage roadmap, issue 130). */
const patienceMs = 12 * 60 * 60 * 1_000;

/** Lets every stack go on until the time of `ctx`, event by event. */
export function advanceCloudformation(ctx: Ctx): void {
  for (const stack of Object.values(ctx.world.cloudformation.stacks)) {
    while (stack.operation && goOn(ctx, stack, stack.operation));
  }
}

/** Does the next thing that is due, if any; says whether there was one. */
function goOn(ctx: Ctx, stack: Stack, operation: StackOperation): boolean {
  const next = nextOf(ctx, stack, operation);
  if (!next || next.at > ctx.now) return false;
  operation.at = Math.max(operation.at, next.at);
  const run = { ctx: { ...ctx, now: operation.at }, stack, operation };
  advanceAcm(run.ctx);
  next.act(run);
  // A record that was just written counts from now on.
  advanceAcm(run.ctx);
  return true;
}

interface Due {
  at: number;
  act: (run: Run) => void;
}

function nextOf(ctx: Ctx, stack: Stack, operation: StackOperation): Due | undefined {
  const { steps, at } = operation;
  const stateOf = new Map(steps.map(({ id, state }) => [id, state]));
  const stuck = (state: string | undefined) => state === 'failed' || state === 'cancelled';
  const due = steps.flatMap((step): Due[] => {
    if (step.state === 'running') return [dueOf(ctx, stack, step)].flat();
    if (step.state !== 'waiting') return [];
    const before = step.after.map((id) => stateOf.get(id));
    if (before.some(stuck)) return [{ at, act: () => giveUp(step) }];
    return before.every((state) => state === 'done')
      ? [{ at, act: (run) => begin(run, step) }]
      : [];
  });
  if (!steps.some(({ state }) => state === 'waiting' || state === 'running')) {
    return { at, act: endPhase };
  }
  return due.reduce<Due | undefined>(
    (first, each) => (first && first.at <= each.at ? first : each),
    undefined,
  );
}

/** What it waits for will not come: a deletion of what another one still needs. */
function giveUp(step: Step): void {
  step.state = 'cancelled';
}

function dueOf(ctx: Ctx, stack: Stack, step: Step): Due {
  if (step.workAt !== undefined) return { at: step.workAt, act: (run) => work(run, step) };
  if (step.endAt !== undefined) return { at: step.endAt, act: (run) => finish(run, step) };
  const resource = stack.resources[step.id];
  const ready = resource && needKind(resource.type).readyAt?.(ctx, resource);
  if (ready !== undefined) return { at: ready, act: (run) => finish(run, step) };
  const reason = 'Exceeded attempts to wait';
  return { at: (step.since ?? 0) + patienceMs, act: (run) => fail(run, step, reason) };
}
