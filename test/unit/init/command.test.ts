import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';
import { findRegion, partitionOf } from '../../../src/init/region.ts';
import { run } from '../../../src/main.ts';
import { fakeIo } from '../../helpers/fake-io.ts';

const home = mkdtempSync(join(tmpdir(), 'previewops-init-'));
afterAll(() => rmSync(home, { recursive: true, force: true }));
afterEach(() => vi.unstubAllEnvs());

describe('flags that cannot be', () => {
  test.each([
    ['--port 0', '--port must be a whole number from 1 to 65535'],
    ['--port 80a', '--port must'],
    ['--region us-esat1', '--region must be an AWS region'],
    ['--app A_b', '--app must'],
    ['--ci jenkins', 'Allowed choices are github, github-dispatch'],
    ['--cluster', 'argument missing'],
    ['--subnets --yes', '--subnets needs a value'],
  ])('%s', async (flags, message) => {
    const io = fakeIo({ cwd: home, home });
    expect(await run(['init', '--offline', ...flags.split(' ')], io)).toBe(2);
    expect(io.err()).toContain(message);
  });
});

test('a configuration of another name is told of', async () => {
  const cwd = join(home, 'other');
  mkdirSync(cwd);
  writeFileSync(join(cwd, 'package.json'), '{ "previewops": {} }');
  const io = fakeIo({ cwd, home, env: { PATH: process.env.PATH, GIT_CEILING_DIRECTORIES: home } });
  expect(await run(['init', '--offline'], io)).toBe(0);
  expect(io.err()).toContain('warning: package.json is a configuration already');
});

describe('the region', () => {
  test('is that of the environment, else that of the profile', async () => {
    const file = join(home, 'config');
    writeFileSync(file, '[default]\nregion = eu-west-3\n[profile dev]\nregion = eu-west-2\n');
    vi.stubEnv('AWS_CONFIG_FILE', file);
    vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/dev/null');
    const region = async (env: Record<string, string>, profile?: string) =>
      (await findRegion(env, profile))?.value;
    expect(await region({ AWS_REGION: 'us-west-2', AWS_DEFAULT_REGION: 'us-west-1' })).toBe(
      'us-west-2',
    );
    expect(await region({ AWS_DEFAULT_REGION: 'us-west-1' })).toBe('us-west-1');
    expect(await region({ AWS_REGION: '$(x)' })).toBe('eu-west-3');
    expect(await region({ AWS_PROFILE: 'dev' })).toBe('eu-west-2');
    expect(await region({ AWS_PROFILE: 'dev' }, 'default')).toBe('eu-west-3');
    expect(await region({ AWS_PROFILE: 'none' })).toBeUndefined();
  });

  test.each([
    ['us-east-1', 'aws'],
    ['cn-north-1', 'aws-cn'],
    ['us-gov-west-1', 'aws-us-gov'],
  ])('%s is in the partition %s', (region, partition) => {
    expect(partitionOf(region)).toBe(partition);
  });
});
