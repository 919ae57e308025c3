import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkConfig } from '../../../src/config/check.ts';

const directory = new URL('../../../fixtures/configs/invalid/', import.meta.url);

/** Fixture -> what is said of it, `line:column  sentence`. */
const expected: Record<string, string[]> = {
  'both-listeners': [
    '7:3  aws-ecs providerConfig.albListenerArns stands beside albListenerArn: keep one of the two',
  ],
  'listener-twice': [
    '6:3  aws-ecs providerConfig.albListenerArns must not name one of the listener ARNs twice',
    '10:1  maxPreviews must be a whole number from 1 to 1000',
  ],
  'listeners-without-zone': [
    '1:1  aws-ecs providerConfig.hostedZoneId is required beside several listeners: the DNS record of each preview leads to its load balancer',
  ],
  'no-listener': ['1:1  aws-ecs providerConfig.albListenerArn is required'],
  'other-listeners': [
    '8:7  aws-ecs providerConfig.albListenerArns[1] is of account 123456789012 in eu-central-1, but albListenerArns[0] is of account 123456789012 in eu-west-1: both must be the same',
    '9:7  aws-ecs providerConfig.albListenerArns[2] is of account 999999999999 in eu-west-1, but albListenerArns[0] is of account 123456789012 in eu-west-1: both must be the same',
  ],
  'alias-bomb': ['1:1  an alias (*name) refers to nothing, or the aliases unfold to too much'],
  'bad-region': ['9:3  aws-ecs providerConfig.region must be an AWS region such as us-east-1'],
  build: [
    '10:3  build.repository must be an https clone URL such as https://github.com/example/hello.git',
    '11:3  build.dockerfile must be the path of a Dockerfile inside the repository, without a leading / or - and without ..',
    '12:3  build.context must be the path of a directory inside the repository, without a leading / or - and without ..',
    '13:3  build.target must be the name of a build stage',
    '14:3  build.compute must be one of small, medium, large, xlarge, 2xlarge',
    '15:3  build.timeout must be a duration from 5m to 36h, such as 90s, 20m, 36h or 7d',
    '16:3  build.credentials must be the ARN of a CodeConnections connection or of a Secrets Manager secret',
    '17:3  build.cache must be true or false',
  ],
  circle: ['10:26  sidecars[0].dependsOn makes a circle of containers that wait: a -> b -> a'],
  container: [
    '11:5  container.env.PORT is set by previewops: write container.port instead',
    '12:5  container.env.PREVIEWOPS_URL begins with PREVIEWOPS_, which previewops sets itself',
    '13:5  container.env.1ST must be named with A-Z, a-z, 0-9 and _, and not begin with a digit',
    '14:5  container.env.EMPTY must be text, a number, true or false',
    '17:5  container.secrets.TOKEN must be the ARN of a Secrets Manager secret or SSM parameter, or the name of a parameter (/path/name)',
    '18:5  container.secrets.SHARED is in env too: keep one of the two',
    '20:5  container.healthCheck.path must be a path that begins with / and has at most 1024 characters',
    '21:5  container.healthCheck.codes must be HTTP codes from 200 to 499, such as 200, 200,302 or 200-399',
    '22:3  container.stopTimeout must be a duration from 2s to 2m, such as 90s, 20m, 36h or 7d',
    '23:3  container.command must be a list of 1 to 100 words, such as [npm, start]',
  ],
  credentials: [
    '11:5  container.env.AWS_ACCESS_KEY_ID looks like an AWS access key id: use container.secrets',
    '12:5  container.env.KEY looks like a private key: use container.secrets',
    '18:12  sidecars[0].env.SLACK looks like a Slack token: use the secrets of this sidecar',
    '20:3  build.repository must not hold a user name, password or token: use build.credentials',
    '22:5  build.args.GITHUB_TOKEN looks like a GitHub token: images keep their build arguments, so use container.secrets',
  ],
  'dangerous-keys': [
    '1:1  unknown key __proto__',
    '13:5  unknown key __proto__',
    '14:5  container.env.TWOLINES[31m must be named with A-Z, a-z, 0-9 and _, and not begin with a digit',
  ],
  dependencies: [
    '10:16  container.dependsOn.database cannot be healthy, because that container has no healthCheck: write start',
    '10:35  container.dependsOn.migrate cannot be success, because the task ends with that container unless it has essential: false',
    '10:53  container.dependsOn.cache names no container of this task (there is database, migrate)',
    '13:51  sidecars[1].dependsOn.migrate makes the container wait for itself',
  ],
  'duplicate-keys': ['9:3  the key cluster is written twice', '12:3  the key cpu is written twice'],
  empty: ['1:1  the configuration is empty: provider and providerConfig are expected'],
  'hook-secrets': [
    '10:3  hooks.onCreate holds what looks like a GitHub token: use container.secrets',
    '11:3  hooks.onDeploy needs a program to run',
    '12:3  hooks.onDestroy must be text that sh runs, or a list of 1 to 100 words such as [npm, run, migrate]',
  ],
  hooks: [
    '10:3  hooks.onCreate needs a program to run',
    '11:3  hooks.onDeploy must be a list of 1 to 100 words, such as [npm, start]',
    '12:3  hooks.onDestroy must be text that sh runs, or a list of 1 to 100 words such as [npm, run, migrate]',
    '13:3  unknown key hooks.onStart (known here: onCreate, onDeploy, onDestroy, timeout)',
    '14:3  hooks.timeout must be a duration from 30s to 2h, such as 90s, 20m, 36h or 7d',
  ],
  'impossible-size': ['11:3  task.memory must be 512, 1024 or 2048 MiB for task.cpu 256, not 4096'],
  list: [
    '1:1  the configuration is a list, not a mapping of keys to values: provider and providerConfig are expected',
  ],
  'listener-region': [
    '6:3  aws-ecs providerConfig.albListenerArn names the region us-esat-1, which is not an AWS region',
  ],
  'load-balancer-arn': [
    '6:3  aws-ecs providerConfig.albListenerArn must be the ARN of an HTTPS listener (arn:aws:elasticloadbalancing:<region>:<account>:listener/app/<name>/<id>/<id>), not of a load balancer; aws elbv2 describe-listeners shows it',
  ],
  'missing-cluster': ['3:1  aws-ecs providerConfig.cluster is required'],
  'missing-provider-config': ['1:1  aws-ecs providerConfig is required'],
  'other-accounts': [
    '2:3  aws-ecs providerConfig.cluster is in account 999999999999, but albListenerArn is in account 123456789012: both must be the same',
    '7:3  aws-ecs providerConfig.executionRoleArn is in account 210987654321, but albListenerArn is in account 123456789012: both must be the same',
    '10:3  task.roleArn is in account 123456789012 of partition aws-cn, but albListenerArn is in account 123456789012 of partition aws: both must be the same',
  ],
  'other-region': [
    '9:3  aws-ecs providerConfig.region is in eu-west-1, but albListenerArn is in us-east-1: both must be the same',
  ],
  provider: [
    '4:3  aws-ecs providerConfig.subnets must be a list of 1 to 16 subnet ids',
    '5:3  aws-ecs providerConfig.securityGroups must not name one of the security group ids twice',
    '8:3  aws-ecs providerConfig.baseDomain must be a plain domain such as previews.example.com, without https:// and *.',
    '9:3  aws-ecs providerConfig.hostedZoneId must be a Route 53 hosted zone id such as Z0123456789ABCDEFGHIJ',
    '10:3  aws-ecs providerConfig.ecrRepoPrefix must be lower-case letters, digits and single . _ - / between them',
    '11:19  aws-ecs providerConfig.rulePriority.from must be less than to, which is 500',
  ],
  'sidecar-names': [
    '10:7  sidecars[0].name is the name of the app container already',
    '11:17  sidecars[1].image must be an image such as postgres:17 or public.ecr.aws/docker/library/redis:8',
    '12:5  sidecars[2].image is required',
    '12:7  sidecars[2].name is the name of another sidecar already',
  ],
  'size-against-default': [
    '9:1  task.memory must be 16384 to 61440 in steps of 4096 MiB for task.cpu 8192, not 1024',
  ],
  tabs: ['2:1  not valid YAML: lines must be indented with spaces, not tabs'],
  'target-group-arn': [
    '6:3  aws-ecs providerConfig.albListenerArn must be the ARN of an HTTPS listener (arn:aws:elasticloadbalancing:<region>:<account>:listener/app/<name>/<id>/<id>), not of a target group; aws elbv2 describe-listeners shows it',
  ],
  task: [
    '10:3  task.cpu must be 256, 512, 1024, 2048, 4096, 8192, 16384 or 32768 CPU units, or text such as 0.5 vCPU',
    '11:3  task.memory must be a size in MiB such as 1024, or text such as 1 GB',
    '12:3  task.spot must be true or false',
    '13:3  task.count must be a whole number from 1 to 100',
    '14:3  task.architecture must be one of x86_64, arm64',
    '15:3  task.ephemeralStorage must be a whole number from 21 to 200',
  ],
  text: [
    '1:1  the configuration is one value, not a mapping of keys to values: provider and providerConfig are expected',
  ],
  prices: [
    '10:3  prices.vcpuHour must be a price in US dollars from 0 to 1000',
    '11:3  prices.gbHour must be a price in US dollars from 0 to 1000',
    '12:3  prices.spotShare must be a number from 0 to 1',
    '13:3  unknown key prices.ipv4hour (did you mean ipv4Hour?)',
  ],
  'three-mistakes': [
    '2:1  aws-ecs providerConfig.cluster is required',
    '3:3  aws-ecs providerConfig.vpc must be a VPC id such as vpc-0abc1234def56789a',
    '10:3  container.port must be a whole number from 1 to 65535',
  ],
  'top-level': [
    '1:1  app must be lower-case words joined by single hyphens, at most 40 characters',
    '2:1  hostPattern must use only the tokens {id}, {pr}, {branch}, {app} or {baseDomain}',
    '3:1  ttl must be a duration from 10m to 365d, such as 90s, 20m, 36h or 7d',
    '13:3  logs.retentionDays must be a number of days that CloudWatch takes: 7 or 14 is nearest',
    '15:3  images.keep must be a whole number from 1 to 10000',
    "17:3  tags.aws:name begins with aws:, which is AWS's own",
    "18:3  tags.previewops:app begins with previewops:, which is previewops's own",
    '19:3  tags.semi;colon must be named with 1 to 127 letters, digits, spaces and _ . : / = + - @',
    '20:1  idle must be a duration from 15m to 365d, such as 90s, 20m, 36h or 7d',
  ],
  trust: [
    '9:1  probe must be true or false',
    '10:1  forks must be one of deny, without-secrets, allow',
    '11:1  bots must be one of deny, allow',
    '12:1  requireLabel must be the name of a label, of at most 50 characters',
    '14:16  callback.allowHosts[0] must be a host name such as ci.example.com, or *.example.com for all below it',
    '14:40  callback.allowHosts[1] must be a host name such as ci.example.com, or *.example.com for all below it',
    '14:59  callback.allowHosts[2] must be a host name such as ci.example.com, or *.example.com for all below it',
    '15:3  callback.allowPrivate must be true or false',
    '17:3  github.deployments must be true or false',
    '18:3  github.environment must be 1 to 255 characters without control characters',
    '19:3  github.comment must be one of auto, on-failure, off',
  ],
  'two-documents': [
    '2:1  not valid YAML: the file must hold one document: remove what follows the --- line',
  ],
  unclosed: [
    '3:1  not valid YAML: flow sequence in block collection must be sufficiently indented and end with a ]',
  ],
  'unknown-keys': [
    '8:3  unknown key providerConfig.base_domain (did you mean baseDomain?)',
    '9:3  unknown key providerConfig.clustr (did you mean cluster?)',
    '10:1  unknown key hostedZoneId (did you mean providerConfig.hostedZoneId?)',
    '11:1  unknown key port (did you mean container.port?)',
    '12:1  unknown key colour (known here: provider, providerConfig, app, hostPattern, branchPrefix, container, sidecars, task, build, hooks, probe, forks, bots, requireLabel, callback, github, logs, images, maxPreviews, ttl, idle, prices, tags)',
    '14:3  unknown key container.helthCheck (did you mean healthCheck?)',
  ],
};

function check(name: string): string[] {
  const text = readFileSync(new URL(`${name}.yml`, directory), 'utf8');
  const result = checkConfig({ file: `${name}.yml`, text });
  if (!('problems' in result)) return [];
  expect(new Set(result.problems.map(({ file }) => file))).toEqual(new Set([`${name}.yml`]));
  return result.problems.map(({ line, column, message }) => `${line}:${column}  ${message}`);
}

describe('a configuration with mistakes', () => {
  it.each(Object.keys(expected))(
    '%s is told all of them, each in one line with its place',
    (name) => {
      expect(check(name)).toEqual(expected[name]);
    },
  );

  it('has a row above for every fixture', () => {
    const names = readdirSync(directory).map((file) => file.replace('.yml', ''));
    expect(names.sort()).toEqual(Object.keys(expected).sort());
  });

  it('never has a credential repeated to it', () => {
    const text = readFileSync(new URL('credentials.yml', directory), 'utf8');
    const secrets = text.match(/AKIA\w+|xoxb-[\w-]+|ghp_\w+|BEGIN RSA|x:secret/g) ?? [];
    expect(secrets).toHaveLength(5);
    for (const secret of secrets) expect(check('credentials').join()).not.toContain(secret);
  });
});
