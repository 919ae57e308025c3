import { beforeEach, expect, it, vi } from 'vitest';
import type { Destroyed } from '../../../src/ci/github/types.ts';
import { removalReports } from '../../../src/commands/removal-reports.ts';
import type { Receipt } from '../../../src/providers/provider.ts';
import { createVirtualClock } from '../../helpers/virtual-clock.ts';

const github = vi.hoisted(() => ({ destroyed: async (_: Destroyed) => {} }));

vi.mock('../../../src/commands/github-reports.ts', async (original) => ({
  ...(await original<object>()),
  aboutOf: async () => ({}),
  openReporter: async () => ({ begin: async () => {}, ...github }),
}));

const clock = createVirtualClock();
const notes: string[] = [];
const told: Destroyed[] = [];

beforeEach(() => {
  notes.length = 0;
  told.length = 0;
  github.destroyed = async (one) => void told.push(one);
});

const reports = () =>
  removalReports(
    {} as Parameters<typeof removalReports>[0],
    {
      app: 'hello',
      session: { io: { clock } },
      ui: { note: (text: string) => notes.push(text) },
    } as unknown as Parameters<typeof removalReports>[1],
  );

const identityOf = (pr: number) => ({
  app: 'hello',
  id: `pr-${pr}`,
  pr,
  host: 'x',
  url: 'https://x',
});
const receiptOf = (more: object = {}) =>
  ({ removed: [], remaining: [], warnings: [], timings: {}, ...more }) as unknown as Receipt;

it('tells of a preview that is gone though its hook failed, and not of one that is half there', async () => {
  const { around, told: end } = reports();
  const failure = { sentence: 'The hook onDestroy ended with exit code 9' };
  await around(identityOf(1), 'It had expired.', async () => receiptOf({ failure }));
  const remaining = [{ resource: 'service', name: 'x' }];
  await around(identityOf(2), 'It had expired.', async () => receiptOf({ remaining }));
  await end();
  expect(told.map(({ why }) => why)).toEqual(['It had expired.']);
});

it('gives up a GitHub that takes minutes for each, and says so', async () => {
  const begun = clock.now();
  github.destroyed = () => clock.sleep(180_000);
  const { around, told: end } = reports();
  await Promise.all(
    Array.from({ length: 50 }, (_, pr) => around(identityOf(pr), '', async () => receiptOf())),
  );
  await end();
  expect(clock.now() - begun).toBeLessThanOrEqual(13 * 60_000);
  expect(notes).toEqual(['GitHub is slow: of 46 previews that went it was not told']);
});
