import type { Input, Output } from '../../../aws/api.ts';
import type { CallOptions } from '../../../aws/aws.ts';
import { isNamed, says } from '../../../aws/errors.ts';
import { type Claim, formatClaim, parseClaim } from '../../../preview/claim.ts';
import { hash } from '../../../preview/hash.ts';
import { sizeTag } from '../../../preview/size.ts';
import { stoppedIn, stoppedTag } from '../../../preview/stopped.ts';
import {
  differingTags,
  factTags,
  momentTags,
  never,
  owns,
  type Tags,
  tagKeys,
} from '../../../preview/tags.ts';
import { conflict, type Draft, nothing, step } from '../draft.ts';
import { taskSize } from '../service-cost.ts';
import type { Session } from '../session.ts';
import { settle } from '../settle.ts';
import { capacityTag } from '../spot.ts';
import { lowerTagList, type Target, tagRecord } from '../target.ts';

export type ServiceAnswer = NonNullable<Output<'ecs:DescribeServices'>['services']>[number];
export type Deployment = NonNullable<ServiceAnswer['deployments']>[number];

export interface Service {
  status: 'ACTIVE' | 'DRAINING';
  taskDefinitionArn: string;
  /** What of ours is set, normalised, to be compared with `settings`. */
  settings: Record<string, string>;
  tags: Tags;
  /** ARN of the service deployment under way, else of the last one; not every emulator has them. */
  serviceDeployment?: string | undefined;
  deployments: Deployment[];
  events: NonNullable<ServiceAnswer['events']>;
}

/** An INACTIVE or MISSING service is no service: its name can be used again. */
export async function readService(
  { aws, target }: Session,
  options: CallOptions = {},
): Promise<Service | undefined> {
  try {
    const input = {
      cluster: target.config.providerConfig.cluster,
      services: [target.names.service],
      include: ['TAGS' as const],
    };
    const answer = await aws.call('ecs:DescribeServices', input, options);
    return answer.services?.map(shapeService).find((service) => service !== undefined);
  } catch (error) {
    if (isNamed(error, 'ServiceNotFoundException')) return undefined;
    throw error;
  }
}

export function shapeService(answer: ServiceAnswer): Service | undefined {
  const { status } = answer;
  if (status !== 'ACTIVE' && status !== 'DRAINING') return undefined;
  return {
    status,
    taskDefinitionArn: answer.taskDefinition ?? '',
    settings: settingsOf(answer, Boolean(answer.capacityProviderStrategy?.length)),
    tags: tagRecord(answer.tags),
    serviceDeployment: answer.currentServiceDeployment,
    deployments: answer.deployments ?? [],
    events: answer.events ?? [],
  };
}

type Shape = Omit<Input<'ecs:CreateService'>, 'serviceName' | 'taskDefinition' | 'tags'>;

function shape(target: Target, targetGroupArn: string, modern = true): Shape {
  const { providerConfig, container, task } = target.config;
  return {
    cluster: providerConfig.cluster,
    desiredCount: task.count,
    networkConfiguration: {
      awsvpcConfiguration: {
        subnets: providerConfig.subnets,
        securityGroups: providerConfig.securityGroups,
        assignPublicIp: task.assignPublicIp ? 'ENABLED' : 'DISABLED',
      },
    },
    loadBalancers: [{ targetGroupArn, containerName: container.name, containerPort: target.port }],
    healthCheckGracePeriodSeconds: container.healthCheck.grace,
    deploymentConfiguration: deploymentConfiguration(modern),
    availabilityZoneRebalancing: 'DISABLED', // one task has nothing to balance
    propagateTags: 'SERVICE',
    enableECSManagedTags: true,
  };
}

/**
 * A preview's rollout gives up after two failed tasks instead of three to two hundred, and is over
 * once the new tasks are healthy, while the old ones still drain. Both are newer (2026) than some
 * regions may be, so they are asked for, left out where they are refused, and never compared.
 */
function deploymentConfiguration(modern: boolean): Shape['deploymentConfiguration'] {
  const breaker = { enable: true, rollback: true };
  const settings = { minimumHealthyPercent: 100, maximumPercent: 200 };
  if (!modern) return { ...settings, deploymentCircuitBreaker: breaker };
  return {
    ...settings,
    deploymentCircuitBreaker: {
      ...breaker,
      thresholdConfiguration: { type: 'COUNT', value: 2 },
      resetOnHealthyTask: false,
    },
    earlySuccessCriteria: {
      enable: true,
      healthyPercent: 100,
      sourceServiceRevisionCleanup: 'DEFERRED',
    },
  };
}

