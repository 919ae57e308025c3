import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import type { BootstrapOptions } from '../../../src/bootstrap/options.ts';
import { bootstrapOutputs } from '../../../src/bootstrap/outputs.ts';
import { bootstrapTemplate } from '../../../src/bootstrap/template.ts';
import type { Template, Value } from '../../../src/bootstrap/values.ts';
import { scopeOf } from '../../../src/commands/scope.ts';
import { checkConfig } from '../../../src/config/check.ts';
import { featuresOf } from '../../../src/config/features.ts';
import type { Config } from '../../../src/config/types.ts';
import { sourceOf } from '../../../src/doctor/checks/roles-trust.ts';
import { roleFacts, roleRequests } from '../../../src/doctor/iam/role-requests.ts';
import { judgeTrust } from '../../../src/doctor/iam/trust.ts';
import { nameCovers } from '../../../src/doctor/names/certificates.ts';
import { wayOut } from '../../../src/doctor/network/routes.ts';
import {
  admits,
  egress,
  ingress,
  type SecurityGroup,
  type SecurityRule,
} from '../../../src/doctor/network/security.ts';
import { evaluate, type PolicyDocument, type Request } from '../../../src/permissions/evaluate.ts';
import { manifest } from '../../../src/permissions/manifest.ts';
import { neededRequests } from '../../../src/permissions/requests.ts';
import { managedPolicyLimit, sizeOf } from '../../../src/permissions/split.ts';
import type { RoleKind } from '../../../src/permissions/words.ts';
import { cases, fresh } from '../../helpers/bootstrap.ts';
import { resolveTemplate } from '../../helpers/resolve-template.ts';

/** The template carried out, and the configuration that its outputs make, as validate takes it. */
function carriedOut(options: BootstrapOptions) {
  const template = resolveTemplate(bootstrapTemplate(options));
  const outputs = Object.entries(template.Outputs).map(([OutputKey, { Value: value }]) => ({
    OutputKey,
    OutputValue: String(value),
  }));
  return { template, config: configWith(bootstrapOutputs(outputs), options) };
}

function configWith(
  { providerConfig, build }: ReturnType<typeof bootstrapOutputs>,
  { ecrRepoPrefix, containerPort, uses = {} }: BootstrapOptions,
): Config {
  const named = (list: readonly string[] = []) =>
    Object.fromEntries(list.map((value, index) => [`SECRET_${index}`, value]));
  const { albListenerArn, ...rest } = providerConfig;
  const further = uses.furtherListenerArns ?? [];
  const listeners =
    further.length === 0
      ? providerConfig
      : { ...rest, albListenerArns: [albListenerArn, ...further] };
  const written = {
    provider: 'aws-ecs',
    providerConfig: { ...listeners, ecrRepoPrefix },
    container: { port: containerPort, secrets: named(uses.secrets) },
    sidecars: (uses.images ?? []).map((image, index) => ({ name: `side${index}`, image })),
    task: { roleArn: uses.taskRoleArn },
    build: { ...build, credentials: uses.credentials },
    ...(uses.hooks ? { hooks: { onDeploy: 'true' } } : {}),
    ...(uses.idle ? { idle: '4h' } : {}),
  };
  const checked = checkConfig({ file: 'previewops.yml', text: stringify(written) });
  if ('problems' in checked) throw new Error(JSON.stringify(checked.problems));
  return checked.config;
}

const propertiesOf = (template: Template, type: string) =>
  Object.values(template.Resources).flatMap(({ Type, Properties }) =>
    Type === `AWS::${type}` ? [Properties] : [],
  );
const document = (value: Value | undefined) => value as unknown as PolicyDocument;
const deployPolicies = (template: Template) =>
  propertiesOf(template, 'IAM::ManagedPolicy').map((each) => document(each.PolicyDocument));
const refusals = (requests: readonly Request[], identity: PolicyDocument[]) =>
  requests
    .filter((request) => evaluate(request, { identity }).decision !== 'allowed')
    .map(({ action, resource }) => `${action} ${resource}`);

const withApp = Object.entries(cases).filter(([, { app }]) => app !== undefined);

