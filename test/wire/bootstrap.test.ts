import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import {
  CloudFormationClient,
  CreateChangeSetCommand,
  CreateStackCommand,
  DescribeChangeSetCommand,
  DescribeStackEventsCommand,
  DescribeStackResourcesCommand,
  DescribeStacksCommand,
} from '@aws-sdk/client-cloudformation';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { stringify } from 'yaml';
import { changesOf } from '../../src/bootstrap/changes.ts';
import { renderStackEvent, standingOf } from '../../src/bootstrap/events.ts';
import { type BootstrapOptions, stackNameOf } from '../../src/bootstrap/options.ts';
import { bootstrapOutputs } from '../../src/bootstrap/outputs.ts';
import { renderTemplate } from '../../src/bootstrap/render.ts';
import { bootstrapTemplate, stackParameters } from '../../src/bootstrap/template.ts';
import { scopeOf } from '../../src/commands/scope.ts';
import { checkConfig } from '../../src/config/check.ts';
import { decodeDocument, judgeTrust } from '../../src/doctor/iam/trust.ts';
import { admits, egress, ingress } from '../../src/doctor/network/security.ts';
import { evaluate, type PolicyDocument } from '../../src/permissions/evaluate.ts';
import { neededRequests } from '../../src/permissions/requests.ts';
import { cases, fresh } from '../helpers/bootstrap.ts';
import { resolveTemplate } from '../helpers/resolve-template.ts';
import { connect, openWireWorld, type WireWorld } from '../helpers/wire/world.ts';

const cfnLint = fileURLToPath(new URL('../../.venv/bin/cfn-lint', import.meta.url));
const textOf = (options: BootstrapOptions) =>
  renderTemplate(bootstrapTemplate(options), stackNameOf(options));

describe('cfn-lint', () => {
  const directory = mkdtempSync(join(tmpdir(), 'previewops-bootstrap-'));
  afterAll(() => rmSync(directory, { recursive: true }));

  /** What it finds in these templates, warnings too; rejects when it is not installed or breaks. */
  async function findings(texts: readonly string[]): Promise<string> {
    if (!existsSync(cfnLint)) {
      throw new Error('cfn-lint is not installed: run scripts/install-moto.sh, then this again');
    }
    const files = texts.map((text, index) => {
      const file = join(directory, `${index}.yml`);
      writeFileSync(file, text);
      return file;
    });
    const args = ['--format', 'parseable', '--include-checks', 'I', '--', ...files];
    return promisify(execFile)(cfnLint, args, { cwd: directory }).then(
      ({ stdout }) => stdout,
      (error: { stdout?: string }) => {
        if (error.stdout) return error.stdout;
        throw error;
      },
    );
  }

  test('finds nothing in the template of any combination', async () => {
    expect(await findings(Object.values(cases).map(textOf))).toBe('');
  });

  test('would find what is wrong', async () => {
    const broken = textOf(fresh)
      .replace('!Ref PublicRoutes', '!Ref PublicRoute5')
      .replace('EnableDnsSupport', 'EnableDns');
    const found = await findings([broken]);
    expect(found).toContain('PublicRoute5');
    expect(found).toContain('EnableDns');
  });
});

/**
 * Types that moto's CloudFormation passes over without a word, so that the stack has no such resource.
 * A certificate that exists stands in for one that the listener would need.
 */
const notInMoto = {
  certificate: 'AWS::CertificateManager::Certificate',
  listenerCertificate: 'AWS::ElasticLoadBalancingV2::ListenerCertificate',
  provider: 'AWS::IAM::OIDCProvider',
  serviceRole: 'AWS::IAM::ServiceLinkedRole',
};

