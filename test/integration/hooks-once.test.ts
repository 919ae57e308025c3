import { describe, expect, it } from 'vitest';
import { tagKeys } from '../../src/preview/tags.ts';
import { createClaims } from '../../src/providers/aws-ecs/claims.ts';
import { hookId } from '../../src/providers/aws-ecs/one-off/hook-plan.ts';
import { runHookStep } from '../../src/providers/aws-ecs/one-off/hooks.ts';
import type { Session } from '../../src/providers/aws-ecs/session.ts';
import { targetOf } from '../../src/providers/aws-ecs/target.ts';
import type { Event } from '../../src/report/events.ts';
import type { Fault, World } from '../../src/sandbox/types.ts';
import { configOf, createStage, outcome, type Process, type Stage } from '../helpers/stage.ts';

// hooks.onCreate runs once or not at all, whatever call is the last before a run dies.

const identity = { app: 'hello', id: 'pr-42', pr: 42, host: 'h.example.com', url: 'https://h' };
const config = configOf('hooks: { onCreate: npm run seed }\n');
const failing = configOf('hooks: { onCreate: exit 1 }\n');

const ways: Omit<Fault, 'call' | 'nth'>[] = [
  { fault: 'throttle', times: 'always' },
  { fault: '500', times: 'always' },
  { fault: 'lost' },
  { fault: 'kill' },
];

const groupOf = (world: World) => Object.values(world.elasticloadbalancing.targetGroups)[0];
const mark = (stage: Stage) => groupOf(stage.world())?.tags[tagKeys.onCreate];

/** Exit codes of the tasks that the hook had, in the order of their start; undefined while one runs. */
const tasks = (stage: Stage) =>
  Object.values(stage.world().ecs.tasks)
    .filter(({ oneOff }) => oneOff?.startedBy === 'previewops/hook-onCreate')
    .sort((a, b) => a.createdAt - b.createdAt)
    .map(({ oneOff }) => oneOff?.exits.app);

/** An account in which everything that the hook needs is there. */
async function prepared(): Promise<World> {
  const stage = await createStage({ config });
  await stage.process({ config: configOf() }).deploy({ pr: 42 });
  return stage.world();
}

interface Playing {
  process: Process;
  of?: typeof config;
  events?: Event[];
}

/** The hook's step alone, as a deploy of its own would run it. */
async function play(stage: Stage, { process, of = config, events = [] }: Playing): Promise<void> {
  const world = stage.world();
  const session: Session = {
    aws: process.aws,
    clock: stage.clock,
    signal: new AbortController().signal,
    emit: (event) => events.push(event),
    random: () => 0.5,
    target: targetOf(of, identity),
    startedAt: stage.clock.now(),
  };
  const at = stage.clock.now();
  const claims = createClaims(session, { kind: 'deploy', at, id: at.toString(16).slice(-8) });
  const targetGroupArn = groupOf(world)?.arn ?? '';
  claims.carriedBy(targetGroupArn, { written: false });
  await runHookStep(session, {
    step: {
      id: hookId('onCreate'),
      action: 'run',
      resource: 'hook',
      name: 'onCreate',
      changes: [],
      after: [],
    },
    taskDefinitionArn: Object.values(world.ecs.services)[0]?.revision.taskDefinition ?? '',
    targetGroupArn,
    claims,
    deadline: at + 900_000,
    updating: false,
  });
}

describe('broken at every call', () => {
  it('runs once when it succeeds', { timeout: 120_000 }, async () => {
    const start = await prepared();
    const model = await createStage({ config, world: start });
    const undisturbed = model.process();
    await play(model, { process: undisturbed });
    expect(tasks(model)).toEqual([0]);
    expect(undisturbed.calls.length).toBeGreaterThan(10);

    for (let nth = 1; nth <= undisturbed.calls.length; nth++) {
      for (const way of ways) {
        const label = `${way.fault} at call ${nth} (${undisturbed.calls[nth - 1]?.call})`;
        const stage = await createStage({ config, world: start });
        const first = stage.process({ faults: [{ call: '*', nth, ...way }] });
        await Promise.race([outcome(play(stage, { process: first })), first.killed]);
        const again = await outcome(play(stage, { process: stage.process() }));
        expect([again, tasks(stage), mark(stage)], label).toEqual(['done', [0], 'done']);
        const third = stage.process();
        await play(stage, { process: third });
        expect(
          third.calls.map(({ call }) => call),
          label,
        ).not.toContain('ecs:RunTask');
      }
    }
  });

  it('has each attempt once when the first one fails', { timeout: 120_000 }, async () => {
    const start = await prepared();
    const model = await createStage({ config, world: start });
    const undisturbed = model.process();
    expect(await outcome(play(model, { process: undisturbed, of: failing }))).toBe('hook-failed');
    expect([tasks(model), mark(model)]).toEqual([[1], 'failed 1']);

    for (let nth = 1; nth <= undisturbed.calls.length; nth++) {
      for (const way of ways) {
        const label = `${way.fault} at call ${nth} (${undisturbed.calls[nth - 1]?.call})`;
        const stage = await createStage({ config, world: start });
        const first = stage.process({ faults: [{ call: '*', nth, ...way }] });
        await Promise.race([outcome(play(stage, { process: first, of: failing })), first.killed]);
        // A run that finds the failing attempt under way shares its end; one more then mends it.
        const ends = [];
        for (let runs = 0; runs < 2 && ends.at(-1) !== 'done'; runs++) {
          ends.push(await outcome(play(stage, { process: stage.process() })));
        }
        expect(ends.at(-1), label).toBe('done');
        expect(
          tasks(stage).filter((code) => code === 0),
          label,
        ).toHaveLength(1);
        expect(tasks(stage).length, label).toBeLessThanOrEqual(2);
        expect(mark(stage), label).toBe('done');
      }
    }
  });
});

