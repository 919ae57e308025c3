import { describe, expect, test } from 'vitest';
import { type CollectionTag, parse, type ScalarTag } from 'yaml';
import { type BootstrapOptions, stackNameOf } from '../../../src/bootstrap/options.ts';
import { renderTemplate } from '../../../src/bootstrap/render.ts';
import { bootstrapTemplate, stackParameters } from '../../../src/bootstrap/template.ts';
import type { Template } from '../../../src/bootstrap/values.ts';
import { cases, fresh, hostedZoneId, listenerArn } from '../../helpers/bootstrap.ts';

const all = Object.entries(cases).map(([name, options]) => ({
  name,
  options,
  template: bootstrapTemplate(options),
}));
const typesOf = ({ Resources }: Template) => Object.values(Resources).map(({ Type }) => Type);
const made = (options: BootstrapOptions) => Object.keys(bootstrapTemplate(options).Resources);

/** Every value under a key, wherever it is. */
function valuesOf(key: string, value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, each]) => [
    ...(name === key ? [each] : []),
    ...valuesOf(key, each),
  ]);
}

/** Functions in their short form, read back into the long one. */
const short = ['GetAtt', 'Sub', 'Join', 'Split', 'Select', 'GetAZs', 'If', 'Equals', 'Not'];
const long = (name: string) => (name === 'Ref' ? name : `Fn::${name}`);
const scalarTags: ScalarTag[] = ['Ref', ...short].map((name) => ({
  tag: `!${name}`,
  resolve: (text) => ({ [long(name)]: name === 'GetAtt' ? text.split('.') : text }),
}));
const listTags: CollectionTag[] = short.map((name) => ({
  tag: `!${name}`,
  collection: 'seq',
  nodeClass: undefined as never,
  resolve: (items) => ({ [long(name)]: JSON.parse(JSON.stringify(items)) }),
}));

describe.each(all)('$name', ({ options, template }) => {
  test('the text means the data, in YAML 1.1, and is small enough to be sent', () => {
    const text = renderTemplate(template, stackNameOf(options));
    const read: unknown = parse(text, {
      version: '1.1',
      schema: 'yaml-1.1',
      customTags: (tags) => [...tags, ...scalarTags, ...listTags],
    });
    expect(JSON.parse(JSON.stringify(read))).toEqual(template);
    // CloudFormation API Reference, CreateChangeSet, TemplateBody
    expect(text.length).toBeLessThan(51_200);
  });

  test('names what is there, and uses every parameter and condition', () => {
    const parameters = Object.keys(template.Parameters);
    const resources = Object.keys(template.Resources);
    const conditions = Object.keys(template.Conditions ?? {});
    const used = [
      ...valuesOf('Ref', template),
      ...valuesOf('Fn::Sub', template).flatMap((text) =>
        [...JSON.stringify(text).matchAll(/\$\{([\w:.]+)\}/g)].map(([, id]) => id),
      ),
    ].filter((id) => !String(id).startsWith('AWS::') && id !== 'Rules');
    expect(used.filter((id) => ![...parameters, ...resources].includes(String(id)))).toEqual([]);
    expect(parameters.filter((id) => !used.includes(id))).toEqual([]);
    const before = valuesOf('DependsOn', template).flat();
    expect(before.filter((id) => !resources.includes(String(id)))).toEqual([]);
    const asked = [
      ...valuesOf('Condition', template.Resources).filter((each) => typeof each === 'string'),
      ...valuesOf('Fn::If', template).map((each) => (each as unknown[])[0]),
    ];
    expect(new Set(asked)).toEqual(new Set(conditions));
  });

  test('keeps names within the limits of AWS', () => {
    const limits = { RoleName: 64, ManagedPolicyName: 128, Name: 32, PolicyName: 128 };
    for (const [key, limit] of Object.entries(limits)) {
      for (const { Properties } of Object.values(template.Resources)) {
        const name = Properties[key];
        if (typeof name === 'string') expect(name.length).toBeLessThanOrEqual(limit);
      }
    }
    for (const id of Object.keys(template.Resources)) expect(id).toMatch(/^[A-Za-z0-9]+$/);
  });

  test('tags what can be tagged, and not as a preview', () => {
    const untaggable =
      /Attachment$|Route$|Association$|Listener|RecordSet$|ManagedPolicy$|ServiceLinkedRole$|Ingress$/;
    for (const { Type, Properties } of Object.values(template.Resources)) {
      if (untaggable.test(Type)) continue;
      expect(Properties.Tags, Type).toContainEqual({
        Key: 'previewops:managed-by',
        Value: 'bootstrap',
      });
    }
    expect(JSON.stringify(valuesOf('Tags', template))).not.toContain('previewops:app');
  });
});

