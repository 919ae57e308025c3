import { expect } from 'vitest';
import type { Config } from '../../../src/config/types.ts';
import { PreviewopsError } from '../../../src/errors.ts';
import { identify } from '../../../src/preview/identity.ts';
import { tagKeys } from '../../../src/preview/tags.ts';
import { worldDigest } from '../../../src/sandbox/digest.ts';
import type { Fault, World } from '../../../src/sandbox/types.ts';
import {
  commitOf,
  configOf,
  createStage,
  outcome,
  type Process,
  type Stage,
} from '../../helpers/stage.ts';

// The interruption test: every flow is broken at every call, in five ways; then the same command,
// run again, must end in the world of an undisturbed run, and a destroy in the world from before.

const pr = 42;
const config = configOf('', (text) =>
  text.replace('baseDomain:', 'hostedZoneId: Z0123456789ABC\n  baseDomain:'),
);
const changed = configOf(
  `container: { healthCheck: { path: /ready, grace: 90s } }
task: { cpu: 1024, memory: 2048 }
logs: { retentionDays: 30 }
images: { keep: 50 }
`,
  (text) => text.replace('baseDomain:', 'hostedZoneId: Z0123456789ABC\n  baseDomain:'),
);

type Way = Omit<Fault, 'call' | 'nth'> | { fault: 'Ctrl-C' };
const ways: Way[] = [
  { fault: 'throttle', times: 'always' },
  { fault: '500', times: 'always' },
  { fault: 'lost' },
  { fault: 'kill' },
  { fault: 'Ctrl-C' },
];

/** The command's process, which meets its end at the call with this number. */
function doomed(stage: Stage, flow: Flow, { nth, way }: { nth: number; way: Way }): Process {
  const common = { config: flow.config, seed: 2 };
  if (way.fault !== 'Ctrl-C') {
    return stage.process({ ...common, faults: [{ call: '*', nth, ...way }] });
  }
  const stopped = new PreviewopsError('interrupted', 'stopped');
  const process: Process = stage.process({
    ...common,
    onCall: (count) => count === nth && process.abort(stopped),
  });
  return process;
}

/** What is wrong with how the first run ended. */
function badEnd(end: string, way: Way, world: World): string | undefined {
  if (end.startsWith('internal')) return end;
  if (way.fault !== 'Ctrl-C') return undefined;
  if (end !== 'interrupted' && end !== 'done') return `it ended ${end}`;
  const ends = Object.values(world.codebuild.builds).map(
    ({ phases }) => phases.at(-1)?.startAt ?? 0,
  );
  return ends.some((end) => end > world.now) ? 'a build runs on' : undefined;
}

interface Flow {
  /** Config of the command; the flows begin from a world that the other one made. */
  config: Config;
  /** Nothing was ever deployed in this account, not even what previews share. */
  fresh?: true;
  /** What has happened before. */
  before?: (process: Process) => Promise<unknown>;
  command: (process: Process) => Promise<unknown>;
}

const deploy = (process: Process) => process.deploy({ pr });
/** Split over test files, so that they run side by side. */
export const flows = {
  'first deploy': { config, fresh: true, command: deploy },
  'redeploy of a new commit': {
    config,
    before: deploy,
    command: (process) => process.deploy({ pr }, { commit: commitOf(2) }),
  },
  'deploy of a changed config': { config: changed, before: deploy, command: deploy },
  destroy: { config, before: deploy, command: (process) => process.destroy({ pr }) },
} satisfies Record<string, Flow>;

const identity = identify(
  { pr },
  { ...config, app: 'hello', baseDomain: config.providerConfig.baseDomain },
);
const stop = (process: Process) => process.provider.stop({ identity });
const stopped = async (process: Process) => {
  await deploy(process);
  await stop(process);
};
export const switches = {
  stop: { config, before: deploy, command: stop },
  start: {
    config,
    before: stopped,
    command: ({ provider }) => provider.start({ identity, wait: true, timeoutMs: 900_000 }),
  },
} satisfies Record<string, Flow>;

