import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { exampleConfig } from '../../../src/config/example.ts';
import { place } from '../../helpers/place.ts';

const runnerIn = (...of: Parameters<typeof place>) => place(...of).previewops;
const published = new URL('../../../fixtures/policies/published.json', import.meta.url).pathname;

const allowAll =
  '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}';
const denyBuilds =
  '[{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"codebuild:StartBuild","Resource":"*"}]}]';
const withConfig = (files: Record<string, string> = {}) =>
  runnerIn({ 'previewops.yml': exampleConfig(), ...files });

describe('doctor --sandbox', () => {
  it('finds nothing wrong with the example, and every line says sandbox', async () => {
    const previewops = runnerIn();
    const { code, out } = await previewops('doctor --sandbox');
    expect(code).toBe(0);
    const lines = out.trimEnd().split('\n');
    expect(lines.every((line) => line.startsWith('[sandbox] '))).toBe(true);
    expect(lines.at(-1)).toMatch(/^\[sandbox\] \d+ ok, 0 warnings, 0 failures, 2 skipped$/);
  });

  it('finds nothing wrong once a preview runs, but that CodeBuild keeps its logs for ever', async () => {
    const previewops = runnerIn();
    await previewops('deploy --sandbox --pr 42');
    const { code, out } = await previewops('doctor --sandbox');
    expect(code).toBe(0);
    expect(out).toContain('warn logs expire  (/aws/codebuild/previewops-hello never expire)');
    expect(out).toContain('1 warning, 0 failures');
    expect((await previewops('doctor --sandbox --strict')).code).toBe(1);
  });

  it('with --json: one document with every check', async () => {
    const { code, out } = await runnerIn()('doctor --sandbox --json --only quotas,hygiene');
    expect(code).toBe(0);
    const document = JSON.parse(out);
    expect(document).toMatchObject({ version: 1, type: 'doctor', sandbox: true, ok: true });
    expect(new Set(document.checks.map((each: { group: string }) => each.group))).toEqual(
      new Set(['quotas', 'hygiene']),
    );
    for (const check of document.checks) {
      expect(Object.keys(check).slice(0, 5)).toEqual(['id', 'group', 'title', 'status', 'seen']);
    }
  });

  it('names what the policy of the sandbox lacks, and exits 3', async () => {
    const policy = JSON.parse((await withConfig()('policy --for doctor,deploy')).out);
    const documents = [policy].flat();
    const text = JSON.stringify(documents).replaceAll('"ecs:CreateService"', '"ecs:ListServices"');
    const previewops = runnerIn({ 'p.json': text });
    const { code, out } = await previewops('doctor --sandbox --sandbox-policy p.json --as deploy');
    expect(code).toBe(3);
    expect(out.match(/^\[sandbox\] {3}fail /gm)).toHaveLength(1);
    expect(out).toContain('fail ecs:CreateService');
  });
});

describe('doctor --policy-file', () => {
  it('takes what policy prints, without AWS and without credentials', async () => {
    const printed = (await withConfig()('policy')).out;
    const previewops = withConfig({ 'p.json': printed });
    const { code, out } = await previewops('doctor --policy-file p.json');
    expect(code).toBe(0);
    expect(out).toMatch(/0 failures, 0 skipped\n$/);
  });

  it('exits 3 for the published policy, and names what it lacks', async () => {
    const { code, out } = await withConfig()(`doctor --policy-file ${published}`);
    expect(code).toBe(3);
    for (const action of [
      'elasticloadbalancing:AddTags',
      'elasticloadbalancing:ModifyRule',
      'ecs:TagResource',
      'logs:CreateLogGroup',
    ]) {
      expect(out).toContain(`fail ${action}`);
    }
    expect(out).toContain('warn iam:PassRole');
  });

  it('takes several files together, and a boundary and service control policies', async () => {
    const files = {
      'all.json': allowAll,
      'scp.json': denyBuilds,
      'b.json': readFileSync(published, 'utf8'),
    };
    const previewops = withConfig(files);
    expect(
      (await previewops(`doctor --policy-file ${published} --policy-file all.json`)).code,
    ).toBe(0);
    const bounded = await previewops('doctor --policy-file all.json --boundary-file b.json');
    expect(bounded.code).toBe(3);
    expect(bounded.out).toContain('the permissions boundary does not allow it');
    const org = await previewops(
      'doctor --policy-file all.json --scp-file all.json --scp-file scp.json',
    );
    expect(org.code).toBe(3);
    expect(org.out.match(/^ {2}fail .*$/gm)).toEqual([
      expect.stringContaining('fail codebuild:StartBuild'),
    ]);
  });

  it('lets warnings fail with --strict', async () => {
    const previewops = withConfig({ 'all.json': allowAll });
    expect((await previewops('doctor --policy-file all.json')).code).toBe(0);
    expect((await previewops('doctor --policy-file all.json --strict')).code).toBe(3);
  });

  it('looks at some commands only with --as', async () => {
    const previewops = withConfig({ 'p.json': (await withConfig()('policy --for list')).out });
    expect((await previewops('doctor --policy-file p.json --as list')).code).toBe(0);
    expect((await previewops('doctor --policy-file p.json --as list,destroy')).code).toBe(3);
  });
});

describe('a mistaken command line', () => {
  it.each([
    [
      'doctor --only nets',
      /--only must be one or more of caller, roles, cluster, .*hygiene, not "nets"/,
    ],
    ['doctor --as fly', /--as must be one or more of deploy, .*not "fly"/],
    ['doctor --scp-file all.json', /need --policy-file/],
    ['doctor --policy-file all.json --only network', /cannot be used with/],
    ['doctor --policy-file absent.json', /absent\.json/],
    ['doctor --policy-file bad.json', /bad\.json/],
    ['doctor --policy-file', /argument missing/],
  ])('%s', async (line, said) => {
    const previewops = withConfig({ 'all.json': allowAll, 'bad.json': '{"a":1}' });
    const { code, err } = await previewops(line);
    expect(err).toMatch(said);
    expect(code).toBe(2);
  });
});
