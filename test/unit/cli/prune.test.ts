import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../../src/clock.ts';
import { run } from '../../../src/main.ts';
import type { World } from '../../../src/sandbox/types.ts';
import { fakeIo } from '../../helpers/fake-io.ts';
import { place } from '../../helpers/place.ts';

/** A sandbox with pr-1, which has expired, and pr-2, as text. */
let state: string;
beforeAll(async () => {
  const { cwd, previewops } = place();
  for (const pr of [1, 2]) await previewops(`deploy --sandbox --pr ${pr} --image nginx:1`);
  const world = JSON.parse(readFileSync(join(cwd, 'sandbox.json'), 'utf8')) as World;
  for (const { name, tags } of Object.values(world.ecs.services)) {
    if (name.endsWith('pr-1')) tags['previewops:expires'] = '2020-01-01T00:00:00.000Z';
  }
  state = JSON.stringify(world);
});

function opened(extra: Record<string, string> = {}, files: Record<string, string> = {}) {
  const made = place(files, extra);
  writeFileSync(join(made.cwd, 'sandbox.json'), state);
  return made;
}
const idsIn = async ({ json }: ReturnType<typeof place>) =>
  (await json('list --sandbox')).document.previews.map(({ id }: { id: string }) => id);

describe('prune', () => {
  test('without a terminal and without --yes it says what it would do, and does nothing', async () => {
    const made = opened();
    const { code, out, err } = await made.previewops('prune --sandbox');
    expect(code).toBe(0);
    expect(out).toBe('[sandbox] - pr-1 of hello  expired: ready\n');
    expect(err).toContain('nothing was removed; the same command with --yes removes them');
    expect(await idsIn(made)).toEqual(['pr-1', 'pr-2']);
  });

  test('with --yes it removes, and gives every receipt', async () => {
    const made = opened();
    const { code, document } = await made.json('prune --sandbox --yes');
    expect(code).toBe(0);
    expect(document).toMatchObject({
      version: 1,
      type: 'prune',
      sandbox: true,
      dryRun: false,
      candidates: [{ app: 'hello', id: 'pr-1', pr: 1, status: 'expired', reason: 'expired' }],
      receipts: [{ preview: { app: 'hello', id: 'pr-1' }, remaining: [] }],
      failed: [],
      left: [],
      notes: ['1 preview stays: nobody tells whether the pull request is closed'],
    });
    expect(await idsIn(made)).toEqual(['pr-2']);
    const again = await made.previewops('prune --sandbox --yes --expired');
    expect(again).toMatchObject({ code: 0, out: '[sandbox] nothing to prune\n' });
  });

  test('--dry-run removes nothing, whatever else is said', async () => {
    const made = opened();
    const { code, document } = await made.json('prune --sandbox --yes --dry-run --expired');
    expect(code).toBe(0);
    expect(document).toMatchObject({ dryRun: true, candidates: [{ id: 'pr-1' }], receipts: [] });
    expect(await idsIn(made)).toEqual(['pr-1', 'pr-2']);
  });

  test.each([
    [true, ['pr-2'], 'pruned 1 preview'],
    [false, ['pr-1', 'pr-2'], '- pr-1 of hello'],
  ])('at a terminal it asks: %s', async (answer, ids, said) => {
    const made = opened();
    const asked: string[] = [];
    const confirm = async (question: string) => {
      asked.push(question);
      return answer;
    };
    const { cwd, env } = made;
    const io = fakeIo({ cwd, home: cwd, env, clock: systemClock, confirm });
    expect(await run(['prune', '--sandbox'], io)).toBe(0);
    expect(asked).toEqual(['[sandbox] Remove 1 preview?']);
    expect(io.out()).toContain(said);
    expect(await idsIn(made)).toEqual(ids);
  });

  test('one that cannot be removed: exit code 1, and the document says which and why', async () => {
    const policy = {
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Action: '*', Resource: '*' },
        { Effect: 'Deny', Action: 'ecs:DeleteService', Resource: '*' },
      ],
    };
    const made = opened({}, { 'policy.json': JSON.stringify(policy) });
    const line = 'prune --sandbox --yes --expired --sandbox-policy policy.json';
    const { code, document } = await made.json(line);
    expect(code).toBe(1);
    expect(document).toMatchObject({
      receipts: [],
      failed: [{ app: 'hello', id: 'pr-1', error: { code: 'access-denied' } }],
    });
  });
});

describe('keep', () => {
  test('for a time, for ever, and as before', async () => {
    const made = opened();
    const { code, document } = await made.json('keep --sandbox --pr 1 --for 3d');
    expect(code).toBe(0);
    expect(document).toMatchObject({ type: 'keep', preview: { id: 'pr-1', status: 'ready' } });
    const days = (Date.parse(document.preview.expiresAt) - Date.now()) / 86_400_000;
    expect(days).toBeGreaterThan(2.9);
    const forever = await made.previewops('keep --sandbox --pr 1 --forever');
    expect(forever.out).toBe('[sandbox] pr-1: kept until somebody says otherwise\n');
    expect((await made.previewops('list --sandbox')).out).toMatch(/pr-1 .* kept /);
    const back = await made.previewops('keep --sandbox --pr 1');
    expect(back.out).toContain('pr-1: expired at 2020-01-01T00:00:00.000Z');
  });

  test('what is not there cannot be kept', async () => {
    const { code, err } = await opened().previewops('keep --sandbox --pr 9 --forever');
    expect(code).toBe(1);
    expect(err).toContain('There is no preview pr-9 that could be kept');
  });
});

describe('list', () => {
  test('shows the statuses that are asked for, in the order that is asked for', async () => {
    const made = opened();
    const { document } = await made.json('list --sandbox --status expired');
    expect(document.previews).toMatchObject([{ id: 'pr-1', status: 'expired' }]);
    expect(document.totals).toMatchObject({
      previews: 1,
      perDay: document.previews[0].cost.perDay,
    });
    expect(document.prices).toMatchObject({
      currency: 'USD',
      region: 'us-east-1',
      borrowed: false,
    });
    const { out, err } = await made.previewops('list --sandbox --sort deployed');
    expect(
      out
        .split('\n')
        .slice(1, 3)
        .map((line) => line.split(/ +/)[1]),
    ).toEqual(['pr-1', 'pr-2']);
    expect(err).toMatch(/2 previews: about \$1\.45 a day, .*list prices of us-east-1/);
    const none = await made.previewops('list --sandbox --status failed,orphan');
    expect(none.err).toContain('no previews are failed or orphan');
  });

  test('--watch needs a terminal, and no program', async () => {
    const plain = await opened().previewops('list --sandbox --watch');
    expect(plain.code).toBe(2);
    expect(plain.err).toContain('--watch needs a terminal to draw on');
    const both = await opened().previewops('list --sandbox --watch --json');
    expect(both.code).toBe(2);
  });

  test('--watch draws again and again until Ctrl-C, which is no failure', async () => {
    const { cwd, env } = opened();
    const io = fakeIo({ cwd, home: cwd, env, clock: systemClock, tty: true });
    const work = run(['list', '--sandbox', '--watch'], io);
    const drawn = () => io.out().split('\u001b[2J').length - 1;
    for (let tries = 0; drawn() < 2 && tries < 400; tries++) await systemClock.sleep(25);
    io.interrupt();
    expect(await work).toBe(0);
    expect(drawn()).toBeGreaterThanOrEqual(2);
    expect(io.out()).toContain('pr-2');
  });
});
