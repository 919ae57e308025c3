import { explain } from '../../../src/aws/errors.ts';
import {
  findCandidates,
  type PruneTools,
  removeCandidates,
} from '../../../src/commands/prune-run.ts';
import { scopeOf } from '../../../src/commands/scope.ts';
import { featuresOf } from '../../../src/config/features.ts';
import type { Config } from '../../../src/config/types.ts';
import { PreviewopsError } from '../../../src/errors.ts';
import type { PolicyDocument, Statement } from '../../../src/permissions/evaluate.ts';
import {
  type CallingCommand,
  type ManifestEntry,
  manifest,
} from '../../../src/permissions/manifest.ts';
import { ciCommands } from '../../../src/permissions/needs.ts';
import type { FailureReport } from '../../../src/preview/failure.ts';
import { identify } from '../../../src/preview/identity.ts';
import { vcpuQuotas } from '../../../src/preview/quotas.ts';
import type { Event } from '../../../src/report/events.ts';
import type { CallLine, World } from '../../../src/sandbox/types.ts';
import { commitOf, configOf, createStage, type Process, type Stage } from '../../helpers/stage.ts';

// Every way that a command can go, played under any policy. Together they make every call.

const withZone = (text: string) =>
  text.replace('baseDomain:', 'hostedZoneId: Z0123456789ABC\n  baseDomain:');
export const config = configOf('', withZone);
const changed = configOf(
  `container: { healthCheck: { path: /ready } }
task: { cpu: 1024, memory: 2048 }
logs: { retentionDays: 30 }
images: { keep: 50 }
`,
  (text) => withZone(text).replace('example/hello.git', 'example/hello-again.git'),
);
const configWithHooks = (hooks: string) => configOf(`hooks: ${hooks}\n`, withZone);
const hooked = configWithHooks(
  '{ onCreate: npm run seed, onDeploy: npm run migrate, onDestroy: npm run drop }',
);
export const scope = scopeOf(config, config.app ?? '');

const pr = 42;
const image = 'public.ecr.aws/nginx/nginx:1.29';
const meanwhileMs = 20_000; // in the middle of the build

export interface Flow {
  command: CallingCommand;
  /** What has happened before, with all permissions. */
  before?: (process: Process) => Promise<unknown>;
  /** How the app behaved in what happened before. */
  beforeBehaviour?: NonNullable<Parameters<Stage['process']>[0]>['behaviour'];
  /** What others did to the account since. */
  tamper?: (world: World) => void;
  config?: Config;
  behaviour?: NonNullable<Parameters<Stage['process']>[0]>['behaviour'];
  run: (process: Process) => Promise<unknown>;
  /** What another run does with all permissions, or what happens to this one, while this one builds. */
  meanwhile?: (other: Process, process: Process) => Promise<unknown>;
  /** When that is; in the middle of the build by default. */
  meanwhileMs?: number;
  /** How it ends with all permissions. */
  ends: 'done' | PreviewopsError['code'];
}

const deploy = (process: Process) => process.deploy({ pr });
const identity = identify(
  { pr },
  { ...config, app: 'hello', baseDomain: config.providerConfig.baseDomain },
);
/** A preview more, for which there is no room: gives how that ends, unless a permission is missing. */
const tryFurther = (process: Process) =>
  process.deploy({ pr: pr + 1 }, { image }).catch((error) => {
    const { code } = explain(error);
    if (code === 'access-denied') throw error;
    return code;
  });
const stop = ({ provider }: Process) => provider.stop({ identity });

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const got: T[] = [];
  for await (const item of items) got.push(item);
  return got;
}

