// biome-ignore-all lint/suspicious/noTemplateCurlyInString: what GitHub Actions, shells and IAM write so
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { parse } from 'yaml';
import {
  renderWorkflow,
  type WorkflowName,
  type WorkflowOptions,
  workflowNames,
} from '../../../src/ci/workflows/render.ts';
import { PreviewopsError } from '../../../src/errors.ts';
import { version } from '../../../src/version.ts';

const plain: WorkflowOptions = { region: 'us-east-1' };
const full: WorkflowOptions = {
  region: 'eu-west-1',
  roleArn: 'arn:aws:iam::123456789012:role/ci/previewops',
  defaultBranch: 'trunk',
  baseDomain: 'previews.example.com',
  app: 'shop',
  config: 'apps/shop/previewops.yml',
  label: 'preview: yes',
  packageSpec: '@acme/previewops@1.2.3-rc.1',
};

interface Step {
  name?: string;
  if?: string;
  run?: string;
  uses?: string;
  with?: Record<string, unknown>;
  env?: Record<string, string>;
}
interface Job {
  if?: string;
  permissions?: Record<string, string>;
  concurrency?: { group: string; 'cancel-in-progress': boolean };
  environment?: unknown;
  'timeout-minutes'?: number;
  steps: Step[];
}
interface Workflow {
  on: Record<string, unknown>;
  permissions: Record<string, string>;
  jobs: Record<string, Job>;
}

const textOf = (name: WorkflowName, options: WorkflowOptions = plain) =>
  renderWorkflow(name, options)
    .map(({ text }) => text)
    .join('');
const github = (options?: WorkflowOptions) => parse(textOf('github', options)) as Workflow;
const dispatch = (options?: WorkflowOptions) =>
  parse(textOf('github-dispatch', options)) as Workflow;
const stepsOf = (workflow: Workflow) => Object.values(workflow.jobs).flatMap((job) => job.steps);

test.each([
  ['github', '.github/workflows/previewops.yml', '.github/workflows/previewops-shop.yml'],
  [
    'github-dispatch',
    '.github/workflows/qanote-ecs-preview.yml',
    '.github/workflows/qanote-ecs-preview.yml',
  ],
  ['gitlab', '.gitlab/previewops.gitlab-ci.yml', '.gitlab/previewops-shop.gitlab-ci.yml'],
  ['circleci', '.circleci/config.yml', '.circleci/config.yml'],
  ['buildkite', '.buildkite/previewops.yml', '.buildkite/previewops-shop.yml'],
] as const)('%s is written to its place', (name, usual, ofApp) => {
  expect(renderWorkflow(name, plain).map(({ path }) => path)).toEqual([usual]);
  expect(renderWorkflow(name, full).map(({ path }) => path)).toEqual([ofApp]);
  const named = renderWorkflow(name, { ...plain, workflowFile: 'other.yml' });
  expect(named[0]?.path).toBe(usual.replace(/[^/]+$/, 'other.yml'));
});

test.each(workflowNames)('%s runs this version unless told another', (name) => {
  expect(textOf(name)).toContain(`previewops@${version}`);
  expect(textOf(name, full)).toContain('@acme/previewops@1.2.3-rc.1');
  expect(textOf(name, full)).not.toContain(`previewops@${version}`);
});

test.each(workflowNames)('%s names region, role and configuration', (name) => {
  const text = textOf(name, full);
  expect(text).toContain('"eu-west-1"');
  expect(text).toContain('"arn:aws:iam::123456789012:role/ci/previewops"');
  expect(text).toContain('--config apps/shop/previewops.yml');
  expect(text).toContain('previews.example.com');
  expect(text).toMatch(/\n$/);
  expect(text).not.toMatch(/[ \t]$/m);
});

