import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { PolicyDocument } from '../../../src/permissions/evaluate.ts';
import { type Policies, renderPolicies, renderRole } from '../../../src/permissions/formats.ts';
import { ciCommands, needsOf } from '../../../src/permissions/needs.ts';
import { policyFor } from '../../../src/permissions/policy.ts';
import { roleFor } from '../../../src/permissions/roles.ts';
import { readHcl } from '../../helpers/hcl.ts';
import { sampleScope } from './sample-scope.ts';

const scope = sampleScope;
const commands = ciCommands;
const needs = needsOf(scope, { commands });
const whole = policyFor(scope, { commands });
const part = policyFor(scope, { commands: ['list'] });
const named = (name: string, document: PolicyDocument) => ({
  name,
  description: `For previewops of ${name}`,
  document,
});
const one: Policies = { policies: [named('previewops-shop', whole)], needs, scope };
const two: Policies = {
  policies: [named('previewops-shop-1', whole), named('previewops-shop-2', part)],
  needs,
  scope,
};
const role = roleFor('build', { scope, secrets: [], images: [] });

describe('json', () => {
  test('is the document alone, or a list', () => {
    expect(JSON.parse(renderPolicies('json', one))).toEqual(whole);
    expect(JSON.parse(renderPolicies('json', two))).toEqual([whole, part]);
    expect(renderPolicies('json', one)).toMatch(/^\{\n {2}"Version".*\}\n$/s);
  });

  test('of a role is both documents', () => {
    const { trust, permissions } = role;
    expect(JSON.parse(renderRole('json', role))).toEqual({ trust, permissions });
  });
});

describe('terraform', () => {
  test('is one resource a document, and reads back as the same', () => {
    const blocks = readHcl(renderPolicies('terraform', two));
    expect(blocks).toEqual([
      {
        labels: ['aws_iam_policy', 'previewops-shop-1'],
        body: {
          name: 'previewops-shop-1',
          description: 'For previewops of previewops-shop-1',
          policy: whole,
        },
      },
      {
        labels: ['aws_iam_policy', 'previewops-shop-2'],
        body: {
          name: 'previewops-shop-2',
          description: 'For previewops of previewops-shop-2',
          policy: part,
        },
      },
    ]);
  });

  test('of a role is the role and its policy', () => {
    expect(readHcl(renderRole('terraform', role))).toEqual([
      {
        labels: ['aws_iam_role', 'build'],
        body: { name: 'build', path: '/previews/', assume_role_policy: role.trust },
      },
      {
        labels: ['aws_iam_role_policy', 'build'],
        body: { name: 'previewops', role: 'aws_iam_role.build.id', policy: role.permissions },
      },
    ]);
  });

  test('keeps template marks and odd names from meaning something', () => {
    const buildRoleArn = 'arn:aws:iam::123456789012:role/7.of@nine';
    const odd = roleFor('build', { scope: { ...scope, buildRoleArn }, secrets: [], images: [] });
    const [made] = readHcl(renderRole('terraform', odd));
    expect(made?.labels).toEqual(['aws_iam_role', '_7_of_nine']);
    expect(made?.body.name).toBe('7.of@nine');
    // biome-ignore lint/suspicious/noTemplateCurlyInString: Terraform writes its templates so.
    const Sid = 'a ${b} %{c} "d" \\ e';
    const document: PolicyDocument = {
      Version: '2012-10-17',
      Statement: [{ Sid, Effect: 'Allow', Action: 'ecs:*', Resource: '*' }],
    };
    const text = renderPolicies('terraform', { ...one, policies: [named('p', document)] });
    expect(text).toContain('"a $${b} %%{c} \\"d\\" \\\\ e"');
    expect(readHcl(text)[0]?.body.policy).toEqual(document);
  });

  test('has neighbours in columns, as terraform fmt would', () => {
    const text = renderPolicies('terraform', one);
    expect(text).toContain('  name        = "previewops-shop"\n  description = "For');
    expect(text).toContain('  policy = jsonencode({\n    Version = "2012-10-17"\n');
    expect(text).toContain(
      '        Sid    = "ReadAny"\n        Effect = "Allow"\n        Action = [\n',
    );
  });
});

describe('cloudformation', () => {
  const policyOf = (document: PolicyDocument, name: string) => ({
    Type: 'AWS::IAM::ManagedPolicy',
    Properties: {
      ManagedPolicyName: name,
      Description: `For previewops of ${name}`,
      PolicyDocument: document,
    },
  });

  test.each(['1.1', '1.2'] as const)('reads back as the same in YAML %s', (version) => {
    expect(parse(renderPolicies('cloudformation', two), { version })).toEqual({
      AWSTemplateFormatVersion: '2010-09-09',
      Resources: {
        PreviewopsShop1: policyOf(whole, 'previewops-shop-1'),
        PreviewopsShop2: policyOf(part, 'previewops-shop-2'),
      },
    });
    expect(parse(renderRole('cloudformation', role), { version })).toEqual({
      AWSTemplateFormatVersion: '2010-09-09',
      Resources: {
        Build: {
          Type: 'AWS::IAM::Role',
          Properties: {
            RoleName: 'build',
            Path: '/previews/',
            AssumeRolePolicyDocument: role.trust,
            Policies: [{ PolicyName: 'previewops', PolicyDocument: role.permissions }],
          },
        },
      },
    });
  });

  test('repeats a list rather than point at it: CloudFormation takes no anchors', () => {
    const twice = [named('a', whole), named('b', whole)];
    expect(renderPolicies('cloudformation', { ...one, policies: twice })).not.toMatch(/[&*]a\d/);
  });
});

describe('markdown', () => {
  const rows = renderPolicies('markdown', one).trimEnd().split('\n');

  test('is a table with a row for each need', () => {
    expect(rows).toHaveLength(needs.length + 2);
    expect(new Set(rows.map((row) => row.split(' | ').length))).toEqual(new Set([5]));
    expect(rows.find((row) => row.startsWith('| `ecs:DeleteService`'))).toBe(
      '| `ecs:DeleteService` | `arn:aws:ecs:eu-central-1:123456789012:service/previews/previewops-shop-*` | StringEquals `aws:ResourceTag/previewops:app` `shop` | destroy, prune | To stop and remove the preview. |',
    );
    expect(rows.find((row) => row.includes('`ecr:TagResource`'))).toContain(
      'deploy, *build* | Comes with `ecr:CreateRepository`. |',
    );
  });

  test('of a role says whom it trusts', () => {
    const text = renderRole('markdown', role);
    expect(text).toContain('Role `arn:aws:iam::123456789012:role/previews/build`');
    expect(text).toMatch(/\| `codebuild\.amazonaws\.com` \| StringEquals `aws:SourceAccount`/);
    expect(text).toContain('| `ecr:GetAuthorizationToken` | `*` | To sign in to ECR');
  });
});
