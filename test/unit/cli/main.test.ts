import { beforeEach, expect, test, vi } from 'vitest';
import { PreviewopsError } from '../../../src/errors.ts';
import { run } from '../../../src/main.ts';
import type { Session } from '../../../src/report/io.ts';
import { fakeIo } from '../../helpers/fake-io.ts';

const act = vi.hoisted(() => ({ list: async (_: Session): Promise<number> => 0 }));

vi.mock('../../../src/commands/list.ts', () => ({
  list: (_: object, session: Session) => act.list(session),
}));

beforeEach(() => {
  act.list = async () => 0;
});

test("a command's exit code is the program's", async () => {
  act.list = async () => 4;
  expect(await run(['list'], fakeIo())).toBe(4);
});

test('a known error prints its message and hint, and exits by its code', async () => {
  act.list = async () => {
    throw new PreviewopsError('no-credentials', 'nobody signed in', {
      hint: 'sign in\nor set keys',
    });
  };
  const io = fakeIo();
  expect(await run(['list'], io)).toBe(3);
  expect(io.err()).toBe('error: nobody signed in\n  sign in\n  or set keys\n');
  expect(io.out()).toBe('');
});

test('mistakes of the configuration are printed bare', async () => {
  const lines = 'previewops.yml:3:1  aws-ecs providerConfig.cluster is required\nprevi.yml:4:1  x';
  act.list = async () => {
    throw new PreviewopsError('config-invalid', lines, { details: { problems: [] } });
  };
  const io = fakeIo();
  expect(await run(['list'], io)).toBe(2);
  expect(io.err()).toBe(`${lines}\n`);
});

test('an unexpected error is internal, without a stack unless asked for', async () => {
  act.list = async () => {
    throw new RangeError('off by one');
  };
  const io = fakeIo();
  expect(await run(['list'], io)).toBe(1);
  expect(io.err()).toMatch(/^error: RangeError: off by one\n {2}This is a mistake in previewops/);
  expect(io.err()).not.toMatch(/\n\s+at /);

  const debugged = fakeIo({ env: { PREVIEWOPS_DEBUG: '1' } });
  await run(['list'], debugged);
  expect(debugged.err()).toMatch(/\n\s+at /);
});

test('what a command leaves under way ends with it', async () => {
  let left: Promise<unknown> | undefined;
  act.list = async ({ io, signal }) => {
    left = io.clock.sleep(600_000, signal).catch(() => 'ended');
    throw new PreviewopsError('access-denied', 'one of several calls');
  };
  expect(await run(['list'], fakeIo())).toBe(3);
  expect(await left).toBe('ended');
});

test('control sequences in an error do not reach the terminal', async () => {
  act.list = async () => {
    throw new PreviewopsError('aws-failed', 'bad \u001b]0;owned\u0007title\n::set-env name=a::b');
  };
  const io = fakeIo();
  await run(['list'], io);
  expect(io.err()).toBe('error: bad title\n  : :set-env name=a::b\n');
});

test('the first signal aborts the run, and its reason is what is reported', async () => {
  const io = fakeIo();
  act.list = ({ signal }) =>
    new Promise((_, reject) => {
      signal.addEventListener('abort', () => reject(new Error('socket closed')));
      io.interrupt();
    });
  expect(await run(['list', '--json'], io)).toBe(130);
  expect(io.exits).toEqual([]);
  expect(JSON.parse(io.out()).error.code).toBe('interrupted');
  expect(io.err()).toMatch(/^error: stopped before the end\n {2}Run the same command again/);
});

test('the second signal ends the process at once', async () => {
  const io = fakeIo();
  act.list = async () => {
    io.interrupt();
    io.interrupt();
    return 0;
  };
  await run(['list'], io);
  expect(io.exits).toEqual([130]);
});

test('after the run nobody listens for signals any more', async () => {
  const io = fakeIo();
  await run(['list'], io);
  io.interrupt();
  io.interrupt();
  expect(io.exits).toEqual([]);
});
