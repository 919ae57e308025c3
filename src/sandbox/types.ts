// Longer than most: the whole shape of the simulated account, in one place to look it up.
import type { Clock } from '../clock.ts';
import type { PolicyDocument } from '../permissions/evaluate.ts';
import type { OperationOf } from '../permissions/manifest.ts';

/**
 * The simulated AWS account: plain JSON, so that it can be a file, be compared and be printed.
 * Every time is in milliseconds of sandbox time. Records are keyed by ARN unless said.
 */
export interface World {
  version: 4;
  /** The latest sandbox time that any process has seen. Time never goes back. */
  now: number;
  /** Source of ids; the same sequence of calls gives the same ids. */
  nextId: number;
  partition: string;
  account: string;
  region: string;
  network: NetworkState;
  iam: import('./iam-types.ts').IamState;
  ecs: EcsState;
  elasticloadbalancing: ElbState;
  logs: LogsState;
  /** Requests that load balancers handed to targets; absent before the first. */
  requests?: RequestCounts;
  ecr: EcrState;
  codebuild: CodeBuildState;
  cloudformation: import('./stack-types.ts').CloudFormationState;
  route53: Route53State;
  dns: DnsState;
  acm: AcmState;
  /** Applied quotas by code, e.g. `L-3032A538`. */
  quotas: Record<string, Quota>;
  /** What is left of AWS's request rates, by bucket; only where they are enforced. */
  rates?: Record<string, { left: number; at: number }>;
}

export type Tags = Record<string, string>;

export type NetworkState = import('./network-types.ts').NetworkState;

export interface ElbState {
  loadBalancers: Record<string, LoadBalancer>;
  listeners: Record<string, Listener>;
  rules: Record<string, Rule>;
  targetGroups: Record<string, TargetGroup>;
  /** Quotas that differ from AWS's defaults, under their names of DescribeAccountLimits. */
  limits?: Record<string, number>;
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
  /** `active` when absent. */
  state?: 'active' | 'provisioning' | 'active_impaired' | 'failed';
  tags?: Tags;
}
export interface Listener {
  arn: string;
  loadBalancerArn: string;
  port: number;
  protocol: string;
  /** The default certificate. */
  certificateArn?: string;
  /** Further certificates, chosen by name (SNI). */
  certificates?: string[];
  /** Of HTTPS; the usual one when absent. */
  sslPolicy?: string;
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

/** By the target group's ARN, then by the beginning of the minute, milliseconds. */
export type RequestCounts = Record<string, Record<string, number>>;

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
  zones: Record<string, HostedZone>;
  /** Keyed by change id. */
  changes: Record<string, { id: string; submittedAt: number }>;
}

export interface HostedZone {
  id: string;
  /** With a dot at the end. */
  name: string;
  records: Record<string, unknown>[];
  /** Seen from these VPCs only; a public zone has none. */
  privateVpcs?: string[];
}

/** What public DNS outside of this account's hosted zones says. */
export interface DnsState {
  /** By name without a dot at the end, `*.` for a wildcard: addresses, or names to look up instead. */
  records: Record<string, string[]>;
}

export interface AcmState {
  certificates: Record<string, Certificate>;
}
export interface Certificate {
  arn: string;
  domain: string;
  /** All names that it covers, the domain too. */
  names: string[];
  /** An ISSUED one counts as EXPIRED from `notAfter` on. */
  status:
    | 'ISSUED'
    | 'PENDING_VALIDATION'
    | 'EXPIRED'
    | 'FAILED'
    | 'REVOKED'
    | 'INACTIVE'
    | 'VALIDATION_TIMED_OUT';
  type: 'AMAZON_ISSUED' | 'IMPORTED';
  createdAt: number;
  /** Absent until it is issued. */
  notBefore?: number;
  notAfter?: number;
  tags: Tags;
  /** The record that shows whose the domain is; absent for certificates that came without. */
  validation?: {
    name: string;
    value: string;
    /** Since when public DNS has it. */
    provenAt?: number;
  };
}

export interface Quota {
  /** E.g. `fargate`. */
  service: string;
  code: string;
  name: string;
  value: number;
  adjustable: boolean;
}

