import { type AwsOptions, createAws as connect } from './aws/aws.ts';
import { type Clock, systemClock } from './clock.ts';
import type { Config } from './config/types.ts';
import { awsEcs as createProvider } from './providers/aws-ecs/aws-ecs.ts';
import type { Provider } from './providers/provider.ts';
import type { Emit } from './report/events.ts';

export type { Clock } from './clock.ts';
export { systemClock } from './clock.ts';
export { checkConfig } from './config/check.ts';
export { loadConfig } from './config/load.ts';
export type { Config, LoadedConfig, Problem } from './config/types.ts';
export { type ErrorCode, type ExitCode, exitCodes, PreviewopsError } from './errors.ts';
export { type Identity, identify, type PreviewRef } from './preview/identity.ts';
export type { Conflict, Plan, Step } from './preview/plan.ts';
export type {
  Access,
  Change,
  DeployRequest,
  DeployResult,
  PreviewStatus,
  PreviewSummary,
  Provider,
  Receipt,
  Timings,
} from './providers/provider.ts';
export type { Emit, Event } from './report/events.ts';
export { version } from './version.ts';

/** A connection to AWS; its calls are the providers' own affair. */
export interface AwsConnection {
  readonly region: string;
}

export interface ConnectOptions {
  region: string;
  /** Aborts reads and waits; its reason is what they reject with. */
  signal: AbortSignal;
  /** AWS SDK credentials or a provider of them; by default the SDK finds its own. */
  credentials?: object;
  clock?: Clock;
  userAgent?: string;
}

const connections = new WeakMap<AwsConnection, ReturnType<typeof connect>>();

export function createAws({ clock = systemClock, ...options }: ConnectOptions): AwsConnection {
  const aws = connect({ ...options, clock } satisfies AwsOptions);
  const connection = { region: aws.region };
  connections.set(connection, aws);
  return connection;
}

export interface AwsEcsOptions {
  /** With `app` filled in. */
  config: Config;
  aws: AwsConnection;
  signal: AbortSignal;
  clock?: Clock;
  /** Told everything that happens on the way. */
  emit?: Emit;
}

/** The provider for ECS on Fargate behind an Application Load Balancer. */
export function awsEcs({
  aws,
  clock = systemClock,
  emit = () => {},
  ...options
}: AwsEcsOptions): Provider {
  const connection = connections.get(aws);
  if (connection === undefined) throw new TypeError('`aws` must come from createAws');
  return createProvider({ ...options, aws: connection, clock, emit, random: Math.random });
}
