import { describe, expect, test } from 'vitest';
import type { Balancer, FoundListener, Role } from '../../../src/init/account.ts';
import type { Network } from '../../../src/init/network.ts';
import { clusterChoices, hintInName } from '../../../src/init/propose.ts';
import { listenerChoices } from '../../../src/init/propose-listener.ts';
import { domainChoices, newDomainChoices } from '../../../src/init/propose-names.ts';
import { groupChoices, subnetChoices, togetherOf } from '../../../src/init/propose-network.ts';
import { candidates } from '../../../src/init/propose-roles.ts';

const now = Date.parse('2026-11-21T20:00:00Z');
const later = new Date(now + 90 * 24 * 3600_000);
const values = (choices: readonly { value: unknown }[]) => choices.map(({ value }) => value);
const problems = (choices: readonly { value: unknown; problem?: string | undefined }[]) =>
  Object.fromEntries(choices.map(({ value, problem }) => [String(value), problem]));

test.each([
  ['previews', 2],
  ['staging', 1],
  ['shop', 0],
  ['production', -1],
  ['shop-nonprod', 0],
])('a cluster called %s is likely by %d', (name, hint) => expect(hintInName(name)).toBe(hint));

test('clusters: those for previews first, broken ones last, impossible names never', () => {
  const choices = clusterChoices([
    { clusterName: 'production', status: 'ACTIVE' },
    { clusterName: 'old-previews', status: 'INACTIVE' },
    { clusterName: 'staging', status: 'ACTIVE', activeServicesCount: 3 },
    { clusterName: '$(rm -rf ~)' },
    { clusterName: 'a\u001b[2J' },
  ]);
  expect(values(choices)).toEqual(['staging', 'production', 'old-previews']);
  expect(choices[0]?.why).toContain('3 services');
  expect(choices[2]?.problem).toBe('it is INACTIVE');
});

const listenerOf = (name: string, more: Partial<FoundListener> & { port?: number } = {}) => ({
  listener: {
    ListenerArn: `arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/${name}/0/0`,
    Port: more.port ?? 443,
  },
  balancer: { LoadBalancerName: name, Scheme: 'internet-facing', ...more.balancer } as Balancer,
  certificates: more.certificates ?? [],
});
const certificate = (name: string, NotAfter = later) => ({
  DomainName: name,
  Status: 'ISSUED' as const,
  NotAfter,
});

describe('listeners', () => {
  const good = { certificates: [certificate('*.previews.example.com')] };
  test('one with a valid wildcard certificate on 443 comes first', () => {
    const choices = listenerChoices(
      [
        listenerOf('a-expired', {
          certificates: [certificate('*.x.example.com', new Date(now - 1))],
        }),
        listenerOf('b-other-port', { ...good, port: 8443 }),
        listenerOf('c-starting', { ...good, balancer: { State: { Code: 'provisioning' } } }),
        listenerOf('d-internal', { ...good, balancer: { Scheme: 'internal' } }),
        listenerOf('e-good', good),
      ],
      now,
    );
    const names = values(choices).map((arn) => String(arn).split('/')[2]);
    expect(names.slice(0, 2)).toEqual(['e-good', 'd-internal']);
    expect(choices.filter(({ problem }) => problem !== undefined)).toHaveLength(3);
    expect(choices[0]?.why).toContain('certificate for *.previews.example.com');
  });

  test('what a load balancer is called reaches no terminal as it is', () => {
    const [choice] = listenerChoices(
      [
        listenerOf('x', {
          ...good,
          balancer: { LoadBalancerName: '\u001b[31mred\n::error::' },
        }),
      ],
      now,
    );
    expect(choice?.label).toBe('red ::error::, port 443');
  });
});

const vpc = 'vpc-00000001';
const subnet = (digit: number, zone: string, free = 100) => ({
  SubnetId: `subnet-0000000${digit}`,
  VpcId: vpc,
  AvailabilityZone: zone,
  AvailableIpAddressCount: free,
  CidrBlock: `10.0.${digit}.0/24`,
});
const table = (id: string, target: object | undefined, subnets: string[] = []) => ({
  RouteTableId: id,
  VpcId: vpc,
  Associations: subnets.length > 0 ? subnets.map((SubnetId) => ({ SubnetId })) : [{ Main: true }],
  Routes: target ? [{ DestinationCidrBlock: '0.0.0.0/0', ...target }] : [],
});
const group = (digit: number, ingress: object[], more: object = {}) => ({
  GroupId: `sg-0000000${digit}`,
  GroupName: `group ${digit}`,
  VpcId: vpc,
  IpPermissions: ingress,
  IpPermissionsEgress: [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
  ...more,
});
const from = (id: string, port: number) => ({
  IpProtocol: 'tcp',
  FromPort: port,
  ToPort: port,
  UserIdGroupPairs: [{ GroupId: id }],
});
const balancer: Balancer = {
  SecurityGroups: ['sg-00000001'],
  AvailabilityZones: [
    { ZoneName: 'a', SubnetId: 'subnet-00000001' },
    { ZoneName: 'b', SubnetId: 'subnet-00000002' },
  ],
};
const network: Network = {
  subnets: [
    subnet(1, 'a'),
    subnet(2, 'b'),
    subnet(3, 'c'),
    subnet(4, 'a'),
    subnet(5, 'b'),
    subnet(6, 'a', 1),
  ],
  tables: [
    table('main', { GatewayId: 'igw-1' }),
    table('nat', { NatGatewayId: 'nat-1' }, ['subnet-00000004']),
    table('shut', undefined, ['subnet-00000005']),
  ],
  endpoints: [],
  groups: [
    group(1, [
      { IpProtocol: 'tcp', FromPort: 443, ToPort: 443, IpRanges: [{ CidrIp: '0.0.0.0/0' }] },
    ]),
    group(2, [from('sg-00000001', 3000)]),
    group(3, [from('sg-00000001', 8080)]),
    group(4, [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }]),
    group(5, [from('sg-00000001', 3000)], { IpPermissionsEgress: [] }),
  ],
};

