/**
 * What the rest of the program reads: the configuration with every default filled in, every
 * written form normalised, and every duration in seconds. `resolve.ts` makes it from the schema's
 * output, so the two cannot drift apart without a type error.
 */
export interface Config {
  provider: 'aws-ecs';
  providerConfig: AwsEcsConfig;
  /** Absent when not written: the caller takes it from the git remote. */
  app?: string | undefined;
  /** Tokens `{id} {pr} {branch} {app} {baseDomain}`; ends with `.{baseDomain}`. */
  hostPattern: string;
  branchPrefix: string;
  container: AppContainer;
  sidecars: Sidecar[];
  task: TaskConfig;
  build: BuildConfig;
  hooks: HooksConfig;
  /** Whether a deploy waits until the URL answers. */
  probe: boolean;
  forks: 'deny' | 'without-secrets' | 'allow';
  bots: 'deny' | 'allow';
  /** The label that a pull request needs for a preview; absent: none. */
  requireLabel?: string | undefined;
  callback: CallbackConfig;
  github: GithubConfig;
  logs: { retentionDays: number };
  images: { keep: number; days?: number | undefined };
  /** How many previews the app may have; absent: as many as there is room for. */
  maxPreviews?: number | undefined;
  /** Seconds that a preview may live without a deploy; absent: for ever. */
  ttl?: number | undefined;
  /** Seconds without a request after which a preview may be stopped; absent: none is. */
  idle?: number | undefined;
  prices: PricesConfig;
  tags: Record<string, string>;
}

export interface AwsEcsConfig {
  /** The name, also where an ARN was written. */
  cluster: string;
  vpc: string;
  subnets: string[];
  securityGroups: string[];
  /** The first of them: region and account are its. */
  albListenerArn: string;
  /** All listeners that previews are on; more than one only with `hostedZoneId`. */
  albListenerArns: string[];
  executionRoleArn: string;
  /** Lower case, no trailing dot. */
  baseDomain: string;
  ecrRepoPrefix: string;
  region: string;
  /** From the listener ARN, so that no call is needed to know them. */
  account: string;
  partition: string;
  /** Without `/hostedzone/`. */
  hostedZoneId?: string | undefined;
  rulePriority: { from: number; to: number };
}

/** What one container of the task waits for in another, in ECS's words in lower case. */
export type DependencyCondition = 'start' | 'complete' | 'success' | 'healthy';
/** Name of the other container -> condition. */
export type Dependencies = Record<string, DependencyCondition>;

export interface AppContainer {
  name: string;
  /** Absent when not written: `resolvePort` takes it from the Dockerfile, else 8080. */
  port?: number | undefined;
  command?: string[] | undefined;
  env: Record<string, string>;
  /** Environment name -> ARN in Secrets Manager or SSM, as ECS takes it in `valueFrom`. */
  secrets: Record<string, string>;
  /** The load balancer's check; `grace` in seconds. */
  healthCheck: { path: string; codes: string; grace: number };
  /** Seconds between SIGTERM and SIGKILL. */
  stopTimeout: number;
  dependsOn: Dependencies;
}

export interface Sidecar {
  name: string;
  image: string;
  command?: string[] | undefined;
  env: Record<string, string>;
  secrets: Record<string, string>;
  healthCheck?: SidecarHealthCheck | undefined;
  dependsOn: Dependencies;
  essential: boolean;
}

export interface SidecarHealthCheck {
  /** Begins with `CMD` or `CMD-SHELL`. */
  command: string[];
  /** Seconds, as are `timeout` and `startPeriod`. */
  interval: number;
  timeout: number;
  retries: number;
  startPeriod: number;
}

export interface TaskConfig {
  /** CPU units, 1024 a vCPU. */
  cpu: number;
  /** MiB. */
  memory: number;
  architecture: 'x86_64' | 'arm64';
  spot: boolean;
  count: number;
  /** GiB; absent: the 20 GiB that every task has. */
  ephemeralStorage?: number | undefined;
  assignPublicIp: boolean;
  roleArn?: string | undefined;
}

export interface BuildConfig {
  /** An https clone URL without credentials; absent: the caller takes it from the git remote. */
  repository?: string | undefined;
  dockerfile: string;
  context: string;
  target?: string | undefined;
  args: Record<string, string>;
  compute: 'small' | 'medium' | 'large' | 'xlarge' | '2xlarge';
  /** Seconds, a whole number of minutes. */
  timeout: number;
  cache: boolean;
  /** ARN of a CodeConnections connection or of a Secrets Manager secret. */
  credentials?: string | undefined;
  roleArn: string;
}

/** Commands as words: text that was written is `['sh', '-c', text]`. */
export interface HooksConfig {
  onCreate?: string[] | undefined;
  onDeploy?: string[] | undefined;
  onDestroy?: string[] | undefined;
  /** Seconds, for each. */
  timeout: number;
}

export interface CallbackConfig {
  /** Host names in lower case, `*.suffix` for all below; absent: every host. */
  allowHosts?: string[] | undefined;
  allowPrivate: boolean;
}

/** US dollars; what is absent is the list price. */
export interface PricesConfig {
  vcpuHour?: number | undefined;
  gbHour?: number | undefined;
  spotShare?: number | undefined;
  ipv4Hour?: number | undefined;
}

export interface GithubConfig {
  deployments: boolean;
  environment: string;
  comment: 'auto' | 'on-failure' | 'off';
}

/** One mistake, where it is and what is expected. `file` is as the user would type it. */
export interface Problem {
  file: string;
  line: number;
  column: number;
  message: string;
}

export interface LoadedConfig {
  config: Config;
  /** Relative to the directory that was searched from, as messages show it. */
  file: string;
  /** Absolute: paths in the configuration are relative to the repository, not to this. */
  directory: string;
}