test('without a role, each CI is asked for its own variable', () => {
  expect(textOf('github')).toContain('role-to-assume: ${{ vars.PREVIEWOPS_ROLE_ARN }}');
  expect(textOf('github-dispatch')).toContain('role-to-assume: ${{ vars.PREVIEWOPS_ROLE_ARN }}');
  expect(textOf('gitlab')).toContain('AWS_ROLE_ARN: "$PREVIEWOPS_ROLE_ARN"');
  expect(textOf('circleci')).not.toMatch(/^ +AWS_ROLE_ARN/m);
  expect(textOf('buildkite')).not.toMatch(/^ +AWS_ROLE_ARN/m);
});

describe('options that are no plain values', () => {
  const hostile = [
    '$(touch x)',
    '`id`',
    "';'",
    '"\n::set-output name=x::',
    '${{ secrets.X }}',
    '<< pipeline.id >>',
    '&anchor',
    '*alias',
    '!!js/function x',
    '# comment',
    'a: b',
    '- a',
    '| rm -rf',
    '--flag',
    '../../etc/passwd',
    '',
    '\u0000',
  ];
  const names = Object.keys({ ...full, workflowFile: '' }) as (keyof WorkflowOptions)[];

  it.each(names.flatMap((name) => hostile.map((value) => [name, value] as const)))(
    '%s: %j is refused or changes nothing but a value',
    (name, value) => {
      for (const workflow of workflowNames) expectHarmless(workflow, { [name]: value });
    },
  );

  it('holds for any text', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...workflowNames),
        fc.constantFrom(...names),
        fc.oneof(fc.string({ unit: 'binary' }), fc.string(), fc.constantFrom(...hostile)),
        (workflow, name, value) => expectHarmless(workflow, { [name]: value }),
      ),
    );
  });

  it('says what is wanted', () => {
    expect(() => renderWorkflow('github', { region: 'us-esat-1' })).toThrow(
      'region of a workflow must be an AWS region such as us-east-1, not "us-esat-1"',
    );
  });

  function expectHarmless(workflow: WorkflowName, odd: Partial<WorkflowOptions>): void {
    try {
      const options = { ...full, ...odd };
      const [made] = renderWorkflow(workflow, options).map(({ text }) => parse(text) as unknown);
      const [usual] = renderWorkflow(workflow, full).map(({ text }) => parse(text) as unknown);
      expect(shapeOf(made, String(options.app))).toEqual(shapeOf(usual, String(full.app)));
      expect(expressionsOf(made)).toBe(expressionsOf(usual));
    } catch (error) {
      expect(error).toBeInstanceOf(PreviewopsError);
      expect((error as PreviewopsError).code).toBe('bad-usage');
    }
  }

  /** The keys without the values; the app is part of some keys. */
  function shapeOf(value: unknown, app: string): unknown {
    if (Array.isArray(value)) return value.map((one) => shapeOf(one, app));
    if (typeof value !== 'object' || value === null) return typeof value;
    return Object.entries(value).map(([key, inner]) => [
      key.replace(`previewops-${app}`, 'previewops'),
      shapeOf(inner, app),
    ]);
  }

  const expressionsOf = (value: unknown) =>
    [...JSON.stringify(value).matchAll(/\$\{\{|\}\}|<<|>>/g)].length;
});

describe.each([
  ['github', github],
  ['github-dispatch', dispatch],
] as const)('the workflow %s', (name, make) => {
  it.each([plain, full])('keeps to what is safe: %j', (options) => {
    const workflow = make(options);
    const steps = stepsOf(workflow);
    expect(steps.length).toBeGreaterThan(4);
    for (const { run = '' } of steps) expect(run).not.toContain('${{');
    for (const { uses } of steps) {
      if (uses !== undefined) expect(uses).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/);
    }
    const uses = textOf(name, options).match(/^.*\buses:.*$/gm) ?? [];
    for (const line of uses) expect(line).toMatch(/@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
    for (const step of steps.filter(({ uses = '' }) => uses.startsWith('actions/checkout@'))) {
      expect(step.with?.['persist-credentials']).toBe(false);
    }
  });

  it('gives each job what it needs, for a limited time', () => {
    const workflow = make();
    expect(workflow.permissions).toEqual({});
    for (const job of Object.values(workflow.jobs)) {
      expect(job.permissions).toEqual({
        contents: 'read',
        'id-token': 'write',
        deployments: 'write',
        'pull-requests': 'write',
      });
      expect(job['timeout-minutes']).toBeGreaterThan(0);
      // GitHub would make a deployment of its own beside ours.
      expect(job.environment).toBeUndefined();
    }
  });

  it('installs previewops where no .npmrc of a branch is read', () => {
    for (const job of Object.values(make().jobs)) {
      const at = (part: string) =>
        job.steps.findIndex((step) => `${step.uses ?? ''} ${step.run ?? ''}`.includes(part));
      expect(at('npm install --global')).toBeGreaterThanOrEqual(0);
      expect(at('npm install --global')).toBeLessThan(at('actions/checkout@'));
    }
  });
});

