import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { maxCommentBytes, renderComment, renderOutcome } from '../../../src/ci/github/body.ts';
import { failureStatus } from '../../../src/ci/github/failure-status.ts';
import { readMarker } from '../../../src/ci/github/marker.ts';
import { byteLength, cleanLines, oneLine } from '../../../src/ci/github/text.ts';
import { type Failed, failedOf, type Outcome, type Run } from '../../../src/ci/github/types.ts';
import { errorTable, PreviewopsError } from '../../../src/errors.ts';
import { deployed, destroyed, rolloutFailed, runOf } from '../../helpers/github/session.ts';

const webUrl = 'https://github.com/acme/shop';
const comment = (outcome: Outcome, run: Run = runOf('deploy'), startedAt = 5) =>
  renderComment({ run, outcome, webUrl }, startedAt);
const text = (outcome: Outcome, run?: Run) => comment(outcome, run).split('\n').slice(1).join('\n');

test('a preview that is ready', () => {
  const result = deployed('1', {
    expiresAt: '2026-11-24T20:00:31.123Z',
    costPerDay: { amount: 0.437, currency: 'USD' },
  });
  expect(text({ kind: 'deployed', result })).toMatchInlineSnapshot(`
    "### Preview \`pr-42\` of \`shop\`: ✅ ready

    **[pr-42.preview.example.com](https://pr-42.preview.example.com/)**

    - commit [\`1111111\`](https://github.com/acme/shop/commit/1111111111111111111111111111111111111111) of \`feature/login\`
    - image \`shop@sha256:1111111111111111111111111111111111111111111111111111111111111111\`
    - time: observe 0.3 s, build 38 s, apply 4.0 s, wait 52 s, total 1 m 35 s
    - expires 2026-11-24 20:00 UTC
    - costs about 0.44 USD a day

    [Log of the run](https://github.com/acme/shop/actions/runs/1)"
  `);
});

test('a preview that was started only', () => {
  expect(text({ kind: 'deployed', result: deployed('1', { ready: false }) })).toMatch(
    /⏳ started\n[\s\S]*not followed/,
  );
});

test('a failure with its evidence', () => {
  expect(text({ kind: 'failed', error: rolloutFailed })).toMatchInlineSnapshot(`
    "### Preview \`pr-42\` of \`shop\`: ❌ failed

    **the new revision did not become healthy**

    Stopped tasks:

    - 3 x Essential container in task exited; app exited 1

    Targets:

    - unhealthy, Target.Timeout, Request timed out

    Last events of the service:

    - &#40;service shop&#41; was unable to place a task

    Look at it with \`previewops logs --pr 42 --previous\`.

    <details><summary>End of the log, container app</summary>

    \`\`\`text
    listening
    Error: no database
    \`\`\`

    </details>

    - commit [\`1111111\`](https://github.com/acme/shop/commit/1111111111111111111111111111111111111111) of \`feature/login\`

    [Log of the run](https://github.com/acme/shop/actions/runs/1)"
  `);
});

test('a failure of few words', () => {
  const error = failedOf(new PreviewopsError('access-denied', 'no `ecs:RunTask` for you'));
  expect(text({ kind: 'failed', error })).toContain('**no &#96;ecs&#58;RunTask&#96; for you**');
});

test('what is there to be copied is code', () => {
  const hint = 'The whole log: https://h.example/#a$b\n  Run `previewops logs` @you';
  const body = text({ kind: 'failed', error: { code: 'build-failed', message: 'm', hint } });
  expect(body).toContain(
    '\n\nThe whole log&#58; `https://h.example/#a$b`\n\nRun `previewops logs` &#64;',
  );
});

