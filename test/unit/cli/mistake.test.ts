import { expect, test } from 'vitest';
import { destroyMany } from '../../../src/commands/destroy-many.ts';
import { mistakeOf } from '../../../src/commands/mistake.ts';
import { endsOf, tellFailed } from '../../../src/commands/outcomes.ts';
import type { FailureReport } from '../../../src/preview/failure.ts';
import type { Identity } from '../../../src/preview/identity.ts';
import type { Receipt } from '../../../src/providers/provider.ts';

const receipt: Receipt = {
  preview: { app: 'hello', id: 'pr-1', url: 'https://pr-1.previews.example.com' },
  removed: [{ resource: 'service', name: 'hello-pr-1' }],
  remaining: [],
  warnings: [],
  timings: { observe: 1, apply: 2, total: 3 },
};
const remaining = [
  { resource: 'listener rule', name: 'pr-1.previews.example.com' },
  { resource: 'target group', name: 'hello-\u001b[31mpr-1\nx' },
];
const failure: FailureReport = {
  sentence: 'hooks.onDestroy exited 1',
  tasks: [],
  targets: [],
  events: [],
  log: undefined,
  hint: 'Try it by hand.',
  next: [],
};

test('a destroy that left nothing is no mistake', () => {
  expect(mistakeOf(receipt)).toBeUndefined();
});

test('what is left is counted in the message and named in the hint', () => {
  const { code, message, hint } = mistakeOf({ ...receipt, remaining, failure }) ?? {};
  expect(code).toBe('not-removed');
  expect(message).toBe('pr-1 is not wholly removed, 2 resources left');
  expect(hint?.split('\n')).toEqual([
    'Still there:',
    '  listener rule pr-1.previews.example.com',
    '  target group hello-pr-1 x',
    'Run the same command again; it removes what is left.',
  ]);
});

test('a hook that failed is one though nothing is left, with its evidence', () => {
  expect(mistakeOf({ ...receipt, failure })).toMatchObject({
    code: 'hook-failed',
    message: failure.sentence,
    hint: failure.hint,
    details: { failure },
  });
});

test('of many, the names of what is left reach the user too', async () => {
  const provider = {
    destroy: async () => ({ apply: async () => ({ ...receipt, remaining }) }),
  };
  const { signal } = new AbortController();
  const identity = { app: 'hello', id: 'pr-1' } as Identity;
  const outcomes = await destroyMany(provider as never, [{ identity, why: '' }], { signal });
  const told: string[] = [];
  tellFailed(endsOf(outcomes), { tell: (...lines) => void told.push(...lines) });
  expect(told).toEqual([
    'error: pr-1 of hello: pr-1 is not wholly removed, 2 resources left',
    '  Still there:',
    '    listener rule pr-1.previews.example.com',
    '    target group hello-pr-1 x',
    '  Run the same command again; it removes what is left.',
  ]);
});