// Moments and claims differ from run to run, and say nothing of what a user has.
const passing = [
  ...[tagKeys.claim, tagKeys.failed, tagKeys.stopped],
  ...[tagKeys.created, tagKeys.deployed, tagKeys.expires],
];
const seen = (world: World) => worldDigest(world, { without: passing });

/** The world once what is still going on by itself, such as old tasks that drain, has ended. */
async function settled(stage: Stage): Promise<unknown> {
  await stage.clock.sleep(120_000);
  return seen(stage.world());
}

/** A world in which the app's shared resources exist and no preview does. */
async function emptyOfPreviews(): Promise<World> {
  const stage = await createStage({ config });
  await stage.process().deploy({ pr: 1 });
  await stage.process().destroy({ pr: 1 });
  await stage.clock.sleep(15 * 60_000); // what AWS forgets by itself is forgotten
  return stage.world();
}

async function worldAfter(world: World, flow: Flow): Promise<World> {
  const stage = await createStage({ config, world });
  await flow.before?.(stage.process());
  return stage.world();
}

/** The gate takes the time for every single call (.ci/run). */
const thorough = process.env.THOROUGH === '1';

/**
 * A call that was made three times before is one that waits. A fault that stays ends a wait in the
 * same way at each of them, so it is tried at the first three; what strikes once, at all by the gate.
 */
function isPoll({ calls }: Process, nth: number): boolean {
  const { call } = calls[nth - 1] ?? {};
  return calls.slice(0, nth - 1).filter((one) => one.call === call).length >= 3;
}

/** `npm test` breaks each call in two of the five ways, in turns; the gate in each. */
const isTurn = (nth: number, way: number) => thorough || (nth + way) % ways.length < 2;

/** Breaks the flow at every call in each of these ways; resolves with what went wrong, one line each. */
export async function breakEverywhere(
  flow: Flow,
  faults: readonly Way['fault'][] = ways.map(({ fault }) => fault),
): Promise<string[]> {
  const empty = flow.fresh ? (await createStage({ config })).world() : await emptyOfPreviews();
  const start = await worldAfter(empty, flow);
  const undisturbed = await createStage({ config, world: start });
  const model = undisturbed.process({ config: flow.config });
  await flow.command(model);
  const wanted = await settled(undisturbed);
  await undisturbed.process({ config: flow.config }).destroy({ pr });
  const cleared = JSON.stringify(await settled(undisturbed));
  const broken: string[] = [];

  for (let nth = 1; nth <= model.calls.length; nth++) {
    for (const [index, way] of ways.entries()) {
      if (!faults.includes(way.fault) || !isTurn(nth, index)) continue;
      if (isPoll(model, nth) && ('times' in way || !thorough)) continue;
      const label = `${way.fault} at call ${nth} (${model.calls[nth - 1]?.call})`;
      const stage = await createStage({ config, world: start });
      const first = doomed(stage, flow, { nth, way });
      const end = await Promise.race([outcome(flow.command(first)), first.killed]);
      const bad = badEnd(end, way, stage.world());
      if (bad !== undefined) broken.push(`${label}: ${bad}`);
      const again = await outcome(flow.command(stage.process({ config: flow.config, seed: 3 })));
      if (again !== 'done') broken.push(`${label}: the second run ended ${again}`);
      const reached = await settled(stage);
      if (JSON.stringify(reached) !== JSON.stringify(wanted)) {
        broken.push(`${label}: another world`);
        if (broken.length === 1) expect(reached, label).toEqual(wanted);
      }
      await outcome(stage.process({ config: flow.config, seed: 4 }).destroy({ pr }));
      if (JSON.stringify(await settled(stage)) !== cleared) {
        broken.push(`${label}: destroy left something`);
      }
    }
  }
  return broken;
}
