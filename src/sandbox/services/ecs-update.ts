import type { DeleteServiceCommandInput, UpdateServiceCommandInput } from '@aws-sdk/client-ecs';
import { awsError } from '../errors.ts';
import { resourceTagContext } from '../tags.ts';
import type { Ctx, Operation } from '../types.ts';
import { clusterArn, findCluster, needService, serviceArn } from './ecs-lookup.ts';
import { behaviourOf, resolveRevision } from './ecs-revision.ts';
import { answer, bad, revisionContext, schedulerMs } from './ecs-service-common.ts';
import {
  checkDesiredCount,
  checkGrace,
  refuseUnsimulated,
  resolveDeploymentConfiguration,
  resolveRebalancing,
} from './ecs-settings.ts';
import type { Revision, Service } from './ecs-state.ts';
import { canonical } from './ecs-token.ts';
import { endRollout, startRollout } from './rollout-record.ts';
import { wake } from './rollout-scene.ts';

export const UpdateService = {
  authorize(input: UpdateServiceCommandInput, ctx) {
    const resource = serviceArn(ctx.world, input.cluster, input.service ?? '');
    return [
      {
        action: 'ecs:UpdateService',
        resource,
        context: {
          'ecs:cluster': clusterArn(ctx.world, input.cluster),
          ...resourceTagContext(ctx.world.ecs.services[resource]?.tags),
          ...revisionContext(ctx, input),
        },
      },
    ];
  },
  run(input: UpdateServiceCommandInput, ctx) {
    const service = needService(ctx, input.cluster, input.service);
    if (service.status !== 'ACTIVE') {
      throw awsError('ServiceNotActiveException', 'Service was not ACTIVE.');
    }
    refuseUnsimulated(input);
    checkDesiredCount(input.desiredCount);
    const revision = wantedRevision(ctx, input, service);
    const settings = resolveDeploymentConfiguration(
      input.deploymentConfiguration,
      service.deploymentConfiguration,
    );
    const bindings = (revision ?? service.revision).loadBalancers;
    checkGrace(input.healthCheckGracePeriodSeconds, bindings);
    const rebalancing = resolveRebalancing(
      input.availabilityZoneRebalancing ?? service.availabilityZoneRebalancing,
      settings,
    );
    applySettings(service, input);
    service.deploymentConfiguration = settings;
    service.availabilityZoneRebalancing = rebalancing;
    if (revision) startRollout(ctx, service, revision);
    wake(service, ctx.now + schedulerMs);
    return answer(ctx, service);
  },
} satisfies Operation;

/**
 * The revision of a new deployment, if the call asks for one. "Updating ECS service parameters": a
 * changed count, deployment configuration, grace period or tag setting starts none.
 */
function wantedRevision(
  ctx: Ctx,
  input: UpdateServiceCommandInput,
  service: Service,
): Revision | undefined {
  const keys = [
    'taskDefinition',
    'networkConfiguration',
    'loadBalancers',
    'capacityProviderStrategy',
    'platformVersion',
  ] as const;
  if (!input.forceNewDeployment && keys.every((key) => input[key] === undefined)) return undefined;
  const cluster = findCluster(ctx, service.clusterArn);
  const current = service.revision;
  // What stays is not looked up again: a service may run on although its revision was deregistered.
  const wanted = keys.every((key) => input[key] === undefined)
    ? { ...structuredClone(asked(current)), ...behaviourOf(ctx) }
    : resolveRevision(ctx, input, { cluster, current });
  const unchanged = canonical(asked(wanted)) === canonical(asked(current));
  return unchanged && !input.forceNewDeployment ? undefined : wanted;
}

/** A revision without what the sandbox's own knobs say of it. */
function asked({ spot: _, ...revision }: Revision): Revision {
  return { ...revision, app: 'healthy' };
}

function applySettings(service: Service, input: UpdateServiceCommandInput): void {
  service.desiredCount = input.desiredCount ?? service.desiredCount;
  if (input.healthCheckGracePeriodSeconds !== undefined) {
    service.healthCheckGracePeriodSeconds = input.healthCheckGracePeriodSeconds;
  }
  service.enableECSManagedTags = input.enableECSManagedTags ?? service.enableECSManagedTags;
  service.enableExecuteCommand = input.enableExecuteCommand ?? service.enableExecuteCommand;
  service.propagateTags = input.propagateTags ?? service.propagateTags;
}

export const DeleteService = {
  authorize(input: DeleteServiceCommandInput, ctx) {
    const resource = serviceArn(ctx.world, input.cluster, input.service ?? '');
    return [
      {
        action: 'ecs:DeleteService',
        resource,
        context: {
          'ecs:cluster': clusterArn(ctx.world, input.cluster),
          ...resourceTagContext(ctx.world.ecs.services[resource]?.tags),
        },
      },
    ];
  },
  run(input: DeleteServiceCommandInput, ctx) {
    const service = needService(ctx, input.cluster, input.service);
    if (service.status === 'INACTIVE') {
      throw awsError('ServiceNotFoundException', 'Service not found.');
    }
    if (service.status === 'ACTIVE') {
      if (!input.force) refuseDeletion(service);
      endRollout(ctx, service, {
        status: 'STOPPED',
        reason: 'Service deployment stopped because the service was deleted.',
      });
      service.status = 'DRAINING';
      service.desiredCount = 0;
      service.steady = false;
      wake(service, ctx.now + schedulerMs);
    }
    return answer(ctx, service);
  },
} satisfies Operation;

function refuseDeletion({ desiredCount, deployments }: Service): void {
  if (desiredCount > 0) {
    throw bad('The service cannot be stopped while it is scaled above 0.');
  }
  if (deployments.some(({ rolloutState }) => rolloutState === 'IN_PROGRESS')) {
    throw bad('The service cannot be stopped while deployments are active.');
  }
}
