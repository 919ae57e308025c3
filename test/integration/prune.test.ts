// Longer than most: what prune removes, what it leaves alone, and how it survives what happens to it.
import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Outcome } from '../../src/commands/destroy-many.ts';
import type { Wishes } from '../../src/commands/prune-choice.ts';
import { findCandidates, removeCandidates } from '../../src/commands/prune-run.ts';
import { worldDigest } from '../../src/sandbox/digest.ts';
import type { World } from '../../src/sandbox/types.ts';
import { bigWorld } from '../helpers/big-world.ts';
import { type Leftover, leaveOnly, leftovers } from '../helpers/leftovers.ts';
import { type Pruning, prune as pruneAs, toolsOf as pruneTools } from '../helpers/pruning.ts';
import {
  configOf,
  createStage,
  type Process,
  type ProcessOptions,
  type Stage,
} from '../helpers/stage.ts';
import { createVirtualClock } from '../helpers/virtual-clock.ts';

const config = configOf('', (text) =>
  text.replace('baseDomain:', 'hostedZoneId: Z0123456789ABC\n  baseDomain:'),
);
const left = (pr: number) => ({
  app: 'hello',
  id: `pr-${pr}`,
  host: `pr-${pr}.previews.example.com`,
});
const all: Wishes = { expired: true, closed: true, orphans: true, olderThanMs: undefined };
const only = (wish: Partial<Wishes>): Wishes => ({
  ...{ expired: false, closed: false, orphans: false, olderThanMs: undefined },
  ...wish,
});

type Asked = Partial<Omit<Pruning, 'config'>>;
const toolsOf = (stage: Stage, process: Process, asked: Asked = {}) =>
  pruneTools(stage, process, { config, wishes: all, ...asked });
const prune = (stage: Stage, asked: Asked & { process?: ProcessOptions } = {}) =>
  pruneAs(stage, { config, wishes: all, ...asked });

const idsOf = async (stage: Stage) =>
  (await stage.process({ config }).provider.list({ app: 'hello' })).map(({ id }) => id);

let deployed: World;
let empty: unknown;
beforeAll(async () => {
  const stage = await createStage({ config });
  await stage.process().deploy({ pr: 1 });
  const before = stage.world();
  const fork = await createStage({ config, world: before });
  await fork.process({ config }).destroy({ pr: 1 });
  empty = worldDigest(fork.world());
  deployed = before;
});

/** The deployed account as `edit` leaves it, hours later. */
async function later(edit: (world: World) => void): Promise<Stage> {
  const world = structuredClone(deployed);
  edit(world);
  world.now += 3 * 3_600_000;
  return createStage({ config, world, clock: createVirtualClock({ start: world.now }) });
}

describe('leftovers', () => {
  it.each(Object.keys(leftovers) as Leftover[])(
    '%s: removed, and nothing is left',
    async (kind) => {
      const stage = await later((world) => leaveOnly(world, left(1), leftovers[kind]));
      const { reasons, outcomes } = await prune(stage, { wishes: only({ orphans: true }) });
      expect(reasons).toEqual({ 'pr-1': 'orphan' });
      expect(outcomes).toMatchObject([{ end: 'removed', receipt: { remaining: [] } }]);
      const [first] = outcomes;
      const removed = first?.end === 'removed' ? first.receipt.removed : [];
      expect(removed.map(({ resource }) => resource).sort()).toEqual([...leftovers[kind]].sort());
      expect(worldDigest(stage.world())).toEqual(empty);
      expect((await prune(stage)).outcomes).toEqual([]);
    },
  );
});

