import type { Stack, StackResource } from '../stack-types.ts';
import type { Ctx } from '../types.ts';

/** How CloudFormation lists the stack itself among its resources. */
export const stackType = 'AWS::CloudFormation::Stack';

type About = Pick<StackResource, 'id' | 'type' | 'physicalId'>;

/** Notes what happened to a resource of the stack. */
export function tell(
  ctx: Ctx,
  stack: Stack,
  { about, status, reason }: { about: About; status: string; reason?: string | undefined },
): void {
  const token = stack.operation?.token;
  const at = new Date(ctx.now).toISOString();
  stack.events.push({
    // A number behind it, as one thing can happen twice in a millisecond here.
    id: `${about.id}-${status}-${at}-${stack.events.length}`,
    at: ctx.now,
    logicalId: about.id,
    physicalId: about.physicalId ?? '',
    type: about.type,
    status,
    ...(reason === undefined ? {} : { reason }),
    ...(token === undefined ? {} : { token }),
  });
}

/** Moves the stack itself on. */
export function setStatus(ctx: Ctx, stack: Stack, status: string, reason?: string): void {
  stack.status = status;
  const about = { id: stack.name, type: stackType, physicalId: stack.id };
  tell(ctx, stack, { about, status, reason });
}

export function setResourceStatus(
  ctx: Ctx,
  stack: Stack,
  {
    resource,
    status,
    reason,
  }: { resource: StackResource; status: string; reason?: string | undefined },
): void {
  resource.status = status;
  resource.changedAt = ctx.now;
  tell(ctx, stack, { about: resource, status, reason });
}
