// `previewops init` without a terminal, in a simulated account that somebody uses already.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { World } from '../../src/sandbox/types.ts';
import { place } from '../helpers/place.ts';

const busy = { PREVIEWOPS_SANDBOX_ACCOUNT: 'busy' };
const docker = { Dockerfile: 'FROM node:22\nEXPOSE 3000\n' };
const app = '--app shop --repository https://github.com/acme/shop.git';
const read = (cwd: string, name = 'previewops.yml') => readFileSync(join(cwd, name), 'utf8');

const settled = place(docker, busy);
const first = settled.previewops(`init --sandbox --yes ${app}`);

describe('an account with two clusters, three load balancers and five roles', () => {
  test('--yes takes the one of each that fits, and says why', async () => {
    const { code, out, err } = await first;
    expect([code, out]).toEqual([0, '[sandbox] written   previewops.yml\n']);
    expect(err).toContain('HTTPS listener: arn:aws:elasticloadbalancing');
    expect(err).toContain('(certificate for *.previews.shop.example.com,');
    expect(err).toContain("VPC: vpc-c52ccbb623ae1413e (the load balancer's)");
    expect(err).toContain('Port that the container listens on: 3000 (from the Dockerfile)');
    expect(err).not.toContain('warning');
    const text = read(settled.cwd);
    for (const line of [
      'cluster: staging',
      'baseDomain: previews.shop.example.com',
      'executionRoleArn: arn:aws:iam::123456789012:role/ecsTaskExecutionRole',
      'roleArn: arn:aws:iam::123456789012:role/shop-build',
      'repository: https://github.com/acme/shop.git',
    ]) {
      expect(text).toContain(line);
    }
  });

  test('validate and doctor pass with the file', async () => {
    await first;
    expect((await settled.previewops('validate --sandbox')).code).toBe(0);
    const { code, document } = await settled.json('doctor --sandbox');
    const bad = document.checks.filter((check: { status: string }) =>
      /fail|warn/.test(check.status),
    );
    expect([code, bad]).toEqual([0, []]);
  });

  test('the same answers as flags give the same file', async () => {
    await first;
    const text = read(settled.cwd);
    const value = (key: string) => new RegExp(`^ +${key}: (.*)$`, 'm').exec(text)?.[1];
    const list = (key: string) =>
      new RegExp(`${key}:\\n((?: +- .*\\n)+)`)
        .exec(text)?.[1]
        ?.match(/[a-z]+-\w{17}/g)
        ?.join(',');
    const flags = [
      `--cluster ${value('cluster')}`,
      `--listener ${value('albListenerArn')}`,
      `--vpc ${value('vpc')}`,
      `--subnets ${list('subnets')}`,
      `--security-groups ${list('securityGroups')}`,
      `--execution-role ${value('executionRoleArn')}`,
      `--build-role ${value('roleArn')}`,
      `--base-domain ${value('baseDomain')}`,
      '--port 3000',
    ].join(' ');
    const online = place(docker, busy);
    expect((await online.previewops(`init --sandbox ${app} ${flags}`)).code).toBe(0);
    expect(read(online.cwd)).toBe(text);
    const offline = place(docker);
    const { code, err } = await offline.previewops(`init --offline ${app} ${flags}`);
    expect([code, read(offline.cwd)]).toEqual([0, text]);
    expect(err).not.toContain('warning');
  });

  test('a file with several listeners keeps its key when one is named, and says what becomes of them', async () => {
    await first;
    const text = read(settled.cwd);
    const [, own = ''] = /albListenerArn: (.*)/.exec(text) ?? [];
    const further = own.replace(/app\/[^/]+/, 'app/further');
    const several = text
      .replace(/albListenerArn: .*/, `albListenerArns: [${further}, ${own}x]`)
      .replace('  cluster:', '  hostedZoneId: Z0123456789ABC\n  cluster:');
    const { cwd, previewops } = place({ ...docker, 'previewops.yml': several }, busy);
    const kept = await previewops(`init --sandbox --yes ${app} --listener ${own}`);
    expect([kept.out, read(cwd)]).toEqual(['[sandbox] kept      previewops.yml\n', several]);
    expect(kept.err).toContain(
      'previewops.yml: albListenerArns becomes a list of the one listener that was named, instead of 2:',
    );
    await previewops(`init --sandbox --yes --force ${app} --listener ${own}`);
    expect(read(cwd)).toContain(`  albListenerArns: [${own}]\n`);
    expect((await previewops('validate --sandbox')).code).toBe(0);
  });

  test('without an answer it lists every flag with what it would propose, and writes nothing', async () => {
    const { cwd, previewops } = place(docker, busy);
    const { code, out, err } = await previewops('init --sandbox');
    expect([code, out]).toEqual([2, '']);
    for (const line of [
      /--app NAME +Name of the app; this checkout has no remote/,
      /--cluster NAME +ECS cluster; proposed: staging \(its name/,
      /--subnets ID,ID +Subnets for tasks; proposed: subnet-/,
      /--security-groups ID,ID +.*; proposed: sg-/,
      /--base-domain NAME +.*; proposed: previews.shop.example.com/,
      /--build-role ARN +.*; proposed: arn:aws:iam::\d+:role\/shop-build/,
      /--yes takes the proposals/,
    ]) {
      expect(err).toMatch(line);
    }
    expect(err).not.toContain('--vpc');
    expect(existsSync(join(cwd, 'previewops.yml'))).toBe(false);
  });

  test('a flag is obeyed, and what doctor would fail of it is told', async () => {
    const { cwd, previewops } = place(docker, busy);
    const { code, err } = await previewops(
      `init --sandbox --yes ${app} --security-groups sg-3be4ba89e4fef11e2 --cluster elsewhere`,
    );
    expect(code).toBe(0);
    expect(read(cwd)).toContain('- sg-3be4ba89e4fef11e2');
    expect(err).toContain('it does not let the load balancer in on port 3000');
    expect(err).toContain('elsewhere is not among what was found (staging, production)');
    expect(err).toContain('doctor fails: tasks admit the load balancer');
    expect(err).toContain('doctor fails: the cluster is active');
  });

  test('where nothing fits it says so, and proposes nothing', async () => {
    const { previewops } = place(docker, busy);
    const { code, err } = await previewops(`init --sandbox --yes ${app} --port 4000`);
    expect(code).toBe(2);
    expect(err).toMatch(/--security-groups ID,ID +.*; none lets the load balancer in on port 4000/);
    expect(err).toContain('--bootstrap writes a CloudFormation template');
    expect(err).not.toContain('--cluster');
  });

  test('a list that AWS refuses is asked for by its flag', async () => {
    const policy = {
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Action: '*', Resource: '*' },
        { Effect: 'Deny', Action: ['iam:ListRoles', 'ecs:DescribeClusters'], Resource: '*' },
      ],
    };
    const { previewops } = place({ ...docker, 'p.json': JSON.stringify(policy) }, busy);
    const { code, err } = await previewops(
      `init --sandbox --sandbox-policy p.json --yes ${app} --cluster staging`,
    );
    expect(code).toBe(2);
    expect(err).toContain('warning: roles cannot be listed: AWS denied iam:ListRoles');
    expect(err).toContain('--execution-role ARN');
    expect(err).not.toContain('--listener');
  });

  test('names that somebody chose to do harm do none', async () => {
    const { cwd, previewops } = place(docker, busy);
    await previewops('init --sandbox');
    const file = join(cwd, 'sandbox.json');
    const state: { world?: World } & World = JSON.parse(readFileSync(file, 'utf8'));
    const world = state.world ?? state;
    for (const group of Object.values(world.network.securityGroups)) {
      group.name = '\u001b[2J::error::\u202egnp';
    }
    writeFileSync(file, JSON.stringify(state));
    const { code, err } = await previewops(
      `init --sandbox --yes ${app} --security-groups sg-3be4ba89e4fef11e2`,
    );
    expect(code).toBe(0);
    expect(err).toContain('sg-3be4ba89e4fef11e2 ::error::gnp: it does not let');
    for (const sign of ['\u001b', '\u202e']) expect(err).not.toContain(sign);
  });
});

