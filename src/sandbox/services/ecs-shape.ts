import type {
  NetworkConfiguration,
  Deployment as SdkDeployment,
  Service as SdkService,
} from '@aws-sdk/client-ecs';
import type { Ctx } from '../types.ts';
import { tagList } from './ecs-lookup.ts';
import type { Deployment, Revision, Service, Task } from './ecs-state.ts';

const networkShape = ({ network }: Revision): NetworkConfiguration => ({
  awsvpcConfiguration: {
    subnets: [...network.subnets],
    securityGroups: [...network.securityGroups],
    assignPublicIp: network.assignPublicIp,
  },
});

/** Launch type or strategy, never both, as AWS answers. */
const capacityShape = ({ launchType, capacityProviderStrategy }: Revision) =>
  launchType
    ? { launchType }
    : { capacityProviderStrategy: capacityProviderStrategy.map((item) => ({ ...item })) };

const counts = (tasks: readonly Task[]) => ({
  runningCount: tasks.filter(({ lastStatus }) => lastStatus === 'RUNNING').length,
  pendingCount: tasks.filter(({ lastStatus }) => ['PROVISIONING', 'PENDING'].includes(lastStatus))
    .length,
});

function deploymentShape(
  deployment: Deployment,
  { service, tasks }: { service: Service; tasks: readonly Task[] },
): SdkDeployment {
  const { revision } = deployment;
  return {
    id: deployment.id,
    status: deployment.status,
    taskDefinition: revision.taskDefinition,
    desiredCount: deployment.status === 'PRIMARY' ? service.desiredCount : 0,
    ...counts(tasks.filter(({ deploymentId }) => deploymentId === deployment.id)),
    failedTasks: deployment.failedTasks,
    createdAt: new Date(deployment.createdAt),
    updatedAt: new Date(deployment.updatedAt),
    ...capacityShape(revision),
    platformVersion: revision.platformVersion === 'LATEST' ? '1.4.0' : revision.platformVersion,
    platformFamily: 'Linux',
    networkConfiguration: networkShape(revision),
    rolloutState: deployment.rolloutState,
    rolloutStateReason: deployment.rolloutStateReason,
  };
}

/** A service as DescribeServices answers it; `tasks` are the service's own. */
export function serviceShape(
  { world }: Ctx,
  service: Service,
  { tasks, withTags }: { tasks: readonly Task[]; withTags: boolean },
): SdkService {
  const { revision, healthCheckGracePeriodSeconds: grace } = service;
  return {
    serviceArn: service.arn,
    serviceName: service.name,
    clusterArn: service.clusterArn,
    loadBalancers: revision.loadBalancers.map((binding) => ({ ...binding })),
    serviceRegistries: [],
    status: service.status,
    desiredCount: service.desiredCount,
    ...counts(tasks),
    ...capacityShape(revision),
    platformVersion: revision.platformVersion,
    platformFamily: 'Linux',
    taskDefinition: revision.taskDefinition,
    deploymentConfiguration: structuredClone(service.deploymentConfiguration),
    deployments: service.deployments.map((d) => deploymentShape(d, { service, tasks })),
    roleArn: `arn:${world.partition}:iam::${world.account}:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS`,
    events: service.events.map(({ id, at, message }) => ({ id, createdAt: new Date(at), message })),
    createdAt: new Date(service.createdAt),
    ...(service.currentServiceDeployment
      ? { currentServiceDeployment: service.currentServiceDeployment }
      : {}),
    placementConstraints: [],
    placementStrategy: [],
    networkConfiguration: networkShape(revision),
    ...(grace === undefined ? {} : { healthCheckGracePeriodSeconds: grace }),
    schedulingStrategy: 'REPLICA',
    deploymentController: { type: 'ECS' },
    enableECSManagedTags: service.enableECSManagedTags,
    propagateTags: service.propagateTags,
    enableExecuteCommand: service.enableExecuteCommand,
    availabilityZoneRebalancing: service.availabilityZoneRebalancing,
    ...(withTags ? { tags: tagList(service.tags) } : {}),
  };
}
