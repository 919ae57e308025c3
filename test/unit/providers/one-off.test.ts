// Longer than most: what AWS answers and how a task ends, in tables.
import { describe, expect, it } from 'vitest';
import type { Aws } from '../../../src/aws/aws.ts';
import { PreviewopsError } from '../../../src/errors.ts';
import { byHand, commandText } from '../../../src/providers/aws-ecs/one-off/command-text.ts';
import { formatMark, parseMark } from '../../../src/providers/aws-ecs/one-off/mark.ts';
import {
  type OneOff,
  type OneOffOrder,
  runOneOff,
} from '../../../src/providers/aws-ecs/one-off/one-off.ts';
import { taskError, taskReport } from '../../../src/providers/aws-ecs/one-off/task-failure.ts';
import type { Session } from '../../../src/providers/aws-ecs/session.ts';
import { targetOf } from '../../../src/providers/aws-ecs/target.ts';
import type { Event } from '../../../src/report/events.ts';
import { configOf } from '../../helpers/stage.ts';
import { createVirtualClock } from '../../helpers/virtual-clock.ts';

const identity = { app: 'hello', id: 'pr-1', pr: 1, host: 'h.example.com', url: 'https://h' };
const arn = 'arn:aws:ecs:us-east-1:123456789012:task/c/0123456789abcdef0123456789abcdef';

const refused = (name: string, message: string, more: object = {}) =>
  Object.assign(new Error(message), { name, ...more });

interface Scripted {
  session: Session;
  calls: [key: string, input: Record<string, unknown>][];
  events: Event[];
  abort: (reason: unknown) => void;
}