describe('what is there already', () => {
  test('a file keeps its values and the rest of it; new ones fill in what is open', async () => {
    const { cwd, previewops } = place(docker, busy);
    await previewops('init --offline');
    const open = read(cwd).replace('# env:', 'env: { A: b }\n  # env:');
    writeFileSync(join(cwd, 'previewops.yml'), open.replace(/cluster: .*/, 'cluster: production'));
    const { code, err } = await previewops(`init --sandbox --yes ${app}`);
    expect(code).toBe(0);
    expect(err).toContain('ECS cluster: production (as previewops.yml has it)');
    expect(err).toMatch(/\[sandbox\] \+ {3}baseDomain: previews\.shop\.example\.com/);
    expect(read(cwd)).toContain('env: { A: b }');
    expect(read(cwd)).toContain('cluster: production');
    const again = await previewops(`init --sandbox --yes ${app}`);
    expect(again.out).toBe('[sandbox] unchanged previewops.yml\n');
  });

  test('a value is only replaced with --force, and the diff is shown', async () => {
    const { cwd, previewops } = place(docker);
    await previewops('init --offline --base-domain a.example.com');
    const change = 'init --offline --base-domain b.example.com';
    const kept = await previewops(change);
    expect([kept.code, kept.out]).toEqual([0, 'kept      previewops.yml\n']);
    expect(kept.err).toMatch(/- +baseDomain: a\.example\.com\n\+ +baseDomain: b\.example\.com/);
    expect(read(cwd)).toContain('a.example.com');
    expect((await previewops(`${change} --force`)).out).toBe('written   previewops.yml\n');
    expect(read(cwd)).toContain('b.example.com');
  });

  test('one that cannot be read is not touched', async () => {
    const { cwd, previewops } = place({ 'previewops.yml': 'a: [' });
    const { code, err } = await previewops('init --offline --force');
    expect([code, read(cwd)]).toEqual([2, 'a: [']);
    expect(err).toContain('previewops.yml is there, and cannot be read');
  });

  test('the files of a CI are kept too', async () => {
    const { cwd, previewops } = place(docker, busy);
    const line = `init --sandbox --yes ${app} --ci github`;
    expect((await previewops(line)).out).toContain('written   .github/workflows/previewops.yml');
    const path = '.github/workflows/previewops.yml';
    expect(read(cwd, path)).toContain('below previews.shop.example.com');
    writeFileSync(join(cwd, path), 'mine\n');
    const { out, err } = await previewops(line);
    expect(out).toContain(`kept      ${path}`);
    expect(err).toContain('[sandbox] - mine');
    expect(read(cwd, path)).toBe('mine\n');
  });
});

