import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { exampleConfig } from '../../src/config/example.ts';
import type { Fault } from '../../src/sandbox/types.ts';
import { type FakeGithub, startGithub } from '../helpers/github/fake.ts';
import { activeDeployments, historyOf } from '../helpers/github/state.ts';
import { place } from '../helpers/place.ts';

// The commands as a GitHub job runs them: no flags, an event, a token, and a GitHub that remembers.

interface Recorded {
  env: Record<string, string>;
  event: {
    action: string;
    pull_request: { head: { sha: string }; state: string; labels?: { name: string }[] };
  };
}

const recorded = (name: string): Recorded =>
  JSON.parse(
    readFileSync(new URL(`../../fixtures/ci/github-actions/${name}.json`, import.meta.url), 'utf8'),
  );

const sha = (digit: string) => digit.repeat(40);
const config = exampleConfig().replace('app: hello', 'app: shop');

let fake: FakeGithub;
let job: ReturnType<typeof openJob>;
beforeEach(async () => {
  fake = await startGithub();
  job = openJob();
});
afterEach(() => fake.close());

/** One folder and one AWS account; each call is a job of its own. */
function openJob() {
  const { cwd } = place({ 'previewops.yml': config });
  const run = async (
    command: string,
    {
      event,
      head,
      config: text = config,
      ...extra
    }: { event: string; head?: string; config?: string; [name: string]: string | undefined },
  ) => {
    const { env, event: payload } = recorded(event);
    if (head !== undefined) payload.pull_request.head.sha = sha(head);
    const file = join(cwd, `event-${Math.random()}.json`);
    writeFileSync(file, JSON.stringify(payload));
    const { previewops } = place(
      { 'previewops.yml': text },
      {
        ...env,
        GITHUB_EVENT_PATH: file,
        GITHUB_API_URL: fake.url,
        GITHUB_TOKEN: 'token',
        GITHUB_OUTPUT: join(cwd, 'outputs'),
        GITHUB_STEP_SUMMARY: join(cwd, 'summary'),
        PREVIEWOPS_SANDBOX_STATE: join(cwd, 'sandbox.json'),
        PREVIEWOPS_SANDBOX_CALLS: join(cwd, 'calls'),
        PREVIEWOPS_SANDBOX_REPORTS: 'on',
        ...(extra as Record<string, string>),
      },
    );
    return previewops(`${command} --sandbox`);
  };
  /** So much time passes for everybody. */
  const age = (ms: number) => {
    const file = join(cwd, 'sandbox.json');
    const world = JSON.parse(readFileSync(file, 'utf8'));
    writeFileSync(file, JSON.stringify({ ...world, now: world.now + ms }));
  };
  /** A file of what goes wrong. */
  const faults = (list: Fault[]) => {
    const file = join(cwd, 'faults.json');
    writeFileSync(file, JSON.stringify(list));
    return file;
  };
  const read = (name: string) =>
    existsSync(join(cwd, name)) ? readFileSync(join(cwd, name), 'utf8') : '';
  return { run, age, faults, read };
}

const histories = () => fake.state.deployments.map(historyOf);
const active = () => activeDeployments(fake.state).map(({ ref }) => ref[0]);
const comment = () => {
  expect(fake.state.comments).toHaveLength(1);
  return fake.state.comments[0]?.body ?? '';
};

test("a pull request's life, by the commands that a job runs", { timeout: 60_000 }, async () => {
  const opened = await job.run('deploy', { event: 'pull-request-opened', head: '1' });
  expect(opened).toMatchObject({ code: 0 });
  expect(opened.out).toContain('https://pr-42.previews.example.com');
  expect(histories()).toEqual(['queued, in_progress, success']);
  expect(active()).toEqual(['1']);
  expect(comment()).toContain('ready');
  expect(comment()).toMatch(/costs about \S*0\.\d\d/);
  expect(job.read('outputs')).toMatch(/^url<<(\S+)\nhttps:\/\/pr-42\.previews\.example\.com\n\1$/m);
  expect(job.read('outputs')).toMatch(/^status<<(\S+)\nready\n\1$/m);
  expect(job.read('summary')).toContain('https://pr-42.previews.example.com');

  await job.run('deploy', { event: 'pull-request-synchronize', head: '2' });
  expect(active()).toEqual(['2']);
  expect(comment()).toContain('2222222');

  const older = job.run('deploy', { event: 'pull-request-synchronize', head: '3' });
  await new Promise((resolve) => setTimeout(resolve, 100));
  const newer = job.run('deploy', { event: 'pull-request-synchronize', head: '4' });
  expect([(await older).code, (await newer).code]).toEqual([5, 0]);
  expect(active()).toEqual(['4']);

  const failed = await job.run('deploy', {
    event: 'pull-request-synchronize',
    head: '5',
    PREVIEWOPS_SANDBOX_APP: 'crash',
  });
  expect(failed.code).toBe(1);
  expect(failed.out).not.toContain('https://');
  expect(active()).toEqual(['4']);
  expect(comment()).toContain('app exited 1');
  // Of every push: success was said of those that came to answer, and of no other.
  expect(fake.state.deployments.map((d) => [d.ref[0], historyOf(d)])).toEqual([
    ['1', 'queued, in_progress, success, inactive'],
    ['2', 'queued, in_progress, success, inactive'],
    ['3', 'queued, in_progress, inactive'],
    ['4', 'queued, in_progress, success'],
    ['5', 'queued, in_progress, failure'],
  ]);

  const refused = await job.run('deploy', { event: 'pull-request-closed' });
  expect(refused).toMatchObject({ code: 2 });
  expect(refused.err).toContain('previewops destroy');
  const closed = await job.run('destroy', { event: 'pull-request-closed' });
  expect(closed).toMatchObject({ code: 0 });
  expect(active()).toEqual([]);
  expect(comment()).toContain('removed');
  expect(comment()).toContain('it cost about');

  await job.run('deploy', { event: 'pull-request-reopened', head: '6' });
  expect(active()).toEqual(['6']);
  expect(comment()).toContain('6666666');
});

