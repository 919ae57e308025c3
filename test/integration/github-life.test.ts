import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  deployed,
  destroyed,
  type GithubSession,
  openSession,
  previewUrl,
  rolloutFailed,
  runOf,
} from '../helpers/github/session.ts';
import { activeDeployments, historyOf } from '../helpers/github/state.ts';

let session: GithubSession;
beforeEach(async () => {
  session = await openSession();
});
afterEach(() => session.fake.close());

const state = () => session.fake.state;
const histories = () => state().deployments.map(historyOf);
const active = () => activeDeployments(state()).map(({ ref }) => ref[0]);

async function start(digit: string) {
  const reporter = session.reporter();
  await reporter.begin(runOf('deploy', digit));
  await reporter.progress('in_progress');
  return reporter;
}

async function push(digit: string) {
  const reporter = await start(digit);
  await reporter.succeeded(deployed(digit));
}

async function close() {
  const reporter = session.reporter();
  await reporter.begin(runOf('destroy'));
  await reporter.destroyed(destroyed);
}

function onlyComment() {
  expect(state().comments).toHaveLength(1);
  return state().comments[0]?.body ?? '';
}

test('a pull request from open to reopen', async () => {
  const first = await start('1');
  expect(histories()).toEqual(['queued, in_progress']);
  expect(state().comments).toEqual([]);
  await first.succeeded(deployed('1'));
  expect(histories()).toEqual(['queued, in_progress, success']);
  expect(onlyComment()).toContain('ready');

  await push('2');
  expect(active()).toEqual(['2']);
  expect(onlyComment()).toContain('2222222');

  // A push while the one before is deploying.
  const older = await start('3');
  const newer = await start('4');
  await older.failed({ code: 'superseded', message: 'a newer deploy took over' });
  expect(active()).toEqual(['2']);
  await newer.succeeded(deployed('4'));
  expect(active()).toEqual(['4']);

  const failing = await start('5');
  await failing.failed(rolloutFailed);
  expect(active()).toEqual(['4']);
  expect(onlyComment()).toContain('failed');
  expect(onlyComment()).toContain('Error: no database');

  await close();
  expect(state().deployments).toEqual([]);
  expect(onlyComment()).toContain('removed');

  await push('6');
  expect(active()).toEqual(['6']);
  expect(onlyComment()).toContain('6666666');
  expect(session.notes).toEqual([]);
});

test('a deployment says what the contract and GitHub want to read', async () => {
  await push('1');
  const [deployment] = state().deployments;
  expect(deployment).toMatchObject({
    ref: '1'.repeat(40),
    environment: 'PR Preview',
    task: 'preview:shop:pr-42',
    transient_environment: true,
    production_environment: false,
    payload: { app: 'shop', preview: 'pr-42' },
  });
  expect(deployment?.statuses.at(-1)).toMatchObject({
    state: 'success',
    environment_url: previewUrl,
    target_url: previewUrl,
    log_url: previewUrl,
  });
  expect(deployment?.statuses[0]).toMatchObject({ log_url: runOf('deploy').runUrl });
  expect([...session.fake.userAgents].every((agent) => agent.startsWith('previewops/'))).toBe(true);
});

test('other pull requests, apps and programs keep their deployments and comments', async () => {
  const others = [
    { ...runOf('deploy', '7'), id: 'pr-7', pr: 7 },
    { ...runOf('deploy', '8'), app: 'docs' },
  ];
  for (const run of others) {
    const reporter = session.reporter();
    await reporter.begin(run);
    await reporter.succeeded(deployed(run.commit?.[0]));
  }
  state().deployments.push({
    id: state().nextId++,
    ref: 'main',
    task: 'deploy',
    environment: 'PR Preview',
    payload: '',
    description: '',
    transient_environment: false,
    production_environment: false,
    statuses: [],
  });
  await push('1');
  expect(active()).toEqual(['7', '8', '1']);
  await close();
  expect(active()).toEqual(['7', '8']);
  expect(histories().at(-1)).toBe('');
  expect(state().comments.map(({ issue }) => issue)).toEqual([7, 42, 42]);
});

test('a rollout that was not followed is no success', async () => {
  await push('1');
  const reporter = await start('2');
  await reporter.succeeded(deployed('2', { ready: false }));
  expect(active()).toEqual(['1']);
  expect(histories()[1]).toBe('queued, in_progress');
  expect(onlyComment()).toContain('not followed');
});