describe('without AWS', () => {
  test('--offline leaves placeholders, each of which validate points at', async () => {
    const { cwd, previewops } = place();
    const { code, err } = await previewops('init --offline --output config/here.yml');
    expect(code).toBe(0);
    expect(err).toContain('to be filled in: app, cluster, vpc,');
    const lines = read(cwd, 'config/here.yml').split('\n');
    const validated = await previewops('validate --offline --config config/here.yml');
    expect(validated.code).toBe(2);
    const pointed = [...validated.err.matchAll(/here\.yml:(\d+):/g)].map(([, n]) => Number(n));
    const marked = lines.flatMap((line, at) => (line.includes('<FILL IN') ? [at + 1] : []));
    expect(pointed).toEqual(marked);
  });

  test('flags of a wrong form are all told at once', async () => {
    const { cwd, previewops } = place();
    const { code, err } = await previewops(
      'init --offline --cluster a/b --subnets x --base-domain https://x --listener arn:aws:elasticloadbalancing:us-east-1:123456789012:loadbalancer/app/a/b',
    );
    expect(code).toBe(2);
    for (const flag of ['--cluster', '--subnets', '--base-domain', '--listener']) {
      expect(err).toContain(`${flag} must`);
    }
    expect(existsSync(join(cwd, 'previewops.yml'))).toBe(false);
  });

  test('flags that do not go together are told', async () => {
    const { previewops } = place();
    const flags = [
      '--cluster a --vpc vpc-00000001 --subnets subnet-00000001 --security-groups sg-00000001',
      '--listener arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/a/0/1',
      '--execution-role arn:aws:iam::999999999999:role/r --base-domain p.example.com',
    ].join(' ');
    const { err } = await previewops(`init --offline --app a ${flags}`);
    expect(err).toMatch(/warning: previewops\.yml:\d+:3 {2}.*executionRoleArn is in account 9{12}/);
  });

  test('--json is one document', async () => {
    const { json } = place();
    const { document } = await json('init --offline --app a --base-domain p.example.com');
    expect(document).toMatchObject({
      type: 'init',
      ok: true,
      files: [{ name: 'previewops.yml', fate: 'written' }],
      open: ['cluster', 'vpc', 'subnets', 'securityGroups', 'albListenerArn', 'executionRoleArn'],
      values: { app: 'a', baseDomain: 'p.example.com', port: 8080 },
    });
  });
});