/** AWS answers each call by the next of its answers, the last one again and again. */
function scripted(answers: Record<string, unknown[]>): Scripted {
  const calls: Scripted['calls'] = [];
  const events: Event[] = [];
  const controller = new AbortController();
  const call = async (key: string, input: Record<string, unknown>) => {
    calls.push([key, input]);
    const left = answers[key] ?? [];
    const answer = left.length > 1 ? left.shift() : left[0];
    if (answer === undefined) throw new Error(`not expected: ${key}`);
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const session: Session = {
    aws: { region: 'us-east-1', call } as unknown as Aws,
    clock: createVirtualClock(),
    signal: controller.signal,
    emit: (event) => events.push(event),
    random: () => 0.5,
    target: targetOf(configOf('task: { spot: true }\n'), identity),
    startedAt: 0,
  };
  return { session, calls, events, abort: (reason) => controller.abort(reason) };
}

const order = (session: Session, more: Partial<OneOffOrder> = {}): OneOffOrder => ({
  taskDefinitionArn: 'arn:td:1',
  command: ['npm', 'run', 'seed'],
  purpose: 'hook onDeploy',
  clientToken: 't'.repeat(32),
  deadline: session.clock.now() + 60_000,
  ...more,
});

const started = { tasks: [{ taskArn: arn }], failures: [] };
const running = { tasks: [{ taskArn: arn, lastStatus: 'RUNNING', startedAt: new Date() }] };
const ended = (exitCode: number | undefined, more: object = {}) => ({
  tasks: [
    {
      taskArn: arn,
      lastStatus: 'STOPPED',
      stoppedReason: 'Essential container in task exited',
      containers: [{ name: 'app', exitCode }],
      ...more,
    },
  ],
});
const noStream = refused('ResourceNotFoundException', 'The specified log stream does not exist.');

describe('starting the task', () => {
  it('asks for one on demand, in the network of the preview, with its tags and token', async () => {
    const { session, calls } = scripted({
      'ecs:RunTask': [started],
      'ecs:DescribeTasks': [ended(0)],
      'logs:GetLogEvents': [noStream],
    });
    await runOneOff(session, order(session));
    expect(calls[0]?.[1]).toMatchObject({
      taskDefinition: 'arn:td:1',
      count: 1,
      launchType: 'FARGATE',
      overrides: { containerOverrides: [{ name: 'app', command: ['npm', 'run', 'seed'] }] },
      networkConfiguration: { awsvpcConfiguration: { assignPublicIp: 'ENABLED' } },
      enableECSManagedTags: true,
      startedBy: 'previewops/hook-onDeploy',
      clientToken: 't'.repeat(32),
    });
    expect(calls[0]?.[1].tags).toContainEqual({ key: 'previewops:preview', value: 'pr-1' });
  });

  it('follows the task that the token had started with other parameters', async () => {
    const { session, calls } = scripted({
      'ecs:RunTask': [refused('ConflictException', 'in use', { resourceIds: [arn] })],
      'ecs:DescribeTasks': [ended(0)],
      'logs:GetLogEvents': [noStream],
    });
    expect(await runOneOff(session, order(session))).toMatchObject({ exitCode: 0, wasOver: true });
    expect(calls.filter(([key]) => key === 'ecs:RunTask')).toHaveLength(1);
  });

  it.each([
    ['ServerException', 'AWS fell over'],
    ['ClientException', 'ECS was unable to assume the role arn:aws:iam::123456789012:role/x'],
  ])('asks again with the same token after %s', async (name, message) => {
    const lost = refused(name, message, { $metadata: { httpStatusCode: 500 } });
    const { session, calls } = scripted({
      'ecs:RunTask': [lost, started],
      'ecs:DescribeTasks': [ended(0)],
      'logs:GetLogEvents': [noStream],
    });
    await runOneOff(session, order(session));
    const asked = calls.filter(([key]) => key === 'ecs:RunTask').map(([, input]) => input);
    expect(asked).toHaveLength(2);
    expect(asked[1]).toEqual(asked[0]);
  });

  it.each<[string, unknown, string, RegExp]>([
    [
      'no vCPU left, as a failure',
      { tasks: [], failures: [{ reason: "You've reached the limit on the number of vCPUs" }] },
      'limit-reached',
      /limit on the number of vCPUs/,
    ],
    [
      'no vCPU left, as an exception',
      refused('ClientException', "You've reached the limit on the number of vCPUs"),
      'limit-reached',
      /limit on the number of vCPUs/,
    ],
    [
      'something else',
      { tasks: [], failures: [{ reason: 'AGENT', detail: 'gone' }] },
      'aws-failed',
      /ECS started no task: AGENT: gone/,
    ],
    ['nothing at all', { tasks: [], failures: [] }, 'aws-failed', /does not say why/],
  ])('says in words: %s', async (_, answer, code, message) => {
    const { session } = scripted({ 'ecs:RunTask': [answer] });
    const error = await runOneOff(session, order(session)).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(PreviewopsError);
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) });
    expect((error as PreviewopsError).hint).toBeTruthy();
  });
});

