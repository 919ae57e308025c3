import type {
  DescribeServiceDeploymentsCommandInput,
  Failure,
  ServiceRevisionSummary,
  ServiceDeployment as Shape,
  StopServiceDeploymentCommandInput,
} from '@aws-sdk/client-ecs';
import { awsError } from '../errors.ts';
import { resourceTagContext } from '../tags.ts';
import type { Authorization, Ctx, Operation } from '../types.ts';
import { ecsArn } from './ecs-lookup.ts';
import { checkCount, missing } from './ecs-page.ts';
import { bad } from './ecs-service-common.ts';
import type { RevisionTasks, Service, ServiceDeployment } from './ecs-state.ts';
import { date } from './ecs-task-shape.ts';
import { isUnderWay, tasksNow } from './rollout-record.ts';
import { requestRollback } from './rollout-rollback.ts';

/** Cluster and service in the ARN of a service deployment; empty for what is no such ARN. */
function placeOf({ world }: Ctx, arn: string): { cluster: string; service: string } {
  const [, cluster = '', name = ''] =
    /:service-deployment\/([^/]+)\/([^/]+)\/[^/]+$/.exec(arn) ?? [];
  return {
    cluster: ecsArn(world, `cluster/${cluster}`),
    service: ecsArn(world, `service/${cluster}/${name}`),
  };
}

/** The Service Authorization Reference asks for the service and for its deployment. */
function needsFor(ctx: Ctx, action: string, arn: string): Authorization[] {
  const { cluster, service } = placeOf(ctx, arn);
  const context = { 'ecs:cluster': cluster };
  const tags = resourceTagContext(ctx.world.ecs.services[service]?.tags);
  return [
    { action, resource: service, context: { ...context, ...tags } },
    { action, resource: arn, context: { ...context, 'ecs:service': service } },
  ];
}

function find(ctx: Ctx, arn: string): { service: Service; record: ServiceDeployment } | undefined {
  const service = ctx.world.ecs.services[placeOf(ctx, arn).service];
  const record = service?.serviceDeployments.find((each) => each.arn === arn);
  return service && record && { service, record };
}

export const DescribeServiceDeployments = {
  authorize: ({ serviceDeploymentArns = [] }: DescribeServiceDeploymentsCommandInput, ctx) =>
    serviceDeploymentArns.flatMap((arn) => needsFor(ctx, 'ecs:DescribeServiceDeployments', arn)),
  run({ serviceDeploymentArns = [] }: DescribeServiceDeploymentsCommandInput, ctx) {
    // DescribeServiceDeployments, ECS API reference: at most 20 ARNs.
    checkCount(serviceDeploymentArns, 20, 'serviceDeploymentArns');
    const serviceDeployments: Shape[] = [];
    const failures: Failure[] = [];
    for (const arn of new Set(serviceDeploymentArns)) {
      const found = find(ctx, arn);
      if (found) serviceDeployments.push(shapeOf(ctx, found));
      else failures.push(missing(arn));
    }
    return { serviceDeployments, failures };
  },
} satisfies Operation;

export const StopServiceDeployment = {
  authorize: ({ serviceDeploymentArn = '' }: StopServiceDeploymentCommandInput, ctx) =>
    needsFor(ctx, 'ecs:StopServiceDeployment', serviceDeploymentArn),
  run(input: StopServiceDeploymentCommandInput, ctx) {
    const { serviceDeploymentArn: arn = '', stopType = 'ROLLBACK' } = input;
    // StopServiceDeployment, ECS API reference: "The valid values are ROLLBACK".
    if (stopType !== 'ROLLBACK') throw bad(`The stopType ${stopType} is not valid: use ROLLBACK.`);
    const found = find(ctx, arn);
    if (!found) {
      throw awsError('ServiceDeploymentNotFoundException', 'Service deployment not found.');
    }
    const { service, record } = found;
    if (!isUnderWay(record)) {
      throw awsError(
        'ConflictException',
        `The service deployment ${arn} cannot be stopped: it is ${record.status}.`,
      );
    }
    if (!service.lastCompleted) {
      throw bad(`The service deployment ${arn} has no previous revision to roll back to.`);
    }
    if (['PENDING', 'IN_PROGRESS'].includes(record.status)) requestRollback(ctx, service, record);
    return { serviceDeploymentArn: arn };
  },
} satisfies Operation;

const summary = ({ arn, requested, running, pending }: RevisionTasks): ServiceRevisionSummary => ({
  arn,
  requestedTaskCount: requested,
  runningTaskCount: running,
  pendingTaskCount: pending,
});

function shapeOf(
  ctx: Ctx,
  { service, record }: { service: Service; record: ServiceDeployment },
): Shape {
  const { target, sources } = tasksNow(ctx, service, record);
  const { rollback } = record;
  return {
    serviceDeploymentArn: record.arn,
    serviceArn: service.arn,
    clusterArn: service.clusterArn,
    ...date('createdAt', record.createdAt),
    ...date('startedAt', record.startedAt),
    ...date('updatedAt', record.updatedAt),
    ...date('finishedAt', record.finishedAt),
    ...date('stoppedAt', record.stoppedAt),
    sourceServiceRevisions: sources.map(summary),
    targetServiceRevision: summary(target),
    status: record.status,
    ...(record.statusReason === undefined ? {} : { statusReason: record.statusReason }),
    deploymentConfiguration: structuredClone(record.deploymentConfiguration),
    ...(rollback
      ? {
          rollback: {
            reason: rollback.reason,
            startedAt: new Date(rollback.startedAt),
            ...(rollback.revisionArn ? { serviceRevisionArn: rollback.revisionArn } : {}),
          },
        }
      : {}),
    deploymentCircuitBreaker: { ...record.breaker },
    alarms: { status: 'DISABLED', alarmNames: [], triggeredAlarmNames: [] },
  };
}