describe('the network', () => {
  test('subnets go together that are public, have room and a zone of the load balancer', () => {
    const choices = subnetChoices(network, balancer);
    expect(problems(choices)).toMatchObject({
      'subnet-00000001': undefined,
      'subnet-00000002': undefined,
      'subnet-00000003': expect.stringContaining('zone c'),
      'subnet-00000004': undefined,
      'subnet-00000005': expect.stringContaining('neither ECR nor Logs'),
      'subnet-00000006': expect.stringContaining('1 addresses'),
    });
    expect(togetherOf(choices, network)?.values).toEqual(['subnet-00000001', 'subnet-00000002']);
  });

  test('private ones go together where there are no others', () => {
    const only = { ...network, subnets: [subnet(4, 'a'), subnet(5, 'b')] };
    const together = togetherOf(subnetChoices(only, balancer), only);
    expect(together).toMatchObject({
      values: ['subnet-00000004'],
      why: expect.stringContaining('private'),
    });
    const none = { ...network, subnets: [subnet(5, 'b')] };
    expect(togetherOf(subnetChoices(none, balancer), none)).toBeUndefined();
  });

  test('the group comes first that lets in the load balancer on the port, and nobody else', () => {
    const choices = groupChoices(network, { balancer, port: 3000 });
    expect(values(choices).slice(0, 2)).toEqual(['sg-00000002', 'sg-00000004']);
    expect(choices[0]?.why).toBe('lets sg-00000001 in on port 3000');
    expect(choices[1]?.why).toContain('everybody');
    expect(problems(choices)).toMatchObject({
      'sg-00000001': expect.stringContaining("load balancer's own"),
      'sg-00000003': expect.stringContaining('port 3000'),
      'sg-00000005': expect.stringContaining('nothing out'),
    });
  });
});

describe('domains', () => {
  const found = listenerOf('a', {
    certificates: [certificate('*.shop.example.com'), certificate('*.pr.example.net')],
  });
  const asking = {
    balancer: 'lb.example',
    random: () => 0.5,
    now,
    zones: { ok: true as const, value: [] },
  };

  test('one whose hosts lead to the load balancer comes first', async () => {
    const resolve = async (host: string) =>
      host === 'lb.example'
        ? ['1.1.1.1', '2.2.2.2']
        : host.endsWith('.pr.example.net')
          ? ['2.2.2.2']
          : [];
    const choices = await domainChoices(found, { ...asking, resolve });
    expect(values(choices)).toEqual(['pr.example.net', 'shop.example.com']);
    expect(choices.map(({ leads }) => leads)).toEqual(['here', 'nowhere']);
  });

  test('a DNS that does not answer decides nothing', async () => {
    const resolve = async () => Promise.reject(new Error('timeout'));
    const choices = await domainChoices(found, { ...asking, resolve });
    expect(choices.map(({ leads }) => leads)).toEqual(['unknown', 'unknown']);
  });

  test('a new load balancer gets one below a public zone of the account', () => {
    const choices = newDomainChoices([
      { Id: '/hostedzone/Z1', Name: 'example.com.', CallerReference: '' },
      { Id: '/hostedzone/Z2', Name: 'previews.example.net.', CallerReference: '' },
      { Id: '/hostedzone/Z3', Name: 'inner.', CallerReference: '', Config: { PrivateZone: true } },
      { Id: '/hostedzone/Z4', Name: '\\052.example.org.', CallerReference: '' },
    ]);
    expect(values(choices)).toEqual(['previews.example.net', 'previews.example.com']);
  });
});

test('roles: those that trust the service, execution roles before task roles, no service roles', () => {
  const trust = (Service: string, Condition?: object) =>
    encodeURIComponent(
      JSON.stringify({
        Statement: [
          { Effect: 'Allow', Principal: { Service }, Action: 'sts:AssumeRole', Condition },
        ],
      }),
    );
  const role = (RoleName: string, document: string, Path = '/') =>
    ({
      RoleName,
      Path,
      Arn: `arn:aws:iam::123456789012:role${Path}${RoleName}`,
      AssumeRolePolicyDocument: document,
    }) as Role;
  const tasks = 'ecs-tasks.amazonaws.com';
  const place = { partition: 'aws', region: 'us-east-1', account: '123456789012', app: 'shop' };
  const strange = { StringEquals: { 'aws:SourceAccount': '999999999999' } };
  const own = { StringEquals: { 'aws:SourceAccount': place.account } };
  const found = candidates(
    [
      role('app-task', trust(tasks)),
      role('anExecutionRole', trust(tasks, own)),
      role('execution-elsewhere', trust(tasks, strange)),
      role('AWSServiceRoleForECS', trust(tasks), '/aws-service-role/'),
      role('lambda', trust('lambda.amazonaws.com')),
      role('broken', '%7B'),
      role('previewops-shop-execution', trust(tasks)),
    ],
    'execution',
    place,
  );
  expect(found.map(({ RoleName }) => RoleName)).toEqual([
    'previewops-shop-execution',
    'anExecutionRole',
    'app-task',
  ]);
});