describe('following it', () => {
  const page = (token: string, ...messages: string[]) => ({
    nextForwardToken: token,
    events: messages.map((message) => ({ message })),
  });

  it('hands on every line once, those too that come after the end', async () => {
    const { session, events } = scripted({
      'ecs:RunTask': [started],
      'ecs:DescribeTasks': [running, ended(3)],
      'logs:GetLogEvents': [
        noStream,
        page('a'),
        page('b', 'one', 'two'),
        page('b'),
        page('c', 'three'),
        page('c'),
      ],
    });
    const task = await runOneOff(session, order(session));
    const logs = events.filter((event) => event.type === 'log');
    expect(logs.map(({ source }) => source)).toEqual(['hook onDeploy', 'hook onDeploy']);
    expect(logs.flatMap(({ lines }) => lines)).toEqual(['one', 'two', 'three']);
    expect(task).toMatchObject({
      end: 'exited',
      exitCode: 3,
      containers: ['app exited 3'],
      lastLines: ['one', 'two', 'three'],
      wasOver: false,
    });
  });

  it('does not wait for a log that keeps coming', async () => {
    const endless = Array.from({ length: 50 }, (_, n) => [page(`${n}`, 'more'), page(`${n}`)]);
    const { session } = scripted({
      'ecs:RunTask': [started],
      'ecs:DescribeTasks': [ended(0)],
      'logs:GetLogEvents': endless.flat(),
    });
    const begun = session.clock.now();
    await runOneOff(session, order(session));
    expect(session.clock.now() - begun).toBeLessThanOrEqual(12_000);
  });

  it('goes on without a log that it may not read, and says so once', async () => {
    const { session, events } = scripted({
      'ecs:RunTask': [started],
      'ecs:DescribeTasks': [running, running, ended(0)],
      'logs:GetLogEvents': [refused('AccessDeniedException', 'no')],
    });
    expect(await runOneOff(session, order(session))).toMatchObject({ exitCode: 0 });
    expect(events.filter((event) => event.type === 'note')).toEqual([
      { type: 'note', level: 'warning', text: 'the log cannot be read (AccessDeniedException)' },
    ]);
  });

  it('has no exit code for what never started, and reads no log of it', async () => {
    const stoppedReason = 'CannotPullContainerError: manifest unknown';
    const { session } = scripted({
      'ecs:RunTask': [started],
      'ecs:DescribeTasks': [ended(undefined, { stoppedReason })],
    });
    const task = await runOneOff(session, order(session));
    expect(task).toMatchObject({ end: 'exited', exitCode: undefined, stoppedReason });
  });

  it('forgives a task that is not seen at once, and gives up one that stays unseen', async () => {
    const missing = { tasks: [], failures: [{ arn, reason: 'MISSING' }] };
    const answers = { 'ecs:RunTask': [started], 'logs:GetLogEvents': [noStream] };
    const late = scripted({ ...answers, 'ecs:DescribeTasks': [missing, missing, ended(0)] });
    const found = await runOneOff(late.session, order(late.session));
    expect(found).toMatchObject({ end: 'exited', exitCode: 0 });
    const gone = scripted({ ...answers, 'ecs:DescribeTasks': [missing], 'ecs:StopTask': [{}] });
    const lost = await runOneOff(gone.session, order(gone.session));
    expect(lost.end).toBe('unknown');
  });

  it('stops it at the deadline; what then still ends well has ended well', async () => {
    const answers = { 'ecs:RunTask': [started], 'logs:GetLogEvents': [noStream] };
    const play = async (last: unknown) => {
      const tasks = [...Array.from({ length: 22 }, () => running), last];
      const { session, calls } = scripted({
        ...answers,
        'ecs:DescribeTasks': tasks,
        'ecs:StopTask': [{}],
      });
      const task = await runOneOff(session, order(session));
      return { task, stops: calls.filter(([key]) => key === 'ecs:StopTask').length };
    };
    expect(await play(ended(143))).toMatchObject({ task: { end: 'timed-out' }, stops: 1 });
    expect(await play(ended(0))).toMatchObject({ task: { end: 'exited', exitCode: 0 }, stops: 1 });
    expect(await play(running)).toMatchObject({ task: { end: 'stopping' }, stops: 1 });
  });

  it('stops it when the run ends before, unless it may go on', async () => {
    const play = async (keep: boolean) => {
      const { session, calls, abort } = scripted({
        'ecs:RunTask': [started],
        'ecs:DescribeTasks': [running],
        'logs:GetLogEvents': [noStream],
        'ecs:StopTask': [{}],
      });
      const work = runOneOff(session, order(session, { keep: () => keep }));
      session.clock.sleep(10_000).then(() => abort(new Error('enough')));
      await expect(work).rejects.toThrow();
      return calls.some(([key]) => key === 'ecs:StopTask');
    };
    expect(await play(false)).toBe(true);
    expect(await play(true)).toBe(false);
  });
});

