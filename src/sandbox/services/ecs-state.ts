// Longer than most: types only, one record of the world after the other.
import type {
  CapacityProviderStrategyItem,
  DeploymentConfiguration,
  Failure,
  TaskDefinition as SdkTaskDefinition,
  ServiceDeploymentRollbackMonitorsStatus,
  ServiceDeploymentStatus,
  TaskOverride,
} from '@aws-sdk/client-ecs';
import type { Behaviour, Tags } from '../types.ts';

/** Where a container of the service is registered. */
export interface Binding {
  targetGroupArn: string;
  containerName: string;
  containerPort: number;
}

/** What a deployment runs; AWS calls this a service revision. */
export interface Revision {
  taskDefinition: string;
  network: { subnets: string[]; securityGroups: string[]; assignPublicIp: 'ENABLED' | 'DISABLED' };
  loadBalancers: Binding[];
  /** Absent when a capacity provider strategy is given. */
  launchType?: 'FARGATE';
  capacityProviderStrategy: CapacityProviderStrategyItem[];
  platformVersion: string;
  /** How the simulated application behaves in this deployment. */
  app: Behaviour['app'];
  /** Absent: Spot has capacity for its tasks. */
  spot?: 'none';
}

export interface Deployment {
  /** `ecs-svc/<digits>` */
  id: string;
  /** The rollout that it is part of: a rollback belongs to the one that it undoes. */
  serviceDeploymentArn: string;
  revisionArn: string;
  status: 'PRIMARY' | 'ACTIVE';
  revision: Revision;
  createdAt: number;
  updatedAt: number;
  rolloutState: 'IN_PROGRESS' | 'COMPLETED' | 'FAILED';
  rolloutStateReason: string;
  /** Every task of this deployment that failed. */
  failedTasks: number;
  /** Failures that the circuit breaker and the restart delay count; a healthy task resets them. */
  strikes: number;
  /** No task is started before this time. */
  retryAt: number;
  /** How often in a row the account had no room for a task. */
  unplaced?: number;
  /** Set on a deployment that goes back to an earlier revision. */
  rollback?: true;
}

/** One rollout with its rollback, if there was one: AWS's record, which outlives both. */
export interface ServiceDeployment {
  arn: string;
  status: ServiceDeploymentStatus;
  statusReason?: string;
  createdAt: number;
  startedAt?: number;
  updatedAt: number;
  finishedAt?: number;
  stoppedAt?: number;
  /** Counts are brought up to date when it ends; until then they are taken from the tasks. */
  target: RevisionTasks;
  sources: RevisionTasks[];
  deploymentConfiguration: DeploymentConfiguration;
  breaker: {
    status: ServiceDeploymentRollbackMonitorsStatus;
    failureCount: number;
    threshold: number;
  };
  /** When a rollback that was asked for begins. */
  rollbackAt?: number;
  /** Without a revision when there was none to go back to. */
  rollback?: { reason: string; startedAt: number; revisionArn?: string };
}

/** The tasks of a service revision. */
export interface RevisionTasks {
  arn: string;
  requested: number;
  running: number;
  pending: number;
}