describe('what is found later', () => {
  /** A run that died right after `call`, and what the next one does `laterMs` after it. */
  const found = async (call: string, laterMs: number, { nth = 1, of = config } = {}) => {
    const stage = await createStage({ config, world: await prepared() });
    const first = stage.process({ faults: [{ call, nth, fault: 'kill' }] });
    await Promise.race([outcome(play(stage, { process: first, of })), first.killed]);
    await stage.clock.sleep(laterMs);
    const events: Event[] = [];
    const end = await outcome(play(stage, { process: stage.process(), events }));
    const warned = events.flatMap((event) => (event.type === 'note' ? [event.text] : []));
    return { end, stage, warned };
  };
  const minutes = 60_000;
  const hours = 60 * minutes;

  it.each([
    ['the mark', 'elasticloadbalancing:AddTags', 2, 5 * minutes],
    ['RunTask', 'ecs:RunTask', 1, 5 * minutes],
    ['RunTask, and its token is still known', 'ecs:RunTask', 1, 45 * minutes],
    ['the id of the task', 'elasticloadbalancing:AddTags', 3, 30 * minutes],
  ])('a run that died after %s is finished by the next', async (_, call, nth, later) => {
    const { end, stage, warned } = await found(call, later, { nth });
    expect([end, tasks(stage), mark(stage), warned]).toEqual(['done', [0], 'done', []]);
  });

  it.each([
    ['the mark', 'elasticloadbalancing:AddTags', 2, 2 * hours],
    ['RunTask', 'ecs:RunTask', 1, 2 * hours],
    ['the id of the task', 'elasticloadbalancing:AddTags', 3, 2 * hours],
    ['the id of the task, days later', 'elasticloadbalancing:AddTags', 3, 48 * hours],
  ])(
    'after %s, too late to know, it is not run again, and that is said',
    async (_, call, nth, later) => {
      const { end, stage, warned } = await found(call, later, { nth });
      expect([end, mark(stage)]).toEqual(['done', 'done']);
      expect(tasks(stage)).toEqual([]); // ECS has forgotten the first, and there is no second
      expect(warned).toEqual([
        expect.stringMatching(
          /no longer knows how the hook onCreate .* ended.*previewops run --pr 42 -- sh -c 'npm run seed'/,
        ),
      ]);
    },
  );

  it('an attempt that failed and was not noted is followed by the next at once', async () => {
    const { end, stage } = await found('ecs:RunTask', 5 * minutes, { of: failing });
    expect([end, tasks(stage), mark(stage)]).toEqual(['done', [1, 0], 'done']);
  });

  it('a refusal of AWS is no attempt that anybody has to wonder about', async () => {
    const stage = await createStage({ config, world: await prepared() });
    const first = stage.process({ faults: [{ call: 'ecs:RunTask', nth: 1, fault: 'denied' }] });
    expect(await outcome(play(stage, { process: first }))).toBe('access-denied');
    expect(mark(stage)).toBe('failed 1');
    await stage.clock.sleep(48 * hours);
    expect(await outcome(play(stage, { process: stage.process() }))).toBe('done');
    expect([tasks(stage), mark(stage)]).toEqual([[0], 'done']);
  });

  it('two runs at once have one task between them', async () => {
    const stage = await createStage({ config, world: await prepared() });
    const runs = [1, 2, 3].map(async (seed) => {
      await stage.clock.sleep(seed);
      return outcome(play(stage, { process: stage.process({ seed }) }));
    });
    const ends = await Promise.all(runs);
    expect(tasks(stage)).toEqual([0]);
    expect(ends.at(-1)).toBe('done');
    for (const end of ends) expect(['done', 'superseded']).toContain(end);
    expect(await outcome(play(stage, { process: stage.process() }))).toBe('done');
    expect([tasks(stage), mark(stage)]).toEqual([[0], 'done']);
  });
});
