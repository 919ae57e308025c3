import { describe, expect, it } from 'vitest';
import { PreviewopsError } from '../../src/errors.ts';
import type { LogLine } from '../../src/providers/provider.ts';
import type { World } from '../../src/sandbox/types.ts';
import { configOf, createStage, outcome } from '../helpers/stage.ts';

const pr = 42;
const config = configOf(
  'sidecars: [{ name: db, image: public.ecr.aws/docker/library/postgres:17 }]\n',
);

async function deployed(): Promise<World> {
  const stage = await createStage({ config });
  await stage.process().deploy({ pr });
  return stage.world();
}

/** Writes lines into a container's log as if it had said one each 10 ms, the last of them now. */
function say(world: World, container: string, texts: string[]): void {
  const [group] = Object.values(world.logs.groups).filter((g) => g.name.startsWith('/ecs/'));
  const [task] = Object.values(world.ecs.tasks).map((t) => t.arn.split('/').at(-1));
  if (!group) throw new Error('no log group');
  const begin = world.now - texts.length * 10;
  group.streams[`${container}/${container}/${task}`] = texts.map((message, i) => ({
    at: begin + i * 10,
    message,
  }));
}

function appStream(world: World) {
  const streams = Object.values(world.logs.groups).flatMap((g) => Object.entries(g.streams));
  const [, lines] = streams.find(([name]) => name.startsWith('app/')) ?? [];
  if (!lines) throw new Error('the app has said nothing');
  return lines;
}

const numbered = (name: string, count: number) =>
  Array.from({ length: count }, (_, i) => `${name} ${i}`);

async function all(lines: AsyncIterable<LogLine>) {
  const got: LogLine[] = [];
  for await (const line of lines) got.push(line);
  return got;
}

describe('logs', () => {
  it('gives 10,000 lines of two containers in order, none lost, none twice, 100 at a time', async () => {
    const world = await deployed();
    say(world, 'app', numbered('app', 5000));
    say(world, 'db', numbered('db', 5000));
    const stage = await createStage({ config, world });
    const got = await all(stage.process().logs({ pr }, { pageSize: 100 }));
    expect(got).toHaveLength(10_000);
    expect(got.filter((l) => l.container === 'app').map((l) => l.message)).toEqual(
      numbered('app', 5000),
    );
    expect(got.filter((l) => l.container === 'db').map((l) => l.message)).toEqual(
      numbered('db', 5000),
    );
    expect(got.every((line, i) => i === 0 || line.at >= (got[i - 1]?.at ?? 0))).toBe(true);
  });

  it('can be of one container, and from a moment on', async () => {
    const world = await deployed();
    say(world, 'app', numbered('app', 100));
    say(world, 'db', numbered('db', 100));
    const stage = await createStage({ config, world });
    const db = await all(stage.process().logs({ pr }, { container: 'db', since: world.now - 55 }));
    expect(db.map((l) => l.message)).toEqual(['db 95', 'db 96', 'db 97', 'db 98', 'db 99']);
    expect(await outcome(all(stage.process().logs({ pr }, { container: 'web' })))).toBe(
      'bad-usage',
    );
  });

  it('follows until it is interrupted, and then ends well', async () => {
    const world = await deployed();
    const stage = await createStage({ config, world });
    const process = stage.process();
    const got: string[] = [];
    const done = (async () => {
      for await (const line of process.logs({ pr }, { follow: true, container: 'app' })) {
        got.push(line.message);
      }
    })();
    await stage.clock.sleep(1_000);
    const before = got.length;
    // A crash makes ECS start another task, whose lines come too.
    const crash = stage.process({ behaviour: { app: 'crash' } });
    const next = { commit: 'd'.repeat(40) };
    await outcome(crash.deploy({ pr }, next));
    await stage.clock.sleep(10_000);
    process.abort(new PreviewopsError('interrupted', 'stopped'));
    await done;
    expect(got.length).toBeGreaterThan(before);
    expect(stage.clock.pending).toBe(0);
  });

  it('follows 10,000 lines as they come, in order, none lost, none twice, reading only what is asked for', async () => {
    const world = await deployed();
    say(world, 'app', numbered('app', 10_000));
    // Half of them are still to come.
    const later = appStream(world).splice(5_000);
    const stage = await createStage({ config, world });
    const process = stage.process();
    const got: string[] = [];
    let mostPages = 0;
    for await (const line of process.logs(
      { pr },
      { follow: true, container: 'app', pageSize: 100 },
    )) {
      got.push(line.message);
      const pages = process.calls.filter(({ call }) => call === 'logs:GetLogEvents').length;
      // A page, the empty one that CloudWatch puts behind it, and the looks while nothing came.
      mostPages = Math.max(mostPages, pages - 2 * Math.ceil(got.length / 100));
      if (got.length === 5_000) {
        await stage.change((now) => {
          const lines = appStream(now);
          lines.push(...later.map((event, i) => ({ ...event, at: now.now + i })));
        });
      }
      if (got.length === 10_000) process.abort(new PreviewopsError('interrupted', 'stopped'));
    }
    expect(got).toEqual(numbered('app', 10_000));
    expect(mostPages).toBeLessThan(10);
  });

  it('shows the last task that stopped, and says when there is none', async () => {
    const stage = await createStage();
    await outcome(stage.process({ behaviour: { app: 'crash' } }).deploy({ pr }));
    const got = await all(stage.process().logs({ pr }, { previous: true }));
    expect(got.map((l) => l.message).join()).toContain('crash');
    expect(await outcome(all(stage.process().logs({ pr: 7 })))).toBe('not-found');
  });

  it('shows the last build, the one before, and a build that goes on until it ends', async () => {
    const stage = await createStage();
    const none = all(stage.process().logs({ pr }, { build: true }));
    expect(await outcome(none)).toBe('not-found');
    await outcome(stage.process({ behaviour: { build: 'fail' } }).deploy({ pr }));
    const deploy = stage.process().deploy({ pr });
    await stage.clock.sleep(15_000);
    const followed = await all(stage.process().logs({ pr }, { build: true, follow: true }));
    expect(followed.at(-1)?.message).toContain('Build complete');
    expect(new Set(followed.map((l) => l.container))).toEqual(new Set(['build']));
    await deploy;
    await stage.process().deploy({ pr: 7 }); // another preview's build is not this one's
    const last = await all(stage.process().logs({ pr }, { build: true }));
    expect(last).toEqual(followed);
    const before = await all(stage.process().logs({ pr }, { build: true, previous: true }));
    expect(before.map((l) => l.message).join()).toContain('ERROR: RUN npm ci');
    expect(before[0]?.task).not.toBe(last[0]?.task);
  });
});