describe('the workflow github', () => {
  it('cancels deploys of one pull request for a newer one, and nothing else', () => {
    const { deploy, ...others } = github().jobs;
    expect(deploy?.concurrency).toEqual({
      group:
        "previewops-deploy-${{ github.event_name == 'pull_request' && github.event.pull_request.number || github.run_id }}",
      'cancel-in-progress': true,
    });
    expect(Object.keys(others)).toEqual(['destroy', 'comment', 'prune']);
    for (const job of Object.values(others)) expect(job.concurrency).toBeUndefined();
  });

  it('keeps the deploys of two apps apart', () => {
    expect(github(full).jobs.deploy?.concurrency?.group).toMatch(/^previewops-shop-deploy-/);
  });

  it('destroys by the file of the default branch, and checks nothing of the pull request out', () => {
    const { on, jobs } = github();
    expect(on.pull_request_target).toEqual({ types: ['closed'] });
    expect(on.pull_request).toEqual({ types: ['opened', 'synchronize', 'reopened'] });
    expect(jobs.destroy?.if).toBe("github.event_name == 'pull_request_target'");
    for (const name of ['destroy', 'comment', 'prune']) {
      const checkout = jobs[name]?.steps.find(({ uses }) => uses?.startsWith('actions/checkout@'));
      expect(checkout?.with).toEqual({ 'persist-credentials': false });
    }
  });

  it('leaves forks without credentials, so that previewops itself says that they are skipped', () => {
    const credentials = github().jobs.deploy?.steps.find(({ uses = '' }) => uses.includes('aws'));
    expect(credentials?.if).toBe(
      'github.event.pull_request.head.repo.full_name == github.repository',
    );
    expect(github().jobs.deploy?.steps.at(-1)?.if).toBeUndefined();
  });

  it('deploys when the required label is added, and does not cancel for another one', () => {
    const { on, jobs } = github(full);
    expect(on.pull_request).toEqual({ types: ['opened', 'synchronize', 'reopened', 'labeled'] });
    const wanted =
      "(github.event.action != 'labeled' || github.event.label.name == 'preview: yes')";
    expect(jobs.deploy?.if).toBe(`github.event_name == 'pull_request' && ${wanted}`);
    expect(jobs.deploy?.concurrency?.group).toContain(
      `${wanted} && github.event.pull_request.number || github.run_id`,
    );
  });

  it('takes commands from those who may write only', () => {
    expect(github().jobs.comment?.if).toContain(
      'contains(fromJSON(\'["OWNER", "MEMBER", "COLLABORATOR"]\'), github.event.comment.author_association)',
    );
    expect(github().jobs.comment?.if).toContain('github.event.issue.pull_request');
  });
});

test('the dispatch has the inputs of the contract', () => {
  const { on } = dispatch();
  const input = (required: boolean) => ({ required, type: 'string' });
  expect(on).toEqual({
    workflow_dispatch: {
      inputs: {
        action: input(true),
        branch: input(true),
        ai_run_id: input(false),
        callback_url: input(false),
        commit_sha: input(false),
      },
    },
  });
  expect(dispatch().jobs.preview?.concurrency).toBeUndefined();
  const checkout = dispatch().jobs.preview?.steps.find(({ uses }) => uses?.includes('checkout'));
  expect(checkout?.with?.['fetch-depth']).toBe(0);
});
