import { setMaxListeners } from 'node:events';
import { services as sdkServices } from '../../src/aws/api.ts';
import { type Aws, createAws } from '../../src/aws/aws.ts';
import { explain } from '../../src/aws/errors.ts';
import { probeSandbox } from '../../src/commands/probe.ts';
import { scopeOf } from '../../src/commands/scope.ts';
import { checkConfig } from '../../src/config/check.ts';
import { exampleConfig } from '../../src/config/example.ts';
import { featuresOf } from '../../src/config/features.ts';
import type { Config } from '../../src/config/types.ts';
import type { PolicyDocument } from '../../src/permissions/evaluate.ts';
import { ciCommands } from '../../src/permissions/needs.ts';
import { policyFor } from '../../src/permissions/policy.ts';
import type { Keep } from '../../src/preview/expiry.ts';
import { identify, type PreviewRef } from '../../src/preview/identity.ts';
import { awsEcs } from '../../src/providers/aws-ecs/aws-ecs.ts';
import type {
  DeployRequest,
  DeployResult,
  LogLine,
  LogRequest,
  PreviewReport,
  PreviewSummary,
  Receipt,
  RunRequest,
  RunResult,
} from '../../src/providers/provider.ts';
import type { Event } from '../../src/report/events.ts';
import { createSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import type { Behaviour, CallLine, Fault, World } from '../../src/sandbox/types.ts';
import { createVirtualClock, type VirtualClock } from './virtual-clock.ts';

/** The built-in example with more keys: `extra` is YAML that is put behind it. */
export function configOf(extra = '', edit: (text: string) => string = (text) => text): Config {
  const checked = checkConfig({ file: 'previewops.yml', text: edit(`${exampleConfig()}${extra}`) });
  if ('problems' in checked) throw new Error(checked.problems.map((p) => p.message).join('\n'));
  return checked.config;
}

export const commitOf = (n: number) => n.toString(16).padStart(8, 'c').repeat(5);

/** The services of all commands but doctor, whose others are large. */
const usual = [
  'cloudwatch',
  'codebuild',
  'ec2',
  'ecr',
  'ecs',
  'elasticloadbalancing',
  'logs',
  'route53',
  'servicequotas',
  'sts',
  'tag',
] as const;

export interface Stage {
  clock: VirtualClock;
  world(): World;
  /** What somebody else does to the account. */
  change(work: (world: World) => void): Promise<void>;
  /** A command's process: its own clients, faults and call log, in the one world. */
  process(options?: ProcessOptions): Process;
}

export interface ProcessOptions {
  faults?: Fault[];
  behaviour?: Partial<Behaviour>;
  config?: Config;
  policies?: PolicyDocument[];
  latencyMs?: number;
  /** Refuse calls that come faster than AWS takes them. */
  rates?: boolean;
  /** Seed of this process's random numbers. */
  seed?: number;
  /** Told after each call how many there were. */
  onCall?: (count: number) => unknown;
}

export interface Process {
  calls: CallLine[];
  events: Event[];
  /** Resolves when the `kill` fault struck. */
  killed: Promise<'killed'>;
  abort(reason: unknown): void;
  deploy(ref: PreviewRef, request?: Partial<DeployRequest>): Promise<DeployResult>;
  destroy(ref: PreviewRef): Promise<Receipt>;
  status(ref: PreviewRef): Promise<PreviewReport>;
  keep(ref: PreviewRef, wish: Keep): Promise<PreviewSummary>;
  logs(ref: PreviewRef, request?: Partial<LogRequest>): AsyncIterable<LogLine>;
  provider: ReturnType<typeof awsEcs>;
  run(ref: PreviewRef, command: string[], request?: Partial<RunRequest>): Promise<RunResult>;
  /** For what somebody else does to the account. */
  aws: Aws;
}

/** One simulated account in memory, on a virtual clock, with the least-privilege policy in force. */
export async function createStage(
  options: { config?: Config; world?: World; clock?: VirtualClock } = {},
): Promise<Stage> {
  // Imports are real input and output, during which virtual time would run on by itself.
  await Promise.all(usual.map((service) => sdkServices[service]()));
  const { config = configOf(), clock = createVirtualClock() } = options;
  const first = createSandbox({
    clock,
    // A world that is given is kept as it is: a test may have broken it on purpose.
    ...(options.world ? { world: options.world } : { seed: seedOf(config) }),
  });
  return {
    clock,
    world: () => first.world(),
    change: (work) => first.change(work),
    process: (of = {}) => createProcess({ config, ...of }, first, clock),
  };
}

function seedOf(config: Config) {
  const { providerConfig, build, task } = config;
  const { hostedZoneId: id, baseDomain: name } = providerConfig;
  return {
    account: providerConfig.account,
    region: providerConfig.region,
    cluster: providerConfig.cluster,
    vpc: providerConfig.vpc,
    subnets: providerConfig.subnets,
    securityGroups: providerConfig.securityGroups,
    listenerArn: providerConfig.albListenerArn,
    furtherListenerArns: providerConfig.albListenerArns.slice(1),
    roleArns: [
      providerConfig.executionRoleArn,
      build.roleArn,
      ...(task.roleArn ? [task.roleArn] : []),
    ],
    baseDomain: name,
    repositoryPrefix: providerConfig.ecrRepoPrefix,
    spot: true,
    ...(id === undefined ? {} : { hostedZone: { id, name } }),
  };
}

const policies = new WeakMap<Config, PolicyDocument>();

/** Made once for each configuration: the evaluator remembers what it has read. */
function leastPolicy(config: Config): PolicyDocument {
  const policy =
    policies.get(config) ??
    policyFor(scopeOf(config, config.app ?? ''), {
      commands: [...ciCommands, 'run'],
      features: featuresOf(config),
    });
  policies.set(config, policy);
  return policy;
}

function createProcess(
  options: ProcessOptions & { config: Config },
  first: Sandbox,
  clock: VirtualClock,
): Process {
  const { config, latencyMs = 0, seed = 1 } = options;
  const calls: CallLine[] = [];
  const events: Event[] = [];
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  let tellKilled: (word: 'killed') => void = () => {};
  const killed = new Promise<'killed'>((resolve) => {
    tellKilled = resolve;
  });
  const app = config.app ?? '';
  const sandbox = createSandbox({
    clock,
    beside: first,
    latencyMs,
    faults: options.faults ?? [],
    rates: options.rates ?? false,
    behaviour: options.behaviour ?? {},
    policies: options.policies ?? [leastPolicy(config)],
    onCall: (line) => {
      const count = calls.push(line);
      options.onCall?.(count);
    },
    kill: () => {
      tellKilled('killed');
      throw new Error('killed');
    },
  });
  const random = randomFrom(seed);
  const aws = createAws({
    region: config.providerConfig.region,
    clock: sandbox.clock,
    signal: controller.signal,
    credentials: { accessKeyId: 'sandbox', secretAccessKey: 'sandbox' },
    instrument: (client) => sandbox.instrument(client),
    random,
  });
  const provider = awsEcs({
    config,
    aws,
    clock: sandbox.clock,
    emit: (event) => events.push(event),
    signal: controller.signal,
    random,
    probe: probeSandbox(sandbox),
  });
  const identity = (ref: PreviewRef) =>
    identify(ref, { ...config, app, baseDomain: config.providerConfig.baseDomain });
  return {
    calls,
    events,
    killed,
    provider,
    aws,
    abort: (reason) => controller.abort(reason),
    deploy: async (ref, request = {}) => {
      const change = await provider.deploy({
        identity: identity(ref),
        commit: commitOf(1),
        wait: true,
        timeoutMs: 15 * 60_000,
        ...request,
      });
      return change.apply();
    },
    destroy: async (ref) => (await provider.destroy(identity(ref))).apply(),
    run: (ref, command, request = {}) =>
      provider.run({
        identity: identity(ref),
        command,
        timeoutMs: 60 * 60_000,
        onLines: () => {},
        ...request,
      }),
    status: (ref) => provider.status(identity(ref)),
    keep: (ref, wish) => provider.keep(identity(ref), wish),
    logs: (ref, request = {}) =>
      provider.logs({ identity: identity(ref), follow: false, previous: false, ...request }),
  };
}

/** Numbers that look random and are the same in every run (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** How an operation ended: `done`, or the code of the error that a user would be told. */
export async function outcome(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'done';
  } catch (error) {
    const { code, message } = explain(error);
    return code === 'internal' ? `internal: ${message}` : code;
  }
}

export const writes = (calls: readonly CallLine[]) => calls.filter((call) => call.write);

/** How many calls had to wait for one another: calls that overlap in time count once. */
export function depth(calls: readonly CallLine[]): number {
  let levels = 0;
  let end = Number.NEGATIVE_INFINITY;
  for (const call of [...calls].sort((a, b) => a.startMs - b.startMs)) {
    if (call.startMs >= end) {
      levels += 1;
      end = call.endMs;
    } else {
      end = Math.min(end, call.endMs);
    }
  }
  return levels;
}
