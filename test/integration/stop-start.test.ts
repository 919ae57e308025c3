// Longer than most: the life of one preview that is stopped and started, in one place.
import { beforeAll, describe, expect, it } from 'vitest';
import { wishesOf } from '../../src/commands/prune-choice.ts';
import { findCandidates, type PruneTools, removeCandidates } from '../../src/commands/prune-run.ts';
import { identify } from '../../src/preview/identity.ts';
import type { PreviewSummary } from '../../src/providers/provider.ts';
import { createSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import type { World } from '../../src/sandbox/types.ts';
import { commitOf, configOf, createStage, outcome, type Stage, writes } from '../helpers/stage.ts';
import { createVirtualClock } from '../helpers/virtual-clock.ts';

const config = configOf('idle: 4h\ntask: { count: 2 }\n');
const hourMs = 3_600_000;
const identity = identify(
  { pr: 42 },
  { ...config, app: 'hello', baseDomain: config.providerConfig.baseDomain },
);
const waiting = { identity, wait: true, timeoutMs: 15 * 60_000 };

let deployed: World;
beforeAll(async () => {
  const stage = await createStage({ config });
  await stage.process().deploy({ pr: 42 });
  deployed = stage.world();
});

/** The account with a preview that runs, some time after its deploy. */
async function running(afterMs = 60_000): Promise<Stage> {
  const world = structuredClone(deployed);
  world.now += afterMs;
  return createStage({ config, world, clock: createVirtualClock({ start: world.now }) });
}

/** What a browser meets, asked beside all commands. */
function browser(stage: Stage): Sandbox {
  return createSandbox({ clock: stage.clock, world: stage.world() });
}
const visit = async (stage: Stage) => {
  const answer = await browser(stage).answer(identity.url);
  if ('error' in answer) throw new Error(answer.message);
  return answer;
};

/** The rules of the preview's host: what each does, and for whom. */
const routes = (world: World) =>
  Object.values(world.elasticloadbalancing.rules)
    .filter(({ hosts }) => hosts.includes(identity.host))
    .map(({ targetGroupArn, otherActions = [], otherConditions }) => {
      const [action] = otherActions as { Type: string }[];
      const does = targetGroupArn === undefined ? action?.Type : 'forward';
      return otherConditions.length > 0 ? `${does}, unseen` : does;
    });
const serviceOf = (world: World) => {
  const [service] = Object.values(world.ecs.services);
  if (!service) throw new Error('there is no service');
  return service;
};
const countOf = (world: World) => serviceOf(world).desiredCount;
const statusOf = async (stage: Stage) => (await stage.process().status({ pr: 42 })).summary;

describe('stop, request, start', () => {
  it('shows a page of the load balancer, and brings back what ran', async () => {
    const stage = await running();
    expect(routes(stage.world())).toEqual(['forward']);
    expect(await visit(stage)).toMatchObject({ status: 200 });

    const process = stage.process();
    const stopped = await process.provider.stop({ identity });
    expect(stopped.steps.map(({ id }) => id)).toEqual(['listener-rule', 'service']);
    expect(writes(process.calls).map(({ call }) => call)).toEqual([
      'elasticloadbalancing:AddTags',
      'elasticloadbalancing:ModifyRule',
      'ecs:TagResource',
      'ecs:UpdateService',
      'ecs:TagResource',
    ]);
    expect(routes(stage.world())).toEqual(['fixed-response']);
    expect(countOf(stage.world())).toBe(0);
    const page = await visit(stage);
    expect(page).toMatchObject({
      status: 503,
      headers: { server: 'awselb/2.0', 'content-type': 'text/html' },
    });
    expect(page.body).toContain('pr-42 of hello');
    expect(page.body).toContain('<code>previewops start --pr 42</code>');
    expect(await statusOf(stage)).toMatchObject({
      status: 'stopped',
      stoppedAt: stopped.stoppedAt,
      detail: `since ${stopped.stoppedAt}`,
      cost: { perDay: expect.any(Number) },
    });

    await stage.clock.sleep(hourMs);
    const starting = stage.process();
    const seen: string[] = [];
    const started = starting.provider.start(waiting);
    for (let i = 0; i < 12; i++) {
      await stage.clock.sleep(3_000);
      seen.push(`${routes(stage.world()).join(' + ')}: ${(await visit(stage)).status}`);
    }
    expect(await started).toMatchObject({ ready: true, warnings: [] });
    // Never the load balancer's own 503: the page stays until a task is healthy.
    expect([...new Set(seen)].slice(0, 2)).toEqual([
      'fixed-response + forward, unseen: 503',
      'forward: 200',
    ]);
    expect(routes(stage.world())).toEqual(['forward']);
    expect(countOf(stage.world())).toBe(2);
    expect(await statusOf(stage)).toMatchObject({
      status: 'ready',
      stoppedAt: null,
      startedAt: expect.any(String),
    });
  });

  it('is not done twice: what is as asked for sees no write', async () => {
    const stage = await running();
    const started = stage.process();
    expect(await started.provider.start(waiting)).toMatchObject({ steps: [], ready: true });
    await stage.process().provider.stop({ identity });
    const { stoppedAt } = await statusOf(stage);
    await stage.clock.sleep(hourMs);
    const again = stage.process();
    expect(await again.provider.stop({ identity })).toMatchObject({ steps: [], stoppedAt });
    expect(writes([...started.calls, ...again.calls])).toEqual([]);
  });

  it('without waiting the route comes back before the tasks', async () => {
    const stage = await running();
    await stage.process().provider.stop({ identity });
    await stage.clock.sleep(hourMs);
    const result = await stage.process().provider.start({ ...waiting, wait: false });
    expect(result.ready).toBe(false);
    expect(routes(stage.world())).toEqual(['forward']);
    expect((await visit(stage)).status).toBe(503);
    await stage.clock.sleep(60_000);
    expect(await visit(stage)).toMatchObject({ status: 200 });
  });

  it('brings back as many tasks as ran, whatever the configuration says now', async () => {
    const stage = await running();
    await stage.process({ config: configOf() }).provider.stop({ identity });
    await stage.process({ config: configOf() }).provider.start(waiting);
    expect(countOf(stage.world())).toBe(2);
  });

  it('where the load balancer takes no further rule, the route comes back first', async () => {
    const stage = await running();
    await stage.process().provider.stop({ identity });
    await stage.change((world) => {
      world.elasticloadbalancing.limits = { 'rules-per-application-load-balancer': 1 };
    });
    expect(await outcome(stage.process().provider.start(waiting))).toBe('done');
    expect(routes(stage.world())).toEqual(['forward']);
    expect(await visit(stage)).toMatchObject({ status: 200 });
  });

  it('tasks that do not start leave the page, say why, and a stop takes them away again', async () => {
    const stage = await running();
    await stage.process().provider.stop({ identity });
    await stage.clock.sleep(hourMs);
    await stage.change((world) => {
      for (const repository of Object.values(world.ecr.repositories)) repository.images = {};
    });
    const end = stage.process().provider.start({ ...waiting, timeoutMs: 60_000 });
    await expect(end).rejects.toMatchObject({
      code: 'timed-out',
      hint: expect.stringMatching(/image/),
    });
    expect((await visit(stage)).body).toContain('previewops start');
    expect(await statusOf(stage)).toMatchObject({ status: 'failed' });
    await stage.process().provider.stop({ identity });
    expect(await statusOf(stage)).toMatchObject({ status: 'stopped' });
    expect(countOf(stage.world())).toBe(0);
  });

  it('refuses what is not there, and what only a deploy can mend', async () => {
    const empty = await createStage({ config });
    expect(await outcome(empty.process().provider.stop({ identity }))).toBe('not-found');
    expect(await outcome(empty.process().provider.start(waiting))).toBe('not-found');
    const stage = await running();
    await stage.process().provider.stop({ identity });
    await stage.change(({ elasticloadbalancing: { rules } }) => {
      for (const [arn, { hosts }] of Object.entries(rules)) if (hosts.length > 0) delete rules[arn];
    });
    expect(await outcome(stage.process().provider.start(waiting))).toBe('not-found');
  });
});

describe('a deploy of a stopped preview', () => {
  it.each([1, 2])('starts it, of commit %i', async (commit) => {
    const stage = await running();
    await stage.process().provider.stop({ identity });
    await stage.clock.sleep(hourMs);
    const request = { commit: commitOf(commit), identity, wait: true, timeoutMs: hourMs };
    const { plan } = await stage.process().provider.deploy(request);
    const changes = Object.fromEntries(plan.steps.map((step) => [step.id, step.changes]));
    expect(changes['listener-rule']).toEqual(['route, in place of the page of a stopped preview']);
    expect(changes.service).toEqual(expect.arrayContaining(['desired count', 'tags']));
    await stage.process().deploy({ pr: 42 }, { commit: commitOf(commit) });
    expect(routes(stage.world())).toEqual(['forward']);
    expect(await visit(stage)).toMatchObject({ status: 200 });
    expect(await statusOf(stage)).toMatchObject({ status: 'ready', stoppedAt: null });
    const again = stage.process();
    expect((await again.deploy({ pr: 42 }, { commit: commitOf(commit) })).steps).toEqual([]);
  });

  it('whose build fails leaves the page', async () => {
    const stage = await running();
    await stage.process().provider.stop({ identity });
    const failing = stage.process({ behaviour: { build: 'fail' } });
    expect(await outcome(failing.deploy({ pr: 42 }, { commit: commitOf(2) }))).toBe('build-failed');
    expect(routes(stage.world())).toEqual(['fixed-response']);
  });

  it('and a destroy leaves nothing of it', async () => {
    const stage = await running();
    await stage.process().provider.stop({ identity });
    expect(await stage.process().destroy({ pr: 42 })).toMatchObject({ remaining: [] });
    expect(routes(stage.world())).toEqual([]);
  });
});

describe('two at once', () => {
  it('a stop takes over a deploy that is under way', async () => {
    const stage = await running();
    const deploying = outcome(stage.process().deploy({ pr: 42 }, { commit: commitOf(2) }));
    await stage.clock.sleep(20_000);
    await stage.process({ seed: 2 }).provider.stop({ identity });
    expect(await deploying).toBe('superseded');
    await stage.clock.sleep(300_000);
    expect(await statusOf(stage)).toMatchObject({ status: 'stopped' });
    expect(await visit(stage)).toMatchObject({ status: 503 });
  });

  it('a deploy takes over a stop beside each of its writes, and serves', {
    timeout: 60_000,
  }, async () => {
    const model = await running();
    const whole = model.process();
    await whole.provider.stop({ identity });
    const ends: string[] = [];
    for (let nth = 1; nth <= whole.calls.length; nth++) {
      if (nth > 1 && !whole.calls[nth - 1]?.write) continue;
      const stage = await running();
      let deploying: Promise<string> | undefined;
      const stopping = stage.process({
        latencyMs: 50,
        onCall: (count) => {
          if (count !== nth) return;
          const newer = stage.process({ seed: 2, latencyMs: 50 });
          deploying = outcome(newer.deploy({ pr: 42 }, { image: 'public.ecr.aws/nginx/nginx:1' }));
        },
      });
      ends.push(await outcome(stopping.provider.stop({ identity })));
      expect(await deploying, `at call ${nth}`).toBe('done');
      expect(await visit(stage), `at call ${nth}`).toMatchObject({ status: 200 });
      expect(routes(stage.world())).toEqual(['forward']);
    }
    expect(ends).toContain('superseded');
  });

  it('a stop that was meant for an idle preview gives way to a deploy since', async () => {
    const stage = await running(5 * hourMs);
    const since = stage.clock.now();
    await stage.clock.sleep(1_000);
    await stage.process().deploy({ pr: 42 }, { commit: commitOf(2) });
    const stopping = stage.process().provider.stop({ identity, unlessBegunSince: since });
    expect(await outcome(stopping)).toBe('superseded');
    expect(await visit(stage)).toMatchObject({ status: 200 });
  });
});

describe('idle previews', () => {
  const list = async (stage: Stage) => stage.process().provider.list({ app: 'hello' });
  const idle = async (stage: Stage, previews?: PreviewSummary[]) => {
    const { idle: found, notes } = await stage
      .process()
      .provider.idle(previews ?? (await list(stage)), 4 * hourMs);
    return { ids: found.map(({ id }) => id), notes };
  };
  const ask = (stage: Stage, agoMs: number) =>
    stage.change((world) => {
      const [arn = ''] = Object.keys(world.elasticloadbalancing.targetGroups);
      const at = Math.floor((world.now - agoMs) / 60_000) * 60_000;
      world.requests = { [arn]: { [at]: 3 } };
    });

  it('are those without a request for that long, and are stopped', async () => {
    const stage = await running(5 * hourMs);
    expect(await idle(stage)).toEqual({ ids: ['pr-42'], notes: [] });
    await stage.process().provider.stop({ identity, unlessBegunSince: stage.clock.now() });
    expect(await visit(stage)).toMatchObject({ status: 503 });
    expect(await idle(stage)).toEqual({ ids: [], notes: [] });
  });

  it('are stopped by prune --idle, and left alone when somebody deployed meanwhile', async () => {
    const stage = await running(5 * hourMs);
    const { provider } = stage.process();
    const tools: PruneTools = {
      config,
      provider,
      now: () => stage.clock.now(),
      whose: 'hello',
      app: 'hello',
      wishes: wishesOf({ expired: false, closed: false, orphans: false, idle: true }),
      idleAmong: (previews) => provider.idle(previews, 4 * hourMs),
      pullRequestState: async () => 'open',
      signal: new AbortController().signal,
    };
    const { chosen } = await findCandidates(tools);
    expect(chosen).toMatchObject([{ reason: 'idle', preview: { id: 'pr-42' } }]);
    await stage.clock.sleep(1_000);
    const fork = await createStage({ config, world: stage.world(), clock: stage.clock });
    await fork.process().deploy({ pr: 42 }, { commit: commitOf(2) });
    const late = { ...tools, provider: fork.process().provider };
    expect(await removeCandidates(chosen, late)).toMatchObject([{ end: 'left' }]);
    expect(await removeCandidates(chosen, tools)).toMatchObject([{ end: 'stopped' }]);
    expect(routes(stage.world())).toEqual(['fixed-response']);
    expect(await removeCandidates(chosen, tools)).toMatchObject([
      { end: 'left', why: 'it is stopped by now' },
    ]);
  });

  it.each([
    ['asked for an hour ago', hourMs, []],
    ['asked for at the beginning of the window', 4 * hourMs - 60_000, []],
    ['asked for before the window', 4 * hourMs + 10 * 60_000, ['pr-42']],
  ])('%s', async (_, agoMs, ids) => {
    const stage = await running(9 * hourMs);
    await ask(stage, agoMs);
    expect(await idle(stage)).toEqual({ ids, notes: [] });
  });

  it('never those deployed or started within the window', async () => {
    expect(await idle(await running(3 * hourMs))).toEqual({ ids: [], notes: [] });
    const stage = await running(9 * hourMs);
    await stage.process().provider.stop({ identity });
    await stage.process().provider.start(waiting);
    await stage.clock.sleep(3 * hourMs);
    await stage.change((world) => {
      world.requests = {}; // those of the start itself
    });
    expect(await idle(stage)).toEqual({ ids: [], notes: [] });
    await stage.clock.sleep(2 * hourMs);
    expect((await idle(stage)).ids).toEqual(['pr-42']);
  });

  it('keep running when CloudWatch cannot be asked', async () => {
    const stage = await running(5 * hourMs);
    const previews = await list(stage);
    const denied = stage.process({
      faults: [{ call: 'cloudwatch:GetMetricData', nth: 1, fault: 'denied' }],
    });
    const { idle: found, notes } = await denied.provider.idle(previews, 4 * hourMs);
    expect(found).toEqual([]);
    expect(notes).toEqual([expect.stringMatching(/^1 preview that may be idle goes on running: /)]);
  });

  it('are asked about 500 at a time, page after page', async () => {
    const stage = await running(5 * hourMs);
    const [one] = await list(stage);
    if (!one) throw new Error('nothing is deployed');
    const many = Array.from({ length: 601 }, () => one);
    const process = stage.process();
    expect((await process.provider.idle(many, 4 * hourMs)).idle).toHaveLength(601);
    const asked = process.calls.filter(({ call }) => call === 'cloudwatch:GetMetricData');
    expect(asked).toHaveLength(5 + 2); // pages of 100
  });
});
