// biome-ignore-all lint/suspicious/noTemplateCurlyInString: what GitHub Actions, shells and IAM write so
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { renderWorkflow } from '../../../src/ci/workflows/render.ts';
import { runStep } from '../../helpers/workflow-step.ts';

const script = (file: 'github' | 'github-dispatch', job: string, step: string): string => {
  const [made] = renderWorkflow(file, { region: 'us-east-1' });
  const { jobs } = parse(made?.text ?? '') as {
    jobs: Record<string, { steps: { name?: string; run?: string }[] }>;
  };
  const found = jobs[job]?.steps.find(({ name }) => name === step)?.run;
  if (found === undefined) throw new Error(`no step ${step} in ${job}`);
  return found;
};

const hostile = '$(touch x)`id`;\'"\n::set-output name=a::b';

describe('a dispatch', () => {
  const run = script('github-dispatch', 'preview', 'Deploy or destroy');
  const dispatch = (inputs: Record<string, string>) =>
    runStep(run, {
      env: { BRANCH: 'qanote/issue-7', AI_RUN_ID: '', CALLBACK_URL: '', COMMIT_SHA: '', ...inputs },
      previewops: 'exit "${EXIT:-0}"',
    });

  it('deploys with what it was given', () => {
    const { calls, code } = dispatch({
      ACTION: 'deploy',
      AI_RUN_ID: 'run 1',
      CALLBACK_URL: 'https://ci.example.com/cb?a=1&b=2',
      COMMIT_SHA: 'a'.repeat(40),
    });
    expect(code).toBe(0);
    expect(calls).toEqual([
      [
        'previewops',
        'deploy',
        '--branch=qanote/issue-7',
        `--commit=${'a'.repeat(40)}`,
        '--run-id=run 1',
        '--callback-url=https://ci.example.com/cb?a=1&b=2',
      ],
    ]);
  });

  it('leaves out what is empty, and the commit of a destroy', () => {
    expect(dispatch({ ACTION: 'deploy' }).calls).toEqual([
      ['previewops', 'deploy', '--branch=qanote/issue-7'],
    ]);
    expect(
      dispatch({ ACTION: 'destroy', COMMIT_SHA: 'b'.repeat(40), AI_RUN_ID: '9' }).calls,
    ).toEqual([['previewops', 'destroy', '--branch=qanote/issue-7', '--run-id=9']]);
  });

  it('ends as previewops ends', () => {
    expect(dispatch({ ACTION: 'deploy', EXIT: '5' }).code).toBe(5);
  });

  it.each(['', 'Deploy', 'prune', 'deploy destroy', '*', hostile])(
    'refuses the action %j',
    (ACTION) => {
      const { calls, code, stderr, stdout } = dispatch({ ACTION });
      expect({ calls, code, stdout }).toEqual({ calls: [], code: 2, stdout: '' });
      expect(stderr).toBe('The input "action" must be deploy or destroy.\n');
    },
  );

  it('hands every value on as it is', () => {
    fc.assert(
      fc.property(
        fc.record({
          BRANCH: value(),
          AI_RUN_ID: value(),
          CALLBACK_URL: value(),
          COMMIT_SHA: value(),
        }),
        ({ BRANCH, AI_RUN_ID, CALLBACK_URL, COMMIT_SHA }) => {
          const { calls } = dispatch({
            ACTION: 'deploy',
            BRANCH,
            AI_RUN_ID,
            CALLBACK_URL,
            COMMIT_SHA,
          });
          const flags = [
            `--branch=${BRANCH}`,
            ...(COMMIT_SHA === '' ? [] : [`--commit=${COMMIT_SHA}`]),
            ...(AI_RUN_ID === '' ? [] : [`--run-id=${AI_RUN_ID}`]),
            ...(CALLBACK_URL === '' ? [] : [`--callback-url=${CALLBACK_URL}`]),
          ];
          expect(calls).toEqual([['previewops', 'deploy', ...flags]]);
        },
      ),
      {
        numRuns: 25,
        examples: [
          [{ BRANCH: hostile, AI_RUN_ID: hostile, CALLBACK_URL: hostile, COMMIT_SHA: '-x' }],
        ],
      },
    );
  }, 60_000);

  /** What an environment variable can hold. */
  function value() {
    return fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\u0000'));
  }
});