test('failures of the code are `failure`, all others `error`, each with a description that fits', async () => {
  const codes = ['build-failed', 'rollout-failed', 'access-denied', 'timed-out', 'limit-reached'];
  for (const code of codes) {
    const reporter = await start('1');
    await reporter.failed({ code, message: `${'what went wrong '.repeat(20)}\nand more` });
  }
  const last = state().deployments.map(({ statuses }) => statuses.at(-1));
  expect(last.map((status) => status?.state)).toEqual([
    'failure',
    'failure',
    'error',
    'error',
    'error',
  ]);
  for (const status of last) {
    expect(status?.description.length).toBeGreaterThan(100);
    expect(status?.description).toMatch(/^what went wrong .*[a-z]…$/);
  }
});

test('the comment is edited only when it would say something else', async () => {
  await push('1');
  const again = session.reporter();
  await again.begin({ ...runOf('deploy', '1'), runUrl: 'https://ci.example.com/2' });
  await again.succeeded(deployed('1', { timings: { observe: 1, apply: 2, total: 3 } }));
  expect(state().comments[0]?.edits).toBe(0);
  await push('2');
  expect(state().comments[0]?.edits).toBe(1);
});

test('mode `on-failure` writes only then, and mends what it wrote', async () => {
  const run = async (end: 'good' | 'bad') => {
    const reporter = session.reporter({ comment: 'on-failure' });
    await reporter.begin(runOf('deploy'));
    await (end === 'good' ? reporter.succeeded(deployed()) : reporter.failed(rolloutFailed));
  };
  await run('good');
  expect(state().comments).toEqual([]);
  await run('bad');
  expect(onlyComment()).toContain('failed');
  await run('good');
  expect(onlyComment()).toContain('ready');
});

test('what is switched off is not asked for', async () => {
  const texts: string[] = [];
  const summary = async (render: (max: number) => string) => void texts.push(render(10_000));
  const reporter = session.reporter({ comment: 'off', deployments: false, summary });
  await reporter.begin(runOf('deploy'));
  await reporter.progress('in_progress');
  await reporter.succeeded(deployed());
  await reporter.failed(rolloutFailed);
  await reporter.destroyed(destroyed);
  expect(session.fake.requests).toEqual([]);
  expect(texts.join('')).toMatch(/ready[\s\S]*failed[\s\S]*removed/);
  expect(texts.join('')).not.toContain('<!--');
});

test('a preview without a pull request has a deployment and no comment', async () => {
  const reporter = session.reporter();
  await reporter.begin({ kind: 'deploy', app: 'shop', id: 'main', branch: 'main' });
  await reporter.succeeded(deployed());
  expect(active()).toEqual(['m']);
  expect(state().comments).toEqual([]);
});

test('a skipped run leaves only a summary', async () => {
  const texts: string[] = [];
  const summary = async (render: (max: number) => string) => void texts.push(render(10_000));
  const reporter = session.reporter({ summary });
  await reporter.skipped('from a fork', runOf('deploy'));
  expect(session.fake.requests).toEqual([]);
  expect(texts.join('')).toContain('from a fork');
});

test('an interrupted run says so, although its signal is aborted', async () => {
  const stop = new AbortController();
  const reporter = session.reporter({ signal: stop.signal });
  await reporter.begin(runOf('deploy'));
  stop.abort(new Error('stopped'));
  await reporter.failed({ code: 'interrupted', message: 'stopped before the end' });
  expect(histories()).toEqual(['queued, error']);
  expect(state().deployments[0]?.statuses.at(-1)?.description).toBe('interrupted');
  expect(state().comments).toEqual([]);
  expect(session.notes).toEqual([]);
});

test('an interruption while the deployment is being opened still finds it', async () => {
  const stop = new AbortController();
  session.fake.faults.push({
    when: /^POST .*\/deployments$/,
    times: 1,
    answer: { status: 201, data: {} },
    afterTheWork: true,
  });
  session.fake.before = async (request) => {
    if (/^POST .*\/deployments$/.test(request)) stop.abort(new Error('stopped'));
  };
  const reporter = session.reporter({ signal: stop.signal });
  const begun = reporter.begin(runOf('deploy'));
  await reporter.failed({ code: 'interrupted', message: 'stopped before the end' });
  await begun;
  expect(histories()).toEqual(['error']);
  expect(session.notes).toEqual([]);
});
