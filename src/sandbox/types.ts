import type { Clock } from '../clock.ts';
import type { PolicyDocument } from '../permissions/evaluate.ts';
import type { OperationOf } from '../permissions/manifest.ts';

/**
 * The simulated AWS account: plain JSON, so that it can be a file, be compared and be printed.
 * Every time is in milliseconds of sandbox time. Records are keyed by ARN unless said.
 */
export interface World {
  version: 1;
  /** The latest sandbox time that any process has seen. Time never goes back. */
  now: number;
  /** Source of ids; the same sequence of calls gives the same ids. */
  nextId: number;
  partition: string;
  account: string;
  region: string;
  network: NetworkState;
  roles: Record<string, { arn: string; name: string; trusts: string[] }>;
  ecs: EcsState;
  elasticloadbalancing: ElbState;
  logs: LogsState;
  ecr: EcrState;
  codebuild: CodeBuildState;
  route53: Route53State;
}

export type Tags = Record<string, string>;

export interface NetworkState {
  vpcs: Record<string, { id: string }>;
  subnets: Record<string, { id: string; vpcId: string; zone: string }>;
  securityGroups: Record<string, { id: string; vpcId: string }>;
}

export interface ElbState {
  loadBalancers: Record<string, LoadBalancer>;
  listeners: Record<string, Listener>;
  rules: Record<string, Rule>;
  targetGroups: Record<string, TargetGroup>;
}
export interface LoadBalancer {
  arn: string;
  name: string;
  dnsName: string;
  canonicalHostedZoneId: string;
  scheme: 'internet-facing' | 'internal';
  type: 'application';
  vpcId: string;
  zones: { zone: string; subnetId: string }[];
  securityGroups: string[];
  createdAt: number;
  tags?: Tags;
}
export interface Listener {
  arn: string;
  loadBalancerArn: string;
  port: number;
  protocol: string;
  certificateArn?: string;
  tags?: Tags;
}
export interface Rule {
  arn: string;
  listenerArn: string;
  /** 1-50000; 0 is the listener's default rule. */
  priority: number;
  hosts: string[];
  /** Condition fields other than host-header, kept as given. */
  otherConditions: unknown[];
  targetGroupArn?: string;
  /** Actions other than one forward to one target group, kept as given. */
  otherActions?: unknown[];
  tags: Tags;
}
export interface TargetGroup {
  arn: string;
  name: string;
  protocol: string;
  port: number;
  vpcId: string;
  targetType: string;
  healthCheck: {
    path: string;
    port: string;
    protocol: string;
    intervalSeconds: number;
    timeoutSeconds: number;
    healthyThreshold: number;
    unhealthyThreshold: number;
    matcher: string;
  };
  attributes: Record<string, string>;
  tags: Tags;
  /** Keyed by `ip:port`; written by ECS as tasks come and go. */
  targets: Record<string, Target>;
  createdAt: number;
  /** When its last rule was deleted: DeleteTargetGroup is refused for a moment after that. */
  releasedAt?: number;
}
export interface Target {
  ip: string;
  port: number;
  zone: string;
  state: 'initial' | 'healthy' | 'unhealthy' | 'draining';
  reason?: string;
  description?: string;
}

export interface LogsState {
  /** Keyed by name. */
  groups: Record<string, LogGroup>;
}
export interface LogGroup {
  name: string;
  arn: string;
  createdAt: number;
  retentionDays?: number;
  tags: Tags;
  /** Keyed by stream name; oldest event first. */
  streams: Record<string, { at: number; message: string }[]>;
}

export interface EcrState {
  /** Keyed by name. */
  repositories: Record<string, Repository>;
}
export interface Repository {
  name: string;
  arn: string;
  createdAt: number;
  lifecyclePolicy?: string;
  tags: Tags;
  /** Keyed by digest. An image without tags stays until it is deleted. */
  images: Record<
    string,
    { digest: string; tags: string[]; pushedAt: number; architecture: string }
  >;
}

export interface Route53State {
  /** Keyed by zone id, without the `/hostedzone/` prefix. */
  zones: Record<string, { id: string; name: string; records: Record<string, unknown>[] }>;
  /** Keyed by change id. */
  changes: Record<string, { id: string; submittedAt: number }>;
}

/** ECS and CodeBuild keep their own shapes in their own files. */
export interface EcsState {
  clusters: Record<string, { arn: string; name: string; capacityProviders: string[]; tags: Tags }>;
  services: Record<string, import('./services/ecs-state.ts').Service>;
  taskDefinitions: Record<string, import('./services/ecs-state.ts').TaskDefinition>;
  tasks: Record<string, import('./services/ecs-state.ts').Task>;
  /** Highest revision ever given, by family: revisions are never reused. */
  revisions: Record<string, number>;
}
export interface CodeBuildState {
  /** Keyed by name. */
  projects: Record<string, import('./services/codebuild-state.ts').Project>;
  /** Keyed by build id. */
  builds: Record<string, import('./services/codebuild-state.ts').Build>;
}

/** How the simulated application and build behave; a deployment or build keeps what was set when it began. */
export interface Behaviour {
  app: 'healthy' | 'crash' | 'unhealthy' | 'wrong-architecture';
  build: 'ok' | 'fail';
}

/** One thing that AWS authorises when a call is made; a call is allowed when all of them are. */
export interface Authorization {
  action: string;
  resource: string;
  /** Condition keys as AWS fills them, e.g. `ecs:cluster`, `aws:RequestTag/x`. */
  context?: Record<string, string | string[]>;
}

/** What an operation gets to work with. */
export interface Ctx {
  world: World;
  /** Sandbox time of the call, milliseconds. */
  now: number;
  behaviour: Behaviour;
  /** The caller's ARN, as GetCallerIdentity tells it. */
  callerArn?: string;
  /** A fresh id of `length` lower-case hex digits. */
  id(length: number): string;
}

/** One simulated operation: what AWS would authorise, and what it would do. Both are synchronous. */
export interface Operation {
  authorize(input: never, ctx: Ctx): Authorization[];
  run(input: never, ctx: Ctx): object;
}

/** A service has exactly the operations of the manifest, and moves its world on as time passes. */
export type ServiceTable<Service extends string> = Record<OperationOf<Service>, Operation>;
export type Advance = (ctx: Ctx) => void;

/** A fault to inject: see BEHAVIOUR.md. */
export interface Fault {
  call: string;
  nth: number;
  times?: number | 'always';
  fault: 'throttle' | '500' | 'denied' | 'lost' | 'kill';
}

export interface SandboxOptions {
  clock: Clock;
  /** Milliseconds that every call takes, on the process's own clock. */
  latencyMs?: number;
  faults?: Fault[];
  behaviour?: Partial<Behaviour>;
  /** Identity policies of the caller; a call outside them is denied as AWS would. */
  policies?: PolicyDocument[];
  /** The caller, as GetCallerIdentity tells it. */
  callerArn?: string;
  onCall?: (line: CallLine) => void;
  /** Ends the process, for the `kill` fault. Must not return. */
  kill?: () => never;
}

/** One line of the call log. Times are milliseconds of the process's clock. */
export interface CallLine {
  call: string;
  write: boolean;
  startMs: number;
  endMs: number;
  error: string | null;
}
