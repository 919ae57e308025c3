import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { writeMarker } from '../../src/ci/github/marker.ts';
import {
  deployed,
  destroyed,
  type GithubSession,
  openSession,
  runOf,
} from '../helpers/github/session.ts';
import type { FakeComment, FakeUser } from '../helpers/github/state.ts';

let session: GithubSession;
beforeEach(async () => {
  session = await openSession();
});
afterEach(() => session.fake.close());

const bot: FakeUser = { login: 'github-actions[bot]', type: 'Bot' };
const stranger: FakeUser = { login: 'mallory', type: 'User' };
const ourMarker = writeMarker({ app: 'shop', run: 1, sum: 'abc' });

function write(user: FakeUser, body: string): FakeComment {
  const { state } = session.fake;
  const comment = { id: state.nextId++, issue: 42, body, user, edits: 0 };
  state.comments.push(comment);
  return comment;
}

async function succeed(digit = '1') {
  const reporter = session.reporter({ deployments: false });
  await reporter.begin(runOf('deploy', digit));
  await reporter.succeeded(deployed(digit));
}

const by = (login: string) =>
  session.fake.state.comments.filter(({ user }) => user.login === login);

test("a stranger's comment with our marker is neither edited nor mistaken for ours", async () => {
  const theirs = write(stranger, `${ourMarker}\nmine now`);
  await succeed('1');
  await succeed('2');
  expect(theirs).toMatchObject({ body: `${ourMarker}\nmine now`, edits: 0 });
  expect(by(bot.login)).toHaveLength(1);
  expect(by(bot.login)[0]).toMatchObject({ edits: 1 });
});

test('our own comment that quotes a marker further down is another one', async () => {
  const other = write(bot, `somebody wrote:\n${ourMarker}`);
  await succeed();
  expect(other.edits).toBe(0);
  expect(session.fake.state.comments).toHaveLength(2);
});

test('a comment of another app is another one', async () => {
  const other = write(bot, writeMarker({ app: 'docs', run: 1, sum: 'abc' }));
  await succeed();
  expect(other.edits).toBe(0);
  expect(session.fake.state.comments).toHaveLength(2);
});

test('it is found behind hundreds of others, and duplicates of it are removed', async () => {
  for (let count = 0; count < 230; count++) write(stranger, `comment ${count}`);
  const oldest = write(bot, ourMarker);
  for (let count = 0; count < 120; count++) write(stranger, `comment ${count}`);
  write(bot, ourMarker);
  await succeed();
  expect(by(bot.login)).toEqual([oldest]);
  expect(oldest.body).toContain('ready');
  expect(by(stranger.login)).toHaveLength(350);
});

test('a destroy writes no comment where there was none', async () => {
  const reporter = session.reporter();
  await reporter.begin(runOf('destroy'));
  await reporter.destroyed(destroyed);
  expect(session.fake.state.comments).toEqual([]);
});

test('an older run leaves alone what a newer one wrote', async () => {
  const older = session.reporter({ deployments: false });
  await older.begin(runOf('deploy', '1'));
  await succeed('2');
  await older.succeeded(deployed('1'));
  expect(session.fake.state.comments[0]?.body).toContain('2222222');
});

describe('who we are', () => {
  const identities: [string, FakeUser, boolean][] = [
    ["a job's own token", bot, true],
    ["an app's token", { login: 'deployer[bot]', type: 'Bot' }, true],
    ["a person's token", { login: 'octocat', type: 'User' }, true],
    ["a person's token without GraphQL", { login: 'octocat', type: 'User' }, false],
    ['a token that nobody names', bot, false],
  ];
  test.each(identities)('%s', async (_, me, viewer) => {
    Object.assign(session.fake.state, { me, viewer });
    const theirs = write(stranger, `${ourMarker}\nmine now`);
    for (const digit of ['1', '2', '3']) await succeed(digit);
    expect(by(me.login)).toHaveLength(1);
    expect(by(me.login)[0]?.body).toContain('3333333');
    expect(theirs.edits).toBe(0);
    expect(session.notes).toEqual([]);
  });

  test('an app whose login GraphQL gives without its suffix', async () => {
    session.fake.state.me = { login: 'deployer[bot]', type: 'Bot' };
    session.fake.faults.push({
      when: /graphql/,
      answer: { status: 200, data: { data: { viewer: { login: 'deployer' } } } },
      times: 100,
    });
    const namesake = write({ login: 'deployer[bot]', type: 'User' }, 'no marker');
    const person = write({ login: 'deploye', type: 'User' }, ourMarker);
    await succeed('1');
    await succeed('2');
    expect(by('deployer[bot]')).toHaveLength(2);
    expect([namesake.edits, person.edits]).toEqual([0, 0]);
  });
});