describe('the first line of a comment', () => {
  const run = script('github', 'comment', 'Read the first line of the comment');
  const read = (BODY: string) => runStep(run, { env: { BODY } });

  it.each([
    ['/previewops deploy', 'deploy'],
    ['/previewops deploy  \r\nplease', 'deploy'],
    ['/previewops destroy\n', 'destroy'],
    ['/previewops validate', 'validate'],
    ['/validate-previewops', 'validate'],
    ['/previewops doctor', 'doctor'],
    ['/previewops', 'help'],
    ['/previewops deploy --pr 7', 'help'],
    ['/previewops deploy; touch x', 'help'],
    ['/previewops prune', 'help'],
    ['/previewopsdeploy', ''],
    ['/Previewops deploy', ''],
    ['/validate-previewops now', ''],
    [' /previewops deploy', ''],
    ['hello\n/previewops deploy', ''],
    ['', ''],
    [hostile, ''],
  ])('%j asks for %j', (body, command) => {
    const { code, output, stderr, stdout, calls } = read(body);
    expect({ code, output, stderr, stdout, calls }).toEqual({
      code: 0,
      output: `command=${command}\n`,
      stderr: '',
      stdout: '',
      calls: [],
    });
  });
});

describe('the command of a comment', () => {
  const run = script('github', 'comment', 'Run it');

  it('keeps result and progress apart, and its exit code', () => {
    const ran = runStep(run, {
      env: { COMMAND: 'deploy' },
      previewops: 'echo https://pr-42.example.com; echo waiting >&2; exit 6',
    });
    expect(ran.calls).toEqual([['previewops', 'deploy']]);
    expect(ran.code).toBe(6);
    expect(ran.output).toBe('status=6\n');
    expect(ran.left('result.txt')).toBe('https://pr-42.example.com\n');
    expect(ran.left('progress.txt')).toBe('waiting\n');
    expect(ran.stdout).toBe('waiting\nhttps://pr-42.example.com\n');
  });

  it('ends well when previewops does', () => {
    const ran = runStep(run, { env: { COMMAND: 'validate' } });
    expect([ran.code, ran.output]).toEqual([0, 'status=0\n']);
  });
});

describe('the answer to a comment', () => {
  const run = script('github', 'comment', 'Answer');
  const answer = (env: Record<string, string>, files: Record<string, string> = {}) =>
    runStep(run, { env: { PULL: '42', STATUS: '', ...env }, files });
  const log = '([log](https://github.com/acme/shop/actions/runs/7))';

  it('goes to the pull request', () => {
    const { calls } = answer({ COMMAND: 'deploy', STATUS: '0' });
    expect(calls).toHaveLength(1);
    expect(calls[0]?.slice(0, 5)).toEqual([
      'gh',
      'api',
      '--silent',
      'repos/acme/shop/issues/42/comments',
      '-F',
    ]);
    expect(calls[0]?.[5]).toMatch(/^body=@.*answer\.md$/);
  });

  it('says that it is done, with the result', () => {
    const { left } = answer(
      { COMMAND: 'deploy', STATUS: '0' },
      { 'result.txt': 'https://pr-42.example.com\n', 'progress.txt': 'ready\n' },
    );
    expect(left('answer.md')).toBe(
      `\`previewops deploy\`: done ${log}\n\n    https://pr-42.example.com\n`,
    );
  });

  it('says that it failed, with the end of the progress', () => {
    const progress = Array.from({ length: 40 }, (_, i) => `line ${i}\n`).join('');
    const { left } = answer(
      { COMMAND: 'destroy', STATUS: '3' },
      { 'result.txt': '', 'progress.txt': progress },
    );
    const text = left('answer.md');
    expect(text).toContain(`\`previewops destroy\`: failed with exit code 3 ${log}\n`);
    expect(text).not.toContain('line 9\n');
    expect(text).toContain('    line 10\n');
    expect(text).toContain('    line 39\n');
  });

  it('says that it did not start, and what it knows', () => {
    expect(answer({ COMMAND: 'doctor' }).left('answer.md')).toContain('did not start');
    expect(answer({ COMMAND: 'help' }).left('answer.md')).toBe(
      'previewops knows `/previewops deploy`, `/previewops destroy`, `/previewops validate`, `/previewops doctor`.\n',
    );
  });

  it('shows output as code, whatever is in it', () => {
    const nasty = '```\n</details>\n@acme/team\n\u001b[31m::error::x\u0007\n\n# title\n';
    const { left } = answer({ COMMAND: 'validate', STATUS: '0' }, { 'result.txt': nasty });
    const body = left('answer.md').split('\n').slice(2, -1);
    expect(body).toEqual([
      '    ```',
      '    </details>',
      '    @acme/team',
      '    [31m::error::x',
      '    ',
      '    # title',
    ]);
  });
});