export const flows = {
  'first deploy': { command: 'deploy', run: deploy, ends: 'done' },
  'redeploy of another commit and configuration': {
    command: 'deploy',
    before: deploy,
    config: changed,
    run: (process) => process.deploy({ pr }, { commit: commitOf(2) }),
    ends: 'done',
  },
  'deploy of a given image': {
    command: 'deploy',
    run: (process) => process.deploy({ pr }, { image }),
    ends: 'done',
  },
  'deploy that repairs': {
    command: 'deploy',
    before: deploy,
    tamper: spoil,
    run: deploy,
    ends: 'done',
  },
  'deploy whose build fails': {
    command: 'deploy',
    behaviour: { build: 'fail' },
    run: deploy,
    ends: 'build-failed',
  },
  'deploy whose container crashes': {
    command: 'deploy',
    behaviour: { app: 'crash' },
    run: deploy,
    ends: 'rollout-failed',
  },
  'deploy that a newer one takes over': {
    command: 'deploy',
    run: deploy,
    meanwhile: (process) => process.deploy({ pr }, { commit: commitOf(2) }),
    ends: 'superseded',
  },
  'deploy that finds all vCPU in use': {
    command: 'deploy',
    before: deploy,
    tamper: (world) => {
      world.now += 120_000; // until then CloudWatch has nothing to tell
      setQuota(world, vcpuQuotas.onDemand, 0.5);
    },
    run: tryFurther,
    ends: 'done',
  },
  'deploy that finds no vCPU on Spot': {
    command: 'deploy',
    config: configOf('task: { spot: true }\n', withZone),
    before: deploy,
    tamper: (world) => setQuota(world, vcpuQuotas.spot, 0),
    run: tryFurther,
    ends: 'done',
  },
  'deploy that finds no address': {
    command: 'deploy',
    before: deploy,
    tamper: ({ network }) => {
      for (const subnet of Object.values(network.subnets)) subnet.availableAddresses = 1;
    },
    config: configOf('task: { count: 2 }\n', withZone),
    run: tryFurther,
    ends: 'done',
  },
  destroy: {
    command: 'destroy',
    before: deploy,
    run: (process) => process.destroy({ pr }),
    ends: 'done',
  },
  list: {
    command: 'list',
    before: deploy,
    run: (process) => process.provider.list({ app: 'hello' }),
    ends: 'done',
  },
  'list of what is left over': {
    command: 'list',
    before: deploy,
    tamper: leaveLogGroup,
    run: (process) => process.provider.list({ app: 'hello' }),
    ends: 'done',
  },
  'list of what is hidden': {
    command: 'list',
    before: deploy,
    tamper: hide,
    run: (process) => process.provider.audit({ app: 'hello' }),
    ends: 'done',
  },
  keep: {
    command: 'keep',
    before: deploy,
    run: (process) => process.keep({ pr }, 'forever'),
    ends: 'done',
  },
  'prune of what has expired': {
    command: 'prune',
    before: deploy,
    tamper: expire,
    run: prune,
    ends: 'done',
  },
  'prune of what is hidden': {
    command: 'prune',
    before: deploy,
    tamper: hide,
    run: prune,
    ends: 'done',
  },
  'prune with a hook that takes too long': {
    command: 'prune',
    config: configWithHooks('{ onDestroy: sleep 600, timeout: 1m }'),
    before: deploy,
    tamper: expire,
    run: prune,
    ends: 'done',
  },
  'deploy that is interrupted during its rollout': {
    command: 'deploy',
    before: deploy,
    run: (process) => process.deploy({ pr }, { commit: commitOf(2) }),
    meanwhileMs: 48_000,
    meanwhile: async (_, process) => process.abort(new PreviewopsError('interrupted', 'stopped')),
    ends: 'interrupted',
  },
  status: {
    command: 'status',
    before: deploy,
    run: (process) => process.status({ pr }),
    ends: 'done',
  },
  'status of one that failed': {
    command: 'status',
    before: (process) => process.deploy({ pr }).catch(() => {}),
    beforeBehaviour: { app: 'crash' },
    run: (process) => process.status({ pr }),
    ends: 'done',
  },
  'logs of a container': {
    command: 'logs',
    before: deploy,
    run: (process) => all(process.logs({ pr })),
    ends: 'done',
  },
  'logs of the last task that stopped, of which there is none': {
    command: 'logs',
    before: deploy,
    run: (process) => all(process.logs({ pr }, { previous: true })),
    ends: 'done',
  },
  'logs of the last task that stopped': {
    command: 'logs',
    before: (process) => process.deploy({ pr }).catch(() => {}),
    beforeBehaviour: { app: 'crash' },
    run: (process) => all(process.logs({ pr }, { previous: true })),
    ends: 'done',
  },
  'logs of a preview that is not there': {
    command: 'logs',
    run: (process) => all(process.logs({ pr })),
    ends: 'not-found',
  },
  'logs of a build': {
    command: 'logs',
    before: deploy,
    run: (process) => all(process.logs({ pr }, { build: true })),
    ends: 'done',
  },
  run: {
    command: 'run',
    before: deploy,
    run: (process) => process.run({ pr }, ['echo', 'hello']),
    ends: 'done',
  },
  'run of a command that takes too long': {
    command: 'run',
    before: deploy,
    run: (process) => process.run({ pr }, ['sleep 600'], { timeoutMs: 60_000 }),
    ends: 'timed-out',
  },
  'deploy with hooks': { command: 'deploy', config: hooked, run: deploy, ends: 'done' },
  'deploy with a hook that takes too long': {
    command: 'deploy',
    config: configWithHooks('{ onDeploy: sleep 600, timeout: 1m }'),
    run: deploy,
    ends: 'timed-out',
  },
  'destroy with a hook': {
    command: 'destroy',
    config: hooked,
    before: deploy,
    run: (process) => process.destroy({ pr }),
    ends: 'done',
  },
  'destroy with a hook that takes too long': {
    command: 'destroy',
    config: configWithHooks('{ onDestroy: sleep 600, timeout: 1m }'),
    before: deploy,
    run: (process) => process.destroy({ pr }),
    ends: 'done',
  },
  'destroy while a hook goes on that nobody follows': {
    command: 'destroy',
    config: configWithHooks('{ onDeploy: npm run migrate }'),
    before: deploy,
    tamper: leaveHook,
    run: (process) => process.destroy({ pr }),
    ends: 'done',
  },
  stop: { command: 'stop', before: deploy, run: stop, ends: 'done' },
  start: {
    command: 'start',
    before: async (process) => {
      await deploy(process);
      await stop(process);
    },
    run: ({ provider }) => provider.start({ identity, wait: true, timeoutMs: 900_000 }),
    ends: 'done',
  },
  'start of one that was stopped during a rollout': {
    command: 'start',
    before: async (process) => {
      await deploy(process);
      await process.deploy({ pr }, { commit: commitOf(2), wait: false });
      await stop(process);
    },
    run: ({ provider }) => provider.start({ identity, wait: true, timeoutMs: 900_000 }),
    ends: 'done',
  },
  'start of one whose image is gone': {
    command: 'start',
    before: async (process) => {
      await deploy(process);
      await stop(process);
    },
    tamper: (world) => {
      world.now += 3_600_000; // until then its tasks are still stopping, and go on
      for (const repository of Object.values(world.ecr.repositories)) repository.images = {};
    },
    run: ({ provider }) => provider.start({ identity, wait: true, timeoutMs: 60_000 }),
    ends: 'timed-out',
  },
  'deploy of one that is stopped': {
    command: 'deploy',
    before: async (process) => {
      await deploy(process);
      await stop(process);
    },
    run: deploy,
    ends: 'done',
  },
  'prune of what is idle': {
    command: 'prune',
    config: configOf('idle: 4h\n', withZone),
    before: deploy,
    tamper: (world) => {
      world.now += 5 * 3_600_000;
    },
    run: stopIdle,
    ends: 'done',
  },
  validate: { command: 'validate', run: (process) => process.provider.check(), ends: 'done' },
} satisfies Record<string, Flow>;
export type FlowName = keyof typeof flows;
/** What a flow's configuration uses. */
export const featuresUsed = (name: FlowName) => featuresOf((flows[name] as Flow).config ?? config);
/** For every command that flows are of, with all that a configuration can use. */
export const everything = {
  commands: [...ciCommands, 'run'],
  features: { dns: true, build: true, hooks: true, idle: true },
} as const;
export const flowNames = Object.keys(flows) as FlowName[];

