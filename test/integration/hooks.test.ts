// Longer than most: what each hook does to a deploy and a destroy, one short story a test.
import { describe, expect, it } from 'vitest';
import { explain } from '../../src/aws/errors.ts';
import { PreviewopsError } from '../../src/errors.ts';
import type { FailureReport } from '../../src/preview/failure.ts';
import { tagKeys } from '../../src/preview/tags.ts';
import type { World } from '../../src/sandbox/types.ts';
import {
  commitOf,
  configOf,
  createStage,
  outcome,
  type Process,
  writes,
} from '../helpers/stage.ts';

const pr = 42;
const hooks = configOf(`hooks:
  onCreate: npm run seed
  onDeploy: [npm, run, migrate]
  onDestroy: npm run drop
`);
const identity = { app: 'hello', id: 'pr-42', pr, host: 'pr-42.previews.example.com', url: '' };
const failing = (hook: string, command = 'exit 3') => configOf(`hooks: { ${hook}: ${command} }\n`);

/** The hooks that ran in the account, in the order of their start. */
function ran(world: World): string[] {
  return Object.values(world.ecs.tasks)
    .filter(({ oneOff }) => oneOff !== undefined)
    .sort((a, b) => a.createdAt - b.createdAt)
    .map(({ oneOff }) => oneOff?.startedBy?.replace('previewops/', '') ?? '');
}

const mark = (world: World) =>
  Object.values(world.elasticloadbalancing.targetGroups)[0]?.tags[tagKeys.onCreate];
const callsOf = (process: Process, ...names: string[]) =>
  process.calls.map(({ call }) => call).filter((call) => names.includes(call));

async function failure(work: Promise<unknown>): Promise<PreviewopsError> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => explain(thrown),
  );
  if (!error) throw new Error('it did not fail');
  return error;
}

describe('a deploy with hooks', () => {
  it('creates, then onCreate, then onDeploy, then the service, and tells their lines', async () => {
    const stage = await createStage({ config: hooks });
    const process = stage.process();
    await process.deploy({ pr });
    expect(ran(stage.world())).toEqual(['hook-onCreate', 'hook-onDeploy']);
    expect(mark(stage.world())).toBe('done');
    const order = ['ecs:RegisterTaskDefinition', 'ecs:RunTask', 'ecs:CreateService'];
    expect(callsOf(process, ...order)).toEqual([
      'ecs:RegisterTaskDefinition',
      'ecs:RunTask',
      'ecs:RunTask',
      'ecs:CreateService',
    ]);
    const lines = (source: string) =>
      process.events.flatMap((e) => (e.type === 'log' && e.source === source ? e.lines : []));
    expect(lines('hook onCreate')[0]).toBe('$ sh -c npm run seed');
    expect(lines('hook onCreate')).toHaveLength(4);
    expect(lines('hook onDeploy')[0]).toBe('$ npm run migrate');
    const [create, deploy] = Object.values(stage.world().ecs.tasks).filter(({ oneOff }) => oneOff);
    expect(create?.tags[tagKeys.preview]).toBe('pr-42');
    expect(create?.taskDefinition).toBe(deploy?.taskDefinition);
  });

  it('runs onDeploy alone for a new commit, before it is served, and nothing when nothing changed', async () => {
    const stage = await createStage({ config: hooks });
    await stage.process().deploy({ pr });
    const update = stage.process();
    await update.deploy({ pr }, { commit: commitOf(2) });
    expect(ran(stage.world()).slice(2)).toEqual(['hook-onDeploy']);
    expect(callsOf(update, 'ecs:RunTask', 'ecs:UpdateService')).toEqual([
      'ecs:RunTask',
      'ecs:UpdateService',
    ]);
    const again = stage.process();
    const { steps } = await again.deploy({ pr }, { commit: commitOf(2) });
    expect(steps).toEqual([]);
    expect(writes(again.calls)).toEqual([]);
  });

  it('does not run onDeploy for a change that rolls out no revision', async () => {
    const stage = await createStage({ config: hooks });
    await stage.process().deploy({ pr });
    const other = configOf(
      'hooks: { onDeploy: migrate }\ncontainer: { healthCheck: { grace: 90s } }\n',
    );
    const { steps } = await stage.process({ config: other }).deploy({ pr });
    expect(steps.map(({ id }) => id)).toEqual(['service']);
  });

  it('starts hooks on demand where the preview is on Spot', async () => {
    const stage = await createStage({
      config: configOf('task: { spot: true }\nhooks: { onDeploy: x }\n'),
    });
    await stage.process().deploy({ pr });
    const [task] = Object.values(stage.world().ecs.tasks).filter(({ oneOff }) => oneOff);
    expect(task).toMatchObject({ launchType: 'FARGATE' });
  });

  it('does not run an onCreate that came after the preview, and says how to', async () => {
    const stage = await createStage({ config: configOf() });
    await stage.process().deploy({ pr });
    const process = stage.process({ config: hooks });
    const { warnings } = await process.deploy({ pr }, { commit: commitOf(2) });
    expect(ran(stage.world())).toEqual(['hook-onDeploy']);
    expect(warnings.join()).toContain("previewops run --pr 42 -- sh -c 'npm run seed'");
    const idle = await stage.process({ config: hooks }).deploy({ pr }, { commit: commitOf(2) });
    expect(idle.warnings).toEqual([]);
  });
});

