// Longer than most: the checks of one call, in the order in which AWS makes them.
import type {
  CapacityProviderStrategyItem,
  LoadBalancer,
  NetworkConfiguration,
} from '@aws-sdk/client-ecs';
import { awsError } from '../errors.ts';
import type { Ctx } from '../types.ts';
import { type Cluster, findTaskDefinition } from './ecs-lookup.ts';
import type { Binding, Revision, TaskDefinition } from './ecs-state.ts';

const bad = (message: string) => awsError('InvalidParameterException', message);

export interface RevisionInput {
  taskDefinition?: string | undefined;
  networkConfiguration?: NetworkConfiguration | undefined;
  loadBalancers?: LoadBalancer[] | undefined;
  launchType?: string | undefined;
  capacityProviderStrategy?: CapacityProviderStrategyItem[] | undefined;
  platformVersion?: string | undefined;
}

/**
 * What a new deployment would run: the fields given, on top of `current`. Checked against the world as
 * CreateService and UpdateService check it.
 */
export function resolveRevision(
  ctx: Ctx,
  input: RevisionInput,
  { cluster, current }: { cluster: Cluster; current?: Revision },
): Revision {
  const definition = checkDefinition(ctx, input.taskDefinition ?? current?.taskDefinition);
  const network = input.networkConfiguration
    ? checkNetwork(ctx, input.networkConfiguration)
    : current?.network;
  if (!network) {
    throw bad("Network Configuration must be provided when networkMode 'awsvpc' is specified.");
  }
  const bindings = input.loadBalancers ?? current?.loadBalancers ?? [];
  const { capacityProviderStrategy: given, platformVersion } = input;
  checkCapacity(given ?? [], { cluster, launchType: input.launchType });
  const strategy = given ?? current?.capacityProviderStrategy ?? [];
  return {
    taskDefinition: definition.arn,
    network,
    loadBalancers: bindings.map((binding) => checkBinding(ctx, binding, definition)),
    ...(strategy.length === 0 ? { launchType: 'FARGATE' } : {}),
    capacityProviderStrategy: strategy.map(({ capacityProvider, weight = 0, base = 0 }) => ({
      capacityProvider,
      weight,
      base,
    })),
    platformVersion: platformVersion ?? current?.platformVersion ?? 'LATEST',
    ...behaviourOf(ctx),
  };
}

/** What of the process's behaviour a revision keeps, whoever lets time pass later. */
export const behaviourOf = ({ behaviour: { app, spot } }: Ctx): Pick<Revision, 'app' | 'spot'> =>
  spot === 'none' ? { app, spot } : { app };

export function checkDefinition(ctx: Ctx, reference: string | undefined): TaskDefinition {
  if (!reference) throw bad('TaskDefinition can not be blank.');
  const found = findTaskDefinition(ctx, reference);
  if (!found) throw awsError('ClientException', 'TaskDefinition not found.');
  if (found.status !== 'ACTIVE') throw awsError('ClientException', 'TaskDefinition is inactive');
  if (!found.definition.requiresCompatibilities?.includes('FARGATE')) {
    throw bad('Task definition does not support launch_type FARGATE.');
  }
  return found;
}

export function checkNetwork({ world }: Ctx, input: NetworkConfiguration): Revision['network'] {
  const {
    subnets = [],
    securityGroups = [],
    assignPublicIp = 'DISABLED',
  } = input.awsvpcConfiguration ?? {};
  if (!subnets.length) throw bad('subnets can not be empty.');
  if (subnets.length > 16) throw bad('subnets can have at most 16 items.');
  if (securityGroups.length > 5) throw bad('securityGroups can have at most 5 items.');
  const vpcs = new Set<string>();
  for (const id of subnets) {
    const subnet = world.network.subnets[id];
    if (!subnet) {
      throw bad(
        `Error retrieving subnet information for [${id}]: The subnet ID '${id}' does not exist (ErrorCode: InvalidSubnetID.NotFound)`,
      );
    }
    vpcs.add(subnet.vpcId);
  }
  if (vpcs.size > 1) throw bad('subnets must belong to the same VPC.');
  for (const id of securityGroups) {
    const group = world.network.securityGroups[id];
    if (!group) {
      throw bad(
        `Error retrieving security group information for [${id}]: The security group '${id}' does not exist (ErrorCode: InvalidGroup.NotFound)`,
      );
    }
    if (!vpcs.has(group.vpcId)) {
      throw bad(`Security group ${id} does not appear to belong to the same VPC as the subnets.`);
    }
  }
  // AWS answers both as sets, in an order of its own.
  return { subnets: subnets.toSorted(), securityGroups: securityGroups.toSorted(), assignPublicIp };
}

function checkBinding(ctx: Ctx, input: LoadBalancer, definition: TaskDefinition): Binding {
  const { targetGroupArn = '', containerName = '', containerPort = 0 } = input;
  const { targetGroups, rules } = ctx.world.elasticloadbalancing;
  const group = targetGroups[targetGroupArn];
  if (!group) throw bad(`Unable to find the target group with targetGroupArn ${targetGroupArn}.`);
  if (group.targetType !== 'ip') {
    throw bad(
      `The provided target group ${targetGroupArn} has target type ${group.targetType}, which is incompatible with the awsvpc network mode specified in the task definition.`,
    );
  }
  if (!Object.values(rules).some((rule) => rule.targetGroupArn === targetGroupArn)) {
    throw bad(
      `The target group with targetGroupArn ${targetGroupArn} does not have an associated load balancer.`,
    );
  }
  const container = definition.definition.containerDefinitions?.find(
    ({ name }) => name === containerName,
  );
  if (!container)
    throw bad(`The container ${containerName} does not exist in the task definition.`);
  if (!container.portMappings?.some((mapping) => mapping.containerPort === containerPort)) {
    throw bad(
      `The container ${containerName} did not have a container port ${containerPort} defined.`,
    );
  }
  return { targetGroupArn, containerName, containerPort };
}

export function checkCapacity(
  strategy: readonly CapacityProviderStrategyItem[],
  { cluster, launchType }: { cluster: Cluster; launchType: string | undefined },
): void {
  if (launchType !== undefined && launchType !== 'FARGATE') {
    throw awsError(
      'UnsupportedFeatureException',
      `The sandbox runs FARGATE only, not the launch type ${launchType}.`,
    );
  }
  if (strategy.length === 0) return;
  if (launchType) {
    throw bad(
      'Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again.',
    );
  }
  for (const { capacityProvider = '' } of strategy) {
    if (!cluster.capacityProviders.includes(capacityProvider)) {
      throw bad(
        'The specified capacity provider strategy cannot contain a capacity provider that is not associated with the cluster. Associate the capacity provider with the cluster and try again.',
      );
    }
  }
  if (strategy.every(({ weight }) => !weight)) {
    throw bad('At least one capacity provider of the strategy must have a weight above 0.');
  }
}