const refusesModern = (error: unknown) =>
  says(error, /threshold ?Configuration|resetOnHealthyTask|early ?Success/i);

/** One readable string a setting, the same for what is wanted and what AWS answers. */
function settingsOf(
  service: Omit<Shape, 'cluster'> | ServiceAnswer,
  spot: boolean,
): Record<string, string> {
  const vpc = service.networkConfiguration?.awsvpcConfiguration;
  const deployment = service.deploymentConfiguration;
  const list = (items: readonly string[] | undefined) => [...(items ?? [])].sort().join(' ');
  return {
    'desired count': String(service.desiredCount),
    subnets: list(vpc?.subnets),
    'security groups': list(vpc?.securityGroups),
    'public IP': vpc?.assignPublicIp ?? 'DISABLED',
    'load balancer': list(
      service.loadBalancers?.map(
        (l) => `${l.targetGroupArn} ${l.containerName}:${l.containerPort}`,
      ),
    ),
    'grace period': String(service.healthCheckGracePeriodSeconds ?? 0),
    'deployment settings': [
      deployment?.minimumHealthyPercent ?? 100,
      deployment?.maximumPercent ?? 200,
      deployment?.deploymentCircuitBreaker?.enable ?? false,
      deployment?.deploymentCircuitBreaker?.rollback ?? false,
    ].join(' '),
    'propagated tags': service.propagateTags ?? 'NONE',
    'capacity (Spot or on demand)': spot ? 'FARGATE_SPOT' : 'FARGATE',
  };
}

export function settings(target: Target, targetGroupArn: string): Record<string, string> {
  return settingsOf(shape(target, targetGroupArn), target.config.task.spot);
}

const keysThatDiffer = (want: Record<string, string>, have: Record<string, string>) =>
  Object.keys(want).filter((key) => want[key] !== have[key]);

/** Tags by which the service tells what it runs; see `preview/tags.ts` for what is compared. */
function wantedTags(target: Target, commit: string | undefined): Tags {
  return { ...target.tags, ...factTags({ identity: target.identity, commit }) };
}

function tagsDiffer(target: Target, commit: string | undefined, tags: Tags): boolean {
  const expires = (target.config.ttl === undefined) === (tags[tagKeys.expires] === never);
  return (
    differingTags(wantedTags(target, commit), tags).length > 0 ||
    !expires ||
    stoppedIn(tags) !== undefined
  );
}

/** The newest rollout: ECS calls it PRIMARY. */
export function primary(service: Pick<Service, 'deployments'>): Deployment | undefined {
  return service.deployments.find((d) => d.status === 'PRIMARY') ?? service.deployments[0];
}

/** Whether there is a revision to go back to: a first deploy that failed, or found no room, left none. */
export function hasServed(service: Service | undefined): boolean {
  const deployments = service?.status === 'ACTIVE' ? service.deployments : [];
  return deployments.some((d) => d.rolloutState === 'COMPLETED' || (d.runningCount ?? 0) > 0);
}

export interface ServiceWish {
  /** Absent while the revision is yet to be registered. */
  taskDefinitionArn: string | undefined;
  targetGroupArn: string | undefined;
  /** The claim on the target group; another than the service's means that a run did not end well. */
  claim: string | undefined;
  commit: string | undefined;
  /** Whether other steps of the run go on under a claim of its own. */
  claims: boolean;
}

export function planService(
  target: Target,
  options: { observed: Service | undefined; wish: ServiceWish },
): Draft {
  const { observed, wish } = options;
  const name = target.names.service;
  const after = ['task-definition', 'target-group', 'listener-rule', 'log-group'];
  if (!observed || observed.status === 'DRAINING') {
    const changes = observed ? ['once the old one has drained'] : [];
    return step('create', 'service', name, { after, changes });
  }
  const { app, id } = target.identity;
  if (!owns(observed.tags, app, id)) {
    return conflict(
      'service',
      name,
      'exists without the previewops tags of this preview',
      'Delete it, or give this app another name (`app`).',
    );
  }
  const changes = serviceChanges(target, observed, wish);
  if (changes.length === 0 && wish.claims) changes.push('claim');
  return changes.length === 0 ? nothing : step('update', 'service', name, { changes, after });
}

