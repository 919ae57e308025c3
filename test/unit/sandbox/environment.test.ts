import { expect, test } from 'vitest';
import { PreviewopsError } from '../../../src/errors.ts';
import { sandboxVariables } from '../../../src/sandbox/environment.ts';
import { sandboxOptionsFromEnv } from '../../../src/sandbox/sandbox.ts';

const noFiles = async (path: string): Promise<string> => {
  throw new Error(`ENOENT: no such file, open '${path}'`);
};
const read = (env: Record<string, string>, files: Record<string, string> = {}) =>
  sandboxOptionsFromEnv(env, async (path) => files[path] ?? noFiles(path));

test('nothing set gives the defaults', async () => {
  const expected = { timeScale: 0.05, latencyMs: 10, behaviour: {} };
  expect(await read({})).toEqual(expected);
  const empty = Object.fromEntries(Object.keys(sandboxVariables).map((name) => [name, '']));
  expect(await read(empty)).toEqual(expected);
});

test('everything set is read', async () => {
  const env = {
    PREVIEWOPS_SANDBOX_STATE: '/tmp/s.json',
    PREVIEWOPS_SANDBOX_CALLS: '/tmp/calls',
    PREVIEWOPS_SANDBOX_TIME_SCALE: '0.5',
    PREVIEWOPS_SANDBOX_LATENCY_MS: '0',
    PREVIEWOPS_SANDBOX_FAULTS: 'faults.json',
    PREVIEWOPS_SANDBOX_RATES: 'on',
    PREVIEWOPS_SANDBOX_APP: 'wrong-architecture',
    PREVIEWOPS_SANDBOX_BUILD: 'fail',
    PREVIEWOPS_SANDBOX_SPOT: 'none',
    PREVIEWOPS_SANDBOX_CALLER: 'arn:aws:sts::123456789012:assumed-role/ci/run',
    PREVIEWOPS_SANDBOX_ACCOUNT: 'empty',
    PREVIEWOPS_SANDBOX_REPORTS: 'on',
  };
  expect(Object.keys(env)).toEqual(Object.keys(sandboxVariables));
  const faults = [
    { call: 'ecs:CreateService', nth: 1, fault: 'lost' },
    { call: '*', nth: 3, times: 'always', fault: '500' },
  ];
  expect(await read(env, { 'faults.json': JSON.stringify(faults) })).toEqual({
    file: '/tmp/s.json',
    callsFile: '/tmp/calls',
    timeScale: 0.5,
    latencyMs: 0,
    faults,
    rates: true,
    behaviour: { app: 'wrong-architecture', build: 'fail', spot: 'none' },
    callerArn: env.PREVIEWOPS_SANDBOX_CALLER,
    account: 'empty',
  });
});

test.each([
  'healthy',
  'crash',
  'unhealthy',
  'wrong-architecture',
  'not-found',
  'wrong-port',
  'out-of-memory',
  'hang',
  'slow',
])('the application can be %s, and the help says so', async (app) => {
  const { behaviour } = await read({ PREVIEWOPS_SANDBOX_APP: app });
  expect(behaviour).toEqual({ app });
  expect(sandboxVariables.PREVIEWOPS_SANDBOX_APP).toContain(app);
});

test.each([
  ['TIME_SCALE', 'fast', "must be a number from 0.0001 to 100, not 'fast'"],
  ['TIME_SCALE', '0', 'must be a number'],
  ['TIME_SCALE', '-1', 'must be a number'],
  ['TIME_SCALE', 'NaN', 'must be a number'],
  ['TIME_SCALE', ' ', 'must be a number'],
  ['LATENCY_MS', '-5', 'must be a number from 0'],
  ['LATENCY_MS', 'Infinity', 'must be a number'],
  ['APP', 'broken', 'must be one of healthy, crash, unhealthy, wrong-architecture'],
  ['BUILD', 'maybe', 'must be one of ok, fail'],
  ['SPOT', 'maybe', 'must be one of ok, none'],
  ['CALLER', 'root', 'must be the ARN'],
  ['FAULTS', 'none.json', 'cannot be read: ENOENT'],
])('%s=%s is one clear line', async (name, value, text) => {
  const variable = `PREVIEWOPS_SANDBOX_${name}`;
  const error = await read({ [variable]: value }).catch((e: unknown) => e);
  expect(error).toBeInstanceOf(PreviewopsError);
  expect(error).toMatchObject({ code: 'bad-usage' });
  const { message } = error as Error;
  expect(message).toMatch(new RegExp(`^${variable} `));
  expect(message).toContain(text);
  expect(message).not.toContain('\n');
});

test.each([
  ['{}', 'a list of faults'],
  ['[null]', "fault 1: 'call'"],
  ['[{"call":"ecs:Nothing","nth":1,"fault":"lost"}]', "fault 1: 'call'"],
  ['[{"call":"*","nth":0,"fault":"lost"}]', "'nth'"],
  [
    '[{"call":"*","nth":1,"fault":"lost"},{"call":"*","nth":1,"times":0,"fault":"lost"}]',
    "fault 2: 'times'",
  ],
  ['[{"call":"*","nth":1,"fault":"slow"}]', "'fault' must be one of throttle"],
  ['[', 'is not JSON (f.json)'],
])('the faults %s are refused', async (text, problem) => {
  const error = read({ PREVIEWOPS_SANDBOX_FAULTS: 'f.json' }, { 'f.json': text });
  await expect(error).rejects.toThrow(problem);
  await expect(error).rejects.toThrow(/^PREVIEWOPS_SANDBOX_FAULTS /);
});

test('a variable that does not exist is refused', async () => {
  await expect(read({ PREVIEWOPS_SANDBOX_TIMESCALE: '1' })).rejects.toMatchObject({
    code: 'bad-usage',
    message: 'PREVIEWOPS_SANDBOX_TIMESCALE is not a variable of the sandbox',
    hint: expect.stringContaining('PREVIEWOPS_SANDBOX_TIME_SCALE'),
  });
});