/** The route leads elsewhere, and a second one of ours is left from a race. */
function spoil(world: World): void {
  const { rules } = world.elasticloadbalancing;
  const own = Object.values(rules).find((rule) => rule.hosts.length > 0);
  if (!own) throw new Error('nothing is deployed');
  const arn = own.arn.replace(/\w+$/, 'feedfeedfeedfeed');
  rules[arn] = { ...structuredClone(own), arn, priority: own.priority + 1 };
  own.otherConditions = [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/only'] } }];
}

function setQuota({ quotas }: World, code: string, value: number): void {
  const quota = quotas[code];
  if (quota) quota.value = value;
}

/** A task that a deploy began and then died. */
function leaveHook({ ecs }: World): void {
  const [task] = Object.values(ecs.tasks);
  if (!task) throw new Error('nothing is deployed');
  const id = 'feed'.repeat(8);
  const { serviceArn: _, deploymentId: __, ...rest } = structuredClone(task);
  const arn = rest.arn.replace(rest.id, id);
  const oneOff = {
    group: 'family:previewops-hello--pr-42',
    startedBy: 'previewops/hook-onDeploy',
    overrides: {},
    app: 'healthy' as const,
    exits: {},
  };
  ecs.tasks[arn] = { ...rest, arn, id, targets: [], oneOff } as World['ecs']['tasks'][string];
}

function expire(world: World): void {
  for (const { tags } of Object.values(world.ecs.services)) {
    tags['previewops:expires'] = new Date(world.now).toISOString();
  }
}

/**
 * What is left of previews where nobody looks for them: one on another listener, one by deregistered
 * revisions, one by its log group and its images alone.
 */
function hide(world: World): void {
  const { ecs, elasticloadbalancing: elb, logs, ecr } = world;
  const copy = <T extends { arn: string }>(of: T, number: number): T =>
    JSON.parse(JSON.stringify(of).replaceAll('pr-42', `pr-${number}`));
  for (const definition of Object.values(ecs.taskDefinitions)) {
    const left = { ...copy(definition, 43), status: 'INACTIVE' as const };
    ecs.taskDefinitions[left.arn] = left;
    const active = copy(definition, 45);
    ecs.taskDefinitions[active.arn] = active;
  }
  for (const group of Object.values(logs.groups).filter(({ name }) => name.endsWith('pr-42'))) {
    const left = copy(group, 44);
    logs.groups[left.name] = left;
  }
  for (const { images } of Object.values(ecr.repositories)) {
    for (const image of Object.values(images))
      image.tags.push('preview-pr-46.cccccccccccc.01234567');
  }
  for (const rule of Object.values(elb.rules).filter(({ hosts }) => hosts.length > 0)) {
    const listener = elb.listeners[rule.listenerArn];
    if (!listener) throw new Error('the rule has no listener');
    const arn = listener.arn.replace(/\w+$/, 'other');
    elb.listeners[arn] = { ...listener, arn, port: 8443 };
    rule.listenerArn = arn;
  }
}

/** As `prune --yes` does, but that a failure ends it. */
async function prune(process: Process): Promise<unknown> {
  const tools: PruneTools = {
    config,
    provider: process.provider,
    now: () => Date.now(),
    whose: 'hello',
    app: 'hello',
    wishes: { expired: true, closed: false, orphans: true, olderThanMs: undefined },
    pullRequestState: async () => undefined,
    signal: new AbortController().signal,
  };
  const { chosen } = await findCandidates(tools);
  const outcomes = await removeCandidates(chosen, tools);
  for (const outcome of outcomes) {
    if (outcome.end === 'failed' && outcome.error.code !== 'hook-failed') throw outcome.error;
  }
  return outcomes.map((outcome) => outcome.identity.id);
}

/** As `prune --idle --yes` does; gives those that it stopped. */
async function stopIdle({ provider }: Process): Promise<string[]> {
  const { idle } = await provider.idle(await provider.list({ app: 'hello' }), 4 * 3_600_000);
  for (const _ of idle) await provider.stop({ identity });
  return idle.map(({ id }) => id);
}

/** Of the preview, somebody has removed everything else. */
function leaveLogGroup(world: World): void {
  for (const [arn, rule] of Object.entries(world.elasticloadbalancing.rules)) {
    if (rule.hosts.length > 0) delete world.elasticloadbalancing.rules[arn];
  }
  world.elasticloadbalancing.targetGroups = {};
  world.ecs.services = {};
  world.ecs.tasks = {};
}

export interface Played {
  /** What the command gave. */
  value: unknown;
  /** `done`, or the code of the error. */
  end: string;
  error: PreviewopsError | undefined;
  calls: CallLine[];
  events: Event[];
  world: World;
}

const worlds = new Map<FlowName, Promise<World>>();

/** The account as the flow finds it; made once. */
function startOf(name: FlowName): Promise<World> {
  const made = worlds.get(name) ?? makeStart(flows[name]);
  worlds.set(name, made);
  return made;
}

async function makeStart({ before, beforeBehaviour, tamper }: Flow): Promise<World> {
  const stage = await createStage({ config });
  await before?.(stage.process({ behaviour: beforeBehaviour ?? {} }));
  const world = stage.world();
  tamper?.(world);
  return world;
}

/** Plays a flow with these identity policies; by default with those that are enough. */
export const play = async (name: FlowName, policies?: PolicyDocument[]): Promise<Played> =>
  playFrom(await startOf(name), flows[name], policies);

/** As `play`, for a flow that is not of the list. */
export async function playFrom(
  world: World | undefined,
  flow: Flow,
  policies?: PolicyDocument[],
): Promise<Played> {
  const stage = await createStage({ config, ...(world ? { world } : {}) });
  const process = stage.process({
    config: flow.config ?? config,
    ...(policies ? { policies } : {}),
    ...(flow.behaviour ? { behaviour: flow.behaviour } : {}),
  });
  const work = flow.run(process).then(
    (value) => ({ value, error: undefined }),
    (error: unknown) => ({ value: undefined, error: explain(error) }),
  );
  if (flow.meanwhile) {
    await stage.clock.sleep(flow.meanwhileMs ?? meanwhileMs);
    await flow.meanwhile(stage.process({ seed: 2 }), process);
  }
  const { value, error } = await work;
  const { calls, events } = process;
  return { value, end: error?.code ?? 'done', error, calls, events, world: stage.world() };
}

/** What a failed deploy says of its cause. */
export const reportOf = ({ error }: Played) => error?.details?.failure as FailureReport | undefined;

/** Builds that were stopped before their end. */
export const stoppedBuilds = ({ world }: Played) =>
  Object.values(world.codebuild.builds).filter((build) =>
    build.phases.some(({ status }) => status === 'STOPPED'),
  );

const entries = Object.entries(manifest) as [string, ManifestEntry][];

/** Calls that need an action. */
export const callsNeeding = (action: string): Set<string> =>
  new Set(
    entries
      .filter(([, { needs }]) => needs.some((need) => need.action === action))
      .map(([call]) => call),
  );

export const statementsOf = ({ Statement: given }: PolicyDocument): Statement[] => [given].flat();
export const listOf = (value: string | string[] | undefined): string[] => [value ?? []].flat();
