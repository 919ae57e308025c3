import type { Config } from '../../src/config/types.ts';
import type { PreviewSummary } from '../../src/providers/provider.ts';
import type { Event } from '../../src/report/events.ts';
import type { CallLine } from '../../src/sandbox/types.ts';
import { bigWorld } from './big-world.ts';
import { latencyMs } from './budgets.ts';
import { commitOf, configOf, createStage, outcome } from './stage.ts';

// The flows whose round trips have a budget, each with the calls that it made.
const pr = 42;
const image = 'public.ecr.aws/nginx/nginx:latest';

export async function firstDeploy({ wait }: { wait: boolean }): Promise<CallLine[]> {
  const stage = await createStage();
  const process = stage.process({ latencyMs });
  await process.deploy({ pr }, { image, wait });
  return process.calls;
}

export async function redeploy(): Promise<CallLine[]> {
  const stage = await createStage();
  await stage.process().deploy({ pr }, { image });
  const process = stage.process({ latencyMs });
  await process.deploy({ pr }, { image: `${image}-2`, commit: commitOf(2), wait: false });
  return process.calls;
}

export async function unchangedRedeploy({ wait }: { wait: boolean }): Promise<CallLine[]> {
  const stage = await createStage();
  await stage.process().deploy({ pr });
  const process = stage.process({ latencyMs });
  await process.deploy({ pr }, { wait });
  return process.calls;
}

/** Has a deploy leave a task of its hook running. */
export const withHook = () => configOf('hooks: { onDeploy: sleep 3000, timeout: 2h }\n');

/** After two deploys, of which the second dies in its hook where the configuration has one. */
export async function destroy({ config = configOf() } = {}): Promise<CallLine[]> {
  const stage = await createStage({ config });
  await stage.process({ config: configOf() }).deploy({ pr });
  const faults = [{ call: 'ecs:DescribeTasks', nth: 20, fault: 'kill' as const }];
  const left = stage.process({ faults });
  await Promise.race([outcome(left.deploy({ pr }, { commit: commitOf(2) })), left.killed]);
  const process = stage.process({ latencyMs });
  await process.destroy({ pr });
  return process.calls;
}

/** The calls of a destroy until it can only wait for AWS to drain the service. */
export function beforeDraining(calls: readonly CallLine[]): CallLine[] {
  const deleted = calls.find(({ call }) => call === 'ecs:DeleteService');
  return calls.filter(({ startMs }) => startMs <= (deleted?.startMs ?? 0));
}

export interface Listing {
  previews: PreviewSummary[];
  calls: CallLine[];
  events: Event[];
  /** Virtual. */
  tookMs: number;
  /** Pages of services, each of which needs the token of the one before. */
  chain: number;
}

/** 1,000 previews, of which 300 have expired, among 5,000 other services on 3 listeners. */
export async function listAmongMany(config: Config = configOf()): Promise<Listing> {
  const world = await bigWorld(config, {
    previews: 1000,
    expired: 300,
    others: 5000,
    listeners: 3,
  });
  const stage = await createStage({ config, world });
  const { provider, calls, events } = stage.process({ latencyMs, rates: true });
  const begun = stage.clock.now();
  const previews = await provider.list({ app: 'hello' });
  const tookMs = stage.clock.now() - begun;
  const chain = calls.filter(({ call }) => call === 'ecs:ListServices').length;
  return { previews, calls, events, tookMs, chain };
}

/** The longest time in which no call was under way. */
export function longestPauseMs(calls: readonly CallLine[]): number {
  let longest = 0;
  let end = Number.POSITIVE_INFINITY;
  for (const { startMs, endMs } of calls.toSorted((a, b) => a.startMs - b.startMs)) {
    longest = Math.max(longest, startMs - end);
    end = end === Number.POSITIVE_INFINITY ? endMs : Math.max(end, endMs);
  }
  return longest;
}
