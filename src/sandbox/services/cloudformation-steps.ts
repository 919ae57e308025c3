// Longer than most: the life of one step, from its beginning to its end or failure.
import { isAwsError } from '../errors.ts';
import type { Properties, Stack, StackOperation, StackResource, Step } from '../stack-types.ts';
import type { Ctx } from '../types.ts';
import { setResourceStatus } from './cloudformation-events.ts';
import { resolve } from './cloudformation-functions.ts';
import type { Making } from './cloudformation-kind.ts';
import { needKind } from './cloudformation-kinds.ts';
import { namesOf } from './cloudformation-names.ts';

/** A stack that is in the middle of something. */
export interface Run {
  ctx: Ctx;
  stack: Stack;
  operation: StackOperation;
}

/** Between the event of a beginning and AWS's own beginning, milliseconds. */
const leadMs = 1_000;
/** Deletions and updates, seconds. */
const otherSeconds = 5;

/** Names of the properties that differ. */
export const differing = (one: Properties, other: Properties): string[] =>
  [...new Set([...Object.keys(one), ...Object.keys(other)])].filter(
    (name) => JSON.stringify(one[name]) !== JSON.stringify(other[name]),
  );

/** Starts a step: finds out what there is to do, and says so. */
export function begin(run: Run, step: Step): void {
  const { ctx } = run;
  step.state = 'running';
  step.since = ctx.now;
  step.workAt = ctx.now + leadMs;
  if (step.action === 'make') beginMaking(run, step);
  else beginOther(run, step);
}

function beginOther({ ctx, stack }: Run, step: Step): void {
  const { resource } = step;
  step.change = step.action === 'delete' ? 'DELETE' : 'UPDATE';
  if (!resource?.physicalId) {
    step.state = 'done';
  } else if (step.kept) {
    setResourceStatus(ctx, stack, { resource, status: 'DELETE_SKIPPED' });
    step.state = 'done';
  } else {
    setResourceStatus(ctx, stack, { resource, status: `${step.change}_IN_PROGRESS` });
  }
}

function beginMaking(run: Run, step: Step): void {
  const { ctx, stack, operation } = run;
  const { id } = step;
  const declared = operation.template.resources[id];
  if (!declared) throw new Error(`the template has no ${id}`);
  const { type, keep } = declared;
  const before = operation.before[id];
  step.change = before ? 'UPDATE' : 'CREATE';
  const resource: StackResource = {
    ...(before ?? { attributes: {}, status: '' }),
    id,
    type,
    changedAt: ctx.now,
    properties: {},
    after: operation.needs[id] ?? [],
    keep,
  };
  stack.resources[id] = resource;
  attempt(run, step, () => {
    const names = namesOf({ world: ctx.world, stack, ...operation, resources: stack.resources });
    resource.properties = (resolve(declared.properties, names) ?? {}) as Properties;
    const changed = before ? differing(before.properties, resource.properties) : [];
    if (before && changed.length === 0) {
      resource.changedAt = before.changedAt;
      step.state = 'done';
      return;
    }
    const { properties } = needKind(type);
    step.replaces = changed.some((name) => properties[name] === 'replace');
    const reason = step.replaces
      ? 'Requested update requires the creation of a new physical resource; hence creating one.'
      : undefined;
    setResourceStatus(ctx, stack, { resource, status: `${step.change}_IN_PROGRESS`, reason });
  });
}

/** Does to the account what the step is for. */
export function work(run: Run, step: Step): void {
  const { ctx, stack } = run;
  const resource = subject(run, step);
  const kind = needKind(resource.type);
  attempt(run, step, () => {
    if (step.action === 'delete') kind.remove(ctx, resource);
    else if (step.action === 'restore') restore(run, resource);
    else if (step.change === 'UPDATE' && !step.replaces) change(run, resource);
    else make(run, step, resource);
    delete step.workAt;
    const own = step.action === 'make' && (step.change === 'CREATE' || step.replaces);
    if (!own) step.endAt = ctx.now + otherSeconds * 1_000;
    else if (!kind.readyAt) step.endAt = ctx.now + kind.seconds * 1_000;
    const status = `${step.change}_IN_PROGRESS`;
    if (own)
      setResourceStatus(ctx, stack, { resource, status, reason: 'Resource creation Initiated' });
    const said = own ? kind.says?.(ctx, resource) : undefined;
    if (said !== undefined) setResourceStatus(ctx, stack, { resource, status, reason: said });
  });
}