describe('a preview that goes without an event of its pull request', () => {
  beforeEach(async () => {
    await job.run('deploy', { event: 'pull-request-opened', head: '1' });
    expect(active()).toEqual(['1']);
  });

  test('pruned: the pull request is told why', async () => {
    const { code } = await job.run('prune --older-than 1s --yes', { event: 'schedule' });
    expect(code).toBe(0);
    expect(active()).toEqual([]);
    expect(comment()).toContain('removed');
    expect(comment()).toContain('Nobody had deployed it for a while. A push, or a further deploy');
    // The page of the run is about the run.
    expect(job.read('summary')).not.toContain('removed');
  });

  test('removed with all others: the same', async () => {
    const { code } = await job.run('destroy --all --yes', { event: 'schedule' });
    expect(code).toBe(0);
    expect(active()).toEqual([]);
    expect(comment()).toContain('All previews of the app were removed.');
  });

  test('evicted: the same, and the run is about the other one', async () => {
    job.age(2 * 3_600_000);
    const { code } = await job.run(`deploy --pr 43 --commit ${sha('2')} --evict oldest-idle`, {
      event: 'schedule',
      config: `${config}maxPreviews: 1\n`,
    });
    expect(code).toBe(0);
    expect(active()).toEqual(['2']);
    const [first, second] = fake.state.comments;
    expect(first).toMatchObject({ issue: 42 });
    expect(first?.body).toContain('Another preview, pr-43, needed its place.');
    expect(second).toMatchObject({ issue: 43 });
    expect(second?.body).toContain('ready');
  });

  test('a destroy that does not come to its end is not told of', async () => {
    const { code } = await job.run('prune --older-than 1s --yes', {
      event: 'schedule',
      PREVIEWOPS_SANDBOX_FAULTS: job.faults([
        { call: 'ecs:DeleteService', nth: 1, times: 'always', fault: 'denied' },
      ]),
    });
    expect(code).toBe(1);
    expect(comment()).toContain('ready');
  });
});

test('a GitHub that refuses everything fails no deploy', async () => {
  fake.faults.push({ when: /./, answer: { status: 403, data: { message: 'forbidden' } } });
  const { code, out, err } = await job.run('deploy', { event: 'pull-request-opened', head: '1' });
  expect(code).toBe(0);
  expect(out).toContain('https://pr-42.previews.example.com');
  expect(err).toContain('deployments: write');
});

describe('who is not trusted is skipped before any AWS call', () => {
  test.each([
    ['pull-request-fork', /comes from a fork/],
    ['pull-request-bot', /a bot/],
    ['pull-request-stranger', /not by an owner, member or collaborator/],
    ['pull-request-target-fork', /comes from a fork/],
  ])('%s', async (event, reason) => {
    const { code, out, err } = await job.run('deploy', { event });
    expect(code).toBe(0);
    expect(err).toMatch(reason);
    expect(out).toBe('');
    expect(job.read('calls')).toBe('');
    expect(job.read('outputs')).toMatch(/^status<<(\S+)\nskipped\n\1$/m);
    expect(fake.state.deployments).toEqual([]);
  });
});

describe('who is let in by the configuration is deployed', () => {
  const secret = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:shop-AbCdEf';
  const secrets = `container: { secrets: { TOKEN: "${secret}" } }\n`;

  test.each([
    ['pull-request-fork', 'forks: allow', true],
    ['pull-request-fork', 'forks: without-secrets', false],
    ['pull-request-bot', 'bots: allow', true],
    ['pull-request-stranger', 'forks: allow', true],
  ])('%s with %s', async (event, rule, withSecrets) => {
    const { code } = await job.run('deploy', { event, config: `${config}${secrets}${rule}\n` });
    expect(code).toBe(0);
    expect(job.read('sandbox.json').includes(`"valueFrom":"${secret}"`)).toBe(withSecrets);
  });

  test('a label that is required lets in who has it, and nobody else', async () => {
    const labelled = `${config}requireLabel: wanted\n`;
    const without = await job.run('deploy', { event: 'pull-request-opened', config: labelled });
    expect(without).toMatchObject({ code: 0, out: '' });
    expect(without.err).toContain('does not have the label "wanted"');
    const named = recorded('pull-request-labeled').event.pull_request.labels?.[0]?.name ?? '';
    const same = `${config}requireLabel: ${named}\n`;
    const having = await job.run('deploy', { event: 'pull-request-labeled', config: same });
    expect(having.out).toContain('https://pr-42.');
  });
});