export interface Service {
  arn: string;
  name: string;
  clusterArn: string;
  status: 'ACTIVE' | 'DRAINING' | 'INACTIVE';
  desiredCount: number;
  /** What the newest deployment runs. */
  revision: Revision;
  /** With AWS's defaults filled in. */
  deploymentConfiguration: DeploymentConfiguration;
  healthCheckGracePeriodSeconds?: number;
  enableECSManagedTags: boolean;
  enableExecuteCommand: boolean;
  propagateTags: 'NONE' | 'SERVICE' | 'TASK_DEFINITION';
  availabilityZoneRebalancing: 'ENABLED' | 'DISABLED';
  tags: Tags;
  createdAt: number;
  /** The parameters of CreateService in a canonical form, for its clientToken. */
  request: { clientToken?: string; parameters: string };
  /** Newest first; the first is PRIMARY. */
  deployments: Deployment[];
  /** The one under way, or else the last that was SUCCESSFUL. */
  currentServiceDeployment?: string;
  /** Newest first. */
  serviceDeployments: ServiceDeployment[];
  /** What a rollback goes back to. */
  lastCompleted?: { revision: Revision; revisionArn: string; serviceDeploymentArn: string };
  /** Newest first, at most 100. */
  events: { id: string; at: number; message: string }[];
  /** The steady state event was written for the present state. */
  steady: boolean;
  /** How many tasks were ever placed: chooses the next subnet. */
  placed: number;
  /** When the scheduler looks at this service next. */
  wakeAt?: number;
  /** A missing target group holds up the end of a draining service, once. */
  stalled?: true;
  inactiveAt?: number;
}

export interface TaskDefinition {
  arn: string;
  family: string;
  revision: number;
  status: 'ACTIVE' | 'INACTIVE' | 'DELETE_IN_PROGRESS';
  /** As AWS answers it, with its defaults filled in. */
  definition: Omit<
    SdkTaskDefinition,
    | 'taskDefinitionArn'
    | 'family'
    | 'revision'
    | 'status'
    | 'registeredAt'
    | 'deregisteredAt'
    | 'deleteRequestedAt'
  >;
  tags: Tags;
  registeredAt: number;
  deregisteredAt?: number;
  deleteRequestedAt?: number;
}

/** What happens to a task next; see rollout-steps.ts. */
export type Step =
  | 'pending'
  | 'initialize'
  | 'pull'
  | 'run'
  | 'register'
  | 'work'
  | 'exit'
  | 'check'
  | 'fail-check'
  | 'replace'
  | 'drained'
  | 'stopped';

/** A task of a deployment, or one that RunTask started. */
export type Task = TaskRecord & (OfService | OfRunTask);

interface OfService {
  serviceArn: string;
  deploymentId: string;
  oneOff?: never;
}
interface OfRunTask {
  serviceArn?: never;
  deploymentId?: never;
  oneOff: OneOff;
}

/** What a task without a service has of its own. */
export interface OneOff {
  group: string;
  startedBy?: string;
  overrides: TaskOverride;
  /** How the application behaves in it, where the command is not replaced. */
  app: Behaviour['app'];
  /** The call that started it, for its clientToken; `failures` are those of the same call. */
  request?: { clientToken: string; parameters: string; failures: Failure[] };
  /** Exit codes by container, of replaced commands that have ended. */
  exits: Record<string, number>;
}

interface TaskRecord {
  arn: string;
  id: string;
  clusterArn: string;
  taskDefinition: string;
  subnetId: string;
  ip: string;
  capacityProvider?: string;
  launchType?: 'FARGATE';
  tags: Tags;
  lastStatus: 'PROVISIONING' | 'PENDING' | 'RUNNING' | 'DEACTIVATING' | 'STOPPING' | 'STOPPED';
  desiredStatus: 'RUNNING' | 'STOPPED';
  /** Passes the load balancer's check, or has run long enough without one. */
  healthy: boolean;
  createdAt: number;
  pullStartedAt?: number;
  pullStoppedAt?: number;
  startedAt?: number;
  registeredAt?: number;
  stoppingAt?: number;
  stoppedAt?: number;
  stopCode?:
    | 'TaskFailedToStart'
    | 'EssentialContainerExited'
    | 'ServiceSchedulerInitiated'
    | 'UserInitiated';
  stoppedReason?: string;
  exitCode?: number;
  /** Why the first essential container ended, where that says more than its exit code. */
  containerReason?: string;
  /** Image digests by container, for images of this account's ECR. */
  digests: Record<string, string>;
  /** Targets in target groups; one that is draining is removed at `drainedAt`. */
  targets: { targetGroupArn: string; key: string; drainedAt?: number }[];
  next?: { at: number; step: Step };
}
