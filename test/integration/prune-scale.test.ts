import { beforeAll, describe, expect, it } from 'vitest';
import type { Outcome } from '../../src/commands/destroy-many.ts';
import { wishesOf } from '../../src/commands/prune-choice.ts';
import { worldDigest } from '../../src/sandbox/digest.ts';
import type { Fault, World } from '../../src/sandbox/types.ts';
import { bigWorld } from '../helpers/big-world.ts';
import { budgets, latencyMs } from '../helpers/budgets.ts';
import { leaveOnly } from '../helpers/leftovers.ts';
import { onThreeListeners, pruneIn, refused } from '../helpers/pruning.ts';
import {
  createStage,
  type Process,
  type ProcessOptions,
  randomFrom,
  type Stage,
} from '../helpers/stage.ts';

/** The gate takes the time for the full scale, and for every single call (.ci/run). */
const thorough = process.env.THOROUGH === '1';
const timeout = thorough ? 900_000 : 60_000;

const config = onThreeListeners();
/** Those of `prune --expired`. */
const wishes = wishesOf({ expired: true, closed: false, orphans: false });

interface Run {
  /** `done`, `killed`, or why it could not begin. */
  end: string;
  /** How each preview ended of which the run still told. */
  told: Outcome[];
  calls: Process['calls'];
}

/** One run of `prune --expired --yes`, in a process of its own. */
async function prune(stage: Stage, options: ProcessOptions = {}): Promise<Run> {
  const told: Outcome[] = [];
  const process = stage.process({ config, ...options });
  const work = pruneIn(stage, process, { config, wishes, onEnd: (one) => told.push(one) });
  const ended = work.then(
    () => 'done',
    (error: Error) => error.message,
  );
  return { end: await Promise.race([process.killed, ended]), told, calls: process.calls };
}

const numbers = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, at) => from + at);
const idsOf = (from: number, to: number) => numbers(from, to).map((number) => `pr-${number}`);
const toldOf = (runs: readonly Run[]) => runs.flatMap(({ told }) => told);
const idOf = ({ identity }: Outcome) => identity.id;

async function listed(stage: Stage): Promise<string[]> {
  const previews = await stage.process({ config }).provider.list({ app: 'hello' });
  return previews.map(({ id, status }) => `${id} ${status}`);
}

/** As text: to show how two large ones differ would take long. */
const digestOf = (world: World) => JSON.stringify(worldDigest(world));

/** The account as if these had never been there: whatever else a prune changed would show, too. */
function without(world: World, ids: readonly string[]): string {
  const rest = structuredClone(world);
  const { baseDomain } = config.providerConfig;
  for (const id of ids) leaveOnly(rest, { app: 'hello', id, host: `${id}.${baseDomain}` }, []);
  return digestOf(rest);
}

const { previews, expired, others } = thorough
  ? { previews: 1000, expired: 300, others: 5000 }
  : { previews: 60, expired: 20, others: 100 };

describe(`${previews} previews among ${others} other services, on 3 listeners, at ${latencyMs} ms a call`, () => {
  const inAws: ProcessOptions = { latencyMs, rates: true };
  const going = idsOf(1, expired);
  const staying = idsOf(expired + 1, previews).map((id) => `${id} ready`);
  let world: World;
  let wanted: string;
  /** Of an undisturbed run. */
  let count: number;
  beforeAll(async () => {
    world = await bigWorld(config, { previews, expired, others });
    wanted = without(world, going);
  }, timeout);

  it(`${expired} that have expired are removed, each with a receipt, and ${previews - expired} are left`, {
    timeout,
  }, async () => {
    const stage = await createStage({ config, world });
    const { end, told, calls } = await prune(stage, inAws);
    count = calls.length;
    expect(end).toBe('done');
    // At AWS's pace: next to nothing is refused as one call too many.
    expect(refused(calls).length).toBeLessThanOrEqual(count * budgets.refusedShare);
    expect(told.map(idOf).toSorted()).toEqual(going.toSorted());
    for (const one of told) {
      expect(one).toMatchObject({ end: 'removed', receipt: { remaining: [], warnings: [] } });
      expect(partsIn(one)).toEqual(everyPart);
    }
    expect(await listed(stage)).toEqual(staying);
    expect(digestOf(stage.world()) === wanted, 'it is another world').toBe(true);
  });

  it('killed three times and run again, it comes to the same end', { timeout }, async () => {
    const stage = await createStage({ config, world });
    const random = randomFrom(11);
    const killed: Run[] = [];
    for (const seed of [1, 2, 3]) {
      const nth = Math.ceil(count * (0.15 + random() * 0.15));
      const faults: Fault[] = [{ call: '*', nth, fault: 'kill' }];
      killed.push(await prune(stage, { ...inAws, faults, seed }));
    }
    expect(killed.map(({ end }) => end)).toEqual(['killed', 'killed', 'killed']);
    const last = await prune(stage, inAws);
    expect(last.end).toBe('done');
    expect(await listed(stage)).toEqual(staying);
    expect(digestOf(stage.world()) === wanted, 'it is another world').toBe(true);

    const told = toldOf([...killed, last]);
    expect(new Set(told.map(({ end }) => end))).toEqual(new Set(['removed']));
    // Each has its receipt, but for those that a kill left without a last part and without a receipt.
    const receipts = new Set(told.map(idOf));
    expect(receipts.size).toBe(told.length);
    expect(going).toEqual(expect.arrayContaining([...receipts]));
    expect(going.length - receipts.size).toBeLessThanOrEqual(10 * killed.length);
  });
});

