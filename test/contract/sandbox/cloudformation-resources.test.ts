// What each type of resource does to the account, and refuses; who may ask for it.
import { expect, test } from 'vitest';
import { cloudformation } from '../../../src/sandbox/services/cloudformation.ts';
import { iam } from '../../../src/sandbox/services/iam.ts';
import { openAccount } from './account.ts';
import { accountId, refusal, region } from './direct.ts';
import { expectReal } from './real.ts';
import { certificate, cluster, inZone, of, openStacks, policy, role, stackName } from './stacks.ts';

const stackArn = `arn:aws:cloudformation:${region}:${accountId}:stack/${stackName}`;
const vpc = { Type: 'AWS::EC2::VPC', Properties: { CidrBlock: '10.0.0.0/16' } };
const inVpc = (Type: string, properties: object = {}) => ({
  Type,
  Properties: { VpcId: { Ref: 'Vpc' }, ...properties },
});
const subnet = (zone: number, CidrBlock = `10.0.${zone}.0/24`) =>
  inVpc('AWS::EC2::Subnet', {
    CidrBlock,
    AvailabilityZone: { 'Fn::Select': [zone, { 'Fn::GetAZs': '' }] },
  });
const group = inVpc('AWS::EC2::SecurityGroup', { GroupDescription: 'g', GroupName: 'g' });
const balancer = (subnets: string[], more: object = {}) => ({
  Type: 'AWS::ElasticLoadBalancingV2::LoadBalancer',
  Properties: {
    Name: 'lb',
    Subnets: subnets.map((Ref) => ({ Ref })),
    SecurityGroups: [{ 'Fn::GetAtt': ['Group', 'GroupId'] }],
    ...more,
  },
});
const listener = (more: object = {}) => ({
  Type: 'AWS::ElasticLoadBalancingV2::Listener',
  Properties: {
    LoadBalancerArn: { Ref: 'Lb' },
    Port: 443,
    Protocol: 'HTTPS',
    DefaultActions: [{ Type: 'redirect', RedirectConfig: { StatusCode: 'HTTP_301' } }],
    ...more,
  },
});
const network = { Vpc: vpc, A: subnet(0), B: subnet(1), Group: group };
const internal = { ...network, Lb: balancer(['A', 'B'], { Scheme: 'internal' }) };
const record = (more: object) => ({
  Type: 'AWS::Route53::RecordSet',
  Properties: { HostedZoneId: 'Z1', Name: 'a.example.com', Type: 'A', ...more },
});
const route = {
  Type: 'AWS::EC2::Route',
  Properties: {
    RouteTableId: { Ref: 'Table' },
    DestinationCidrBlock: '0.0.0.0/0',
    GatewayId: { Ref: 'Gateway' },
  },
};
const provider = {
  Type: 'AWS::IAM::OIDCProvider',
  Properties: { Url: 'https://ci.example.com', ClientIdList: ['aws'] },
};
const serviceRole = (AWSServiceName: string) => ({
  Type: 'AWS::IAM::ServiceLinkedRole',
  Properties: { AWSServiceName },
});

