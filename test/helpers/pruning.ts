import type { Outcome } from '../../src/commands/destroy-many.ts';
import type { PullRequestState, Wishes } from '../../src/commands/prune-choice.ts';
import { findCandidates, type PruneTools, removeCandidates } from '../../src/commands/prune-run.ts';
import type { Config } from '../../src/config/types.ts';
import type { CallLine } from '../../src/sandbox/types.ts';
import { configOf, type Process, type ProcessOptions, type Stage } from './stage.ts';

export interface Pruning {
  config: Config;
  wishes: Wishes;
  whose?: string | undefined;
  states?: Record<number, PullRequestState>;
  signal?: AbortSignal;
  onEnd?: (outcome: Outcome) => void;
}

export function toolsOf(stage: Stage, process: Process, options: Pruning): PruneTools {
  const { config, wishes, states = {}, signal = new AbortController().signal, onEnd } = options;
  return {
    config,
    provider: process.provider,
    now: () => stage.clock.now(),
    whose: 'whose' in options ? options.whose : 'hello',
    app: 'hello',
    wishes,
    pullRequestState: async (pr) => states[pr] ?? 'open',
    signal,
    ...(onEnd ? { onEnd } : {}),
  };
}

/** Finds and removes, as `prune --yes` does. */
export async function prune(stage: Stage, options: Pruning & { process?: ProcessOptions }) {
  const { config } = options;
  return pruneIn(stage, stage.process({ config, ...options.process }), options);
}

/** The same in a process that is given. */
export async function pruneIn(stage: Stage, process: Process, options: Pruning) {
  const tools = toolsOf(stage, process, options);
  const { chosen, notes } = await findCandidates(tools);
  const outcomes = await removeCandidates(chosen, tools);
  const reasons = Object.fromEntries(chosen.map(({ preview, reason }) => [preview.id, reason]));
  return { reasons, notes, outcomes, ends: outcomes.map(({ end }) => end) };
}

const listeners = ['edge-1', 'edge-2', 'edge-3'].map(
  (name) =>
    `arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/${name}/0123456789abcdef/00000000000000aa`,
);

/** Previews with all the parts that there can be: a DNS record each, too. */
export const onThreeListeners = (): Config =>
  configOf('', (text) =>
    text.replace(
      /albListenerArn: .*/,
      `albListenerArns: [${listeners.join(', ')}]\n  hostedZoneId: Z0123456789ABC`,
    ),
  );

/** Calls that came faster than AWS takes them. */
export const refused = (calls: readonly CallLine[]) =>
  calls.filter(({ error }) => /throttl/i.test(error ?? ''));
