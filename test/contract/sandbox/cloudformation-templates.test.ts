// biome-ignore-all lint/suspicious/noTemplateCurlyInString: CloudFormation writes its variables so.
// Templates as CloudFormation reads them: text, functions, parameters, and all that the bootstrap makes.
import { expect, test } from 'vitest';
import { stackNameOf } from '../../../src/bootstrap/options.ts';
import { renderTemplate } from '../../../src/bootstrap/render.ts';
import { bootstrapTemplate, stackParameters } from '../../../src/bootstrap/template.ts';
import { seedWorld } from '../../../src/sandbox/seed.ts';
import { emptyWorld } from '../../../src/sandbox/world.ts';
import { account as accountId, cases, certificateArn, region } from '../../helpers/bootstrap.ts';
import { createAccount, refusal } from './direct.ts';
import { openStacks, role } from './stacks.ts';

const yaml = `
AWSTemplateFormatVersion: '2010-09-09'
Description: all functions
Parameters:
  Names: { Type: CommaDelimitedList, Default: 'one, two' }
  Size: { Type: Number, Default: 007 }
  Where: { Type: String, Default: here }
Conditions:
  Here: !Equals [ !Ref Where, here ]
  There: !Not [ !Condition Here ]
  Both: !And [ !Condition Here, !Condition There ]
  Either: !Or [ !Condition Here, !Condition There ]
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      RoleName: !Join [ '-', [ !Select [ 1, !Ref Names ], !If [ Either, yes-it-is, no ] ] ]
      Description: !If [ Both, wrong, !Ref AWS::NoValue ]
      AssumeRolePolicyDocument: { Version: 2012-10-17, Statement: [] }
  Left:
    Type: AWS::IAM::Role
    Condition: There
    Properties: { AssumeRolePolicyDocument: { Statement: [] } }
Outputs:
  Text: { Value: !Sub '\${AWS::StackName} \${!literal} \${Role.Arn} \${Size}' }
  Own: { Value: !Sub [ '\${Mine}/\${Where}', { Mine: !Select [ 0, !Split [ ':', 'a:b' ] ] } ] }
  Zone: { Value: !Select [ 2, !GetAZs '' ], Condition: Here }
  Never: { Value: !GetAtt Role.Arn, Condition: There }
`;

test('[stack-1] all functions, conditions and pseudo parameters are applied, in YAML and in JSON', () => {
  const { make, stack } = openStacks();
  make(yaml);
  const arn = `arn:aws:iam::${accountId}:role/two-yes-it-is`;
  const outputs = Object.fromEntries(
    Object.entries(stack().outputs).map(([key, { value }]) => [key, value]),
  );
  expect(outputs).toEqual({
    Text: `web \${literal} ${arn} 007`,
    Own: 'a/here',
    Zone: 'eu-west-1c',
  });
  expect(Object.keys(stack().resources)).toEqual(['Role']);
  expect(stack().resources.Role?.properties).not.toHaveProperty('Description');
  expect(stack().resources.Role?.properties.AssumeRolePolicyDocument).toMatchObject({
    Version: '2012-10-17',
  });
  const json = openStacks();
  json.make(
    JSON.stringify({
      Resources: { Role: role({ RoleName: { 'Fn::Sub': 'r-${AWS::Region}' } }) },
      Outputs: { Arn: { Value: { 'Fn::GetAtt': ['Role', 'Arn'] } } },
    }),
  );
  expect(json.stack().outputs.Arn?.value).toMatch(/role\/r-eu-west-1$/);
});

const resources = (more: object) => JSON.stringify({ Resources: more });
const named = (RoleName: unknown) => resources({ Role: role({ RoleName }) });

test.each([
  ['Template format error: JSON not well-formed.', '{ "Resources": '],
  ['Template format error: YAML not well-formed. (line 1', 'Resources: ['],
  ["'null' values are not allowed in templates", 'Resources:\n  Role:\n'],
  ['At least one Resources member must be defined.', 'Outputs: {}'],
  ['Unrecognized resource types: [AWS::S3::Bucket]', resources({ A: { Type: 'AWS::S3::Bucket' } })],
  ['Resource name A-b is non alphanumeric.', resources({ 'A-b': role() })],
  ["resource property 'CreationPolicy'", resources({ A: { ...role(), CreationPolicy: {} } })],
  ['Unrecognized DeletionPolicy', resources({ A: { ...role(), DeletionPolicy: 'Snapshot' } })],
  ['properties [Transform]', JSON.stringify({ Transform: 'x', Resources: {} })],
  ['Unresolved resource dependencies [Nobody] in the Resources block', named({ Ref: 'Nobody' })],
  ['Unresolved resource dependencies [Other]', named({ 'Fn::GetAtt': ['Other', 'Arn'] })],
  ['Fn::Cidr is not simulated', named({ 'Fn::Cidr': [] })],
  ['No export named shared found', named({ 'Fn::ImportValue': 'shared' })],
  ['undefined condition Nowhere', named({ 'Fn::If': ['Nowhere', 'a', 'b'] })],
  [
    'Output A has Export',
    JSON.stringify({ Resources: { A: role() }, Outputs: { A: { Value: '', Export: {} } } }),
  ],
  [
    'resource A does not support attribute type Name in Fn::GetAtt',
    resources({ A: role(), B: role({ RoleName: { 'Fn::GetAtt': ['A', 'Name'] } }) }),
  ],
  [
    'Circular dependency between resources: [A, B]',
    resources({ A: role({ RoleName: { Ref: 'B' } }), B: { ...role(), DependsOn: 'A' } }),
  ],
])('[stack-1] a template is refused: %s', (problem, text) => {
  const { propose } = openStacks();
  expect(refusal(() => propose(text))).toContain(problem);
});

