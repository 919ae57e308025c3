import { awsError } from '../errors.ts';
import type { Ctx } from '../types.ts';
import { findTaskDefinition, liveTasks } from './ecs-lookup.ts';
import type { RevisionInput } from './ecs-revision.ts';
import { serviceShape } from './ecs-shape.ts';
import type { Service } from './ecs-state.ts';

/** The scheduler acts on a change a moment after the call has been answered. */
export const schedulerMs = 1000;

export const bad = (message: string) => awsError('InvalidParameterException', message);

/** What the calls that change a service answer. */
export const answer = (ctx: Ctx, service: Service) => ({
  service: serviceShape(ctx, service, { tasks: liveTasks(ctx, service), withTags: false }),
});

/** Condition keys that tell what the service is to run. */
export function revisionContext(ctx: Ctx, input: RevisionInput): Record<string, string | string[]> {
  const { subnets, assignPublicIp } = input.networkConfiguration?.awsvpcConfiguration ?? {};
  const definition = input.taskDefinition
    ? (findTaskDefinition(ctx, input.taskDefinition)?.arn ?? input.taskDefinition)
    : undefined;
  const providers = (input.capacityProviderStrategy ?? []).flatMap(
    ({ capacityProvider }) => capacityProvider ?? [],
  );
  return {
    ...(definition ? { 'ecs:task-definition': definition } : {}),
    ...(subnets?.length ? { 'ecs:subnet': [...subnets] } : {}),
    ...(assignPublicIp
      ? { 'ecs:auto-assign-public-ip': String(assignPublicIp === 'ENABLED') }
      : {}),
    ...(providers.length ? { 'ecs:capacity-provider': providers } : {}),
  };
}