const everyPart = [
  'dns-record',
  'image',
  'listener-rule',
  'log-group',
  'service',
  'target-group',
  'task-definition',
];
const partsIn = (one: Outcome) =>
  one.end === 'removed' ? one.receipt.removed.map(({ resource }) => resource).toSorted() : [];

describe('4 of 8 previews are removed, whatever becomes of the first run', () => {
  const going = idsOf(1, 4);
  let world: World;
  let wanted: string;
  let calls: Process['calls'];
  beforeAll(async () => {
    world = await bigWorld(config, { previews: 8, expired: 4 });
    wanted = without(world, going);
    calls = (await prune(await createStage({ config, world }))).calls;
  }, timeout);

  /** Has a run meet its end, and another follow; says what is wrong then. */
  async function again(faults: Fault[], { laterMs }: { laterMs: number }) {
    const stage = await createStage({ config, world });
    const first = await prune(stage, { faults, seed: 2 });
    await stage.clock.sleep(laterMs);
    const second = await prune(stage, { seed: 3 });
    const bad = toldOf([second]).filter(({ end }) => end !== 'removed');
    const same = digestOf(stage.world()) === wanted && second.end === 'done' && bad.length === 0;
    return { first, problem: same ? undefined : (await listed(stage)).join(', ') };
  }

  // A call that is refused at first lets those beside it go ahead: the other order in which parts can go.
  const held = (call: string): Fault => ({ call, nth: 1, times: 6, fault: 'throttle' });
  const orders: [string, Fault[]][] = [
    ['as usual', []],
    ['services last', [held('ecs:DeleteService')]],
    ['rules last', [held('elasticloadbalancing:DeleteRule')]],
    ['records last', [held('route53:ChangeResourceRecordSets')]],
  ];
  const broken = [
    ...orders.map(([order, before]) => ({ fault: 'kill' as const, order, before })),
    { fault: 'lost' as const, order: 'as usual', before: [] },
  ];

  it.each(broken)(
    '$fault at any call, its parts going $order: run again, it comes to the same end',
    {
      timeout,
    },
    async ({ fault, before }) => {
      const problems: string[] = [];
      for (const nth of thorough ? numbers(1, calls.length) : [20, 45, 80, 130, 190]) {
        // Of two faults of one call the first wins.
        const faults: Fault[] = [{ call: '*', nth, fault }, ...before];
        // At once, or when the schedule has it run again.
        const { first, problem } = await again(faults, { laterMs: nth % 2 === 0 ? 0 : 3_600_000 });
        if (fault === 'kill') expect(first.end).toBe('killed');
        const label = `call ${nth} (${calls[nth - 1]?.call})`;
        if (problem !== undefined) problems.push(`${label}: ${problem}`);
      }
      expect(problems).toEqual([]);
    },
  );

  const writes = [
    'elasticloadbalancing:AddTags',
    'ecs:DeregisterTaskDefinition',
    'ecs:DeleteTaskDefinitions',
    'elasticloadbalancing:DeleteRule',
    'elasticloadbalancing:DeleteTargetGroup',
    'route53:ChangeResourceRecordSets',
    'logs:DeleteLogGroup',
    'ecr:BatchDeleteImage',
  ];

  it.each(['ecs:DeleteService', ...(thorough ? writes : [])])(
    '%s refused for good: run again, it comes to the same end',
    async (call) => {
      const faults: Fault[] = [{ call, nth: 1, times: 'always', fault: '500' }];
      const { first, problem } = await again(faults, { laterMs: 0 });
      expect(toldOf([first]).map(({ end }) => end)).toEqual(going.map(() => 'failed'));
      expect(problem).toBeUndefined();
    },
  );
});
