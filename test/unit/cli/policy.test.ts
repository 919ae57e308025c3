import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../../src/clock.ts';
import { scopeOf } from '../../../src/commands/scope.ts';
import { checkConfig } from '../../../src/config/check.ts';
import { exampleConfig } from '../../../src/config/example.ts';
import { run } from '../../../src/main.ts';
import { callingCommands } from '../../../src/permissions/manifest.ts';
import { policyFor } from '../../../src/permissions/policy.ts';
import { readPolicies, sizeOf } from '../../../src/permissions/split.ts';
import { fakeIo } from '../../helpers/fake-io.ts';

const root = mkdtempSync(join(tmpdir(), 'previewops-policy-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
let counter = 0;

async function previewops(line: string, files: Record<string, string> = {}) {
  const cwd = join(root, String(++counter));
  mkdirSync(cwd);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(cwd, name), text);
  // No credentials, and an address at which nobody answers: the command must ask nobody.
  const env = {
    PATH: process.env.PATH,
    GIT_CEILING_DIRECTORIES: root,
    AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
  };
  const io = fakeIo({ cwd, home: cwd, env, clock: systemClock });
  const code = await run(line.split(' '), io);
  return { code, out: io.out(), err: io.err() };
}

const configFile = { 'previewops.yml': exampleConfig() };
const withBuildRole = {
  'previewops.yml': `${exampleConfig()}  roleArn: arn:aws:iam::123456789012:role/ci/build\n`,
};

function scopeOfText(text: string) {
  const checked = checkConfig({ file: 'previewops.yml', text });
  if ('problems' in checked) throw new Error('the example is not valid');
  return scopeOf(checked.config, 'hello');
}
const scope = scopeOfText(exampleConfig());

describe('previewops policy', () => {
  test('prints the policy of what CI runs, as a file that reads back', async () => {
    const { code, out, err } = await previewops('policy', configFile);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(JSON.parse(out)).toEqual(policyFor(scope));
    expect(readPolicies(out, 'p.json')).toEqual([policyFor(scope)]);
  });

  test.each([
    ['--for list', ['list']],
    ['--for destroy,list', ['list', 'destroy']],
    ['--for destroy --for list', ['list', 'destroy']],
    ['--for doctor', ['doctor']],
    ['--for all', callingCommands],
  ] as const)('%s narrows it', async (flags, commands) => {
    const { code, out } = await previewops(`policy ${flags}`, configFile);
    expect(code).toBe(0);
    const printed = readPolicies(out, 'p.json').flatMap(({ Statement }) => Statement);
    const wanted = [policyFor(scope, { commands }).Statement].flat();
    expect(printed).toHaveLength(wanted.length);
    expect(printed).toEqual(expect.arrayContaining(wanted));
  });

  test.each(['terraform', 'cloudformation', 'markdown'])('--format %s', async (format) => {
    const { code, out, err } = await previewops(`policy --format ${format}`, configFile);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const sign = { terraform: 'aws_iam_policy', cloudformation: 'AWS::IAM::ManagedPolicy' };
    expect(out).toContain(sign[format as keyof typeof sign] ?? '| action | on |');
    expect(out).toContain('elasticloadbalancing:ModifyRule');
    expect(out.endsWith('\n')).toBe(true);
    expect(out.endsWith('\n\n')).toBe(false);
  });

  test('above the limit of an inline policy prints a list, and says so', async () => {
    const text = exampleConfig()
      .replace('app: hello', `app: ${'a'.repeat(40)}`)
      .replace('previewops-cluster', 'c'.repeat(255));
    const { code, out, err } = await previewops('policy --for all', { 'previewops.yml': text });
    expect(code).toBe(0);
    const documents = JSON.parse(out);
    expect(documents.length).toBeGreaterThan(1);
    for (const document of documents) expect(sizeOf(document)).toBeLessThanOrEqual(10_240);
    expect(err).toMatch(/more than the 10,240 characters .* previewops-a+-1 and previewops-a+-2/);
    const again = await previewops('policy --for all --json', { 'previewops.yml': text });
    const { policies } = JSON.parse(again.out);
    expect(policies.map((policy: { document: object }) => policy.document)).toEqual(documents);
  });

  test('above the limit of a managed policy says so, and is cut where managed policies are made', async () => {
    const text = exampleConfig().replace('app: hello', `app: ${'a'.repeat(40)}`);
    const files = { 'previewops.yml': text };
    const { out, err } = await previewops('policy --for all', files);
    expect(JSON.parse(out)).toHaveProperty('Statement');
    expect(err).toMatch(/a managed policy holds 6,144 characters, and this has [\d,]+/);
    const terraform = await previewops('policy --for all --format terraform', files);
    expect(terraform.err).toMatch(/more than the 6,144 characters of one managed policy/);
    expect(terraform.out.match(/resource "aws_iam_policy"/g)?.length).toBeGreaterThan(1);
  });

  test('with --json is one document that says what it is for', async () => {
    const { code, out } = await previewops('policy --json --for list', configFile);
    expect(code).toBe(0);
    const document = policyFor(scope, { commands: ['list'] });
    expect(JSON.parse(out)).toEqual({
      version: 1,
      type: 'policy',
      app: 'hello',
      commands: ['list'],
      policies: [
        {
          name: 'previewops-hello',
          description: 'For previewops list of hello',
          document,
          characters: sizeOf(document),
        },
      ],
    });
  });

  test('in the sandbox is about the built-in example, and a file all the same', async () => {
    const { code, out, err } = await previewops('policy --sandbox');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual(policyFor(scope));
    expect(err).toBe('[sandbox] no configuration found: using the built-in example, app "hello"\n');
  });
});

describe('previewops policy --role', () => {
  test('prints both documents of a role', async () => {
    const { code, out, err } = await previewops('policy --role build', withBuildRole);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const { trust, permissions } = JSON.parse(out);
    expect(trust.Statement).toMatchObject([{ Principal: { Service: 'codebuild.amazonaws.com' } }]);
    expect(JSON.stringify(permissions)).toContain('ecr:PutImage');
  });

  test('says so when one role is both', async () => {
    const { code, out, err } = await previewops('policy --role execution', configFile);
    expect(code).toBe(0);
    expect(JSON.parse(out).trust.Statement).toHaveLength(2);
    expect(err).toContain('ecsTaskExecutionRole is both the execution role and the build role');
  });

  test('knows the secrets and images of the configuration', async () => {
    const arn = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:stripe-AbCdEf';
    const more = `container: { secrets: { STRIPE: '${arn}:key::', TOKEN: /hello/token } }
sidecars:
  - { name: proxy, image: '123456789012.dkr.ecr.us-east-1.amazonaws.com/tools/proxy:1' }
`;
    const file = { 'previewops.yml': `${exampleConfig()}${more}` };
    const { out } = await previewops('policy --role execution', file);
    expect(out).toContain(`"${arn}"`);
    expect(out).toContain('"arn:aws:ssm:us-east-1:123456789012:parameter/hello/token"');
    expect(out).toContain('"arn:aws:ecr:us-east-1:123456789012:repository/tools/proxy"');
  });

  test.each([
    ['terraform', 'resource "aws_iam_role" "build"'],
    ['cloudformation', "Path: '/ci/'"],
    ['markdown', 'Role `arn:aws:iam::123456789012:role/ci/build`'],
  ])('--format %s', async (format, sign) => {
    const { out } = await previewops(`policy --role build --format ${format}`, withBuildRole);
    expect(out).toContain(sign);
  });

  test('with --json', async () => {
    const { out } = await previewops('policy --role build --json', withBuildRole);
    expect(JSON.parse(out)).toMatchObject({
      version: 1,
      type: 'policy',
      app: 'hello',
      role: 'arn:aws:iam::123456789012:role/ci/build',
      kinds: ['build'],
      trust: { Version: '2012-10-17' },
      permissions: { Version: '2012-10-17' },
    });
  });
});

describe('what is refused, with exit code 2', () => {
  test.each<[string, Record<string, string>, RegExp]>([
    ['policy', {}, /no previewops\.yml was found/],
    ['policy', { 'previewops.yml': 'app: hello\n' }, /providerConfig/],
    [
      'policy',
      {
        'previewops.yml': exampleConfig()
          .replace('app: hello\n', '')
          .replace(/build:.*/s, ''),
      },
      /app cannot be derived/,
    ],
    ['policy --for nope', configFile, /--for must be one or more of deploy, .*all, not "nope"/],
    ['policy --for list,', configFile, /--for must be .*, not ""/],
    ['policy --format yaml', configFile, /'yaml' is invalid.*json, terraform, cloudformation/],
    ['policy --role task', configFile, /'task' is invalid. Allowed choices are execution, build/],
    ['policy --role build --for list', configFile, /cannot be used with option '--for/],
    ['policy --json --format json', configFile, /cannot be used with option '--json'/],
  ])('%s', async (line, files, message) => {
    const { code, out, err } = await previewops(line, files);
    expect(code).toBe(2);
    expect(`${out}${err}`).toMatch(message);
  });
});
