// Longer than most: the whole life of a service deployment, from its start to its end.
import type { ServiceDeploymentStatus } from '@aws-sdk/client-ecs';
import type { Ctx } from '../types.ts';
import { ecsArn, lastPart, liveTasks } from './ecs-lookup.ts';
import type {
  Deployment,
  Revision,
  RevisionTasks,
  Service,
  ServiceDeployment,
} from './ecs-state.ts';
import { breakerThreshold } from './rollout-threshold.ts';

/** AWS keeps service deployments for 90 days (ECS guide, "View service history"); these are enough here. */
const keptRecords = 10;

// The stages "Pending" and "Ongoing" of the ECS guide, "View service history using service deployments".
const unfinished: ReadonlySet<ServiceDeploymentStatus> = new Set([
  'PENDING',
  'IN_PROGRESS',
  'STOP_REQUESTED',
  'ROLLBACK_REQUESTED',
  'ROLLBACK_IN_PROGRESS',
] as const);

export const isUnderWay = ({ status }: ServiceDeployment) => unfinished.has(status);

/** The service deployment that has not ended: none but the newest, because each ends those before it. */
export const rolloutUnderWay = ({ serviceDeployments: [newest] }: Service) =>
  newest && isUnderWay(newest) ? newest : undefined;

/** Starts a rollout: its record, and a deployment in front of the others. One that is under way ends. */
export function startRollout(ctx: Ctx, service: Service, revision: Revision): void {
  const path = `${lastPart(service.clusterArn)}/${service.name}`;
  const arn = ecsArn(ctx.world, `service-deployment/${path}/${ctx.id(21)}`);
  const revisionArn = ecsArn(ctx.world, `service-revision/${path}/${digits(ctx)}`);
  endRollout(ctx, service, {
    status: 'STOPPED',
    reason: `Service deployment stopped because the newer service deployment ${arn} was created.`,
  });
  const { deploymentConfiguration, desiredCount, lastCompleted } = service;
  const record: ServiceDeployment = {
    arn,
    status: 'PENDING',
    createdAt: ctx.now,
    updatedAt: ctx.now,
    target: { arn: revisionArn, requested: 0, running: 0, pending: 0 },
    sources: sourcesOf(ctx, service),
    deploymentConfiguration: structuredClone(deploymentConfiguration),
    breaker: {
      status: deploymentConfiguration.deploymentCircuitBreaker?.enable ? 'MONITORING' : 'DISABLED',
      failureCount: 0,
      threshold: breakerThreshold(deploymentConfiguration, desiredCount),
    },
  };
  service.serviceDeployments = [record, ...service.serviceDeployments].filter(
    (each, index) => index < keptRecords || each.arn === lastCompleted?.serviceDeploymentArn,
  );
  service.currentServiceDeployment = arn;
  beginDeployment(ctx, service, { revision, revisionArn, serviceDeploymentArn: arn });
}

const digits = (ctx: Ctx) =>
  BigInt(`0x${ctx.id(16)}`)
    .toString()
    .padStart(19, '0')
    .slice(0, 19);

/** The revisions that have tasks now. */
function sourcesOf(ctx: Ctx, service: Service): RevisionTasks[] {
  const used = new Set(liveTasks(ctx, service).map(({ deploymentId }) => deploymentId));
  const arns = service.deployments.filter(({ id }) => used.has(id)).map((each) => each.revisionArn);
  return [...new Set(arns)].map((arn) => countTasks(ctx, service, arn));
}

/** Puts a new PRIMARY deployment in front of the others. */
export function beginDeployment(
  ctx: Ctx,
  service: Service,
  wanted: Pick<Deployment, 'revision' | 'revisionArn' | 'serviceDeploymentArn'>,
): Deployment {
  const id = `ecs-svc/${digits(ctx)}`;
  for (const older of service.deployments) older.status = 'ACTIVE';
  const deployment: Deployment = {
    ...wanted,
    id,
    status: 'PRIMARY',
    createdAt: ctx.now,
    updatedAt: ctx.now,
    rolloutState: 'IN_PROGRESS',
    rolloutStateReason: `ECS deployment ${id} in progress.`,
    failedTasks: 0,
    strikes: 0,
    retryAt: ctx.now,
  };
  service.deployments.unshift(deployment);
  service.revision = structuredClone(wanted.revision);
  service.steady = false;
  return deployment;
}

/** Notes that the scheduler has taken the rollout up. */
export function takeUp(ctx: Ctx, service: Service): void {
  const record = rolloutUnderWay(service);
  if (record?.status !== 'PENDING') return;
  record.status = 'IN_PROGRESS';
  record.startedAt = ctx.now;
  record.updatedAt = ctx.now;
}

/** Ends the rollout that is under way, if one is. */
export function endRollout(
  ctx: Ctx,
  service: Service,
  { status, reason }: { status: ServiceDeploymentStatus; reason?: string },
): void {
  const record = rolloutUnderWay(service);
  if (!record) return;
  Object.assign(record, tasksNow(ctx, service, record));
  record.status = status;
  if (reason !== undefined) record.statusReason = reason;
  record.updatedAt = ctx.now;
  record.finishedAt = ctx.now;
  if (status === 'STOPPED') record.stoppedAt = ctx.now;
  if (record.breaker.status === 'MONITORING') record.breaker.status = 'MONITORING_COMPLETE';
  if (status === 'SUCCESSFUL') return;
  const before = service.lastCompleted?.serviceDeploymentArn;
  if (before === undefined) delete service.currentServiceDeployment;
  else service.currentServiceDeployment = before;
}

/** The tasks of a record's revisions: as they are now, or as they were at its end. */
export function tasksNow(
  ctx: Ctx,
  service: Service,
  record: ServiceDeployment,
): Pick<ServiceDeployment, 'target' | 'sources'> {
  const { target, sources } = record;
  if (record.status === 'PENDING' || !isUnderWay(record)) return { target, sources };
  const count = ({ arn }: RevisionTasks) => countTasks(ctx, service, arn);
  return { target: count(target), sources: sources.map(count) };
}

function countTasks(ctx: Ctx, service: Service, arn: string): RevisionTasks {
  const own = service.deployments.filter((each) => each.revisionArn === arn);
  const tasks = liveTasks(ctx, service).filter((task) =>
    own.some(({ id }) => id === task.deploymentId),
  );
  const [primary] = service.deployments;
  const meant = tasks.filter(({ desiredStatus }) => desiredStatus === 'RUNNING').length;
  return {
    arn,
    requested: primary?.revisionArn === arn ? service.desiredCount : meant,
    running: tasks.filter(({ lastStatus }) => lastStatus === 'RUNNING').length,
    pending: tasks.filter(({ lastStatus }) => ['PROVISIONING', 'PENDING'].includes(lastStatus))
      .length,
  };
}