function serviceChanges(target: Target, observed: Service, wish: ServiceWish): string[] {
  const want = settings(target, wish.targetGroupArn ?? '');
  return [
    ...(wish.taskDefinitionArn === observed.taskDefinitionArn ? [] : ['revision']),
    ...keysThatDiffer(want, observed.settings),
    ...(tagsDiffer(target, wish.commit, observed.tags) ? ['tags'] : []),
    ...(wantsAnotherTry(observed) ? ['another try'] : []),
    ...(wish.claim !== observed.tags[tagKeys.claim] ? [unfinishedRun(wish.claim)] : []),
  ];
}

/**
 * A rollout that failed stays as it is. One that found no room goes on by itself, but ECS waits up to
 * 15 minutes between its tries, and what it said before says nothing of now.
 */
function wantsAnotherTry(observed: Service): boolean {
  const newest = primary(observed);
  const failed = newest?.rolloutState === 'FAILED';
  return failed || (placed(newest) === 0 && refusedPlacement(observed, newest) !== undefined);
}

/** The account's limit, not a passing shortage: waiting would not help. */
const placementRefused = /unable to place a task.*reached the limit on the number of vCPUs/is;

/** How many of its tasks run or are about to. */
export const placed = (deployment: Deployment | undefined): number =>
  (deployment?.runningCount ?? 0) + (deployment?.pendingCount ?? 0);

/**
 * ECS's sentence, where it found no vCPU for a task of a deployment. Once some of them are placed, those
 * of an earlier deployment make room for the others. Events from before `notBefore`, milliseconds since
 * the epoch, say nothing of it.
 */
export function refusedPlacement(
  { deployments, events }: Pick<Service, 'deployments' | 'events'>,
  deployment: Deployment | undefined,
  notBefore = 0,
): string | undefined {
  const there = placed(deployment);
  if (there > 0 && there >= (deployment?.desiredCount ?? 1)) return undefined;
  if (there > 0 && deployments.some((one) => one.id !== deployment?.id && placed(one) > 0)) {
    return undefined;
  }
  const since = Math.max(notBefore, Number(deployment?.createdAt ?? 0));
  const event = events.find(
    ({ createdAt, message = '' }) =>
      Number(createdAt ?? 0) >= since && placementRefused.test(message),
  );
  return event?.message;
}

/** A stop or start that was cut short leaves the revision as it was, so that no hook is due for it. */
function unfinishedRun(claim: string | undefined): string {
  const kind = parseClaim(claim)?.kind;
  return kind === 'stop' || kind === 'start'
    ? `an unfinished ${kind} before`
    : 'an unfinished run before';
}

export interface ServiceOrder {
  taskDefinitionArn: string;
  targetGroupArn: string;
  commit: string | undefined;
  claim: Claim;
}

/** A rollout to follow. */
export interface RolloutId {
  /** ECS's id of the deployment in the service, if ECS told it. */
  id: string | undefined;
  /** Whether this run began it; another run's, or nobody's, is followed just the same. */
  begun: boolean;
}

/** Creates or updates the service; gives the rollout to follow. */
export async function ensureService(
  session: Session,
  options: { observed: Service | undefined; order: ServiceOrder; guard: () => Promise<void> },
): Promise<RolloutId> {
  const { order, guard } = options;
  let modern = true;
  const leavesModern = (error: unknown) => {
    const leave = modern && refusesModern(error);
    if (leave) modern = false;
    return leave;
  };
  return settle(session, {
    observed: options.observed,
    read: () => readService(session),
    race: (error) =>
      leavesModern(error) ||
      says(error, 'was not idempotent') ||
      says(error, 'still Draining') ||
      isNamed(error, 'ServiceNotActiveException', 'ServiceNotFoundException'),
    wait: { forMs: 120_000, everyMs: 3_000, when: notYet },
    act: async (observed) => {
      await guard();
      if (observed?.status === 'DRAINING') {
        await drained(session);
        await guard(); // draining takes minutes: much may have happened
      }
      return observed?.status === 'ACTIVE'
        ? updateService(session, observed, { ...order, modern })
        : createService(session, { ...order, modern });
    },
  });
}

/** AWS's own parts have not all heard of each other: the rule, the service-linked role, a new role. */
function notYet(error: unknown): boolean {
  return (
    isNamed(error, 'InvalidParameterException', 'ClientException') &&
    says(
      error,
      /does not have an associated load balancer|Unable to assume the service linked role|ECS was unable to assume the role/,
    )
  );
}

/** Waits until ECS has let go of the name. */
export async function drained(session: Session): Promise<void> {
  const { clock, signal, emit } = session;
  const begun = clock.now();
  while ((await readService(session))?.status === 'DRAINING') {
    emit({ type: 'waiting', what: 'the service to drain', ms: clock.now() - begun });
    await clock.sleep(3_000, signal);
  }
}