describe('a hook that fails', () => {
  it('onCreate: nothing is started, and the next deploy tries again', async () => {
    const config = failing('onCreate', 'echo no; exit 3');
    const stage = await createStage({ config });
    const error = await failure(stage.process().deploy({ pr }));
    expect(error).toMatchObject({
      code: 'hook-failed',
      exitCode: 1,
      message: 'The hook onCreate ended with exit code 3',
    });
    const report = error.details?.failure as FailureReport;
    expect(report).toMatchObject({
      tasks: [{ containers: ['app exited 3'] }],
      log: {
        source: 'hook onCreate',
        lines: expect.arrayContaining([expect.stringMatching(/^\$/)]),
      },
      next: ['previewops deploy --pr 42'],
    });
    expect(error.hint).toContain('the next deploy tries the hook again');
    expect(mark(stage.world())).toBe('failed 1');
    expect(stage.world().ecs.services).toEqual({});
    expect(await outcome(stage.process({ config: hooks }).deploy({ pr }))).toBe('done');
    expect(ran(stage.world())).toEqual(['hook-onCreate', 'hook-onCreate', 'hook-onDeploy']);
    expect(mark(stage.world())).toBe('done');
  });

  it('onDeploy: the revision before goes on serving', async () => {
    const stage = await createStage({ config: configOf() });
    await stage.process().deploy({ pr });
    const before = Object.values(stage.world().ecs.services)[0]?.revision.taskDefinition;
    const update = stage.process({ config: failing('onDeploy', 'exit 2') });
    const error = await failure(update.deploy({ pr }, { commit: commitOf(2) }));
    expect(error).toMatchObject({ code: 'hook-failed', exitCode: 1 });
    expect(error.hint).toContain('the one before still serves');
    expect(error.hint).toContain("previewops run --pr 42 -- sh -c 'exit 2'");
    expect(Object.values(stage.world().ecs.services)[0]?.revision.taskDefinition).toBe(before);
    expect((await stage.process().provider.list({}))[0]?.status).toBe('ready');
  });

  it('is told of though nobody can tell whether a destroy stopped it', async () => {
    const config = failing('onDeploy', 'exit 2');
    const call = 'elasticloadbalancing:DescribeTags';
    const first = (await createStage({ config })).process();
    await failure(first.deploy({ pr }));
    const nth = callsOf(first, call).length;
    const fault = { call, nth, times: 'always', fault: 'denied' } as const;
    const process = (await createStage({ config })).process({ faults: [fault] });
    expect((await failure(process.deploy({ pr }))).code).toBe('hook-failed');
  });

  it('is stopped when its time is over, exit 6', async () => {
    const config = configOf('hooks: { onDeploy: sleep 600, timeout: 60s }\n');
    const stage = await createStage({ config });
    const error = await failure(stage.process().deploy({ pr }));
    expect(error).toMatchObject({ code: 'timed-out', exitCode: 6 });
    expect(error.message).toBe(
      'The hook onDeploy was not done in the time allowed, and was stopped',
    );
    expect(error.hint).toContain('hooks.timeout');
    const [task] = Object.values(stage.world().ecs.tasks);
    expect(task).toMatchObject({ lastStatus: 'STOPPED', stopCode: 'UserInitiated' });
  });

  it('says why a task never started', async () => {
    const stage = await createStage({ config: hooks });
    const process = stage.process({ behaviour: { app: 'wrong-architecture' } });
    const error = await failure(process.deploy({ pr }));
    expect(error.code).toBe('hook-failed');
    expect(error.message).toMatch(
      /^The hook onCreate did not start: .*descriptor matching platform/s,
    );
    expect(error.hint).toContain('task.architecture');
  });
});

