import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CallbackOutcome, callbackDocument } from '../../../src/ci/callback/document.ts';
import { failureStatus } from '../../../src/ci/github/failure-status.ts';
import { type ErrorCode, errorTable, PreviewopsError } from '../../../src/errors.ts';

const document = (outcome: CallbackOutcome) => callbackDocument({ action: 'deploy', outcome });
const failed = (code: ErrorCode, message = 'it went wrong') =>
  document({ kind: 'failed', error: new PreviewopsError(code, message) });
const item = (name: string) => ({ resource: 'service', name });

describe('the document of a callback', () => {
  test('of a deploy', () => {
    const facts = {
      action: 'deploy',
      runId: 'run-7',
      branch: 'qanote/issue-7',
      commit: 'c'.repeat(40),
      url: 'https://issue-7.preview.example.com',
      outcome: { kind: 'deployed', ready: true },
    } as const;
    expect(callbackDocument(facts)).toEqual({
      version: 1,
      action: 'deploy',
      status: 'success',
      ai_run_id: 'run-7',
      branch: 'qanote/issue-7',
      commit: 'c'.repeat(40),
      url: 'https://issue-7.preview.example.com',
      description: 'the preview is ready',
      receipt: null,
    });
  });

  test('has every key whatever is known', () => {
    expect(document({ kind: 'skipped', reason: 'from a fork' })).toEqual({
      version: 1,
      action: 'deploy',
      status: 'skipped',
      ai_run_id: null,
      branch: null,
      commit: null,
      url: null,
      description: 'from a fork',
      receipt: null,
    });
  });

  test('of a destroy has the receipt, and nothing that the provider adds to it', () => {
    const removed = [{ ...item('pr-7'), arn: 'arn:aws:ecs:x' }, item('b\u001b[31md\n')];
    const outcome = { kind: 'destroyed', removed, remaining: [] } as const;
    const { status, description, receipt } = callbackDocument({ action: 'destroy', outcome });
    expect({ status, description }).toEqual({
      status: 'success',
      description: '2 resources removed, nothing left',
    });
    expect(receipt).toEqual({ removed: [item('pr-7'), item('bd ')], remaining: [] });
  });

  test.each([
    [{ kind: 'deployed', ready: true }, 'success', 'the preview is ready'],
    [{ kind: 'deployed', ready: false }, 'started', 'the deploy was started and not waited for'],
    [{ kind: 'destroyed', removed: [], remaining: [] }, 'success', 'there was nothing to remove'],
    [
      { kind: 'destroyed', removed: [item('a')], remaining: [item('b')] },
      'failure',
      '1 resource could not be removed',
    ],
    [{ kind: 'skipped', reason: 'opened by a bot' }, 'skipped', 'opened by a bot'],
  ] satisfies [CallbackOutcome, string, string][])('%j is %s', (outcome, status, description) => {
    expect(document(outcome)).toMatchObject({ status, description });
  });

  const own = { superseded: 'superseded', destroyed: 'superseded', interrupted: 'interrupted' };
  test.each(Object.keys(errorTable) as ErrorCode[])(
    '%s has the status that its GitHub deployment has, or one of its own',
    (code) => {
      const github =
        code === 'not-removed' ? 'failure' : failureStatus({ code, message: 'm' }).state;
      expect(failed(code).status).toBe((own as Record<string, string>)[code] ?? github);
    },
  );

  test('what is to blame is told apart', () => {
    expect(failed('build-failed').status).toBe('failure');
    expect(failed('rollout-failed').status).toBe('failure');
    expect(failed('access-denied').status).toBe('error');
    expect(failed('config-invalid').status).toBe('error');
  });
});

describe('a description', () => {
  const describeText = (text: string) => failed('internal', text).description;

  test('is cut at 140 characters', () => {
    expect(describeText('x'.repeat(140))).toBe('x'.repeat(140));
    expect(describeText('x'.repeat(141))).toBe(`${'x'.repeat(139)}\u2026`);
  });

  test('never holds a credential', () => {
    const key = `AKIA${'Q'.repeat(16)}`;
    expect(describeText(`denied for ${key}`)).toBe(
      'withheld: the message holds what looks like an AWS access key id',
    );
    expect(describeText('cannot fetch https://x:tok@host/o/r')).toBe(
      'cannot fetch https://host/o/r',
    );
  });

  test('says so when there is nothing to say', () => {
    expect(describeText('\u001b[2J\n')).toBe('no reason is known');
  });

  test('is one printable line of at most 140 characters, whatever the message', () => {
    const hostile = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 400 }),
      fc
        .array(fc.constantFrom('::error::', '\n', '\u001b[31m', '\ud83d', '##[x]', '\u202e', 'a '))
        .map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(hostile, (text) => {
        const description = describeText(text);
        return (
          [...description].length <= 140 &&
          description.length > 0 &&
          !/[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u202e]/u.test(description) &&
          !/^\s*::|##\[/.test(description)
        );
      }),
    );
  });
});
