import { wishesOf } from '../../src/commands/prune-choice.ts';
import type { CallLine } from '../../src/sandbox/types.ts';
import { bigWorld } from '../../test/helpers/big-world.ts';
import { budgets, latencyMs } from '../../test/helpers/budgets.ts';
import { measureListMemory } from '../../test/helpers/list-memory.ts';
import { onThreeListeners, pruneIn, refused } from '../../test/helpers/pruning.ts';
import {
  beforeDraining,
  destroy,
  firstDeploy,
  listAmongMany,
  longestPauseMs,
  redeploy,
  unchangedRedeploy,
  withHook,
} from '../../test/helpers/round-trips.ts';
import { createStage, depth, writes } from '../../test/helpers/stage.ts';
import type { Result } from './result.ts';

/** In the simulated AWS, on a virtual clock: the same numbers on every machine. */
export async function measureFlows(): Promise<Result[]> {
  const most = budgets.depth;
  const unchanged = await unchangedRedeploy({ wait: true });
  return [
    deepness('first deploy of an image', await firstDeploy({ wait: false }), most.firstDeploy),
    deepness('redeploy of a new image', await redeploy(), most.redeploy),
    deepness('unchanged redeploy', unchanged, most.unchanged),
    {
      name: 'unchanged redeploy: writing calls',
      value: writes(unchanged).length,
      unit: 'calls',
      budget: budgets.unchangedWrites,
    },
    // Before AWS drains: how long that takes is the application's own choice.
    deepness('destroy', beforeDraining(await destroy()), most.destroy),
    deepness(
      'destroy with a task to stop',
      beforeDraining(await destroy({ config: withHook() })),
      most.destroy,
    ),
    {
      name: 'poll interval',
      value: longestPauseMs(await firstDeploy({ wait: true })) / 1000,
      unit: 'seconds',
      budget: budgets.pollMs / 1000,
      note: 'virtual',
    },
  ];
}

const deepness = (name: string, calls: readonly CallLine[], budget: number): Result => ({
  name,
  value: depth(calls),
  unit: 'round trips',
  budget,
  note: `${calls.length} calls, ${writes(calls).length} of them writing`,
});

export async function measureList(): Promise<Result[]> {
  const { previews, calls, chain } = await listAmongMany();
  mustBe(previews.length, 1000, 'previews listed');
  const { account, listing } = await measureListMemory();
  const { depthBesideChain, megabytes, calls: mostCalls } = budgets.list;
  return [
    {
      name: 'list of 1,000 among 5,000',
      value: depth(calls),
      unit: 'round trips',
      budget: chain + depthBesideChain,
      note: `${chain} pages of services`,
    },
    { name: 'list: calls', value: calls.length, unit: 'calls', budget: mostCalls },
    { name: 'list: memory', value: listing, unit: 'MB', budget: megabytes.listing },
    {
      name: 'list: memory, with the account',
      value: account + listing,
      unit: 'MB',
      budget: megabytes.all,
    },
  ];
}

/** `prune --expired --yes` with AWS's rates in force. */
export async function measurePrune({ previews = 100, expired = 30 } = {}): Promise<Result[]> {
  const config = onThreeListeners();
  const world = await bigWorld(config, { previews, expired, others: 5 * previews });
  const stage = await createStage({ config, world });
  const process = stage.process({ config, latencyMs, rates: true });
  const wishes = wishesOf({ expired: true, closed: false, orphans: false });
  const begun = stage.clock.now();
  const { ends } = await pruneIn(stage, process, { config, wishes });
  const tookMs = stage.clock.now() - begun;
  mustBe(ends.filter((end) => end === 'removed').length, expired, 'previews pruned');
  const { calls } = process;
  return [
    {
      name: `prune of ${expired} of ${previews}`,
      value: tookMs / 1000,
      unit: 'seconds',
      note: `virtual, at ${latencyMs} ms a call`,
    },
    {
      name: 'prune: calls',
      value: calls.length,
      unit: 'calls',
      note: `${Math.round(calls.length / expired)} a preview`,
    },
    {
      name: 'prune: calls refused',
      value: refused(calls).length,
      unit: 'calls',
      budget: Math.floor(calls.length * budgets.refusedShare),
    },
  ];
}

/** A flow that did not do its work has no numbers worth printing. */
function mustBe(value: number, wanted: number, what: string): void {
  if (value !== wanted) throw new Error(`${value} ${what} instead of ${wanted}`);
}