describe('Ctrl-C', () => {
  const interrupted = new PreviewopsError('interrupted', 'stopped before the end');
  const play = async (hook: string) => {
    const stage = await createStage({ config: configOf(`hooks: { ${hook}: sleep 120 }\n`) });
    const process = stage.process();
    const work = failure(process.deploy({ pr }));
    for (;;) {
      await stage.clock.sleep(1_000);
      if (Object.values(stage.world().ecs.tasks).some((t) => t.lastStatus === 'RUNNING')) break;
    }
    process.abort(interrupted);
    const error = await work;
    await stage.clock.sleep(60_000);
    return { stage, process, error };
  };

  it('stops onDeploy', async () => {
    const { stage, error } = await play('onDeploy');
    expect(error.code).toBe('interrupted');
    expect(Object.values(stage.world().ecs.tasks)).toMatchObject([{ desiredStatus: 'STOPPED' }]);
  });

  it('lets onCreate go on, says so, and the next deploy takes its result', async () => {
    const { stage, process, error } = await play('onCreate');
    expect(error.code).toBe('interrupted');
    expect(Object.values(stage.world().ecs.tasks)).toMatchObject([{ lastStatus: 'RUNNING' }]);
    expect(process.events).toContainEqual({
      type: 'note',
      level: 'info',
      text: 'the hook onCreate goes on: the next deploy takes its result',
    });
    expect(mark(stage.world())).toMatch(/^started 1 \S+ [0-9a-f]{32}$/);
    expect(await outcome(stage.process().deploy({ pr }))).toBe('done');
    expect(ran(stage.world())).toEqual(['hook-onCreate']);
    expect(mark(stage.world())).toBe('done');
  });
});

describe('destroy with a hook', () => {
  it('runs it before anything is removed, and leaves nothing', async () => {
    const stage = await createStage({ config: hooks });
    await stage.process().deploy({ pr });
    const process = stage.process();
    const receipt = await process.destroy({ pr });
    expect(receipt.remaining).toEqual([]);
    expect(receipt.failure).toBeUndefined();
    expect(receipt.removed.map(({ resource }) => resource)).not.toContain('hook');
    expect(ran(stage.world()).at(-1)).toBe('hook-onDestroy');
    const [first] = callsOf(process, 'ecs:RunTask', 'ecs:DeleteService', 'logs:DeleteLogGroup');
    expect(first).toBe('ecs:RunTask');
  });

  it('removes everything though the hook fails, and has failed', async () => {
    const config = failing('onDestroy', 'exit 9');
    const stage = await createStage({ config });
    await stage.process().deploy({ pr });
    const process = stage.process();
    const receipt = await process.destroy({ pr });
    expect(receipt).toMatchObject({
      remaining: [],
      failure: { sentence: 'The hook onDestroy ended with exit code 9' },
    });
    expect(process.events).toContainEqual(expect.objectContaining({ type: 'step-failed' }));
    expect(await stage.process().provider.list({})).toEqual([]);
    expect(await stage.process().destroy({ pr })).toMatchObject({ removed: [], remaining: [] });
  });

  it('does not run one where there is nothing to run it in', async () => {
    const config = failing('onCreate');
    const stage = await createStage({ config });
    await failure(stage.process().deploy({ pr }));
    await stage.process({ config: hooks }).destroy({ pr });
    expect(ran(stage.world())).toEqual(['hook-onCreate']);
  });
});

