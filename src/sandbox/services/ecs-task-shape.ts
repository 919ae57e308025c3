import type { Task as SdkTask } from '@aws-sdk/client-ecs';
import type { Ctx } from '../types.ts';
import { tagList } from './ecs-lookup.ts';
import type { Task } from './ecs-state.ts';

const date = <K extends string>(key: K, at: number | undefined) =>
  (at === undefined ? {} : { [key]: new Date(at) }) as Partial<Record<K, Date>>;

/** A task as DescribeTasks answers it. */
export function taskShape({ world }: Ctx, task: Task, withTags: boolean): SdkTask {
  const { definition } = world.ecs.taskDefinitions[task.taskDefinition] ?? {};
  const attachmentId = `attachment-${task.id.slice(0, 12)}`;
  const address = { attachmentId, privateIpv4Address: task.ip };
  const status = task.lastStatus === 'DEACTIVATING' ? 'RUNNING' : task.lastStatus;
  const failed = task.stopCode === 'TaskFailedToStart' ? task.stoppedReason : undefined;
  return {
    taskArn: task.arn,
    clusterArn: task.clusterArn,
    taskDefinitionArn: task.taskDefinition,
    group: `service:${task.serviceArn.slice(task.serviceArn.lastIndexOf('/') + 1)}`,
    startedBy: task.deploymentId,
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
    containers: (definition?.containerDefinitions ?? []).map(({ name = '', image }) => ({
      containerArn: `${task.arn.replace(':task/', ':container/')}/${name}`,
      taskArn: task.arn,
      name,
      image,
      lastStatus: status === 'PROVISIONING' ? 'PENDING' : status,
      ...(task.digests[name] ? { imageDigest: task.digests[name] } : {}),
      ...(task.exitCode === undefined ? {} : { exitCode: task.exitCode }),
      ...(failed ? { reason: failed } : {}),
      networkInterfaces: [address],
      healthStatus: 'UNKNOWN',
    })),
    healthStatus: 'UNKNOWN',
    connectivity: task.startedAt === undefined ? 'DISCONNECTED' : 'CONNECTED',
    overrides: { containerOverrides: [], inferenceAcceleratorOverrides: [] },
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
