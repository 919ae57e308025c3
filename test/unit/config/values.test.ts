import { describe, expect, it } from 'vitest';
import { describeListenerMistake, parseArn, regionPattern } from '../../../src/config/arn.ts';
import { describeCodesMistake } from '../../../src/config/codes.ts';
import { describeCommandMistake } from '../../../src/config/command.ts';
import { describeCredential } from '../../../src/config/credentials.ts';
import { describeSizeMistake } from '../../../src/config/fargate.ts';
import { describeHostPatternMistake } from '../../../src/config/host.ts';
import { resolvePort } from '../../../src/config/port.ts';
import { normalizeRepository } from '../../../src/config/repository.ts';
import { describeRetentionMistake } from '../../../src/config/retention.ts';
import { formatDuration, parseCpu, parseDuration, parseMemory } from '../../../src/config/units.ts';

describe('durations and sizes', () => {
  it.each([
    ['90', 90],
    [90, 90],
    ['90s', 90],
    ['1.5m', 90],
    [' 20 m ', 1200],
    ['36h', 129_600],
    ['7d', 604_800],
    ['2w', 1_209_600],
    ['7 days', undefined],
    ['-1m', undefined],
    ['', undefined],
  ])('reads the duration %j as %j seconds', (written, seconds) => {
    expect(parseDuration(written)).toBe(seconds);
  });

  it.each([
    [600, '10m'],
    [129_600, '36h'],
    [31_536_000, '365d'],
    [90, '90s'],
    [0, '0d'],
  ])('writes %i seconds as %s', (seconds, text) => {
    expect(formatDuration(seconds)).toBe(text);
  });

  it.each([
    ['0.5 vCPU', 512],
    ['.25vcpu', 256],
    ['16 vCPUs', 16_384],
    ['1024', 1024],
    [2048, 2048],
    ['half', undefined],
  ])('reads the cpu %j as %j units', (written, units) => {
    expect(parseCpu(written)).toBe(units);
  });

  it.each([
    ['1 GB', 1024],
    ['0.5GiB', 512],
    ['512 MB', 512],
    ['2g', 2048],
    [4096, 4096],
    ['1 TB', undefined],
  ])('reads the memory %j as %j MiB', (written, mebibytes) => {
    expect(parseMemory(written)).toBe(mebibytes);
  });

  it.each([
    [256, 512, undefined],
    [256, 4096, 'must be 512, 1024 or 2048 MiB for task.cpu 256, not 4096'],
    [512, 512, 'must be 1024, 2048, 3072 or 4096 MiB for task.cpu 512, not 512'],
    [1024, 8192, undefined],
    [2048, 4096, undefined],
    [4096, 30_720, undefined],
    [4096, 31_744, 'must be 8192 to 30720 in steps of 1024 MiB for task.cpu 4096, not 31744'],
    [8192, 18_432, 'must be 16384 to 61440 in steps of 4096 MiB for task.cpu 8192, not 18432'],
    [16_384, 122_880, undefined],
    [32_768, 61_440, undefined],
    [32_768, 65_536, 'must be 61440, 122880 or 249856 MiB for task.cpu 32768, not 65536'],
  ])('knows of %i units with %i MiB: %s', (cpu, memory, mistake) => {
    expect(describeSizeMistake(cpu, memory)).toBe(mistake);
  });
});

describe('the port', () => {
  it.each([
    ['nothing', undefined, 8080],
    ['no EXPOSE', 'FROM node\nCMD ["node"]', 8080],
    ['one', 'FROM node\nEXPOSE 3000\nEXPOSE 4000', 3000],
    ['lower case and a protocol', '  expose 53/udp 5000/tcp', 5000],
    ['a variable before it', 'EXPOSE $PORT 9000\nEXPOSE 3000', 3000],
    ['a continued line', 'EXPOSE \\\r\n  3000', 3000],
    ['a comment', '# EXPOSE 1\nEXPOSE 3000', 3000],
    ['a range', 'EXPOSE 7000-7010', 7000],
    ['an impossible number', 'EXPOSE 99999\nEXPOSE 0', 8080],
  ])('of a Dockerfile with %s', (_, dockerfile, port) => {
    expect(resolvePort(dockerfile)).toBe(port);
  });
});

describe('a git remote', () => {
  it.each([
    ['https://github.com/o/r.git', 'https://github.com/o/r.git'],
    ['https://x-access-token:ghs_abc@github.com/o/r', 'https://github.com/o/r'],
    ['git@github.com:o/r.git', 'https://github.com/o/r.git'],
    ['ssh://git@github.com/o/r.git', 'https://github.com/o/r.git'],
    ['ssh://git@gitlab.example.com:2222/team/a/r.git', 'https://gitlab.example.com/team/a/r.git'],
    [' https://github.com/o/r.git\n', 'https://github.com/o/r.git'],
    ['../elsewhere', undefined],
    ['file:///srv/r.git', undefined],
    ['http://github.com/o/r.git', undefined],
    ['https://github.com/o/$(id)', undefined],
    ['git@github.com:o/r.git --upload-pack=id', undefined],
  ])('%j is cloned from %j', (remote, url) => {
    expect(normalizeRepository(remote)).toBe(url);
  });
});

