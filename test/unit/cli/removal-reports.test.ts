import { beforeEach, expect, it } from 'vitest';
import type { GithubReporter } from '../../../src/ci/github/reporter.ts';
import type { Destroyed } from '../../../src/ci/github/types.ts';
import { removalReports } from '../../../src/commands/removal-reports.ts';
import type { Receipt } from '../../../src/providers/provider.ts';
import { createVirtualClock } from '../../helpers/virtual-clock.ts';

const clock = createVirtualClock();
const notes: string[] = [];
const told: Destroyed[] = [];

beforeEach(() => {
  notes.length = 0;
  told.length = 0;
});

/** Reports to a GitHub that takes each receipt in this way. */
const reports = (
  destroyed: GithubReporter['destroyed'] = async (one) => void told.push(one),
  signal = new AbortController().signal,
) =>
  removalReports(
    {} as Parameters<typeof removalReports>[0],
    {
      app: 'hello',
      ci: { run: async () => undefined },
      session: { io: { clock }, signal },
      ui: { note: (text: string) => notes.push(text) },
    } as unknown as Parameters<typeof removalReports>[1],
    async () => ({ begin: async () => {}, destroyed }) as unknown as GithubReporter,
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
  const { around, told: end } = reports(() => clock.sleep(180_000));
  await Promise.all(
    Array.from({ length: 50 }, (_, pr) => around(identityOf(pr), '', async () => receiptOf())),
  );
  await end();
  expect(clock.now() - begun).toBeLessThanOrEqual(13 * 60_000);
  expect(notes).toEqual(['GitHub was not told of 46 previews that went: there was no time']);
});

it('begins no further report once the run is interrupted', async () => {
  const stop = new AbortController();
  const { around, told: end } = reports(async (one) => {
    told.push(one);
    stop.abort();
  }, stop.signal);
  for (const pr of [1, 2, 3]) await around(identityOf(pr), '', async () => receiptOf());
  await end();
  expect(told).toHaveLength(1);
  expect(notes).toEqual(['GitHub was not told of 2 previews that went: there was no time']);
});
