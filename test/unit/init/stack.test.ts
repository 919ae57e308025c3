import { expect, test } from 'vitest';
import { missingOf } from '../../../src/bootstrap/options.ts';
import { bootstrapTemplate } from '../../../src/bootstrap/template.ts';
import type { FoundListener } from '../../../src/init/account.ts';
import { type StackFacts, stackOptions } from '../../../src/init/stack.ts';
import type { Survey } from '../../../src/init/survey.ts';
import { usesIn } from '../../../src/init/uses.ts';

const facts: StackFacts = {
  region: 'us-east-1',
  partition: 'aws',
  account: '123456789012',
  repository: 'https://github.com/acme/shop.git',
  zone: { Id: '/hostedzone/Z0ABC', Name: 'example.com.', CallerReference: '' },
  parameters: {},
};
const role = (name: string) => `arn:aws:iam::123456789012:role/${name}`;
const nothing: Survey = {
  values: { app: 'shop', port: 3000, baseDomain: 'previews.example.com' },
  makes: new Set(['cluster', 'albListenerArn', 'executionRoleArn', 'buildRoleArn']),
};
const much: Survey = {
  values: {
    ...nothing.values,
    cluster: 'staging',
    vpc: 'vpc-00000001',
    subnets: ['subnet-00000001', 'subnet-00000002'],
    albListenerArn: 'arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/staging/0/1',
    executionRoleArn: role('tasks'),
  },
  makes: new Set(['securityGroups', 'buildRoleArn']),
  listener: {
    balancer: {
      SecurityGroups: ['sg-00000001'],
      DNSName: 'lb.example',
      CanonicalHostedZoneId: 'Z1',
    },
  } as FoundListener,
  leads: 'nowhere',
  covered: false,
};

const made = (survey: Survey, more: Partial<StackFacts> = {}) => {
  const options = stackOptions(survey, { ...facts, ...more });
  bootstrapTemplate(options); // which refuses options that do not go together
  const all = Object.entries(missingOf(options));
  return { options, makes: all.flatMap(([key, missing]) => (missing ? [key] : [])).sort() };
};

test('an empty account gets everything, for the repository that was found', () => {
  const { options, makes } = made(nothing);
  expect(makes).toHaveLength(9);
  expect(options).toMatchObject({ ci: 'github', repository: 'acme/shop', hostedZoneId: 'Z0ABC' });
});

test('what is there is used, and what is missing is made to fit it', () => {
  const { options, makes } = made(much);
  expect(makes).toEqual(['buildRole', 'certificate', 'deploy', 'record', 'taskGroup']);
  expect(options).toMatchObject({ dns: 'wildcard', certificate: true });
});

test('names that work already are left to whoever made them', () => {
  const { options, makes } = made({ ...much, leads: 'here', covered: true });
  expect(makes).toEqual(['buildRole', 'deploy', 'taskGroup']);
  expect(options.dns).toBe('elsewhere');
});

test('what the stack said before stays, its record too', () => {
  const parameters = { HostedZoneId: 'ZOWN', CertificateArn: '', OidcProviderArn: '' };
  const { options, makes } = made({ ...much, leads: 'here', covered: true }, { parameters });
  expect(options).toMatchObject({ dns: 'wildcard', hostedZoneId: 'ZOWN' });
  expect(makes).toContain('record');
});

test('what the configuration uses beyond the questions goes into the roles, mistakes or not', () => {
  const secret = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:shop-AbCdEf';
  const listener = 'arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/b/0/1';
  const text = `
providerConfig:
  cluster: <FILL IN the name of the ECS cluster>
  albListenerArns: [${listener}, ${listener}2]
  ecrRepoPrefix: team
container: { secrets: { A: ${secret}, B: /shop/b } }
sidecars: [{ name: db, image: 'postgres:17', secrets: { A: ${secret} } }, nonsense]
task: { roleArn: '${role('app')}' }
build: { credentials: nonsense }
hooks: { onDestroy: npm run drop }
idel: 4h
`;
  const written = usesIn({ file: 'previewops.yml', text });
  const second = { ...much, values: { ...much.values, albListenerArn: listener } };
  const { options } = made(second, { written });
  expect(options.ecrRepoPrefix).toBe('team');
  expect(options.uses).toEqual({
    hooks: true,
    idle: false,
    furtherListenerArns: [`${listener}2`],
    taskRoleArn: role('app'),
    secrets: [secret, '/shop/b'],
    images: ['postgres:17'],
    credentials: undefined,
  });
  const none = { hooks: false, idle: false, secrets: [], images: [] };
  for (const empty of ['', '- a', 'a: [', '\0']) {
    expect(usesIn({ file: 'previewops.yml', text: empty }).uses).toEqual(none);
  }
});

test.each([
  ['https://gitlab.com/group/sub/app.git', undefined, 'gitlab', 'group/sub/app'],
  ['https://git.example.com/acme/shop.git', undefined, 'none', undefined],
  ['https://git.example.com/acme/shop.git', 'gitlab', 'gitlab', 'acme/shop'],
  ['https://github.com/acme/shop', 'circleci', 'none', undefined],
  [undefined, 'github', 'none', undefined],
] as const)('%s with --ci %s makes a role for %s', (repository, ci, wanted, path) => {
  const { options } = made(nothing, { repository, ci });
  expect([options.ci, options.repository]).toEqual([wanted, path]);
});
