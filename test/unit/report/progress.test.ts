import { expect, test } from 'vitest';
import type { Clock } from '../../../src/clock.ts';
import type { Step } from '../../../src/preview/plan.ts';
import { createLiveProgress, cutToWidth } from '../../../src/report/live.ts';
import { createPaint } from '../../../src/report/paint.ts';
import { createPrinter } from '../../../src/report/printer.ts';
import { createPlainProgress } from '../../../src/report/progress.ts';
import { fakeIo } from '../../helpers/fake-io.ts';

const step: Step = {
  id: 'target-group',
  action: 'create',
  resource: 'target-group',
  name: 'previewops-hello--pr-42',
  changes: [],
  after: [],
};
const printerOptions = { sandbox: false, json: false, color: false };
const style = { verbose: false, logs: false, fold: false, paint: createPaint(false) };

type Given = { sandbox?: boolean; verbose?: boolean; logs?: boolean; fold?: boolean };

function plain({ sandbox = false, ...given }: Given = {}) {
  const io = fakeIo();
  const printer = createPrinter(io, { ...printerOptions, sandbox });
  const progress = createPlainProgress(printer, { ...style, ...given });
  return { io, progress };
}

test('plain: a line when a step ends, none when it begins', () => {
  const { io, progress } = plain();
  progress.emit({ type: 'step-started', step });
  expect(io.err()).toBe('');
  progress.emit({ type: 'step-finished', step, ms: 420 });
  progress.emit({ type: 'step-finished', step: { ...step, action: 'delete' }, ms: 1_000 });
  progress.emit({ type: 'step-failed', step, ms: 50 });
  expect(io.err()).toBe(
    [
      '+ target-group previewops-hello--pr-42  created (0.4 s)',
      '- target-group previewops-hello--pr-42  deleted (1.0 s)',
      'x target-group previewops-hello--pr-42  failed (0.1 s)',
      '',
    ].join('\n'),
  );
  expect(io.out()).toBe('');
});

test('plain: a wait is told at once and then every 15 s, each on its own', () => {
  const { io, progress } = plain();
  for (let ms = 0; ms <= 45_000; ms += 3_000) {
    progress.emit({ type: 'waiting', what: 'the build', ms, detail: 'BUILD' });
  }
  progress.emit({ type: 'waiting', what: 'the service', ms: 0 });
  expect(io.err()).toBe(
    [
      '  waiting for the build (0.0 s): BUILD',
      '  waiting for the build (15 s): BUILD',
      '  waiting for the build (30 s): BUILD',
      '  waiting for the build (45 s): BUILD',
      '  waiting for the service (0.0 s)',
      '',
    ].join('\n'),
  );
});

test('plain: short retries are told only with --verbose', () => {
  const retry = { type: 'retrying', call: 'ecs:CreateService', reason: 'Throttling' } as const;
  const { io, progress } = plain();
  progress.emit({ ...retry, delayMs: 400 });
  expect(io.err()).toBe('');
  progress.emit({ ...retry, delayMs: 6_000 });
  expect(io.err()).toBe('  ecs:CreateService: Throttling; trying again in 6.0 s\n');
  const loud = plain({ verbose: true });
  loud.progress.emit({ ...retry, delayMs: 400 });
  expect(loud.io.err()).toContain('trying again in 0.4 s');
});

test('in the sandbox every line says so', () => {
  const { io, progress } = plain({ sandbox: true });
  progress.emit({ type: 'note', level: 'warning', text: 'one\ntwo' });
  expect(io.err()).toBe('[sandbox] warning: one\n[sandbox]   two\n');
});