test('the same options give the same text', () => {
  for (const { options, template } of all) {
    const again = bootstrapTemplate(structuredClone(options));
    expect(renderTemplate(again, 'a')).toBe(renderTemplate(template, 'a'));
  }
});

test('every function of the data has its short form in the text', () => {
  for (const { template } of all) {
    expect(renderTemplate(template, 'a')).not.toMatch(/\bFn::|\bRef:/);
  }
});

describe('what is there is not made', () => {
  test('an empty account gets everything', () => {
    expect(new Set(typesOf(bootstrapTemplate(fresh)))).toEqual(
      new Set(
        [
          'EC2::VPC',
          'EC2::Subnet',
          'EC2::InternetGateway',
          'EC2::VPCGatewayAttachment',
          'EC2::RouteTable',
          'EC2::Route',
          'EC2::SubnetRouteTableAssociation',
          'EC2::SecurityGroup',
          'ElasticLoadBalancingV2::LoadBalancer',
          'ElasticLoadBalancingV2::Listener',
          'CertificateManager::Certificate',
          'Route53::RecordSet',
          'ECS::Cluster',
          'IAM::Role',
          'IAM::OIDCProvider',
          'IAM::ManagedPolicy',
        ].map((type) => `AWS::${type}`),
      ),
    );
  });

  test('a second app gets its roles alone', () => {
    const template = bootstrapTemplate(cases['a second app'] ?? fresh);
    expect(Object.keys(template.Resources)).toEqual([
      'ExecutionRole',
      'BuildRole',
      'OidcProvider',
      'DeployPolicy1',
      'DeployPolicy2',
      'DeployRole',
    ]);
    // Made only by who empties the parameter.
    expect(template.Resources.OidcProvider?.Condition).toBe('MakesOidcProvider');
    expect(template.Parameters.OidcProviderArn?.Default).toMatch(/^arn:aws:iam/);
    expect(stackParameters(template)).toContainEqual({
      ParameterKey: 'ListenerArn',
      ParameterValue: listenerArn,
    });
  });

  test('what apps share needs no app', () => {
    const shared = made(cases['only what apps share'] ?? fresh);
    expect(shared.filter((id) => /Role|Policy|Oidc/.test(id))).toEqual([]);
    expect([...shared, ...made(cases['a second app'] ?? fresh)].sort()).toEqual(made(fresh).sort());
  });

  test.each<[string, string[]]>([
    ['a network', ['Vpc', 'SubnetA', 'PublicRoute']],
    ['a cluster', ['Cluster']],
    ['a network and security groups', ['Vpc', 'TaskSecurityGroup']],
    ['an empty account, no CI', ['DeployRole', 'OidcProvider']],
    ['an empty account, no wildcard record', ['WildcardRecord']],
    ["roles of one's own", ['ExecutionRole', 'BuildRole', 'LoadBalancer']],
  ])('%s', (name, absent) => {
    const present = made(cases[name] ?? fresh);
    expect(present.filter((id) => absent.includes(id))).toEqual([]);
  });

  test('security groups that exist let a new load balancer in', () => {
    const { Resources } = bootstrapTemplate(cases['a network and security groups'] ?? fresh);
    expect(Resources.TaskIngress?.Properties).toMatchObject({
      GroupId: { 'Fn::Select': [0, { Ref: 'SecurityGroupIds' }] },
      SourceSecurityGroupId: { 'Fn::GetAtt': ['BalancerSecurityGroup', 'GroupId'] },
    });
  });

  test('the cluster comes last, so that AWS refuses to delete the stack of running previews', () => {
    const { Resources } = bootstrapTemplate(fresh);
    expect(Resources.Cluster?.DependsOn).toEqual(
      expect.arrayContaining(['HttpsListener', 'ExecutionRole', 'BuildRole', 'DeployRole']),
    );
  });

  test('what the whole account relies on outlives the stack', () => {
    const { Resources } = bootstrapTemplate({ ...fresh, existing: { ecsServiceRole: false } });
    const kept = Object.entries(Resources).filter(([, each]) => each.DeletionPolicy === 'Retain');
    expect(kept.map(([id]) => id)).toEqual(['OidcProvider', 'EcsServiceRole']);
    for (const [, each] of kept) expect(each.UpdateReplacePolicy).toBe('Retain');
  });
});