function make(run: Run, step: Step, resource: StackResource): void {
  const { operation } = run;
  const kind = needKind(resource.type);
  checkProperties(resource);
  const before = operation.before[resource.id];
  const name = kind.namedBy === undefined ? undefined : resource.properties[kind.namedBy];
  if (
    step.replaces &&
    before &&
    name !== undefined &&
    before.properties[kind.namedBy ?? ''] === name
  ) {
    throw new Refusal(
      `CloudFormation cannot update a stack when a custom-named resource requires replacing. Rename ${name} and update the stack again.`,
    );
  }
  if (step.replaces && before) operation.replaced.push(structuredClone(before));
  delete resource.physicalId;
  Object.assign(resource, kind.make(making(run, resource)));
}

function change(run: Run, resource: StackResource): void {
  const before = run.operation.before[resource.id];
  checkProperties(resource);
  const { update } = needKind(resource.type);
  if (before && update) resource.attributes = update(making(run, resource), before);
}

/** Back to the properties that it had; what it has now is in the stack. */
function restore(run: Run, target: StackResource): void {
  const now = run.stack.resources[target.id];
  const { update } = needKind(target.type);
  if (now && update) update(making(run, target), now);
}

const making = ({ ctx, stack }: Run, { id, properties }: StackResource): Making => ({
  ctx,
  properties,
  name: `${stack.name}-${id}-${ctx.id(12).toUpperCase()}`,
});

/** Ends a step whose resource is ready. */
export function finish(run: Run, step: Step): void {
  const { ctx, stack } = run;
  const resource = subject(run, step);
  if (step.action === 'make') needKind(resource.type).ready?.(ctx, resource);
  step.state = 'done';
  setResourceStatus(ctx, stack, { resource, status: `${step.change}_COMPLETE` });
}

/** Ends a step that came to nothing; going forward, everything else stops with it. */
export function fail(run: Run, step: Step, reason: string): void {
  const { ctx, stack, operation } = run;
  step.state = 'failed';
  operation.failed.push(step.id);
  const resource = subject(run, step);
  setResourceStatus(ctx, stack, { resource, status: `${step.change}_FAILED`, reason });
  if (operation.phase !== 'forward') return;
  for (const other of operation.steps) {
    if (other.state === 'running') {
      const cancelled = `Resource ${other.change === 'CREATE' ? 'creation' : 'update'} cancelled`;
      const status = `${other.change}_FAILED`;
      setResourceStatus(ctx, stack, { resource: subject(run, other), status, reason: cancelled });
    }
    if (other.state === 'running' || other.state === 'waiting') other.state = 'cancelled';
  }
}

/** Deletions and restorations bring their own, which may not be the one in the stack. */
function subject({ stack }: Run, step: Step): StackResource {
  const found = step.resource ?? stack.resources[step.id];
  if (!found) throw new Error(`the stack ${stack.name} has no ${step.id}`);
  return found;
}

function checkProperties({ id, type, properties }: StackResource): void {
  const kind = needKind(type);
  const extra = Object.keys(properties).find((name) => !Object.hasOwn(kind.properties, name));
  const missing = kind.required.find((name) => properties[name] === undefined);
  const problem =
    extra !== undefined
      ? `extraneous key [${extra}] is not permitted`
      : missing !== undefined
        ? `required key [${missing}] not found`
        : undefined;
  if (problem === undefined) return;
  throw new Refusal(
    `Properties validation failed for resource ${id} with message: [#: ${problem}]`,
  );
}

/** CloudFormation's own refusal, which no service gave. */
class Refusal extends Error {}

function attempt(run: Run, step: Step, act: () => void): void {
  try {
    act();
  } catch (error) {
    if (!(error instanceof Refusal) && !isAwsError(error)) throw error;
    fail(run, step, error instanceof Refusal ? error.message : handlerText(run, error));
  }
}

/** How CloudFormation passes on what the service behind a resource said. */
function handlerText({ ctx }: Run, { name, message }: Error): string {
  const known = ['AlreadyExists', 'InvalidRequest'].includes(name);
  const code = known ? name : 'GeneralServiceException';
  return `Resource handler returned message: "${message}" (RequestToken: ${ctx.id(32)}, HandlerErrorCode: ${code})`;
}