test('a preview that is removed', () => {
  const receipt = { ...destroyed, cost: { amount: 1.5, currency: 'USD' } };
  expect(text({ kind: 'destroyed', receipt }, runOf('destroy'))).toMatchInlineSnapshot(`
    "### Preview \`pr-42\` of \`shop\`: 🧹 removed

    3 resources were removed, and nothing is left.

    - it cost about 1.50 USD
    - time: observe 0.3 s, apply 9.0 s, total 9.3 s

    [Log of the run](https://github.com/acme/shop/actions/runs/1)"
  `);
  const nothing: Outcome = { kind: 'destroyed', receipt: { removed: [], timings: {} } };
  expect(text(nothing)).toContain('nothing left to remove');
});

test('a destroy that failed', () => {
  const error: Failed = { code: 'not-removed', message: 'pr-42 is not wholly removed' };
  expect(text({ kind: 'failed', error }, runOf('destroy'))).toContain('❌ not wholly removed');
});

test('the others', () => {
  expect(text({ kind: 'superseded' })).toContain('newer run');
  expect(text({ kind: 'skipped', reason: 'from a *fork*' })).toContain('from a &#42;fork&#42;');
});

describe('the marker', () => {
  const sum = (body: string) => readMarker(body)?.sum;
  const ready = comment({ kind: 'deployed', result: deployed() });

  test('says whose it is and which run wrote it', () => {
    expect(readMarker(ready)).toMatchObject({ app: 'shop', run: 5 });
  });

  test('stays the same when only times and the page of the run differ', () => {
    const later = { ...runOf('deploy'), runUrl: 'https://ci.example.com/9' };
    const result = deployed('1', { timings: { observe: 1, apply: 1, total: 2 } });
    expect(sum(comment({ kind: 'deployed', result }, later, 99))).toBe(sum(ready));
    const [slow, fast] = [{ apply: 1000 }, { apply: 1 }].map((timings) =>
      sum(comment({ kind: 'destroyed', receipt: { removed: [], timings } })),
    );
    expect(slow).toBe(fast);
  });

  test.each([
    ['the commit', deployed('2')],
    ['the state', deployed('1', { ready: false })],
    ['the expiry', deployed('1', { expiresAt: '2026-11-24T20:00:00Z' })],
  ])('differs with %s', (_, result) => {
    expect(sum(comment({ kind: 'deployed', result }))).not.toBe(sum(ready));
  });

  test('counts on the first line only, whole', () => {
    const [line = ''] = ready.split('\n');
    expect(readMarker(line)).toBeDefined();
    expect(readMarker(`${line}\r\nx`)).toBeDefined();
    for (const body of ['', `\n${line}`, ` ${line}`, `> ${line}`, `${line} x`, line.slice(0, -1)]) {
      expect(readMarker(body)).toBeUndefined();
    }
    expect(readMarker('<!-- previewops:comment v1 app=%E0%A4%A run=1 sum=a -->')).toBeUndefined();
  });
});

