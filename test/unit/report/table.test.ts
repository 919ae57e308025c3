import { expect, test } from 'vitest';
import { type PreviewRow, renderPreviews } from '../../../src/report/table.ts';

const now = Date.parse('2026-11-21T20:00:00Z');
const row = (given: Partial<PreviewRow>): PreviewRow => ({
  app: 'hello',
  id: 'pr-42',
  pr: 42,
  branch: 'feature/login',
  commit: 'abcdef0123456789abcdef0123456789abcdef01',
  status: 'ready',
  detail: null,
  url: 'https://pr-42.previews.example.com',
  createdAt: '2026-11-21T18:00:00Z',
  deployedAt: '2026-11-21T19:00:00Z',
  expiresAt: '2026-11-24T20:00:00Z',
  kept: null,
  cost: { perDay: 0.7241, soFar: 0.0603 },
  ...given,
});

test('rows line up under their headings, without borders', () => {
  const rows = [
    row({}),
    row({
      id: 'main',
      pr: null,
      branch: 'ma\u001b[31min',
      commit: null,
      status: 'failed',
      detail: `tasks stopped: ${'x'.repeat(60)}`,
      url: null,
      createdAt: '2026-11-17T20:00:00Z',
      expiresAt: '2026-11-20T20:00:00Z',
    }),
    row({ id: 'pr-7', pr: 7, branch: null, createdAt: null, expiresAt: null, cost: null }),
    row({
      id: 'pr-8',
      pr: 8,
      branch: null,
      expiresAt: null,
      kept: 'forever',
      cost: { perDay: 12, soFar: 0.001 },
    }),
  ];
  expect(`\n${renderPreviews(rows, { now, withApp: false }).join('\n')}\n`).toMatchInlineSnapshot(`
    "
    ID     PR  BRANCH         COMMIT   STATUS                                            URL                                 AGE  DEPLOYED  EXPIRES  $/DAY   SO FAR
    pr-42  42  feature/login  abcdef0  ready                                             https://pr-42.previews.example.com  2 h  1 h       in 3 d   $0.72   $0.06
    main   -   main           -        failed: tasks stopped: xxxxxxxxxxxxxxxxxxxxxx...  -                                   4 d  1 h       overdue  $0.72   $0.06
    pr-7   7   -              abcdef0  ready                                             https://pr-42.previews.example.com  -    1 h       -        -       -
    pr-8   8   -              abcdef0  ready                                             https://pr-42.previews.example.com  2 h  1 h       kept     $12.00  <$0.01
    "
  `);
});

test('with all apps the first column says whose', () => {
  const [head, first] = renderPreviews([row({})], { now, withApp: true });
  expect(head).toMatch(/^APP {4}ID/);
  expect(first).toMatch(/^hello {2}pr-42/);
});
