// biome-ignore-all lint/suspicious/noTemplateCurlyInString: that is how shells and workflows write variables.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { exampleConfig } from '../../src/config/example.ts';
import { type FakeGithub, startGithub } from '../helpers/github/fake.ts';
import { place } from '../helpers/place.ts';

// What a stranger can name: the branch, the title, the labels. Nothing of it may act anywhere.

let fake: FakeGithub;
beforeAll(async () => {
  fake = await startGithub();
});
afterAll(() => fake.close());

const recorded = JSON.parse(
  readFileSync(
    new URL('../../fixtures/ci/github-actions/pull-request-opened.json', import.meta.url),
    'utf8',
  ),
);

interface Hostile {
  branch: string;
  title: string;
}

/** One job of a pull request with these names, and everything that it left behind. */
async function job({ branch, title }: Hostile) {
  const event = structuredClone(recorded.event);
  Object.assign(event.pull_request, { title });
  event.pull_request.head.ref = branch;
  const { cwd } = place();
  const files = {
    event: join(cwd, 'event.json'),
    output: join(cwd, 'output'),
    summary: join(cwd, 'summary'),
  };
  writeFileSync(files.event, JSON.stringify(event));
  const { previewops, cwd: where } = place(
    { 'previewops.yml': exampleConfig().replace('app: hello', 'app: shop') },
    {
      ...recorded.env,
      GITHUB_HEAD_REF: branch,
      GITHUB_EVENT_PATH: files.event,
      GITHUB_API_URL: fake.url,
      GITHUB_TOKEN: 'token',
      GITHUB_OUTPUT: files.output,
      GITHUB_STEP_SUMMARY: files.summary,
      PREVIEWOPS_SANDBOX_REPORTS: 'on',
      PREVIEWOPS_SANDBOX_TIME_SCALE: '0.001',
    },
  );
  const { code, out, err } = await previewops('deploy --sandbox --image nginx:1');
  const read = (file: string) => (existsSync(file) ? readFileSync(file, 'utf8') : '');
  const made = [...readdirSync(where), ...readdirSync(cwd)];
  const comments = fake.state.comments.map(({ body }) => body).join('\n');
  return {
    code,
    printed: out + err,
    made,
    outputs: read(files.output),
    summary: read(files.summary),
    comments,
  };
}

const known = ['previewops.yml', 'sandbox.json', 'event.json', 'output', 'summary'];

function expectHarmless({
  printed,
  made,
  outputs,
  summary,
  comments,
}: Awaited<ReturnType<typeof job>>) {
  expect(made.filter((name) => !known.includes(name))).toEqual([]);
  // No workflow command, no escape sequence, no other control character.
  expect(printed).not.toMatch(/^(?:\[sandbox\] )?\s*::/m);
  expect(printed).not.toMatch(/##(?:vso)?\[/);
  for (const text of [printed, outputs, summary, comments]) {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
    expect(text).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/);
  }
  // Each output is a name, a delimiter, one line and the delimiter again.
  expect(outputs.replaceAll(/^[a-z-]+<<(\S+)\n[^\n]*\n\1\n/gm, '')).toBe('');
  // What stands in a code span or block is text, whatever it is.
  const prose = `${comments}\n${summary}`.replaceAll(/(`+)(?!`)[\s\S]*?(?<!`)\1(?!`)/g, '');
  expect(prose).not.toMatch(/<script|<img|\]\(javascript:|(?<![\w\\])@everyone/i);
}

test.each<Hostile>([
  { branch: '$(touch${IFS}x)`id`;\'"|&<>', title: '\u001b[31m::error::x' },
  { branch: '$(touch x)`id`;\'"\n::set-output::', title: '<script>alert(1)</script> @everyone' },
  { branch: '-rf', title: '![x](javascript:alert(1))' },
  { branch: 'a'.repeat(255), title: '```\n</details>\n::set-output name=url::https://evil' },
  { branch: '../../etc/passwd', title: '<!-- previewops -->' },
  { branch: 'refs/heads/main', title: '\u202e txet' },
  { branch: '::warning::x', title: '##[error]x' },
  { branch: '##vso[task.complete]x', title: 'x ##vso[task.setvariable variable=a]b' },
  { branch: '<img/src=x>', title: '%0A::add-mask::' },
])('$branch', async (hostile) => {
  expectHarmless(await job(hostile));
});

test('whatever the branch and the title', { timeout: 60_000 }, async () => {
  const nasty = fc.constantFrom(
    '$(touch x)',
    '`touch x`',
    ';touch x;',
    '\n::error::',
    '\u001b]0;x\u0007',
    '"',
    "'",
    '\\',
    '${{ github.token }}',
    '@everyone',
    '<!--',
    '-->',
    '](javascript:',
    '|',
    '\r',
    '\u0000',
    '##[group]',
    '##vso[a.b]',
    '%0A',
    '../',
    'é',
    '漢字',
    '😀',
  );
  const text = fc
    .array(fc.oneof(nasty, fc.string({ maxLength: 12 })), { minLength: 1, maxLength: 6 })
    .map((parts) => parts.join(''));
  await fc.assert(
    fc.asyncProperty(fc.record({ branch: text, title: text }), async (hostile) => {
      expectHarmless(await job(hostile));
    }),
    { numRuns: 20 },
  );
});