describe('a host pattern', () => {
  it.each([
    ['{id}.{baseDomain}', undefined],
    ['{app}-pr{pr}.{baseDomain}', undefined],
    ['{id}.example.com', 'must end with'],
    ['app.{baseDomain}', 'must contain'],
    ['{app}.{baseDomain}', 'must contain'],
    ['{id}.{app}.{baseDomain}', 'one label'],
    ['{baseDomain}{id}.{baseDomain}', 'one label'],
    ['{id}-.{baseDomain}', 'inner hyphens'],
    ['{ID}.{baseDomain}', 'only the tokens'],
    ['{id.{baseDomain}', 'only the tokens'],
    ['Pr{id}.{baseDomain}', 'a-z'],
    [`${'a'.repeat(130)}{id}.{baseDomain}`, '128'],
  ])('%j: %s', (pattern, mistake) => {
    const said = describeHostPatternMistake(pattern);
    if (mistake === undefined) expect(said).toBeUndefined();
    else expect(said).toContain(mistake);
  });
});

describe('AWS names', () => {
  it.each([
    'us-east-1',
    'eu-central-2',
    'ap-southeast-5',
    'us-gov-west-1',
    'us-isob-east-1',
    'eusc-de-east-1',
    'cn-northwest-1',
    'il-central-1',
  ])('%s is a region', (region) => {
    expect(regionPattern.test(region)).toBe(true);
  });

  it.each(['us-esat-1', 'us-east', 'us-east1', 'useast-1', 'US-EAST-1', 'us-east-1a', 'global'])(
    '%s is none',
    (region) => {
      expect(regionPattern.test(region)).toBe(false);
    },
  );

  it('are taken apart', () => {
    expect(parseArn('arn:aws:iam::123456789012:role/a:b')).toEqual({
      partition: 'aws',
      service: 'iam',
      region: '',
      account: '123456789012',
      resource: 'role/a:b',
    });
    expect(parseArn('previewops-cluster')).toBeUndefined();
  });

  const listener = 'arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/a/b/c';
  it.each([
    [listener, undefined],
    [listener.replace('listener/app/a/b/c', 'loadbalancer/app/a/b'), 'not of a load balancer'],
    [listener.replace('listener/app/a/b/c', 'targetgroup/a/b'), 'not of a target group'],
    [`${listener.replace('listener', 'listener-rule')}/d`, 'not of a rule'],
    [listener.replace('/app/', '/net/'), 'not a Network Load Balancer'],
    [listener.replace('us-east-1', 'moon-1'), 'moon-1, which is not an AWS region'],
    [listener.replace('123456789012', '1234'), 'must be the ARN of an HTTPS listener'],
    [`${listener}\n`, 'must be the ARN of an HTTPS listener'],
    ['', 'must be the ARN of an HTTPS listener'],
  ])('%j as a listener: %s', (text, mistake) => {
    const said = describeListenerMistake(text);
    if (mistake === undefined) expect(said).toBeUndefined();
    else expect(said).toContain(mistake);
  });
});

describe('small tables', () => {
  it.each([
    [14, undefined],
    [10, '7 or 14 is nearest'],
    [0, ': 1 is nearest'],
    [9999, ': 3653 is nearest'],
  ])('%i days of logs: %s', (days, mistake) => {
    const said = describeRetentionMistake(days);
    if (mistake === undefined) expect(said).toBeUndefined();
    else expect(said).toContain(mistake);
  });

  it.each(['200', '200,302', '200-399', '200-299,401,499'])(
    '%s are health check codes',
    (codes) => {
      expect(describeCodesMistake(codes)).toBeUndefined();
    },
  );

  it.each(['', '199', '500', '399-200', '200, 302', '2xx', '200-', 'true'])(
    '%j are none',
    (codes) => {
      expect(describeCodesMistake(codes)).toContain('200 to 499');
    },
  );

  const made = (...parts: string[]) => parts.join('');
  it.each([
    [made('AKIA', 'IOSFODNN7EXAMPLE'), 'an AWS access key id'],
    [made('key=', 'ASIA', 'IOSFODNN7EXAMPLE', ';'), 'an AWS access key id'],
    [made('-----BEGIN ', 'OPENSSH PRIVATE KEY-----'), 'a private key'],
    [made('-----BEGIN ', 'PRIVATE KEY-----'), 'a private key'],
    [made('ghp_', 'a'.repeat(36)), 'a GitHub token'],
    [made('github_pat_', 'a'.repeat(40)), 'a GitHub token'],
    [made('xoxp-', '123456789012'), 'a Slack token'],
    ['password', undefined],
    ['postgres://postgres:preview@localhost/shop', undefined],
    ['-----BEGIN PUBLIC KEY-----', undefined],
    ['ghp_short', undefined],
    ['AKIA', undefined],
  ])('a value is recognised as a credential or not (%#)', (value, kind) => {
    expect(describeCredential(value)).toBe(kind);
  });
});

describe('a command that ECS is to run', () => {
  it.each([
    [['npm', 'run', 'seed'], undefined],
    [[], 'needs a program to run'],
    [['  '], 'needs a program to run'],
    [['x'.repeat(7_790)], undefined],
    // Quotes and backslashes are two characters in JSON, and JSON is what ECS counts.
    [
      ['"'.repeat(4_000)],
      'has 8004 characters, and ECS takes 7800: put it in a script in the image',
    ],
  ])('fits or is told why not (%#)', (words, mistake) => {
    expect(describeCommandMistake(words)).toBe(mistake);
  });
});