test.each([
  [{ Type: 'Number' }, undefined, 'Parameters: [P] must have values'],
  [{ Type: 'Number' }, 'many', 'must be a number'],
  [{ Type: 'Number', MinValue: 2 }, '1', 'must be at least 2'],
  [{ Type: 'Number', MaxValue: 2 }, '3', 'must be at most 2'],
  [{ Type: 'String', AllowedPattern: '[a-z]+' }, 'a1', 'must match pattern [a-z]+'],
  [{ Type: 'String', AllowedValues: ['a', 'b'] }, 'c', 'must be one of [a, b]'],
  [{ Type: 'String', MinLength: 2 }, 'a', 'is shorter than 2'],
  [{ Type: 'String', MaxLength: 2 }, 'abc', 'is longer than 2'],
  [{ Type: 'AWS::EC2::VPC::Id' }, 'vpc-9', 'value vpc-9 for parameter name P does not exist'],
  [{ Type: 'List<AWS::EC2::Subnet::Id>' }, 'subnet-a,subnet-z', 'value subnet-z for parameter'],
  [{ Type: 'AWS::S3::Bucket::Name' }, 'b', 'Unrecognized parameter type: AWS::S3::Bucket::Name'],
])('[stack-2] a parameter %j is not given as %j', (declared, value, problem) => {
  const text = JSON.stringify({ Parameters: { P: declared }, Resources: { Role: role() } });
  const { propose } = openStacks();
  const given = value === undefined ? {} : { P: value };
  expect(refusal(() => propose(text, { parameters: given }))).toContain(problem);
});

test('[stack-2] parameters have their defaults, what is given, or what they had before', () => {
  const text = JSON.stringify({
    Parameters: { A: { Type: 'String', Default: 'a' }, B: { Type: 'String' } },
    Resources: { Role: role({ RoleName: { 'Fn::Sub': '${A}-${B}' } }) },
  });
  const { make, propose, stack } = openStacks();
  make(text, { parameters: { B: 'b' } });
  expect(stack().resources.Role?.physicalId).toBe('a-b');
  make(text, { parameters: { A: 'c', B: undefined } });
  expect(stack().resources.Role?.physicalId).toBe('c-b');
  const strange = refusal(() => propose(text, { parameters: { C: 'c' } }));
  expect(strange).toContain('Parameters: [C] do not exist in the template');
});

test.each(Object.entries(cases))(
  '[stack-3] what the bootstrap makes for %s is made',
  (_, options) => {
    const { existing, baseDomain } = options;
    const world = emptyWorld(accountId, region);
    world.now = Date.UTC(2030, 0, 15, 12);
    const {
      listenerArn = 'arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/x/1/2',
    } = existing;
    seedWorld(world, {
      account: accountId,
      region,
      cluster: 'shared',
      vpc: existing.vpc ?? 'vpc-0',
      subnets: existing.subnets ?? ['subnet-0', 'subnet-1'],
      securityGroups: [
        ...(existing.securityGroups ?? []),
        existing.balancer?.securityGroup ?? 'sg-0',
      ],
      listenerArn,
      roleArns: [],
      ...(options.hostedZoneId && baseDomain
        ? { hostedZone: { id: options.hostedZoneId, name: baseDomain } }
        : {}),
    });
    const [balancer] = Object.values(world.elasticloadbalancing.loadBalancers);
    if (balancer && existing.balancer?.dnsName) balancer.dnsName = existing.balancer.dnsName;
    const issued = { status: 'ISSUED', type: 'IMPORTED', createdAt: 0, tags: {} } as const;
    const domain = 'previews.example.com';
    world.acm.certificates[certificateArn] = {
      arn: certificateArn,
      domain,
      names: [domain],
      ...issued,
    };

    const account = createAccount(world);
    const { make, stack } = openStacks(account);
    const template = bootstrapTemplate(options);
    const given = stackParameters(template).map(({ ParameterKey, ParameterValue }) => [
      ParameterKey,
      ParameterValue,
    ]);
    const name = stackNameOf(options);
    make(renderTemplate(template, name), { parameters: Object.fromEntries(given) });
    if (options.hostedZoneId === undefined) {
      expect(stack().status).toBe('CREATE_IN_PROGRESS');
      const { name: record = '', value = '' } =
        Object.values(world.acm.certificates).find(({ validation }) => validation)?.validation ??
        {};
      world.dns.records[record.slice(0, -1)] = [value];
      account.pass(1200, 60);
    }
    const failed = stack().events.filter(({ status }) => status.endsWith('FAILED'));
    expect(failed).toEqual([]);
    expect(stack().status).toBe('CREATE_COMPLETE');
  },
);