describe('the stack in moto', () => {
  let world: WireWorld;
  let client: CloudFormationClient;
  let certificateArn: string;
  beforeAll(async () => {
    world = await openWireWorld();
    for (const [name, value] of Object.entries(world.env())) vi.stubEnv(name, value);
    const options = { region: 'us-east-1', endpoint: world.moto.url, credentials: world.admin };
    client = new CloudFormationClient({ ...options, maxAttempts: 1 });
    const { albListenerArn } = world.config.providerConfig;
    const { Listeners = [] } = await connect().call('elasticloadbalancing:DescribeListeners', {
      ListenerArns: [albListenerArn],
    });
    certificateArn = Listeners[0]?.Certificates?.[0]?.CertificateArn ?? '';
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    client?.destroy();
    await world?.close(); // absent when moto did not start
  });

  async function create(options: BootstrapOptions) {
    const StackName = stackNameOf(options);
    await client.send(
      new CreateStackCommand({
        StackName,
        TemplateBody: textOf(options),
        Parameters: stackParameters(bootstrapTemplate(options)),
        Capabilities: ['CAPABILITY_NAMED_IAM'],
      }),
    );
    const { Stacks: [stack] = [] } = await client.send(new DescribeStacksCommand({ StackName }));
    const { StackResources = [] } = await client.send(
      new DescribeStackResourcesCommand({ StackName }),
    );
    expect(standingOf(stack?.StackStatus)).toBe('done');
    const made = StackResources.flatMap(({ LogicalResourceId: id }) => id ?? []);
    return { result: bootstrapOutputs(stack?.Outputs ?? []), made };
  }

  /** What the stack should have and has not, by type. */
  function gaps(options: BootstrapOptions, made: readonly string[]) {
    const all = Object.entries(resolveTemplate(bootstrapTemplate(options)).Resources);
    return all.flatMap(([id, { Type }]) => (made.includes(id) ? [] : [Type])).sort();
  }

  /** The configuration that validate would take. */
  function configOf({ providerConfig, build }: ReturnType<typeof bootstrapOutputs>) {
    const text = stringify({ provider: 'aws-ecs', providerConfig, build });
    const checked = checkConfig({ file: 'previewops.yml', text });
    if ('problems' in checked) throw new Error(JSON.stringify(checked.problems));
    return checked.config;
  }

  /** A part of what whoever deploys may do, as moto carried the template out. */
  async function policyInMoto(part: number): Promise<PolicyDocument> {
    const PolicyArn = `arn:aws:iam::123456789012:policy/previewops-shop-deploy-${part}`;
    const { PolicyVersion } = await connect().call('iam:GetPolicyVersion', {
      PolicyArn,
      VersionId: 'v1',
    });
    const document = decodeDocument(PolicyVersion?.Document);
    if (!document) throw new Error(`moto has no policy ${PolicyArn}`);
    return document as PolicyDocument;
  }

  const whole = (): BootstrapOptions => ({
    ...fresh,
    hostedZoneId: world.hostedZoneId,
    existing: { certificateArn, ecsServiceRole: false },
  });

  test('of an empty account is made, and its outputs are a configuration', async () => {
    const options = whole();
    const { result, made } = await create(options);
    expect(gaps(options, made)).toEqual([notInMoto.provider, notInMoto.serviceRole]);
    const { providerConfig, build } = configOf(result);
    expect(result.deployRoleArn).toBe('arn:aws:iam::123456789012:role/previewops-shop-deploy');
    expect(build.roleArn).toBe('arn:aws:iam::123456789012:role/previewops-shop-build');

    const aws = connect();
    const { clusters = [] } = await aws.call('ecs:DescribeClusters', {
      clusters: [providerConfig.cluster],
    });
    // moto leaves the capacity providers of a template away; a unit test has them.
    expect(clusters[0]).toMatchObject({ status: 'ACTIVE' });
    const { Listeners: [listener] = [] } = await aws.call(
      'elasticloadbalancing:DescribeListeners',
      { ListenerArns: [providerConfig.albListenerArn] },
    );
    expect(listener).toMatchObject({
      Port: 443,
      Protocol: 'HTTPS',
      Certificates: [{ CertificateArn: certificateArn }],
      DefaultActions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '404' } }],
    });
    const { LoadBalancers: [balancer] = [] } = await aws.call(
      'elasticloadbalancing:DescribeLoadBalancers',
      { LoadBalancerArns: [listener?.LoadBalancerArn ?? ''] },
    );
    expect(balancer).toMatchObject({ Scheme: 'internet-facing', VpcId: providerConfig.vpc });
    expect(result.loadBalancerDnsName).toBe(balancer?.DNSName);

    const groups = async (GroupIds: string[]) =>
      (await aws.call('ec2:DescribeSecurityGroups', { GroupIds })).SecurityGroups ?? [];
    const own = balancer?.SecurityGroups ?? [];
    const front = await groups(own);
    const tasks = await groups(providerConfig.securityGroups);
    const visitor = { groups: [], ranges: ['0.0.0.0/0'] };
    expect(admits(ingress(front), { port: 443, ...visitor })).toBe('all');
    expect(admits(ingress(tasks), { port: 3000, groups: own, ranges: [] })).toBe('all');
    expect(admits(ingress(tasks), { port: 3000, ...visitor })).toBe('none');
    expect(admits(egress(tasks), { port: 443, ...visitor })).toBe('all');
    expect(admits(egress(front), { port: 3000, ...visitor })).toBe('all');

    const { Role } = await aws.call('iam:GetRole', { RoleName: 'previewops-shop-execution' });
    const trust = decodeDocument(Role?.AssumeRolePolicyDocument) ?? { Statement: [] };
    const context = {
      'aws:SourceAccount': '123456789012',
      'aws:SourceArn': 'arn:aws:ecs:us-east-1:123456789012:task/previewops/0',
    };
    expect(judgeTrust(trust, { service: 'ecs-tasks.amazonaws.com', context })).toBe('trusted');
    // moto attaches no managed policies to a template's role, but it makes them, and fills in the rest.
    const requests = neededRequests(scopeOf(configOf(result), 'shop'));
    const identity = await Promise.all([1, 2].map((part) => policyInMoto(part)));
    const refused = requests.filter(
      (request) => evaluate(request, { identity }).decision !== 'allowed',
    );
    expect(refused).toEqual([]);

    const { ResourceRecordSets = [] } = await aws.call('route53:ListResourceRecordSets', {
      HostedZoneId: world.hostedZoneId,
    });
    // moto knows no CanonicalHostedZoneID here, so that the zone of the alias cannot be judged.
    expect(ResourceRecordSets.filter(({ Type }) => Type === 'A')).toMatchObject([
      { Name: '*.previews.example.com', AliasTarget: { DNSName: balancer?.DNSName } },
    ]);
  });

  test('tells its events and, of a change, what is added, changed and removed', async () => {
    const options = whole();
    const StackName = stackNameOf(options);
    const { StackEvents = [] } = await client.send(new DescribeStackEventsCommand({ StackName }));
    const [newest] = StackEvents;
    expect(newest && renderStackEvent(newest)).toBe(
      '+ previewops-shop AWS::CloudFormation::Stack create complete',
    );
    // With a cluster of somebody else's, another port, and policies to attach by hand.
    const next: BootstrapOptions = {
      ...options,
      ci: 'none',
      containerPort: 4000,
      recordNames: ['*.other.example.com'],
      dns: 'each-preview',
      existing: { certificateArn, cluster: world.config.providerConfig.cluster },
    };
    const { Id } = await client.send(
      new CreateChangeSetCommand({
        StackName,
        ChangeSetName: 'previewops-1',
        ChangeSetType: 'UPDATE',
        TemplateBody: textOf(next),
        Parameters: stackParameters(bootstrapTemplate(next)),
        Capabilities: ['CAPABILITY_NAMED_IAM'],
      }),
    );
    const changeSet = await client.send(
      new DescribeChangeSetCommand({ StackName, ChangeSetName: Id }),
    );
    const { lines, destructive } = changesOf(changeSet);
    expect(destructive).toBe(true);
    expect(lines[0]).toMatch(/^- remove /);
    expect(lines).toContain('- remove Cluster AWS::ECS::Cluster');
    expect(lines).toContain('- remove WildcardRecord AWS::Route53::RecordSet');
    expect(
      lines.some((line) => /^~ change DeployPolicy\d AWS::IAM::ManagedPolicy/.test(line)),
    ).toBe(true);
  });

  test('of a second app has its roles alone, and uses what is there', async () => {
    const { cluster, vpc, subnets, securityGroups, albListenerArn } = world.config.providerConfig;
    const options: BootstrapOptions = {
      ...fresh,
      app: 'blog',
      ci: 'none',
      repository: undefined,
      dns: 'elsewhere',
      certificate: true,
      existing: { cluster, vpc, subnets, securityGroups, listenerArn: albListenerArn },
    };
    const { result, made } = await create(options);
    expect(gaps(options, made)).toEqual([notInMoto.certificate, notInMoto.listenerCertificate]);
    expect(configOf(result).providerConfig).toMatchObject({
      cluster,
      vpc,
      subnets,
      securityGroups,
      albListenerArn,
      executionRoleArn: 'arn:aws:iam::123456789012:role/previewops-blog-execution',
    });
    expect(result.deployPolicyArns).toHaveLength(2);
  });
});