describe('destroy while a task goes on that nobody follows', () => {
  const config = configOf(
    'hooks: { onCreate: sleep 3000, onDestroy: npm run drop, timeout: 2h }\n',
  );
  const oneOffs = (world: World) =>
    Object.values(world.ecs.tasks)
      .filter(({ oneOff }) => oneOff !== undefined)
      .sort((a, b) => a.createdAt - b.createdAt);
  /** A first deploy that died while its onCreate ran: the task of that goes on. */
  const abandoned = async () => {
    const stage = await createStage({ config });
    const faults = [{ call: 'ecs:DescribeTasks', nth: 20, fault: 'kill' as const }];
    const first = stage.process({ faults });
    await Promise.race([outcome(first.deploy({ pr })), first.killed]);
    const [task] = oneOffs(stage.world());
    if (task?.lastStatus !== 'RUNNING') throw new Error('no task goes on');
    return { stage, task };
  };

  it('stops it, waits for its end, and names it in the receipt', async () => {
    const { stage, task } = await abandoned();
    const process = stage.process();
    const planned = await process.provider.destroy(identity);
    const step = { id: `task:${task.id}`, action: 'delete', name: `${task.id} (hook onCreate)` };
    expect(planned.plan.steps[0]).toMatchObject(step);
    const receipt = await planned.apply();
    expect(receipt.removed).toContainEqual({ resource: 'task', name: step.name });
    expect(receipt.remaining).toEqual([]);
    expect(oneOffs(stage.world())).toMatchObject([
      { lastStatus: 'STOPPED', stoppedReason: 'previewops: its preview is being destroyed' },
    ]);
    const [, stopped] = callsOf(process, 'ecs:StopTask', 'ecs:DescribeTasks');
    expect(stopped).toBe('ecs:StopTask');
    const ends = process.calls.filter(({ call }) => call === 'ecs:DescribeTasks').at(-2);
    const log = process.calls.find(({ call }) => call === 'logs:DeleteLogGroup');
    expect(log?.startMs).toBeGreaterThanOrEqual(ends?.startMs ?? Number.POSITIVE_INFINITY);
    expect(await stage.process().destroy({ pr })).toMatchObject({ removed: [], remaining: [] });
  });

  const calls = ['ecs:ListTasks', 'ecs:DescribeTasks', 'ecs:StopTask'];
  const ways = [
    { fault: 'throttle', times: 'always' },
    { fault: 'lost' },
    { fault: 'kill' },
  ] as const;
  it.each(calls.flatMap((call) => ways.map((way) => ({ call, ...way }))))(
    '$call $fault: the same command again leaves nothing',
    async (fault) => {
      const { stage } = await abandoned();
      const first = stage.process({ faults: [{ nth: 1, ...fault }] });
      await Promise.race([outcome(first.destroy({ pr })), first.killed]);
      const receipt = await stage.process().destroy({ pr });
      expect(receipt.remaining).toEqual([]);
      expect(oneOffs(stage.world()).map(({ lastStatus }) => lastStatus)).toEqual(['STOPPED']);
      expect(await stage.process().provider.list({})).toEqual([]);
    },
  );

  it('has it ended before onDestroy begins, and leaves those of others alone', async () => {
    const stage = await createStage({ config: configOf('hooks: { onDestroy: npm run drop }\n') });
    await stage.process().deploy({ pr });
    await stage.process().deploy({ pr: 43 });
    for (const number of [pr, 43]) {
      const faults = [{ call: 'ecs:DescribeTasks', nth: 20, fault: 'kill' as const }];
      const process = stage.process({ faults });
      await Promise.race([outcome(process.run({ pr: number }, ['sleep 3000'])), process.killed]);
    }
    const process = stage.process();
    const { removed, failure: failed } = await process.destroy({ pr });
    expect(failed).toBeUndefined();
    expect(removed.filter(({ resource }) => resource === 'task')).toEqual([
      { resource: 'task', name: expect.stringMatching(/^[0-9a-f]{32} \(run\)$/) },
    ]);
    expect(callsOf(process, 'ecs:StopTask', 'ecs:RunTask', 'ecs:DeleteService')).toEqual([
      'ecs:StopTask',
      'ecs:RunTask',
      'ecs:DeleteService',
    ]);
    const [own, other, drop] = oneOffs(stage.world());
    expect([own?.lastStatus, other?.lastStatus]).toEqual(['STOPPED', 'RUNNING']);
    expect(drop?.createdAt).toBeGreaterThanOrEqual(own?.stoppedAt ?? Number.POSITIVE_INFINITY);
  });

  it('takes up the onDestroy of a destroy that died', async () => {
    const stage = await createStage({ config: configOf('hooks: { onDestroy: sleep 300 }\n') });
    await stage.process().deploy({ pr });
    const faults = [{ call: 'ecs:DescribeTasks', nth: 20, fault: 'kill' as const }];
    const first = stage.process({ faults });
    await Promise.race([outcome(first.destroy({ pr })), first.killed]);
    const receipt = await stage.process().destroy({ pr });
    expect(receipt).toMatchObject({ remaining: [], warnings: [] });
    expect(receipt.failure).toBeUndefined();
    expect(oneOffs(stage.world())).toMatchObject([{ oneOff: { exits: { app: 0 } } }]);
  });

  it('ends a deploy whose hook it stops as destroyed, not as one whose hook failed', async () => {
    const stage = await createStage({
      config: configOf('hooks: { onDeploy: sleep 3000, timeout: 2h }\n'),
    });
    const deploy = outcome(stage.process().deploy({ pr }));
    await stage.clock.sleep(300_000);
    expect(ran(stage.world())).toEqual(['hook-onDeploy']);
    const receipt = await stage.process({ seed: 2 }).destroy({ pr });
    expect([await deploy, receipt.remaining]).toEqual(['destroyed', []]);
  });

  it('a task that has ended by itself meanwhile is no mistake, and one that ECS has forgotten', async () => {
    const { stage, task } = await abandoned();
    const { apply } = await stage.process().provider.destroy(identity);
    await stage.change(({ ecs }) => {
      delete ecs.tasks[task.arn];
    });
    expect((await apply()).remaining).toEqual([]);
  });

  it('does not look where the configuration has no hooks', async () => {
    const stage = await createStage();
    await stage.process().deploy({ pr });
    const process = stage.process();
    await process.destroy({ pr });
    expect(callsOf(process, 'ecs:ListTasks', 'ecs:DescribeTasks')).toEqual([]);
  });
});