describe.each(withApp)('%s', (_, options) => {
  const { template, config } = carriedOut(options);
  const app = options.app ?? '';
  const scope = scopeOf(config, app);
  const features = featuresOf(config);
  const role = (kind: RoleKind) =>
    template.Resources[kind === 'build' ? 'BuildRole' : 'ExecutionRole'];

  test('whoever deploys may do all that CI does', () => {
    const requests = neededRequests(scope, { features });
    expect(requests.length).toBeGreaterThan(50);
    expect(refusals(requests, deployPolicies(template))).toEqual([]);
  });

  test('and may change nothing of another app', () => {
    const other = scopeOf(config, 'other');
    const writes = neededRequests(other, { features }).filter(
      // These two AWS cannot limit to an app: a role is the configuration's, the call has no resource.
      ({ call, action }) =>
        manifest[call].write &&
        action !== 'iam:PassRole' &&
        action !== 'ecs:DeregisterTaskDefinition' &&
        !action.startsWith('route53:'),
    );
    expect(writes.length).toBeGreaterThan(20);
    // A service deployment has no tags, but its ARN names the service.
    expect(refusals(writes, deployPolicies(template))).toHaveLength(writes.length);
  });

  test('each policy fits a managed policy, and all of them a role', () => {
    const documents = deployPolicies(template);
    for (const each of documents) expect(sizeOf(each)).toBeLessThanOrEqual(managedPolicyLimit);
    // IAM User Guide, "IAM and AWS STS quotas": managed policies attached to a role
    expect(documents.length).toBeLessThanOrEqual(10);
  });

  test.each<RoleKind>(['execution', 'build'])(
    'the %s role does its work and trusts its service',
    (kind) => {
      const resource = role(kind);
      const given =
        kind === 'build' ? options.existing.buildRoleArn : options.existing.executionRoleArn;
      if (given !== undefined) return expect(resource).toBeUndefined();
      const { Policies, AssumeRolePolicyDocument } = resource?.Properties ?? {};
      const [inline] = Policies as unknown as { PolicyDocument: Value }[];
      const permissions = document(inline?.PolicyDocument);
      const requests = roleRequests(kind, roleFacts(config, scope));
      expect(requests.length).toBeGreaterThan(3);
      expect(refusals(requests, [permissions])).toEqual([]);
      // IAM User Guide, "IAM and AWS STS quotas": inline policies of a role
      expect(sizeOf(permissions)).toBeLessThanOrEqual(10_240);
      const trust = AssumeRolePolicyDocument as unknown as { Statement: unknown };
      const service = kind === 'build' ? 'codebuild.amazonaws.com' : 'ecs-tasks.amazonaws.com';
      expect(judgeTrust(trust, { service, context: sourceOf(kind, scope) })).toBe('trusted');
      const stranger = sourceOf(kind, { ...scope, account: '210987654321' });
      expect(judgeTrust(trust, { service, context: stranger })).toBe('refused');
    },
  );

  test('the configuration names what the template made', () => {
    const { providerConfig } = config;
    expect(providerConfig.account).toBe(options.account);
    expect(providerConfig.baseDomain).toBe(options.baseDomain);
    expect(config.build.roleArn).toBe(
      options.existing.buildRoleArn ?? `arn:aws:iam::123456789012:role/previewops-${app}-build`,
    );
  });
});

/** A security group of the template as EC2 describes it. */
function described(template: Template, id: string, groupId: string): SecurityGroup {
  const properties = template.Resources[id]?.Properties;
  const rules = (list: Value | undefined): SecurityRule[] =>
    (list as unknown as Record<string, string | number>[]).map((rule) => ({
      IpProtocol: String(rule.IpProtocol),
      ...(rule.FromPort === undefined
        ? {}
        : { FromPort: Number(rule.FromPort), ToPort: Number(rule.ToPort) }),
      ...(rule.CidrIp ? { IpRanges: [{ CidrIp: String(rule.CidrIp) }] } : {}),
      ...(rule.SourceSecurityGroupId
        ? { UserIdGroupPairs: [{ GroupId: String(rule.SourceSecurityGroupId) }] }
        : {}),
    }));
  return {
    GroupId: groupId,
    IpPermissions: rules(properties?.SecurityGroupIngress),
    IpPermissionsEgress: rules(properties?.SecurityGroupEgress),
  };
}