function moments(session: Session, created: string | undefined): Tags {
  const { ttl } = session.target.config;
  const now = session.clock.now();
  const first = Date.parse(created ?? '');
  return {
    ...momentTags({
      created: Number.isNaN(first) ? now : first,
      deployed: now,
      ...(ttl === undefined ? {} : { ttlMs: ttl * 1000 }),
    }),
    ...sizeTag(taskSize(session.target.config)),
  };
}

type Settled = ServiceOrder & { modern: boolean };

async function createService(session: Session, order: Settled): Promise<RolloutId> {
  const { aws, target } = session;
  const answer = await aws.call('ecs:CreateService', {
    ...shape(target, order.targetGroupArn, order.modern),
    ...(target.config.task.spot
      ? { capacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }] }
      : { launchType: 'FARGATE' as const }),
    serviceName: target.names.service,
    taskDefinition: order.taskDefinitionArn,
    clientToken: hash(32, order.claim.id, order.taskDefinitionArn),
    tags: lowerTagList({
      ...wantedTags(target, order.commit),
      ...moments(session, undefined),
      ...capacityTag(target),
      [tagKeys.claim]: formatClaim(order.claim),
    }),
  });
  return { id: rolloutId(answer.service), begun: true };
}

async function updateService(
  session: Session,
  observed: Service,
  order: Settled,
): Promise<RolloutId> {
  const { aws, target } = session;
  const { cluster } = target.config.providerConfig;
  const differing = keysThatDiffer(settings(target, order.targetGroupArn), observed.settings);
  const again = wantsAnotherTry(observed);
  const rollsOut = observed.taskDefinitionArn !== order.taskDefinitionArn || again;
  const moved = differing.includes('capacity (Spot or on demand)');
  const update = async () => {
    if (!rollsOut && differing.length === 0) return { id: rolloutId(observed), begun: false };
    const { cluster: _, ...settable } = shape(target, order.targetGroupArn, order.modern);
    const answer = await aws.call('ecs:UpdateService', {
      cluster,
      service: target.names.service,
      taskDefinition: order.taskDefinitionArn,
      ...settable,
      ...(moved
        ? {
            // An empty list goes back from Spot to the launch type (UpdateService, valid transitions).
            capacityProviderStrategy: target.config.task.spot
              ? [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }]
              : [],
          }
        : {}),
      ...(again || moved ? { forceNewDeployment: true } : {}),
    });
    const id = rolloutId(answer.service);
    return { id, begun: id !== rolloutId(observed) };
  };
  const tag = aws.call('ecs:TagResource', {
    resourceArn: target.arns.service,
    tags: lowerTagList({
      ...wantedTags(target, order.commit),
      ...moments(session, observed.tags[tagKeys.created]),
      ...capacityTag(target, observed.tags),
      ...(observed.tags[tagKeys.stopped] === undefined ? {} : stoppedTag(undefined)),
      [tagKeys.claim]: formatClaim(order.claim),
    }),
  });
  const [rollout] = await Promise.all([update(), tag]);
  return rollout;
}

function rolloutId(service: { deployments?: Deployment[] | undefined } | undefined) {
  return service && primary({ deployments: service.deployments ?? [] })?.id;
}

export function planServiceRemoval(target: Target, observed: Service | undefined): Draft {
  if (!observed) return nothing;
  const { names, identity } = target;
  if (!owns(observed.tags, identity.app, identity.id)) {
    return conflict(
      'service',
      names.service,
      'carries no previewops tags of this preview',
      'It is left alone.',
    );
  }
  return step('delete', 'service', names.service);
}

/** Deletes and waits until every task has stopped. */
export async function removeService(session: Session, observed: Service): Promise<void> {
  const { aws, target } = session;
  await settle(session, {
    observed: observed as Service | undefined,
    read: () => readService(session),
    race: (error) => isNamed(error, 'ServiceNotFoundException', 'ServiceNotActiveException'),
    wait: {
      forMs: 300_000,
      everyMs: 5_000,
      when: (error) => says(error, 'cannot be stopped while deployments are active'),
    },
    act: async (service) => {
      if (service?.status !== 'ACTIVE') return;
      await aws.call('ecs:DeleteService', {
        cluster: target.config.providerConfig.cluster,
        service: target.names.service,
        force: true, // ECS scales to zero by itself then; tasks still get their time to stop
      });
    },
  });
  await drained(session);
}
