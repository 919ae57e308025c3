import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  deployed,
  destroyed,
  type GithubSession,
  openSession,
  runOf,
} from '../helpers/github/session.ts';
import { activeDeployments, historyOf } from '../helpers/github/state.ts';

const begun = async (session: GithubSession, kind: 'deploy' | 'destroy', digit: string) => {
  const reporter = session.reporter();
  await reporter.begin(runOf(kind, digit));
  return reporter;
};

/** Lets each request wait for some turns of the event loop, so that two runs mix in ever other ways. */
const shuffle = (session: GithubSession, turns: readonly number[]) => {
  let at = 0;
  session.fake.before = async () => {
    const wait = turns[at++ % turns.length] ?? 0;
    for (let turn = 0; turn < wait; turn++) await new Promise((done) => setImmediate(done));
  };
};

const turns = fc.array(fc.nat({ max: 40 }), { minLength: 8, maxLength: 24 });

async function withSession(work: (session: GithubSession) => Promise<void>): Promise<void> {
  const session = await openSession();
  try {
    await work(session);
    expect(session.notes).toEqual([]);
  } finally {
    await session.fake.close();
  }
}

const active = ({ fake }: GithubSession) => activeDeployments(fake.state).map(({ ref }) => ref[0]);

test('of two runs that end at the same moment, the newer is the active one, and one comment remains', async () => {
  await fc.assert(
    fc.asyncProperty(turns, (waits) =>
      withSession(async (session) => {
        const older = await begun(session, 'deploy', '1');
        const newer = await begun(session, 'deploy', '2');
        shuffle(session, waits);
        await Promise.all([older.succeeded(deployed('1')), newer.succeeded(deployed('2'))]);
        expect(active(session)).toEqual(['2']);
        expect(session.fake.state.comments).toHaveLength(1);
        expect(session.fake.state.comments[0]?.body).toContain('2222222');
      }),
    ),
    { numRuns: 10 },
  );
});

test('a deploy that ends while its preview is destroyed leaves nothing active', async () => {
  await fc.assert(
    fc.asyncProperty(turns, fc.boolean(), (waits, deletion) =>
      withSession(async (session) => {
        const deploy = await begun(session, 'deploy', '1');
        const destroy = await begun(session, 'destroy', '1');
        session.fake.state.may.deletion = deletion;
        shuffle(session, waits);
        await Promise.all([deploy.succeeded(deployed('1')), destroy.destroyed(destroyed)]);
        expect(active(session)).toEqual([]);
        session.notes.length = 0;
      }),
    ),
    { numRuns: 10 },
  );
});

test('an older run that ends after the newer one never says success', () =>
  withSession(async (session) => {
    const older = await begun(session, 'deploy', '1');
    const newer = await begun(session, 'deploy', '2');
    await newer.succeeded(deployed('2'));
    await older.succeeded(deployed('1'));
    expect(session.fake.state.deployments.map(historyOf)).toEqual([
      'queued, inactive',
      'queued, success',
    ]);
    expect(session.fake.state.comments[0]?.body).toContain('2222222');
  }));

test('success that slips in between is taken back by whoever comes last', () =>
  withSession(async (session) => {
    const older = await begun(session, 'deploy', '1');
    const newer = await begun(session, 'deploy', '2');
    let ended: Promise<void> | undefined;
    session.fake.before = async (request) => {
      // The newer run ends after the older one has looked and before it writes.
      if (request !== 'POST /repos/acme/shop/deployments/1/statuses' || ended) return;
      ended = newer.succeeded(deployed('2'));
      await ended;
    };
    await older.succeeded(deployed('1'));
    expect(active(session)).toEqual(['2']);
    expect(session.fake.state.deployments.map(historyOf)[0]).toBe(
      'queued, inactive, success, inactive',
    );
    expect(session.fake.state.comments[0]?.body).toContain('2222222');
  }));

test('a reopen during the destroy keeps its own deployment', () =>
  withSession(async (session) => {
    const first = await begun(session, 'deploy', '1');
    await first.succeeded(deployed('1'));
    const destroy = await begun(session, 'destroy', '1');
    const reopened = await begun(session, 'deploy', '2');
    await destroy.destroyed(destroyed);
    expect(session.fake.state.deployments.map(historyOf)).toEqual(['queued']);
    await reopened.succeeded(deployed('2'));
    expect(active(session)).toEqual(['2']);
    expect(session.fake.state.comments[0]?.body).toContain('2222222');
  }));

test('a destroy that ends after the reopened preview is ready leaves its comment alone', () =>
  withSession(async (session) => {
    const destroy = await begun(session, 'destroy', '1');
    const reopened = await begun(session, 'deploy', '2');
    await reopened.succeeded(deployed('2'));
    await destroy.destroyed(destroyed);
    expect(active(session)).toEqual(['2']);
    expect(session.fake.state.comments[0]?.body).toContain('ready');
  }));