describe('options that cannot be', () => {
  const network = { vpc: 'vpc-0abc1234def56789a', subnets: ['subnet-0abc1234def56789a'] };
  test.each<[string, Partial<BootstrapOptions>]>([
    ['the app', { app: 'shop"}' }],
    ['the app', { app: 's'.repeat(41) }],
    ['the name', { name: 'internal-previews' }],
    ['the name', { name: 'n'.repeat(33) }],
    ['the repository', { repository: 'acme/*' }],
    ['the repository', { repository: 'acme/shop:ref' }],
    ['the repository', { ci: 'gitlab', repository: 'shop' }],
    ["the repository's id", { repositoryIds: { owner: '1', repository: '*' } }],
    ['the branch', { branches: ['a:b'] }],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a text that CloudFormation would read
    ['the branch', { branches: ['${AWS::AccountId}'] }],
    ['the issuer', { issuer: 'http://git.example.com' }],
    ['the issuer', { issuer: 'https://user@git.example.com' }],
    ['the base domain', { baseDomain: '*.example.com' }],
    ['the base domain', { baseDomain: 'Example.com' }],
    ['the base domain', { baseDomain: 'example.com.' }],
    ['the hosted zone', { hostedZoneId: 'z1' }],
    ['the region', { region: 'us-esat-1' }],
    ['the prefix of repositories', { ecrRepoPrefix: 'Upper' }],
    ['the record', { recordNames: ['*.example.com"'] }],
    ['the task role', { uses: { taskRoleArn: 'arn:aws:iam::1:role/x' } }],
    ['the secret', { uses: { secrets: ['*'] } }],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: as above
    ['the image', { uses: { images: ['${AWS::Region}/x'] } }],
    ['the credentials of builds', { uses: { credentials: '*' } }],
    ['the container port', { containerPort: 70_000 }],
    ['the cluster', { existing: { cluster: 'a b' } }],
    ['the certificate', { existing: { certificateArn: listenerArn } }],
    ['the listener must be', { existing: { ...network, listenerArn: 'arn:aws:x' } }],
    [
      'is not of this account',
      { existing: { executionRoleArn: 'arn:aws:iam::210987654321:role/a' } },
    ],
    ['is not of this account', { region: 'eu-west-1', existing: { ...network, listenerArn } }],
    ['the VPC and its subnets', { existing: { vpc: network.vpc } }],
    ['the listener is in a VPC', { existing: { listenerArn } }],
    [
      'the security groups are in a VPC',
      { existing: { securityGroups: ['sg-0abc1234def56789a'] } },
    ],
    ['two subnets', { existing: network }],
    ['must not be empty', { existing: { ...network, subnets: [] } }],
    ['that of the load balancer', { existing: { ...network, listenerArn } }],
    ['needs the base domain', { baseDomain: undefined }],
    ['needs the hosted zone', { dns: 'each-preview', hostedZoneId: undefined }],
    ['the DNS name and the zone', { dns: 'wildcard', existing: { ...network, listenerArn } }],
    ['one repository', { repository: undefined }],
  ])('%s: %j', (what, change) => {
    expect(() => bootstrapTemplate({ ...fresh, ...change })).toThrow(
      expect.objectContaining({ code: 'bad-usage', message: expect.stringContaining(what) }),
    );
  });

  test('nothing to make is said, and what that means', () => {
    const { app, ...second } = cases['a second app'] ?? fresh;
    const role = 'arn:aws:iam::123456789012:role/x';
    const roles = { executionRoleArn: role, buildRoleArn: role, deployRoleArn: role };
    const complete = { ...second, existing: { ...second.existing, ...roles } };
    expect(() => bootstrapTemplate({ ...second, app: undefined })).toThrow(/name the app/);
    expect(() => bootstrapTemplate({ ...complete, app })).toThrow(/nothing is missing/);
  });

  test('all mistakes are told at once', () => {
    const wrong = { ...fresh, app: '*', hostedZoneId: `${hostedZoneId}*`, containerPort: 0 };
    expect(() => bootstrapTemplate(wrong)).toThrow(/the app.*\n.*the hosted zone.*\n.*port/);
  });
});

test('each app has a stack, and what apps share can have its own', () => {
  expect(stackNameOf(fresh)).toBe('previewops-shop');
  expect(stackNameOf({ ...fresh, app: undefined })).toBe('previewops');
});