describe('what goes', () => {
  const expire = (world: World) => {
    for (const { tags } of Object.values(world.ecs.services)) {
      tags['previewops:expires'] = new Date(world.now).toISOString();
    }
  };

  it.each<[string, Asked, Record<string, string>]>([
    ['an open one that has not expired stays', {}, {}],
    ['one whose pull request was closed goes', { states: { 1: 'closed' } }, { 'pr-1': 'closed' }],
    ['one whose pull request was merged goes', { states: { 1: 'merged' } }, { 'pr-1': 'merged' }],
    ['closed, and not asked for', { wishes: only({ expired: true }), states: { 1: 'closed' } }, {}],
    ['deployed long ago', { wishes: only({ olderThanMs: 3_600_000 }) }, { 'pr-1': 'old' }],
    ['not long enough ago', { wishes: only({ olderThanMs: 86_400_000 }) }, {}],
    [
      'closed, but not old enough',
      { wishes: only({ closed: true, olderThanMs: 86_400_000 }), states: { 1: 'closed' } },
      {},
    ],
    ['old, but not closed', { wishes: only({ closed: true, olderThanMs: 3_600_000 }) }, {}],
  ])('%s', async (_, options, reasons) => {
    const stage = await later(() => {});
    expect((await prune(stage, options)).reasons).toEqual(reasons);
  });

  it('an expired one goes, even while its pull request is open', async () => {
    const stage = await later(expire);
    expect((await prune(stage)).reasons).toEqual({ 'pr-1': 'expired' });
    expect(worldDigest(stage.world())).toEqual(empty);
  });

  it('nobody tells of the pull request: it stays, and that is said once', async () => {
    const stage = await later(() => {});
    const tools = {
      ...toolsOf(stage, stage.process({ config })),
      pullRequestState: async () => undefined,
    };
    const { chosen, notes } = await findCandidates(tools);
    expect(chosen).toEqual([]);
    expect(notes).toEqual(['1 preview stays: nobody tells whether the pull request is closed']);
  });

  it.each([
    ['forever', 'forever' as const],
    ['for a day', { forMs: 86_400_000 }],
  ])('kept %s, it stays, though expired, closed and old', async (_, wish) => {
    const stage = await later(expire);
    const identity = { url: `https://${left(1).host}`, pr: 1, ...left(1) };
    const kept = await stage.process({ config }).provider.keep(identity, wish);
    expect(kept.status).toBe('ready');
    const states = { 1: 'closed' } as const;
    expect((await prune(stage, { states })).reasons).toEqual({});
    const aged = only({ olderThanMs: 1000 });
    expect((await prune(stage, { states, wishes: aged })).reasons).toEqual({});
    await stage.process({ config }).provider.keep(identity, 'as-deployed');
    expect((await prune(stage, { states })).reasons).toEqual({ 'pr-1': 'expired' });
  });

  it('deployed again between the look at all and its turn, it stays', async () => {
    const stage = await later(expire);
    const tools = toolsOf(stage, stage.process({ config }));
    const { chosen } = await findCandidates(tools);
    expect(chosen).toHaveLength(1);
    await stage.process({ config }).deploy({ pr: 1 }, { commit: 'd'.repeat(40) });
    expect(await removeCandidates(chosen, tools)).toMatchObject([
      { end: 'left', why: 'it was deployed meanwhile' },
    ]);
    expect(await idsOf(stage)).toEqual(['pr-1']);
  });
});

describe('many', () => {
  it('one that fails does not stop the others', async () => {
    const stage = await createStage({
      config,
      world: await bigWorld(config, { previews: 6, expired: 6 }),
    });
    const { ends } = await prune(stage, {
      process: { faults: [{ call: 'ecs:DeleteService', nth: 3, fault: 'denied' }] },
    });
    expect(ends.filter((end) => end === 'removed')).toHaveLength(5);
    expect(ends.filter((end) => end === 'failed')).toHaveLength(1);
    expect(await idsOf(stage)).toHaveLength(1);
    expect((await prune(stage)).ends).toEqual(['removed']);
    expect(await idsOf(stage)).toEqual([]);
  });

  it('interrupted, it begins no further one', async () => {
    const stage = await createStage({
      config,
      world: await bigWorld(config, { previews: 12, expired: 12 }),
    });
    const stop = new AbortController();
    const ended: Outcome[] = [];
    const tools = toolsOf(stage, stage.process({ config }), {
      signal: stop.signal,
      onEnd: (outcome) => {
        ended.push(outcome);
        stop.abort(new Error('stopped'));
      },
    });
    const { chosen } = await findCandidates(tools);
    await expect(removeCandidates(chosen, tools)).rejects.toThrow('stopped');
    expect(ended.length).toBeLessThan(12);
    expect(await idsOf(stage)).not.toEqual([]);
  });
});

