// From nothing to the first preview: the stack of `previewops init --bootstrap`.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { place } from '../helpers/place.ts';

const app = '--app shop --repository https://github.com/acme/shop.git';
const quick = { PREVIEWOPS_SANDBOX_TIME_SCALE: '0.004' };
const read = (cwd: string, name: string) => readFileSync(join(cwd, name), 'utf8');

test('an empty account: init, doctor and deploy, and no other step', async () => {
  const { cwd, previewops, json } = place({}, { ...quick, PREVIEWOPS_SANDBOX_ACCOUNT: 'empty' });
  const line = `init --sandbox --bootstrap --apply --yes --ci github ${app}`;
  const made = await previewops(line);
  expect(made.err).toContain('+ previewops-shop AWS::CloudFormation::Stack create complete');
  expect(made.code).toBe(0);
  expect(made.out.match(/written/g)).toHaveLength(3);
  expect(read(cwd, '.github/workflows/previewops.yml')).toContain('role/previewops-shop-deploy');
  const doctor = await json('doctor --sandbox');
  const bad = doctor.document.checks.filter(({ status }: { status: string }) => status === 'fail');
  expect([doctor.code, bad]).toEqual([0, []]);
  const deployed = await previewops('deploy --pr 1 --sandbox');
  expect([deployed.code, deployed.out]).toEqual([
    0,
    '[sandbox] https://pr-1.previews.example.com\n',
  ]);

  // Again, with the file and without it: the stack's own is not taken for somebody else's.
  const again = await previewops(line);
  expect(again.out.match(/unchanged/g)).toHaveLength(3);
  const config = read(cwd, 'previewops.yml');
  writeFileSync(join(cwd, 'previewops.yml'), '');
  const lost = await previewops(line);
  expect(lost.err).not.toContain('Changes of the stack');
  expect(lost.code).toBe(0);
  for (const key of ['cluster', 'albListenerArn', 'executionRoleArn', 'vpc']) {
    const value = new RegExp(`${key}: .*`).exec(config)?.[0];
    expect(read(cwd, 'previewops.yml')).toContain(value);
  }
});

test('a configuration that uses more since: doctor says what lacks, and the same command adds it', async () => {
  const { cwd, previewops, json } = place({}, { ...quick, PREVIEWOPS_SANDBOX_ACCOUNT: 'empty' });
  const line = `init --sandbox --bootstrap --apply --yes --ci github ${app}`;
  await previewops(line);
  const secret = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:shop-AbCdEf';
  const file = read(cwd, 'previewops.yml');
  const more = `idle: 4h\nhooks:\n  onCreate: npm run seed\n`;
  writeFileSync(
    join(cwd, 'previewops.yml'),
    `${file.replace('container:\n', `container:\n  secrets: { KEY: "${secret}" }\n`)}${more}`,
  );

  const failing = async () => {
    const { document } = await json('doctor --sandbox --only roles');
    const failed = document.checks.filter(({ status }: { status: string }) => status === 'fail');
    return failed.map(({ id, fix }: { id: string; fix: string }) => `${id}: ${fix}`);
  };
  const told = await failing();
  expect(told).toEqual([
    expect.stringMatching(
      /^roles\.execution\.permissions: Run `previewops init --bootstrap --apply`/,
    ),
    expect.stringMatching(/^roles\.deploy: Run `previewops init --bootstrap --apply`/),
  ]);
  const again = await previewops(line);
  expect(again.err).toContain('~ change ExecutionRole AWS::IAM::Role');
  expect(again.err).not.toContain('doctor fails');
  expect([again.code, await failing()]).toEqual([0, []]);
  expect(read(cwd, 'previewops.yml')).toContain(more);
});

test('without --apply the template has what is missing, and the file placeholders for it', async () => {
  const { cwd, previewops } = place({}, { PREVIEWOPS_SANDBOX_ACCOUNT: 'busy' });
  const { code, err } = await previewops(
    `init --sandbox --bootstrap b.yml --yes --port 4000 ${app}`,
  );
  expect(code).toBe(0);
  expect(err).toContain('Security groups of tasks: the stack makes one');
  const template = read(cwd, 'b.yml');
  expect(template).toContain('TaskSecurityGroup:');
  expect(template).not.toContain('AWS::ECS::Cluster\n');
  expect(read(cwd, 'previewops.yml')).toContain('- <FILL IN a security group');
  expect(err).toContain('to be filled in: securityGroups;');
});

test('with no AWS at all there is a template, for somebody else to deploy', async () => {
  const { cwd, previewops } = place();
  const line = `init --offline --bootstrap --base-domain previews.example.com ${app}`;
  const { code, err } = await previewops(line);
  expect([code, err]).toEqual([2, expect.stringContaining('--region')]);
  expect(existsSync(join(cwd, 'previewops.yml'))).toBe(false);
  const there = await previewops(`${line} --region eu-west-1`);
  expect(there.out).toBe('written   previewops.yml\nwritten   previewops-bootstrap.yml\n');
  expect(read(cwd, 'previewops-bootstrap.yml')).toContain('AWS::ECS::Cluster');
  expect(read(cwd, 'previewops.yml')).toContain('region: eu-west-1');
  const refused = await previewops(`${line} --region eu-west-1 --apply`);
  expect([refused.code, refused.err]).toEqual([3, expect.stringContaining('--apply needs AWS')]);
});