test.each<[string, object, string]>([
  [
    'Two',
    { Vpc: vpc, One: subnet(0), Two: { ...subnet(1, '10.0.0.0/24'), DependsOn: 'One' } },
    'conflicts with another subnet',
  ],
  [
    'Two',
    { Vpc: vpc, One: group, Two: { ...group, DependsOn: 'One' } },
    "'AWS::EC2::SecurityGroup' with identifier 'g' already exists",
  ],
  ['Lb', { ...network, Lb: balancer(['A', 'B']) }, 'has no internet gateway'],
  [
    'Lb',
    { ...network, Lb: balancer(['A'], { Scheme: 'internal' }) },
    'At least two subnets in two different',
  ],
  [
    'Lb',
    { ...network, Lb: balancer(['A', 'B'], { Type: 'network' }) },
    'of the type application only',
  ],
  [
    'Two',
    { ...internal, Two: { ...internal.Lb, DependsOn: 'Lb' } },
    "with identifier 'lb' already exists",
  ],
  ['L', { ...internal, L: listener() }, 'A certificate must be specified for HTTPS listeners'],
  [
    'L',
    { ...internal, L: listener({ Certificates: [{ CertificateArn: 'arn:none' }] }) },
    "Certificate 'arn:none' not found",
  ],
  [
    'M',
    {
      ...internal,
      L: listener({ Protocol: 'HTTP' }),
      M: { ...listener({ Protocol: 'HTTP' }), DependsOn: 'L' },
    },
    'A listener already exists on this port',
  ],
  [
    'R',
    { R: record({ TTL: 60, ResourceRecords: ['192.0.2.1'], Name: 'a.example.org' }) },
    'is not permitted in zone example.com.',
  ],
  [
    'R',
    { R: record({ AliasTarget: { DNSName: 'x.elb.amazonaws.com', HostedZoneId: 'Z2' } }) },
    'the alias target name does not lie within the target zone',
  ],
  [
    'R',
    { R: record({ HostedZoneId: 'Z9', TTL: 60, ResourceRecords: ['192.0.2.1'] }) },
    'No hosted zone found with ID: Z9',
  ],
  [
    'C',
    { C: certificate({ DomainName: '*.example.com', HostedZoneId: 'Z9' }) },
    'No hosted zone found with ID: Z9',
  ],
  [
    'To',
    {
      Vpc: vpc,
      Gateway: { Type: 'AWS::EC2::InternetGateway' },
      Table: inVpc('AWS::EC2::RouteTable'),
      To: route,
    },
    'belong to different networks',
  ],
  [
    'Role',
    { Role: role({ ManagedPolicyArns: ['arn:aws:iam::aws:policy/None'] }) },
    'does not exist or is not attachable',
  ],
  [
    'Role',
    { Role: role({ AssumeRolePolicyDocument: { Statement: ['x'.repeat(2048)] } }) },
    'Cannot exceed quota for ACLSizePerRole: 2048',
  ],
  [
    'Role',
    { Role: role({ RoleName: 'preview' }) },
    "'AWS::IAM::Role' with identifier 'preview' already exists",
  ],
  ['P', { P: policy('p', 'x'.repeat(6144)) }, 'Cannot exceed quota for PolicySize: 6144'],
  [
    'Two',
    { One: policy('p'), Two: { ...policy('p'), DependsOn: 'One' } },
    "with identifier 'arn:aws:iam::123456789012:policy/p' already exists",
  ],
  [
    'Two',
    { One: provider, Two: { ...provider, DependsOn: 'One' } },
    'Provider with url https://ci.example.com already exists.',
  ],
  [
    'Two',
    {
      One: serviceRole('ecs.amazonaws.com'),
      Two: { ...serviceRole('ecs.amazonaws.com'), DependsOn: 'One' },
    },
    'AWSServiceRoleForECS has been taken in this account',
  ],
  [
    'S',
    { S: serviceRole('rds.amazonaws.com') },
    'Service linked roles of rds.amazonaws.com are not simulated',
  ],
  [
    'Cluster',
    { Cluster: cluster('c', { Configuration: {} }) },
    'extraneous key [Configuration] is not permitted',
  ],
  [
    'Cluster',
    { Cluster: { Type: 'AWS::IAM::ManagedPolicy' } },
    'required key [PolicyDocument] not found',
  ],
])('[stack-12] %s is refused by its service: %#', (id, resources, problem) => {
  const { make, stack, reasonOf, world } = inZone();
  make(of(resources));
  expect(reasonOf(id, 'CREATE_FAILED')).toContain(problem);
  expect(stack().status).toBe('ROLLBACK_COMPLETE');
  expect(Object.keys(world.network.vpcs)).toEqual(['vpc-1']);
});

const entry = (GroupId: object) => ({
  Type: 'AWS::EC2::SecurityGroupIngress',
  Properties: { GroupId, IpProtocol: 'tcp', FromPort: 1, ToPort: 2, CidrIp: '192.0.2.0/24' },
});

test('[stack-12] a rule of its own comes to the group, outlives a change of it, and goes again', () => {
  const { world, make, stack } = openStacks();
  const own = (port: number) =>
    inVpc('AWS::EC2::SecurityGroup', {
      GroupDescription: 'g',
      SecurityGroupIngress: [{ IpProtocol: 'tcp', FromPort: port, ToPort: port, CidrIpv6: '::/0' }],
    });
  const ports = () =>
    world.network.securityGroups[stack().resources.Group?.physicalId ?? '']?.ingress?.map(
      ({ from }) => from,
    );
  const rule = entry({ 'Fn::GetAtt': ['Group', 'GroupId'] });
  make(of({ Vpc: vpc, Group: own(80), Rule: rule }));
  expect(ports()).toEqual([80, 1]);
  make(of({ Vpc: vpc, Group: own(81), Rule: rule }));
  expect(ports()).toEqual([1, 81]);
  make(of({ Vpc: vpc, Group: own(81) }));
  expect(ports()).toEqual([81]);
});

