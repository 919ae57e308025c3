import type { CreateServiceCommandInput } from '@aws-sdk/client-ecs';
import { checkTags, requestTagContext, tagsOf } from '../tags.ts';
import type { Ctx, Operation } from '../types.ts';
import { clusterArn, findCluster, serviceArn, tagList } from './ecs-lookup.ts';
import { resolveRevision } from './ecs-revision.ts';
import { answer, bad, revisionContext, schedulerMs } from './ecs-service-common.ts';
import {
  checkDesiredCount,
  checkGrace,
  refuseUnsimulated,
  resolveDeploymentConfiguration,
  resolveRebalancing,
} from './ecs-settings.ts';
import type { Service } from './ecs-state.ts';
import { canonical } from './ecs-token.ts';
import { startRollout } from './rollout-record.ts';
import { wake } from './rollout-scene.ts';

export const CreateService = {
  authorize(input: CreateServiceCommandInput, ctx) {
    const resource = serviceArn(ctx.world, input.cluster, input.serviceName ?? '');
    const tags = requestTagContext(tagsOf(input.tags));
    const cluster = { 'ecs:cluster': clusterArn(ctx.world, input.cluster) };
    return [
      {
        action: 'ecs:CreateService',
        resource,
        context: { ...cluster, ...tags, ...revisionContext(ctx, input) },
      },
      ...(input.tags?.length
        ? [
            {
              action: 'ecs:TagResource',
              resource,
              context: { ...tags, 'ecs:CreateAction': 'CreateService' },
            },
          ]
        : []),
    ];
  },
  run(input: CreateServiceCommandInput, ctx) {
    const cluster = findCluster(ctx, input.cluster);
    const { cluster: _, ...rest } = input;
    const parameters = canonical(rest);
    const existing = findSameService(ctx, input, { clusterArn: cluster.arn, parameters });
    if (existing) return answer(ctx, existing);
    refuseUnsimulated(input);
    if (input.schedulingStrategy === 'DAEMON') {
      throw bad('The daemon scheduling strategy is not supported for Fargate.');
    }
    if (input.desiredCount === undefined) throw bad('The parameter desiredCount is required.');
    checkDesiredCount(input.desiredCount);
    const tags = tagsOf(input.tags);
    checkTags(tags);
    const revision = resolveRevision(ctx, input, { cluster });
    checkGrace(input.healthCheckGracePeriodSeconds, revision.loadBalancers);
    const service = newService(ctx, input, { clusterArn: cluster.arn, revision, tags, parameters });
    ctx.world.ecs.services[service.arn] = service;
    startRollout(ctx, service, revision);
    wake(service, ctx.now + schedulerMs);
    const created = answer(ctx, service).service;
    return { service: { ...created, ...(input.tags?.length ? { tags: tagList(tags) } : {}) } };
  },
} satisfies Operation;

/** The service that an earlier call with the same token made; clashes of names are refused. */
function findSameService(
  ctx: Ctx,
  input: CreateServiceCommandInput,
  wanted: { clusterArn: string; parameters: string },
): Service | undefined {
  const name = input.serviceName ?? '';
  if (!/^[\w-]{1,255}$/.test(name)) {
    throw bad('Service name must be up to 255 letters, numbers, underscores and hyphens.');
  }
  if (input.clientToken !== undefined && !/^[!-~]{1,36}$/.test(input.clientToken)) {
    throw bad('Client token must be up to 36 printable ASCII characters.');
  }
  const existing = ctx.world.ecs.services[serviceArn(ctx.world, wanted.clusterArn, name)];
  if (!existing || existing.status === 'INACTIVE') return undefined;
  if (existing.status === 'DRAINING') {
    throw bad('Unable to Start a service that is still Draining.');
  }
  const { clientToken, parameters } = existing.request;
  const same = clientToken !== undefined && clientToken === input.clientToken;
  if (!same || parameters !== wanted.parameters) {
    throw bad('Creation of service was not idempotent.');
  }
  return existing;
}

function newService(
  ctx: Ctx,
  input: CreateServiceCommandInput,
  made: Pick<Service, 'clusterArn' | 'revision' | 'tags'> & { parameters: string },
): Service {
  const { clusterArn: inCluster, revision, tags, parameters } = made;
  const { clientToken, healthCheckGracePeriodSeconds: grace } = input;
  const deploymentConfiguration = resolveDeploymentConfiguration(input.deploymentConfiguration);
  return {
    arn: serviceArn(ctx.world, inCluster, input.serviceName ?? ''),
    name: input.serviceName ?? '',
    clusterArn: inCluster,
    status: 'ACTIVE',
    desiredCount: input.desiredCount ?? 0,
    revision,
    deploymentConfiguration,
    // A service with a load balancer has a grace period of 0 unless told otherwise.
    ...(revision.loadBalancers.length ? { healthCheckGracePeriodSeconds: grace ?? 0 } : {}),
    enableECSManagedTags: input.enableECSManagedTags ?? false,
    enableExecuteCommand: input.enableExecuteCommand ?? false,
    propagateTags: input.propagateTags ?? 'NONE',
    availabilityZoneRebalancing: resolveRebalancing(
      input.availabilityZoneRebalancing,
      deploymentConfiguration,
    ),
    tags,
    createdAt: ctx.now,
    request: { ...(clientToken === undefined ? {} : { clientToken }), parameters },
    deployments: [],
    serviceDeployments: [],
    events: [],
    steady: false,
    placed: 0,
  };
}