describe('what is said of a failure', () => {
  const task = (given: Partial<OneOff>): OneOff => ({
    taskId: 'x',
    end: 'exited',
    exitCode: 1,
    stoppedReason: 'Essential container in task exited',
    containers: [],
    lastLines: [],
    wasOver: false,
    ...given,
  });

  it.each<[Partial<OneOff>, RegExp, RegExp]>([
    [{ exitCode: 3 }, /^The hook onDeploy ended with exit code 3$/, /Its log says why/],
    [{ exitCode: 127 }, /exit code 127/, /no such program/],
    [
      { exitCode: 137, containers: ['app exited 137: OutOfMemoryError: killed'] },
      /exit code 137/,
      /Raise task.memory/,
    ],
    [
      {
        exitCode: undefined,
        stoppedReason: 'CannotPullContainerError: image not found: manifest unknown',
      },
      /did not start: CannotPullContainerError/,
      /no such image/,
    ],
    [
      {
        exitCode: undefined,
        stoppedReason: 'Task failed to start',
        containers: ['app: exec: "sh": executable file not found in $PATH'],
      },
      /did not start: Task failed to start; app: exec/,
      /a list of words needs none/,
    ],
    [{ exitCode: undefined, stoppedReason: undefined }, /ECS does not say why/, /^$/],
    [{ end: 'timed-out' }, /not done in the time allowed, and was stopped/, /hooks\.timeout/],
    [{ end: 'stopping' }, /still being stopped/, /hooks\.timeout/],
    [{ end: 'unknown', exitCode: undefined }, /how it ended is unknown/, /^$/],
  ])('%o', (given, sentence, hint) => {
    const report = taskReport({ what: 'The hook onDeploy', task: task(given), next: [] });
    expect(report.sentence).toMatch(sentence);
    expect(report.hint ?? '').toMatch(hint);
  });

  it('holds the evidence, and what to do next', () => {
    const failed = task({ exitCode: 2, containers: ['app exited 2'], lastLines: ['boom'] });
    const next = ['previewops run --pr 1 -- npm run seed'];
    const report = taskReport({ what: 'The hook onDeploy', task: failed, next });
    expect(report).toMatchObject({
      tasks: [{ reason: failed.stoppedReason, count: 1, containers: ['app exited 2'] }],
      log: { source: 'hook onDeploy', lines: ['boom'] },
    });
    const error = taskError(report, { task: failed, state: 'The one before still serves.' });
    expect(error).toMatchObject({ code: 'hook-failed', details: { failure: report } });
    expect(error.hint).toBe(
      'Its log says why.\nThe one before still serves.\n  previewops run --pr 1 -- npm run seed',
    );
    const late = task({ end: 'timed-out' });
    expect(taskError(report, { task: late })).toMatchObject({ code: 'timed-out', exitCode: 6 });
  });
});

describe('texts', () => {
  it.each<[string[], string, string]>([
    [['sh', '-c', 'a && b'], 'a && b', "sh -c 'a && b'"],
    [['npm', 'run', 'seed'], 'npm run seed', 'npm run seed'],
    [['echo', "it's", '$HOME', ''], String.raw`echo 'it'\''s' '$HOME' ''`, ''],
  ])('%j', (words, text, pasted) => {
    expect(commandText(words)).toBe(text);
    expect(byHand(identity, words)).toBe(`previewops run --pr 1 -- ${pasted || text}`);
  });

  it('a branch is quoted, whatever its name', () => {
    const { pr: _, ...other } = identity;
    const branch = "x$(touch y)'z";
    expect(byHand({ ...other, branch }, ['ls'])).toBe(
      String.raw`previewops run --branch 'x$(touch y)'\''z' -- ls`,
    );
  });

  it.each([
    undefined,
    'done',
    'failed 2',
    'started 1 2026-11-21T20:00:00.000Z',
    'started 12 2026-11-21T20:00:00.000Z 0123456789abcdef0123456789abcdef',
  ])('the mark %s is read as it was written', (text) => {
    const mark = parseMark(text);
    expect(mark.state === 'none' ? undefined : formatMark(mark)).toBe(text);
  });

  it.each(['', 'started', 'started 1', 'started 1 soon', 'failed x', 'Done', 'failed 1 2'])(
    'the mark %j of somebody else counts as done',
    (text) => {
      expect(parseMark(text)).toEqual({ state: 'done' });
    },
  );
});
