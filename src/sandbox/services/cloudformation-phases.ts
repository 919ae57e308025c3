import type { Stack, StackOperation } from '../stack-types.ts';
import { setStatus } from './cloudformation-events.ts';
import { holds, resolve } from './cloudformation-functions.ts';
import { namesOf } from './cloudformation-names.ts';
import { deletions, restorations } from './cloudformation-plan.ts';
import type { Run } from './cloudformation-steps.ts';

/** What comes when all steps of a phase are over: the next phase, or the end. */
export function endPhase(run: Run): void {
  const { phase, kind, failed } = run.operation;
  const ends = {
    cleanup: endCleanup,
    back: kind === 'CREATE' ? endRollback : endUndoing,
    forward: failed.length > 0 ? turnBack : endForward,
  };
  ends[phase](run);
}

function endForward(run: Run): void {
  const { stack, operation } = run;
  const { template, parameters } = operation;
  settleChangeSet(run, 'EXECUTE_COMPLETE');
  Object.assign(stack, { template, parameters, outputs: outputsOf(run) });
  if (operation.kind === 'CREATE') end(run, 'CREATE_COMPLETE');
  else beginCleanup(run);
}

function beginCleanup({ ctx, stack, operation }: Run): void {
  const { before, needs } = operation;
  const removed = Object.values(before).filter(({ id }) => !Object.hasOwn(needs, id));
  for (const { id } of removed) delete stack.resources[id];
  setStatus(ctx, stack, 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS');
  operation.phase = 'cleanup';
  operation.steps = [
    ...deletions(removed, ({ keep }) => keep.removed),
    ...deletions(operation.replaced, ({ keep }) => keep.replaced),
  ];
}

function outputsOf({ ctx, stack, operation }: Run): Stack['outputs'] {
  const names = namesOf({ world: ctx.world, stack, ...operation, resources: stack.resources });
  const made = Object.entries(operation.template.outputs).filter(
    ([, { condition }]) => condition === undefined || holds(condition, names),
  );
  return Object.fromEntries(
    made.map(([key, { value, description }]) => [
      key,
      {
        value: String(resolve(value, names)),
        ...(description === undefined ? {} : { description }),
      },
    ]),
  );
}

/** Something failed: a new stack is taken down again, an old one goes back to what it was. */
function turnBack(run: Run): void {
  const { ctx, stack, operation } = run;
  settleChangeSet(run, 'EXECUTE_FAILED');
  const failed = (change: string) =>
    operation.steps.flatMap((step) =>
      /failed|cancelled/.test(step.state) && step.change === change ? [step.id] : [],
    );
  const part = (word: string, ids: string[]) =>
    ids.length > 0 ? `The following resource(s) failed to ${word}: [${ids.join(', ')}]. ` : '';
  const reason = part('create', failed('CREATE')) + part('update', failed('UPDATE'));
  const { steps } = operation;
  operation.phase = 'back';
  operation.failed = [];
  if (operation.kind === 'CREATE') {
    setStatus(ctx, stack, 'ROLLBACK_IN_PROGRESS', `${reason}Rollback requested by user.`);
    operation.steps = deletions(Object.values(stack.resources), ({ keep }) => keep.removed);
    return;
  }
  setStatus(ctx, stack, 'UPDATE_ROLLBACK_IN_PROGRESS', reason.trimEnd());
  operation.steps = restorations(run, steps);
}

function endRollback(run: Run): void {
  const { failed } = run.operation;
  const left = `The following resource(s) failed to delete: [${failed.join(', ')}]. `;
  if (failed.length === 0) end(run, 'ROLLBACK_COMPLETE');
  else end(run, 'ROLLBACK_FAILED', left);
}

function endUndoing(run: Run): void {
  const { failed } = run.operation;
  const left = `The following resource(s) failed to update: [${failed.join(', ')}]. `;
  if (failed.length === 0) discardNew(run);
  else end(run, 'UPDATE_ROLLBACK_FAILED', left);
}

function discardNew({ ctx, stack, operation }: Run): void {
  const { before } = operation;
  const fresh = Object.values(stack.resources).filter(
    ({ id, physicalId }) => physicalId !== before[id]?.physicalId,
  );
  stack.resources = before;
  setStatus(ctx, stack, 'UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS');
  operation.phase = 'cleanup';
  operation.steps = deletions(fresh, () => false);
}

/** What cannot be deleted any more is left where it is, outside of the stack. */
function endCleanup(run: Run): void {
  end(run, run.stack.status.replace('_CLEANUP_IN_PROGRESS', ''));
}

function end(run: Run, status: string, reason?: string): void {
  const { ctx, stack } = run;
  stack.updatedAt = ctx.now;
  setStatus(ctx, stack, status, reason);
  delete stack.operation;
}

function settleChangeSet(
  { stack, operation }: Run,
  execution: 'EXECUTE_COMPLETE' | 'EXECUTE_FAILED',
) {
  const changeSet = stack.changeSets[operation.changeSetId];
  if (changeSet) changeSet.execution = execution;
}

/** A new operation, about to go forward. */
export function startOperation(
  { ctx, stack }: Omit<Run, 'operation'>,
  operation: Omit<StackOperation, 'phase' | 'at' | 'steps' | 'replaced' | 'before' | 'failed'>,
): void {
  stack.operation = {
    ...operation,
    phase: 'forward',
    at: ctx.now,
    steps: Object.entries(operation.needs).map(([id, after]) => ({
      id,
      action: 'make',
      after,
      state: 'waiting',
    })),
    replaced: [],
    before: structuredClone(stack.resources),
    failed: [],
  };
  setStatus(ctx, stack, `${operation.kind}_IN_PROGRESS`, 'User Initiated');
}
