// Longer than most: the checks of one call, in the order in which AWS makes them.
import type { ContainerDefinition, RegisterTaskDefinitionCommandInput } from '@aws-sdk/client-ecs';
import { awsError } from '../errors.ts';
import { fargateSize } from './ecs-fargate.ts';
import type { TaskDefinition } from './ecs-state.ts';

const bad = (message: string) => awsError('ClientException', message);
const isEcrImage = (image: string) => /^\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com/.test(image);

/** Checks the input as AWS does and answers the definition with everything that AWS fills in. */
export function completeDefinition(
  input: RegisterTaskDefinitionCommandInput,
): TaskDefinition['definition'] {
  if (!/^[\w-]{1,255}$/.test(input.family ?? '')) {
    throw bad(
      'Family contains invalid characters: use up to 255 letters, numbers, underscores and hyphens.',
    );
  }
  const containers = input.containerDefinitions ?? [];
  const fargate = (input.requiresCompatibilities ?? []).includes('FARGATE');
  const size = fargate ? checkFargate(input) : pick(input, ['cpu', 'memory']);
  checkContainers(containers);
  if (fargate) checkTaskMemory(containers, Number(size.memory));
  checkExecutionRole(input);
  return {
    ...pick(input, [
      'taskRoleArn',
      'executionRoleArn',
      'networkMode',
      'requiresCompatibilities',
      'pidMode',
      'ipcMode',
      'proxyConfiguration',
      'ephemeralStorage',
      'runtimePlatform',
      'enableFaultInjection',
    ]),
    ...size,
    containerDefinitions: containers.map(completeContainer),
    volumes: structuredClone(input.volumes ?? []),
    placementConstraints: structuredClone(input.placementConstraints ?? []),
    compatibilities:
      input.networkMode === 'awsvpc' && fargate
        ? ['EC2', 'FARGATE', 'MANAGED_INSTANCES']
        : ['EC2', 'EXTERNAL'],
    requiresAttributes: attributesOf(input).map((name) => ({ name })),
  };
}

/** Copies the fields that are set, so that what is stored shares nothing with the caller's input. */
export function pick<T extends object, K extends keyof T>(
  from: T,
  keys: readonly K[],
): Partial<Pick<T, K>> {
  const out: Partial<Pick<T, K>> = {};
  for (const key of keys) if (from[key] !== undefined) out[key] = structuredClone(from[key]);
  return out;
}

function checkFargate(input: RegisterTaskDefinitionCommandInput) {
  if (input.networkMode !== 'awsvpc') {
    throw bad("Fargate only supports network mode 'awsvpc'.");
  }
  for (const container of input.containerDefinitions ?? []) {
    if (container.privileged)
      throw bad('Fargate compatible task definitions do not support privileged.');
    if (container.links?.length)
      throw bad('Fargate compatible task definitions do not support links.');
  }
  return fargateSize(input.cpu, input.memory);
}

function checkContainers(containers: readonly ContainerDefinition[]): void {
  if (containers.length === 0) throw bad('Container list cannot be empty.');
  const names = containers.map((container) => container.name ?? '');
  if (names.some((name) => !/^[\w-]{1,255}$/.test(name))) {
    throw bad('Container.name contains invalid characters.');
  }
  if (new Set(names).size < names.length) throw bad('Container names must be unique.');
  if (containers.some((container) => !container.image)) {
    throw bad('Container.image should not be null or empty.');
  }
  if (containers.every((container) => container.essential === false)) {
    throw bad('A task definition must have at least one essential container.');
  }
  for (const mapping of containers.flatMap((container) => container.portMappings ?? [])) {
    const { containerPort = 0, hostPort = containerPort } = mapping;
    if (containerPort < 1 || containerPort > 65_535) throw bad('Invalid container port value.');
    if (hostPort !== containerPort) {
      throw bad(
        'When networkMode=awsvpc, the host ports and container ports in port mappings must match.',
      );
    }
  }
}

function checkTaskMemory(containers: readonly ContainerDefinition[], taskMemory: number): void {
  for (const { memory, memoryReservation } of containers) {
    if (Math.max(memory ?? 0, memoryReservation ?? 0) > taskMemory) {
      throw bad("The 'memory' setting for container is greater than for the task.");
    }
  }
}

function checkExecutionRole(input: RegisterTaskDefinitionCommandInput): void {
  if (input.executionRoleArn) return;
  const containers = input.containerDefinitions ?? [];
  const needs = 'Fargate requires task definition to have execution role ARN to support';
  if (containers.some((c) => c.secrets?.length || c.logConfiguration?.secretOptions?.length)) {
    throw bad(
      "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'.",
    );
  }
  if (!(input.requiresCompatibilities ?? []).includes('FARGATE')) return;
  if (containers.some((c) => c.logConfiguration?.logDriver === 'awslogs')) {
    throw bad(`${needs} log driver awslogs.`);
  }
  if (containers.some((c) => isEcrImage(c.image ?? ''))) throw bad(`${needs} ECR images.`);
}

const byName = (a: { name?: string | undefined }, b: { name?: string | undefined }) =>
  (a.name ?? '') < (b.name ?? '') ? -1 : 1;

/** AWS's defaults. It keeps environment and secrets as a set, so the order sent is not the order answered. */
function completeContainer(container: ContainerDefinition): ContainerDefinition {
  const copy = structuredClone(container);
  return {
    ...copy,
    cpu: copy.cpu ?? 0,
    essential: copy.essential ?? true,
    portMappings: (copy.portMappings ?? []).map((mapping) => ({
      ...mapping,
      hostPort: mapping.hostPort ?? mapping.containerPort,
      protocol: mapping.protocol ?? 'tcp',
    })),
    environment: (copy.environment ?? []).sort(byName),
    ...(copy.secrets ? { secrets: copy.secrets.sort(byName) } : {}),
    mountPoints: copy.mountPoints ?? [],
    volumesFrom: copy.volumesFrom ?? [],
    systemControls: copy.systemControls ?? [],
  };
}

/** The agent capabilities that AWS derives and answers as `requiresAttributes`. */
function attributesOf(input: RegisterTaskDefinitionCommandInput): string[] {
  const containers = input.containerDefinitions ?? [];
  const awslogs = containers.some((c) => c.logConfiguration?.logDriver === 'awslogs');
  const ecr = containers.some((c) => isEcrImage(c.image ?? ''));
  return [
    'com.amazonaws.ecs.capability.docker-remote-api.1.18',
    ...(input.networkMode === 'awsvpc' ? ['ecs.capability.task-eni'] : []),
    ...(awslogs ? ['com.amazonaws.ecs.capability.logging-driver.awslogs'] : []),
    ...(awslogs && input.executionRoleArn ? ['ecs.capability.execution-role-awslogs'] : []),
    ...(ecr ? ['com.amazonaws.ecs.capability.ecr-auth'] : []),
    ...(ecr && input.executionRoleArn ? ['ecs.capability.execution-role-ecr-pull'] : []),
    ...(input.taskRoleArn ? ['com.amazonaws.ecs.capability.task-iam-role'] : []),
  ];
}