describe('everything from outside is hostile', () => {
  const hostile = fc
    .array(
      fc.constantFrom(
        '@team',
        '#1',
        '`',
        '````',
        '\n',
        '\n\n',
        '</details>',
        '<!-- previewops:comment v1 app=shop run=9 sum=a -->',
        '<script>',
        '[x](y)',
        '\u001b[2J',
        '::error::',
        'x',
        ' ',
        '🎉',
      ),
      { maxLength: 400 },
    )
    .map((pieces) => pieces.join(''));
  const failed = fc.record({
    code: fc.constantFrom(...Object.keys(errorTable)),
    message: hostile,
    hint: hostile,
    failure: fc.record({
      sentence: hostile,
      tasks: fc.array(
        fc.record({ reason: hostile, count: fc.nat(), containers: fc.array(hostile) }),
      ),
      targets: fc.array(
        fc.record({ state: hostile, reason: hostile, description: hostile, count: fc.nat() }),
      ),
      events: fc.array(hostile, { maxLength: 20 }),
      log: fc.record({ source: hostile, lines: fc.array(hostile, { maxLength: 60 }) }),
      hint: fc.constant(undefined),
      next: fc.array(hostile),
    }),
  });
  const outcome: fc.Arbitrary<Outcome> = fc.oneof(
    fc.record({ kind: fc.constant('failed' as const), error: failed }),
    fc.record({ kind: fc.constant('skipped' as const), reason: hostile }),
    fc.record({
      kind: fc.constant('deployed' as const),
      result: fc.record({
        preview: fc.record({ url: hostile, commit: hostile, image: hostile }),
        timings: fc.constant({}),
        ready: fc.boolean(),
        expiresAt: hostile,
      }),
    }),
  );
  const run = fc.record({
    kind: fc.constantFrom('deploy' as const, 'destroy' as const),
    app: fc.constant('shop'),
    id: fc.constant('pr-42'),
    branch: hostile,
    commit: hostile,
    runUrl: hostile,
  });

  test('a comment fits, keeps one marker, and no text leaves its place', () => {
    fc.assert(
      fc.property(outcome, run, (what, whose) => {
        const body = comment(what, whose);
        expect(byteLength(body)).toBeLessThanOrEqual(maxCommentBytes);
        expect(body.match(/<!--/g)).toHaveLength(1);
        const open = outsideCode(body);
        expect(open.match(/<\/?details>|<\/?summary>/g)?.length ?? 0).toBeLessThanOrEqual(4);
        expect(open.replace(/<\/?(?:details|summary)>/g, '')).not.toMatch(/[@<>]|#\d/);
        expect(body).toBe(cleanLines([body]).join('\n'));
      }),
      { numRuns: 60 },
    );
  });

  test('failed statuses fit, in one line', () => {
    fc.assert(
      fc.property(failed, (error) => {
        const { state, description } = failureStatus(error);
        expect(['failure', 'error']).toContain(state);
        expect(description).not.toBe('');
        expect(description).toBe(oneLine(description));
        expect([...description].length).toBeLessThanOrEqual(140);
      }),
    );
  });

  /** A comment without its marker, fenced blocks, code spans, entities and heading signs. */
  function outsideCode(body: string): string {
    const kept: string[] = [];
    let fence: string | undefined;
    for (const line of body.split('\n').slice(1)) {
      if (fence !== undefined) {
        if (line === fence) fence = undefined;
        continue;
      }
      fence = /^(`{3,})text$/.exec(line)?.[1];
      if (fence === undefined) kept.push(line.replace(/(`+)(?!`)[\s\S]*?(?<!`)\1(?!`)/g, ''));
    }
    expect(fence).toBeUndefined();
    return kept
      .join('\n')
      .replace(/&#\d+;/g, '')
      .replace(/^### /gm, '');
  }
});

test('a long log is cut from its top, and the rest stays', () => {
  const lines = Array.from({ length: 5_000 }, (_, at) => `line ${at} ${'x'.repeat(40)}`);
  const error: Failed = {
    ...rolloutFailed,
    failure: {
      sentence: 's',
      tasks: [],
      targets: [],
      events: [],
      log: { source: 'build', lines },
      hint: undefined,
      next: [],
    },
  };
  const body = comment({ kind: 'failed', error });
  expect(byteLength(body)).toBeLessThanOrEqual(maxCommentBytes);
  expect(byteLength(body)).toBeGreaterThan(maxCommentBytes - 2_000);
  expect(body).toContain('line 4999 ');
  expect(body).not.toContain('line 10 ');
  expect(body).toContain('</details>');
  const short = renderOutcome({
    run: runOf('deploy'),
    outcome: { kind: 'failed', error },
    webUrl,
    maxBytes: 2_000,
  });
  expect(byteLength(short)).toBeLessThanOrEqual(2_000);
  expect(short).toContain('line 4999 ');
});

test.each(Object.keys(errorTable).map((code) => [code]))('state of %s', (code) => {
  const ofTheCode = ['build-failed', 'rollout-failed', 'hook-failed'];
  const { state } = failureStatus({ code, message: 'm' });
  expect(state).toBe(ofTheCode.includes(code) ? 'failure' : 'error');
});