describe('a command by hand', () => {
  const policies = [
    {
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow' as const, Action: '*', Resource: '*' }],
    },
  ];
  const runIn = async (command: string[], more: { config?: typeof hooks } = {}) => {
    const stage = await createStage(more);
    await stage.process().deploy({ pr });
    const process = stage.process({ policies });
    const lines: string[] = [];
    const work = process.provider.run({
      identity,
      command,
      timeoutMs: 120_000,
      onLines: (more) => lines.push(...more),
    });
    return { stage, process, lines, work };
  };

  it('gives its lines and its exit code', async () => {
    const { work, lines, stage } = await runIn(['sh', '-c', 'exit 7']);
    expect(await work).toMatchObject({
      exitCode: 7,
      task: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
    expect(lines[0]).toBe('$ sh -c exit 7');
    expect(lines).toHaveLength(4);
    const service = Object.values(stage.world().ecs.services)[0];
    const task = Object.values(stage.world().ecs.tasks).find(({ oneOff }) => oneOff);
    expect(task).toMatchObject({
      taskDefinition: service?.revision.taskDefinition,
      oneOff: { startedBy: 'previewops/run' },
    });
  });

  it('is stopped by Ctrl-C, and at its timeout', async () => {
    const first = await runIn(['sleep', '600']);
    const ends = failure(first.work);
    await first.stage.clock.sleep(40_000);
    first.process.abort(new PreviewopsError('interrupted', 'stopped'));
    expect((await ends).code).toBe('interrupted');
    const oneOff = Object.values(first.stage.world().ecs.tasks).find((task) => task.oneOff);
    expect(oneOff?.desiredStatus).toBe('STOPPED');
    const second = await runIn(['sleep', '600']);
    expect(await failure(second.work)).toMatchObject({ code: 'timed-out', exitCode: 6 });
  });

  it('needs a preview', async () => {
    const stage = await createStage();
    const work = stage.process({ policies }).provider.run({
      identity,
      command: ['ls'],
      timeoutMs: 1_000,
      onLines: () => {},
    });
    expect(await failure(work)).toMatchObject({
      code: 'not-found',
      message: 'There is no preview pr-42',
    });
  });
});
