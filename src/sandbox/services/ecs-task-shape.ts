import type { Task as SdkTask } from '@aws-sdk/client-ecs';
import type { Ctx } from '../types.ts';
import { lastPart, tagList } from './ecs-lookup.ts';
import type { Task } from './ecs-state.ts';

/** A time of the world under its name in the answer; nothing when it has not come. */
export const date = <K extends string>(key: K, at: number | undefined) =>
  (at === undefined ? {} : { [key]: new Date(at) }) as Partial<Record<K, Date>>;

/** Who started a task, and the group that it is in. */
const starterShape = ({ serviceArn, deploymentId, oneOff }: Task) => ({
  group: oneOff?.group ?? `service:${lastPart(serviceArn ?? '')}`,
  ...(oneOff && oneOff.startedBy === undefined
    ? {}
    : { startedBy: oneOff?.startedBy ?? deploymentId }),
});

/** How far a container is, and its exit code. */
function endShape(task: Task, container: string) {
  const exitCode = exitCodeOf(task, container);
  const status = task.lastStatus === 'DEACTIVATING' ? 'RUNNING' : task.lastStatus;
  const ended = Object.hasOwn(task.oneOff?.exits ?? {}, container);
  return {
    lastStatus: ended ? 'STOPPED' : status === 'PROVISIONING' ? 'PENDING' : status,
    ...(exitCode === undefined ? {} : { exitCode }),
  };
}

/** A container that was stopped because the command of another one ended has the code of SIGTERM. */
function exitCodeOf({ exitCode, oneOff, lastStatus }: Task, container: string): number | undefined {
  const exits = oneOff?.exits ?? {};
  if (Object.hasOwn(exits, container)) return exits[container];
  if (Object.keys(exits).length === 0) return exitCode;
  return lastStatus === 'STOPPED' ? 143 : undefined;
}

/** Why a container could not start, or ended. */
function reasonShape(
  { containerReason }: Task,
  { failed, first }: { failed: string | undefined; first: boolean },
): { reason?: string } {
  const reason = failed ?? (first ? containerReason : undefined);
  return reason === undefined ? {} : { reason };
}

/** A task as DescribeTasks answers it. */
export function taskShape({ world }: Ctx, task: Task, withTags: boolean): SdkTask {
  const { definition } = world.ecs.taskDefinitions[task.taskDefinition] ?? {};
  const containers = definition?.containerDefinitions ?? [];
  const foremost = containers.find(({ essential = true }) => essential)?.name;
  const attachmentId = `attachment-${task.id.slice(0, 12)}`;
  const address = { attachmentId, privateIpv4Address: task.ip };
  const failed = task.stopCode === 'TaskFailedToStart' ? task.stoppedReason : undefined;
  return {
    taskArn: task.arn,
    clusterArn: task.clusterArn,
    taskDefinitionArn: task.taskDefinition,
    ...starterShape(task),
    lastStatus: task.lastStatus,
    desiredStatus: task.desiredStatus,
    ...(task.launchType ? { launchType: task.launchType } : {}),
    ...(task.capacityProvider ? { capacityProviderName: task.capacityProvider } : {}),
    platformVersion: '1.4.0',
    platformFamily: 'Linux',
    cpu: definition?.cpu,
    memory: definition?.memory,
    availabilityZone: world.network.subnets[task.subnetId]?.zone,
    attachments: [
      {
        id: attachmentId,
        type: 'ElasticNetworkInterface',
        status: task.lastStatus === 'STOPPED' ? 'DELETED' : 'ATTACHED',
        details: [
          { name: 'subnetId', value: task.subnetId },
          { name: 'networkInterfaceId', value: `eni-${task.id.slice(0, 17)}` },
          { name: 'privateIPv4Address', value: task.ip },
        ],
      },
    ],
    containers: containers.map(({ name = '', image }) => ({
      containerArn: `${task.arn.replace(':task/', ':container/')}/${name}`,
      taskArn: task.arn,
      name,
      image,
      ...(task.digests[name] ? { imageDigest: task.digests[name] } : {}),
      ...endShape(task, name),
      ...reasonShape(task, { failed, first: name === foremost }),
      networkInterfaces: [address],
      healthStatus: 'UNKNOWN',
    })),
    healthStatus: 'UNKNOWN',
    connectivity: task.startedAt === undefined ? 'DISCONNECTED' : 'CONNECTED',
    overrides: {
      containerOverrides: [],
      inferenceAcceleratorOverrides: [],
      ...structuredClone(task.oneOff?.overrides),
    },
    attributes: [],
    ...date('createdAt', task.createdAt),
    ...date('pullStartedAt', task.pullStartedAt),
    ...date('pullStoppedAt', task.pullStoppedAt),
    ...date('startedAt', task.startedAt),
    ...date('stoppingAt', task.stoppingAt),
    ...date('stoppedAt', task.stoppedAt),
    ...(task.stopCode ? { stopCode: task.stopCode, stoppedReason: task.stoppedReason } : {}),
    ...(withTags ? { tags: tagList(task.tags) } : {}),
  };
}