/** Sleeps end when the test says so. */
function manualClock(): Clock & { tick(ms: number): Promise<void> } {
  let now = 0;
  let wake = () => {};
  return {
    now: () => now,
    sleep: (_, signal) =>
      new Promise((resolve, reject) => {
        wake = resolve;
        signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
      }),
    tick: async (ms) => {
      now += ms;
      wake();
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

/** What is on a screen after these writes: lines, cursor up, and erase to the end. */
function screen(written: string): string[] {
  const lines = [''];
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what a terminal obeys
  for (const [part] of written.replaceAll('\r', '').matchAll(/\u001b\[\d*[A-Z]|\n|[^\u001b\n]+/g)) {
    const up = /\[(\d+)A/.exec(part)?.[1];
    if (up !== undefined) lines.splice(lines.length - 1 - Number(up));
    if (up !== undefined || part === '\n') lines.push('');
    else if (!part.startsWith('\u001b')) lines[lines.length - 1] += part;
  }
  return lines.slice(0, -1);
}

const log = (...lines: string[]) => ({ type: 'log', source: 'build', lines }) as const;

test('plain: a log is left out, or told whole', () => {
  const quiet = plain();
  quiet.progress.emit(log('one'));
  expect(quiet.io.err()).toBe('');
  const whole = plain({ logs: true });
  whole.progress.emit(log('one', 'two \u001b[31mred'));
  expect(whole.io.err()).toBe('  | one\n  | two red\n');
});

test('plain: on GitHub a log is folded, and cannot give workflow commands', () => {
  const { io, progress } = plain({ logs: true, fold: true });
  progress.emit(log('one'));
  progress.emit(log('::set-output name=url::https://evil.example', '##[add-mask]x'));
  progress.emit({ type: 'step-finished', step, ms: 1_000 });
  const lines = io.err().split('\n');
  expect(lines).toEqual([
    '::group::log of the build',
    '  | one',
    '  | : :set-output name=url::https://evil.example',
    '  | ## [add-mask]x',
    '::endgroup::',
    '+ target-group previewops-hello--pr-42  created (1.0 s)',
    '',
  ]);
});

test('live: the last lines of a log stand below while it is followed', async () => {
  const clock = manualClock();
  const io = fakeIo({ tty: true, clock });
  const progress = createLiveProgress(io, createPrinter(io, printerOptions), style);
  progress.emit({ type: 'step-started', step });
  progress.emit(log('one', 'two'));
  progress.emit(log('three', 'four'));
  await clock.tick(100);
  expect(screen(io.err()).slice(1)).toEqual(['  | two', '  | three', '  | four']);
  progress.emit({ type: 'step-finished', step, ms: 100 });
  await clock.tick(100);
  expect(screen(io.err())).toEqual(['+ target-group previewops-hello--pr-42  created (0.1 s)']);
  progress.stop();
});

test('live: moving lines below, finished ones above, nothing moving at the end', async () => {
  const clock = manualClock();
  const io = fakeIo({ tty: true, clock });
  const progress = createLiveProgress(io, createPrinter(io, printerOptions), style);
  progress.emit({ type: 'step-started', step });
  progress.emit({ type: 'step-started', step: { ...step, id: 'log', resource: 'log-group' } });
  await clock.tick(2_000);
  expect(screen(io.err())).toEqual([
    '⠹ create target-group previewops-hello--pr-42  2.0 s',
    '⠹ create log-group previewops-hello--pr-42  2.0 s',
  ]);
  progress.emit({ type: 'step-finished', step, ms: 2_000 });
  expect(screen(io.err())).toEqual([
    '+ target-group previewops-hello--pr-42  created (2.0 s)',
    '⠹ create log-group previewops-hello--pr-42  2.0 s',
  ]);
  progress.emit({ type: 'waiting', what: 'tasks', ms: 3_000, detail: 'y'.repeat(80) });
  await clock.tick(1_000);
  const lines = screen(io.err());
  expect(lines).toHaveLength(3);
  expect(lines.every((line) => line.length <= 59)).toBe(true);
  progress.stop();
  progress.emit({ type: 'step-finished', step, ms: 9 });
  expect(screen(io.err())).toEqual(['+ target-group previewops-hello--pr-42  created (2.0 s)']);
});

test('live: lines are cut by width, wide signs counting double', () => {
  expect(cutToWidth('abcdef', 4)).toBe('abcd');
  expect(cutToWidth('日本語', 4)).toBe('日本');
  expect(cutToWidth('⠙ ab', 3)).toBe('⠙ a');
});