/** ECS and CodeBuild keep their own shapes in their own files. */
export interface EcsState {
  clusters: Record<string, EcsCluster>;
  services: Record<string, import('./services/ecs-state.ts').Service>;
  taskDefinitions: Record<string, import('./services/ecs-state.ts').TaskDefinition>;
  tasks: Record<string, import('./services/ecs-state.ts').Task>;
  /** Highest revision ever given, by family: revisions are never reused. */
  revisions: Record<string, number>;
}
export interface EcsCluster {
  arn: string;
  name: string;
  capacityProviders: string[];
  tags: Tags;
  /** In the shape of DescribeClusters; empty when absent. */
  defaultStrategy?: { capacityProvider: string; weight: number; base: number }[];
  /** `ACTIVE` when absent; a deleted cluster can be seen as INACTIVE for a while. */
  status?: 'ACTIVE' | 'INACTIVE';
}
export interface CodeBuildState {
  /** The account's credentials for sources: one of each server type. */
  sourceCredentials?: SourceCredential[];
  /** Keyed by name. */
  projects: Record<string, import('./services/codebuild-state.ts').Project>;
  /** Keyed by build id. */
  builds: Record<string, import('./services/codebuild-state.ts').Build>;
}

export interface SourceCredential {
  arn: string;
  serverType: 'GITHUB' | 'GITHUB_ENTERPRISE' | 'BITBUCKET' | 'GITLAB' | 'GITLAB_SELF_MANAGED';
  authType:
    | 'OAUTH'
    | 'BASIC_AUTH'
    | 'PERSONAL_ACCESS_TOKEN'
    | 'CODECONNECTIONS'
    | 'SECRETS_MANAGER';
  /** The connection's or the secret's ARN. */
  resource?: string;
}

/** How the simulated application and build behave; a deployment or build keeps what was set when it began. */
export interface Behaviour {
  app:
    | 'healthy'
    | 'crash'
    | 'unhealthy'
    | 'wrong-architecture'
    /** Answers 404 on every path. */
    | 'not-found'
    /** Listens on another port than the container's. */
    | 'wrong-port'
    /** Is killed some seconds after its start. */
    | 'out-of-memory'
    /** Takes requests and never answers. */
    | 'hang'
    /** As `hang`, but well after 20 minutes; until then nobody minds. */
    | 'slow';
  /** `no-queue`: an account that may not build at all, as new ones are. */
  build: 'ok' | 'fail' | 'no-queue';
  /** `none`: Fargate Spot has no capacity for what is started or rolled out by these calls. */
  spot?: 'ok' | 'none';
}

/** One thing that AWS authorises when a call is made; a call is allowed when all of them are. */
export interface Authorization {
  action: string;
  resource: string;
  /** Condition keys as AWS fills them, e.g. `ecs:cluster`, `aws:RequestTag/x`. */
  context?: Record<string, string | string[]>;
  /** How a denial names the resource, where that is not the ARN. */
  said?: string;
}

/** The rights of the caller that do not come from the account's own users and roles. */
export interface CallerRights {
  /** Identity policies, beside those that the caller's user or role has in the world. */
  policies?: PolicyDocument[];
  /** The caller's permissions boundary, instead of the one that its user or role has. */
  boundary?: PolicyDocument;
  /** Service control policies of the account: one list for each level of the organisation, the root first. */
  scps?: PolicyDocument[][];
}

/** How `iam:SimulatePrincipalPolicy` answers. */
export interface Simulator {
  /** `current`: one result an action; `old`, until mid-2026: one for each action and resource. */
  shape: 'current' | 'old';
  /** Most results in one page, whatever the caller asks for. */
  pageSize: number;
}

/** What an operation gets to work with. */
export interface Ctx {
  world: World;
  /** Sandbox time of the call, milliseconds. */
  now: number;
  behaviour: Behaviour;
  /** The caller's ARN, as GetCallerIdentity tells it. */
  callerArn: string;
  rights: CallerRights;
  simulator: Simulator;
  /** A fresh id of `length` lower-case hex digits. */
  id(length: number): string;
  quiet?: Quiet | undefined;
}

/** What is known of the time to come, so that not every call has to look through thousands of services. */
export interface Quiet {
  /** Nothing happens in ECS by itself before this moment, unless the world is changed. */
  until: number;
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

export interface SandboxOptions extends CallerRights {
  clock: Clock;
  /** Milliseconds that every call takes, on the process's own clock. */
  latencyMs?: number;
  faults?: Fault[];
  /** Refuse calls that come faster than AWS takes them. */
  rates?: boolean;
  behaviour?: Partial<Behaviour>;
  /** The caller, as GetCallerIdentity tells it: a user, an assumed role, root or a federated user. */
  callerArn?: string;
  simulatorShape?: Simulator['shape'];
  simulatorPageSize?: number;
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