test('[stack-12] a listener and its load balancer take their rules with them; a record goes as it came', () => {
  const { world, make, stack } = inZone();
  const host = { 'Fn::GetAtt': ['Lb', 'DNSName'] };
  const zone = { 'Fn::GetAtt': ['Lb', 'CanonicalHostedZoneID'] };
  const alias = record({ AliasTarget: { DNSName: host, HostedZoneId: zone } });
  make(of({ ...internal, L: listener({ Protocol: 'HTTP', Port: 80 }), R: alias }));
  const { listeners, rules, loadBalancers } = world.elasticloadbalancing;
  const mine = () => [listeners, rules, loadBalancers].map((all) => Object.keys(all).length);
  expect(mine()).toEqual([2, 2, 2]);
  expect(world.route53.zones.Z1?.records).toHaveLength(3);
  const changed = { Type: 'fixed-response', FixedResponseConfig: { StatusCode: '418' } };
  make(of({ ...internal, L: listener({ Protocol: 'HTTP', Port: 81, DefaultActions: [changed] }) }));
  const own = stack().resources.L?.physicalId ?? '';
  expect(listeners[own]?.port).toBe(81);
  const [rule] = Object.values(rules).filter(({ listenerArn }) => listenerArn === own);
  expect(rule?.otherActions).toMatchObject([{ Type: 'fixed-response', Order: 1 }]);
  expect(world.route53.zones.Z1?.records).toHaveLength(2);
  make(of({ Role: role() }));
  expect(mine()).toEqual([1, 1, 1]);
  expect(Object.keys(world.network.vpcs)).toEqual(['vpc-1']);
});

test('[stack-13] each call needs its action on the stack, whose id nobody knows before it is there', async () => {
  const { account, make, stack } = openStacks();
  const named = { StackName: stackName, ChangeSetName: 'set' };
  const asked = (Object.keys(cloudformation) as (keyof typeof cloudformation)[]).map((name) => {
    const { ChangeSetName, StackName } = named;
    const input = name.endsWith('ChangeSet') ? { StackName, ChangeSetName } : { StackName };
    return cloudformation[name].authorize(input, account.ctx());
  });
  for (const [need] of asked) {
    expect(need?.resource).toBe(`${stackArn}/*`);
    if (need) await expectReal({ ...need, resource: `${stackArn}/id` });
  }
  make(of({ Role: role() }));
  const [need] = cloudformation.DescribeStacks.authorize({ StackName: stackName }, account.ctx());
  expect(need).toEqual({ action: 'cloudformation:DescribeStacks', resource: stack().id });
  const absent = { StackName: 'absent' };
  expect(refusal(() => account.run(cloudformation.DescribeStackEvents, absent))).toBe(
    'ValidationError: Stack with id absent does not exist',
  );
});

test('[principal-9] providers of tokens are listed', async () => {
  const { account, make } = openStacks();
  const list = () => account.run(iam.ListOpenIDConnectProviders, {}).OpenIDConnectProviderList;
  expect(list()).toEqual([]);
  make(of({ P: provider }));
  expect(list()).toEqual([{ Arn: `arn:aws:iam::${accountId}:oidc-provider/ci.example.com` }]);
  const [need] = iam.ListOpenIDConnectProviders.authorize({}, account.ctx());
  if (need) await expectReal(need);
});

test('[state-13] an empty account has the hosted zone of the domain and nothing else', async () => {
  const { sandbox, call } = openAccount({ account: 'empty' });
  const {
    route53,
    network,
    iam: identities,
    ecs,
    elasticloadbalancing: elb,
    acm: names,
  } = sandbox.world();
  expect(Object.values(route53.zones)).toMatchObject([{ name: 'previews.example.com.' }]);
  const rest = [network.vpcs, network.subnets, network.securityGroups, identities.roles];
  for (const all of [...rest, ecs.clusters, elb.loadBalancers, names.certificates]) {
    expect(all).toEqual({});
  }
  const { HostedZones } = await call('route53:ListHostedZones', {});
  expect(HostedZones).toHaveLength(1);
});