describe('what is not ours is never touched, whatever its name', () => {
  const owners = fc.constantFrom<Record<string, string>>(
    {},
    { team: 'shop' },
    { 'previewops:app': 'hello', 'previewops:preview': 'pr-1' },
    {
      'previewops:managed-by': 'terraform',
      'previewops:app': 'hello',
      'previewops:preview': 'pr-1',
    },
    {
      'previewops:managed-by': 'previewops',
      'previewops:app': 'other',
      'previewops:preview': 'pr-1',
    },
    {
      'previewops:managed-by': 'previewops',
      'previewops:app': 'hello',
      'previewops:preview': 'pr-2',
    },
    { 'previewops:managed-by': 'previewops', 'previewops:app': 'hello' },
  );
  const everything = {
    Version: '2012-10-17',
    Statement: { Effect: 'Allow' as const, Action: '*', Resource: '*' },
  };
  const kinds = [
    'service',
    'target-group',
    'listener-rule',
    'log-group',
    'task-definition',
    'repository',
  ] as const;
  const parts = [
    'service',
    'target-group',
    'listener-rule',
    'log-group',
    'task-definition',
    'image',
  ];
  const edits = fc.record({
    /** Kinds whose tags are replaced, and by what. */
    strange: fc.dictionary(fc.constantFrom(...kinds), owners, { minKeys: 1 }),
    gone: fc.subarray(parts),
    allApps: fc.boolean(),
    expired: fc.boolean(),
  });

  it('in any mixture with what is', async () => {
    await fc.assert(
      fc.asyncProperty(edits, async ({ strange: given, gone, allApps, expired }) => {
        const strange = Object.fromEntries(
          Object.entries(given).filter(([kind, tags]) => isStranger(kind, tags, allApps)),
        );
        const stage = await later((world) => {
          leaveOnly(
            world,
            left(1),
            parts.filter((kind) => !gone.includes(kind) || kind in strange),
          );
          if (expired) {
            for (const { tags } of Object.values(world.ecs.services)) {
              tags['previewops:expires'] = new Date(world.now).toISOString();
            }
          }
          for (const [kind, tags] of Object.entries(strange)) retag(world, kind, tags);
        });
        const before = strangers(stage.world(), strange);
        // No policy may be what saves them.
        const process = { policies: [everything] };
        await prune(stage, {
          whose: allApps ? undefined : 'hello',
          states: { 1: 'closed' },
          process,
        });
        expect(strangers(stage.world(), strange)).toEqual(before);
      }),
      { numRuns: 40, seed: 7 },
    );
  });

  /** A rule has no name, and a repository is the app's: with the tags of ours they are ours. */
  function isStranger(kind: string, tags: Record<string, string>, allApps: boolean): boolean {
    if (tags['previewops:managed-by'] !== 'previewops') return true;
    const own = tags['previewops:app'] === 'hello';
    if (kind === 'repository') return !own;
    if (kind !== 'listener-rule') return true;
    return tags['previewops:preview'] === undefined || (!own && !allApps);
  }

  function records({ ecs, elasticloadbalancing: elb, logs, ecr }: World) {
    return {
      service: Object.values(ecs.services),
      'target-group': Object.values(elb.targetGroups),
      'listener-rule': Object.values(elb.rules).filter(({ hosts }) => hosts.length > 0),
      'log-group': Object.values(logs.groups).filter(({ name }) => name.startsWith('/ecs/')),
      'task-definition': Object.values(ecs.taskDefinitions),
      repository: Object.values(ecr.repositories),
    };
  }
  function retag(world: World, kind: string, tags: Record<string, string>): void {
    for (const record of records(world)[kind as (typeof kinds)[number]]) record.tags = { ...tags };
  }
  /** The strange ones, by what a removal or a change would show. */
  function strangers(world: World, strange: Record<string, unknown>): unknown {
    const found = records(world);
    return Object.keys(strange).map((kind) =>
      found[kind as (typeof kinds)[number]].map((record) => ({
        arn: record.arn,
        tags: record.tags,
        status: 'status' in record ? record.status : null,
        images: 'images' in record ? record.images : null,
      })),
    );
  }
});