describe('the network as doctor judges it', () => {
  const { template, config } = carriedOut(fresh);
  const balancer = described(template, 'BalancerSecurityGroup', 'sg-0123456789abcdefa');
  const tasks = described(template, 'TaskSecurityGroup', 'sg-0123456789abcdefb');
  const fromBalancer = { groups: ['sg-0123456789abcdefa'], ranges: ['10.42.0.0/20'] };
  const stranger = { groups: ['sg-0aaaaaaaaaaaaaaaa'], ranges: ['0.0.0.0/0'] };

  test('visitors reach the load balancer on both ports, and on no other', () => {
    for (const port of [80, 443])
      expect(admits(ingress([balancer]), { port, ...stranger })).toBe('all');
    expect(admits(ingress([balancer]), { port: 8080, ...stranger })).toBe('none');
  });

  test('the load balancer reaches the container, and nobody else does', () => {
    expect(admits(egress([balancer]), { port: 3000, ...stranger })).toBe('all');
    expect(admits(ingress([tasks]), { port: 3000, ...fromBalancer })).toBe('all');
    expect(admits(ingress([tasks]), { port: 3000, ...stranger })).toBe('none');
    expect(admits(ingress([tasks]), { port: 3001, ...fromBalancer })).toBe('none');
  });

  test('tasks reach ECR and Logs', () => {
    expect(admits(egress([tasks]), { port: 443, ...stranger })).toBe('all');
    const { DestinationCidrBlock, GatewayId } = template.Resources.PublicRoute?.Properties ?? {};
    const table = {
      Routes: [
        { DestinationCidrBlock: String(DestinationCidrBlock), GatewayId: String(GatewayId) },
      ],
    };
    expect(wayOut(table).kind).toBe('internet');
    const routed = propertiesOf(template, 'EC2::SubnetRouteTableAssociation');
    expect(routed.map(({ SubnetId }) => SubnetId)).toEqual(config.providerConfig.subnets);
    expect(config.task.assignPublicIp).toBe(true);
  });

  test('the subnets are in two zones, which the load balancer serves', () => {
    const zones = propertiesOf(template, 'EC2::Subnet').map((each) => each.AvailabilityZone);
    expect(new Set(zones).size).toBe(2);
    const [{ Subnets, Scheme } = {}] = propertiesOf(
      template,
      'ElasticLoadBalancingV2::LoadBalancer',
    );
    expect(Subnets).toEqual(config.providerConfig.subnets);
    expect(Scheme).toBe('internet-facing');
  });

  test('the listener speaks HTTPS on 443 with a certificate for the hosts', () => {
    const { Protocol, Port, Certificates, DefaultActions } =
      template.Resources.HttpsListener?.Properties ?? {};
    expect([Protocol, Port]).toEqual(['HTTPS', 443]);
    expect(Certificates).toEqual([{ CertificateArn: expect.stringContaining(':certificate/') }]);
    expect(DefaultActions).toMatchObject([{ FixedResponseConfig: { StatusCode: '404' } }]);
    const { DomainName, DomainValidationOptions } =
      template.Resources.Certificate?.Properties ?? {};
    expect(nameCovers(String(DomainName), 'pr-1.previews.example.com')).toBe(true);
    expect(DomainValidationOptions).toEqual([{ DomainName, HostedZoneId: fresh.hostedZoneId }]);
    expect(template.Resources.WildcardRecord?.Properties).toMatchObject({
      Name: '*.previews.example.com',
      Type: 'A',
    });
  });

  test('without a zone nothing refers to one', () => {
    const { template: bare } = carriedOut(cases['an empty account, DNS elsewhere'] ?? fresh);
    expect(bare.Resources.WildcardRecord).toBeUndefined();
    expect(bare.Resources.Certificate?.Properties).not.toHaveProperty('DomainValidationOptions');
    expect(bare.Outputs.LoadBalancerDnsName?.Value).toBe('LoadBalancer.DNSName');
  });

  test('the cluster runs both kinds of Fargate', () => {
    const [cluster] = propertiesOf(template, 'ECS::Cluster');
    expect(cluster).toMatchObject({
      CapacityProviders: ['FARGATE', 'FARGATE_SPOT'],
      DefaultCapacityProviderStrategy: [{ CapacityProvider: 'FARGATE', Weight: 1 }],
    });
  });

  test('a second app with another port gets a group that admits it', () => {
    const { template: second, config: own } = carriedOut(
      cases['a second app with another port'] ?? fresh,
    );
    const group = described(
      second,
      'TaskSecurityGroup',
      own.providerConfig.securityGroups[0] ?? '',
    );
    const shared = { groups: ['sg-0fff1234def56789a'], ranges: [] };
    expect(admits(ingress([group]), { port: 9000, ...shared })).toBe('all');
  });
});
