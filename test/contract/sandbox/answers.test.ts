// Longer than most: everything that can stand between a client and an application.
import { beforeEach, describe, expect, test } from 'vitest';
import { answerTo } from '../../../src/sandbox/answer.ts';
import { addressesOf } from '../../../src/sandbox/resolve.ts';
import { type Seed, seedWorld } from '../../../src/sandbox/seed.ts';
import { ecs } from '../../../src/sandbox/services/ecs.ts';
import type { Behaviour, LoadBalancer, Rule } from '../../../src/sandbox/types.ts';
import { emptyWorld } from '../../../src/sandbox/world.ts';
import { makeRule, openAccount, zoneId } from './account.ts';
import {
  type Account,
  accountId,
  listenerArn,
  region,
  roleArn,
  service,
  taskDefinition,
} from './direct.ts';
import { accountForWeb, cluster } from './web-service.ts';

const start = Date.UTC(2030, 0, 15, 12);
const yearMs = 365 * 24 * 60 * 60_000;
const image = 'public.ecr.aws/docker/library/nginx:1';
const alb = { server: 'awselb/2.0' };

const seed: Seed = {
  account: accountId,
  region,
  cluster,
  vpc: 'vpc-1',
  subnets: ['subnet-a', 'subnet-b'],
  securityGroups: ['sg-1'],
  listenerArn,
  roleArns: [roleArn],
  baseDomain: 'example.com',
};

let aws: Account;
let group: string;
beforeEach(() => {
  const world = emptyWorld(accountId, region);
  world.now = start;
  seedWorld(world, seed);
  ({ aws, group } = accountForWeb(world));
});

const get = (url = 'https://web.example.com/') => answerTo(aws.world, url);
const elb = () => aws.world.elasticloadbalancing;
function only<T>(records: Record<string, T>): T {
  const [first] = Object.values(records);
  if (first === undefined) throw new Error('there is none');
  return first;
}
const balancer = () => only(elb().loadBalancers);
const listener = () => only(elb().listeners);
const certificate = () => only(aws.world.acm.certificates);
const targets = () => only(elb().targetGroups).targets;
const address = (of: LoadBalancer = balancer()) => addressesOf(of)[0] ?? '';
const tasks = (desiredStatus: 'RUNNING' | 'STOPPED' = 'RUNNING') =>
  aws.run(ecs.ListTasks, { cluster: 'previews', desiredStatus }).taskArns;

/** Deploys the service `web` and lets `seconds` pass. */
function deploy(app: Behaviour['app'] = 'healthy', seconds = 60): void {
  aws.behaviour.app = app;
  aws.run(ecs.RegisterTaskDefinition, taskDefinition());
  aws.run(ecs.CreateService, { ...service(group), healthCheckGracePeriodSeconds: 3600 });
  aws.pass(seconds);
}

let rules = 0;
function addRule(rule: Partial<Rule>): void {
  const arn = `${listenerArn}/extra-${++rules}`;
  elb().rules[arn] = {
    arn,
    listenerArn,
    priority: 1000 + rules,
    hosts: [],
    otherConditions: [],
    tags: {},
    ...rule,
  };
}
const fixed = (MessageBody: string, StatusCode = '200') => ({
  otherActions: [
    {
      Type: 'fixed-response',
      FixedResponseConfig: { StatusCode, ContentType: 'text/plain', MessageBody },
    },
  ],
});

test('[http-1] a host that nobody knows', () => {
  const nobody = { error: 'dns', message: 'getaddrinfo ENOTFOUND web.elsewhere.org' };
  expect(get('https://web.elsewhere.org/')).toEqual(nobody);
  aws.world.dns.records = {};
  expect(get()).toMatchObject({ error: 'dns' });
});

describe('connecting', () => {
  test('[http-2] an address that is nobody’s times out', () => {
    aws.world.dns.records['web.example.com'] = ['203.0.113.9'];
    expect(get()).toEqual({ error: 'connect', message: 'connect ETIMEDOUT 203.0.113.9:443' });
  });

  test.each([
    ['internal', () => Object.assign(balancer(), { scheme: 'internal' })],
    ['not there yet', () => Object.assign(balancer(), { state: 'provisioning' })],
    ['failed', () => Object.assign(balancer(), { state: 'failed' })],
    ['without a security group', () => Object.assign(balancer(), { securityGroups: [] })],
  ])('[http-2] a load balancer that is %s times out', (_, spoil) => {
    spoil();
    expect(get()).toEqual({ error: 'connect', message: `connect ETIMEDOUT ${address()}:443` });
  });

  test.each([
    [{ protocol: 'tcp', from: 443, to: 443, cidrs: ['10.0.0.0/8'] }, false],
    [{ protocol: 'tcp', from: 80, to: 442, cidrs: ['0.0.0.0/0'] }, false],
    [{ protocol: 'udp', from: 443, to: 443, cidrs: ['0.0.0.0/0'] }, false],
    [{ protocol: 'tcp', from: 443, to: 443, groups: ['sg-1'] }, false],
    [{ protocol: 'tcp', from: 0, to: 65_535, cidrs: ['0.0.0.0/0'] }, true],
    [{ protocol: '-1', cidrs: ['10.0.0.0/8', '0.0.0.0/0'] }, true],
  ])('[http-2] a security group with %j', (rule, open) => {
    const [id = ''] = balancer().securityGroups;
    const found = aws.world.network.securityGroups[id];
    if (found) found.ingress = [rule];
    const reached = !('error' in get('https://web.example.com/'));
    expect(reached).toBe(open);
  });

  test('[http-2] a port without a listener is refused, and an impaired load balancer answers', () => {
    const refused = { error: 'connect', message: `connect ECONNREFUSED ${address()}:80` };
    expect(get('http://web.example.com/')).toEqual(refused);
    balancer().state = 'active_impaired';
    expect(get()).toMatchObject({ status: 503 });
  });
});

describe('certificates', () => {
  const mismatch = (host: string) => ({
    error: 'tls',
    message: `Hostname/IP does not match certificate's altnames: Host: ${host}. is not in the cert's altnames: DNS:*.example.com`,
  });

  test('[http-3] a wildcard covers one label, in any case', () => {
    expect(get('https://WEB.Example.COM/')).toMatchObject({ status: 503 });
    aws.world.dns.records['*.web.example.com'] = [balancer().dnsName];
    aws.world.dns.records['example.com'] = [balancer().dnsName];
    for (const host of ['a.web.example.com', 'example.com', balancer().dnsName, address()]) {
      expect(get(`https://${host}/`)).toEqual(mismatch(host));
    }
  });

  test.each([
    [{ status: 'EXPIRED' }, 'certificate has expired'],
    [{ status: 'REVOKED' }, 'certificate revoked'],
    [{ status: 'PENDING_VALIDATION' }, 'sslv3 alert handshake failure'],
    [{ notBefore: start + 1 }, 'certificate is not yet valid'],
    [{ notAfter: start }, 'certificate has expired'],
  ])('[http-3] one with %j does not do', (changes, message) => {
    Object.assign(certificate(), changes);
    expect(get()).toEqual({ error: 'tls', message });
  });

  test('[http-3] time alone makes it expire', () => {
    aws.world.now = start + yearMs - 1;
    expect(get()).toMatchObject({ status: 503 });
    aws.world.now += 1;
    expect(get()).toEqual({ error: 'tls', message: 'certificate has expired' });
  });

  test('[http-3] any certificate of the listener will do', () => {
    const arn = 'arn:aws:acm:other';
    aws.world.acm.certificates[arn] = { ...certificate(), arn, names: ['web.example.com'] };
    certificate().status = 'EXPIRED';
    expect(get()).toMatchObject({ error: 'tls' });
    listener().certificates = [arn];
    expect(get()).toMatchObject({ status: 503 });
  });

  test('[http-3] a listener whose certificate is gone offers none', () => {
    aws.world.acm.certificates = {};
    expect(get()).toEqual({ error: 'tls', message: 'sslv3 alert handshake failure' });
  });

  test('[http-4] the protocols have to fit', () => {
    expect(get('http://web.example.com:443/')).toMatchObject({ status: 400, headers: alb });
    listener().protocol = 'HTTP';
    expect(get()).toEqual({ error: 'tls', message: 'wrong version number' });
    expect(get('http://web.example.com:443/')).toMatchObject({ status: 503, headers: alb });
  });
});

describe('rules', () => {
  const body = (url: string) => {
    const answer = get(url);
    return 'body' in answer ? answer.body : answer.error;
  };

  test('[http-5] the first by priority that fits decides', () => {
    addRule({ priority: 9000, hosts: ['*.example.com'], ...fixed('any') });
    addRule({ priority: 400, hosts: ['a.example.com', 'B.example.com'], ...fixed('early') });
    addRule({ priority: 500, hosts: ['a.example.com'], ...fixed('late') });
    expect(body('https://a.example.com/')).toBe('early');
    expect(body('https://b.EXAMPLE.com/')).toBe('early');
    expect(body('https://c.example.com/')).toBe('any');
  });

  test('[http-5] the default rule comes last, and knows no host', () => {
    expect(get('https://nobody.example.com/')).toEqual({
      status: 404,
      headers: { ...alb, 'content-type': 'text/plain' },
      body: '',
    });
  });

  test.each([
    ['pr-?.example.com', 'pr-4.example.com', true],
    ['pr-?.example.com', 'pr-42.example.com', false],
    ['pr-*.example.com', 'pr-.example.com', true],
    ['p.-1.example.com', 'px-1.example.com', false],
    ['example.*', 'a.example.com', false],
  ])('[http-5] the host pattern %s and %s', (pattern, host, fits) => {
    addRule({ hosts: [pattern], ...fixed('hit') });
    expect(body(`https://${host}/`) === 'hit').toBe(fits);
  });

  test.each([
    [{ Field: 'path-pattern', Values: ['/api/*', '/x'] }, '/api/y?z=1', true],
    [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/api'] } }, '/API', false],
    [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/a.b'] } }, '/acb', false],
    [{ Field: 'http-request-method', HttpRequestMethodConfig: { Values: ['GET'] } }, '/', true],
    [{ Field: 'http-request-method', HttpRequestMethodConfig: { Values: ['PUT'] } }, '/', false],
    [{ Field: 'query-string', QueryStringConfig: { Values: [{ Value: 'b*' }] } }, '/?a=B1', true],
    [
      { Field: 'query-string', QueryStringConfig: { Values: [{ Key: 'c', Value: 'b' }] } },
      '/?a=b',
      false,
    ],
    [{ Field: 'source-ip', SourceIpConfig: { Values: ['0.0.0.0/0'] } }, '/', true],
    [{ Field: 'source-ip', SourceIpConfig: { Values: ['192.0.2.0/24'] } }, '/', false],
    [
      { Field: 'http-header', HttpHeaderConfig: { HttpHeaderName: 'x', Values: ['*'] } },
      '/',
      false,
    ],
  ])('[http-5] the condition %j and %s', (condition, path, fits) => {
    addRule({ hosts: ['a.example.com'], otherConditions: [condition], ...fixed('hit') });
    expect(body(`https://a.example.com${path}`) === 'hit').toBe(fits);
    expect(body(`https://b.example.com${path}`)).toBe('');
  });

  test('[http-6] a fixed response is the load balancer’s own', () => {
    addRule({ hosts: ['a.example.com'], ...fixed('closed for today', '503') });
    expect(get('https://a.example.com/')).toEqual({
      status: 503,
      headers: { ...alb, 'content-type': 'text/plain' },
      body: 'closed for today',
    });
  });

  test.each([
    [{ StatusCode: 'HTTP_302', Path: '/new' }, 302, 'https://a.example.com:443/new?b=1&c=%202'],
    [
      { StatusCode: 'HTTP_301', Host: 'www.#{host}', Query: '' },
      301,
      'https://www.a.example.com:443/old/x',
    ],
    [
      { StatusCode: 'HTTP_301', Protocol: 'HTTP', Port: '8080', Path: '/p/#{path}', Query: 'q' },
      301,
      'http://a.example.com:8080/p/old/x?q',
    ],
    [
      { StatusCode: 'HTTP_301', Port: '#{port}', Host: '#{nothing}' },
      301,
      'https://#{nothing}:443/old/x?b=1&c=%202',
    ],
  ])('[http-6] a redirect with %j', (RedirectConfig, status, location) => {
    addRule({ hosts: ['a.example.com'], otherActions: [{ Type: 'redirect', RedirectConfig }] });
    expect(get('https://a.example.com/old/x?b=1&c=%202')).toEqual({
      status,
      headers: { ...alb, location },
      body: '',
    });
  });

  test('[http-6] an action that asks for a login comes before the rest', () => {
    const AuthorizationEndpoint = 'https://login.example.org/start';
    const AuthenticateOidcConfig = { AuthorizationEndpoint };
    const otherActions = [
      { Type: 'authenticate-oidc', AuthenticateOidcConfig },
      { Type: 'forward', TargetGroupArn: group },
    ];
    addRule({ hosts: ['a.example.com'], otherActions });
    expect(get('https://a.example.com/')).toMatchObject({
      status: 302,
      headers: { ...alb, location: AuthorizationEndpoint },
    });
  });
});

describe('targets', () => {
  const unavailable = { status: 503, headers: alb };

  test('[http-7] none is registered', () => {
    expect(get()).toMatchObject({
      ...unavailable,
      body: expect.stringContaining('503 Service Temporarily Unavailable'),
    });
    deploy('healthy', 8);
    expect(get()).toMatchObject(unavailable);
  });

  test('[http-7] all are draining, or in a zone that the load balancer does not have', () => {
    deploy();
    const target = only(targets());
    target.zone = `${region}z`;
    expect(get()).toMatchObject(unavailable);
    target.zone = `${region}a`;
    expect(get()).toMatchObject({ status: 200 });
    target.state = 'draining';
    expect(get()).toMatchObject(unavailable);
  });

  test('[http-7] a group that is gone', () => {
    deploy();
    elb().targetGroups = {};
    expect(get()).toMatchObject(unavailable);
  });

  test('[http-8] one that is still checked, or unhealthy, is tried all the same', () => {
    deploy('healthy', 12);
    expect(only(targets()).state).toBe('initial');
    expect(get()).toMatchObject({ status: 200 });
    only(targets()).state = 'unhealthy';
    expect(get()).toMatchObject({ status: 200 });
  });

  test('[http-8] not while another is healthy', () => {
    deploy('unhealthy');
    const [old] = tasks();
    expect(get()).toMatchObject({ status: 503 });
    aws.behaviour.app = 'healthy';
    aws.run(ecs.UpdateService, { cluster: 'previews', service: 'web', forceNewDeployment: true });
    aws.pass(17);
    expect(Object.values(targets()).map(({ state }) => state)).toContain('healthy');
    const answer = get();
    expect(answer).toMatchObject({ status: 200 });
    expect(JSON.stringify(answer)).not.toContain(old?.split('/').at(-1));
  });

  test('[http-8] of groups with weights the heaviest is asked', () => {
    deploy();
    const TargetGroups = [
      { TargetGroupArn: 'none', Weight: 0 },
      { TargetGroupArn: 'light', Weight: 1 },
      { TargetGroupArn: group, Weight: 2 },
    ];
    const forward = (groups: object[]) => ({
      otherActions: [{ Type: 'forward', ForwardConfig: { TargetGroups: groups } }],
    });
    addRule({ hosts: ['a.example.com'], ...forward(TargetGroups) });
    addRule({ hosts: ['b.example.com'], ...forward([{ TargetGroupArn: group, Weight: 0 }]) });
    expect(get('https://a.example.com/')).toMatchObject({ status: 200 });
    expect(get('https://b.example.com/')).toMatchObject(unavailable);
  });

  test('[http-8] an address with nothing behind it lets the load balancer wait in vain', () => {
    targets()['10.0.9.9:3000'] = {
      ip: '10.0.9.9',
      port: 3000,
      zone: `${region}a`,
      state: 'initial',
    };
    expect(get()).toMatchObject({ status: 504, headers: alb });
  });
});

describe('the application', () => {
  test('[http-9] a healthy one names image and task', () => {
    deploy();
    const id = tasks()[0]?.split('/').at(-1);
    expect(get('https://web.example.com/any/path?x=1')).toEqual({
      status: 200,
      headers: { 'content-type': 'text/plain; charset=utf-8' },
      body: `previewops sandbox: ${image} in task ${id}\n`,
    });
  });

  test.each([
    ['unhealthy', 503, undefined],
    ['not-found', 404, undefined],
    ['wrong-port', 502, alb.server],
    ['hang', 504, alb.server],
    ['slow', 504, alb.server],
    ['out-of-memory', 200, undefined],
  ] as const)('[http-9] %s answers %i', (app, status, server) => {
    deploy(app, 12);
    const answer = get();
    expect(answer).toMatchObject({ status });
    expect('headers' in answer && answer.headers.server).toBe(server);
  });

  test('[http-9] one that crashes never listens', () => {
    deploy('crash', 11);
    expect(Object.values(targets())).toHaveLength(1);
    expect(get()).toMatchObject({ status: 502, headers: alb });
  });

  test('[http-9] a slow one answers in the end', () => {
    deploy('slow', 60);
    expect(get()).toMatchObject({ status: 504 });
    aws.pass(1300, 60);
    expect(get()).toMatchObject({ status: 200 });
  });
});

describe('a sandbox', () => {
  const host = 'pr-42.previews.example.com';
  const url = `https://${host}/`;
  const wild = { ...seed, baseDomain: 'previews.example.com' };

  test('[http-10] answers by a record in the hosted zone', async () => {
    const { sandbox, call } = openAccount();
    expect(await sandbox.answer(url)).toMatchObject({ error: 'dns' });
    const { LoadBalancers = [] } = await call('elasticloadbalancing:DescribeLoadBalancers', {});
    const [{ DNSName = '', CanonicalHostedZoneId = '' } = {}] = LoadBalancers;
    const AliasTarget = {
      DNSName,
      HostedZoneId: CanonicalHostedZoneId,
      EvaluateTargetHealth: false,
    };
    const ResourceRecordSet = { Name: host, Type: 'A' as const, AliasTarget };
    await call('route53:ChangeResourceRecordSets', {
      HostedZoneId: zoneId,
      ChangeBatch: { Changes: [{ Action: 'CREATE', ResourceRecordSet }] },
    });
    expect(await sandbox.answer(url)).toMatchObject({ status: 404, headers: alb });
  });

  test('[http-10] answers by the wildcard, and once deployed with the application', async () => {
    const { sandbox, call, clock } = openAccount({ seed: wild });
    expect(await sandbox.answer(url)).toMatchObject({ status: 404, headers: alb });
    const { TargetGroups = [] } = await call('elasticloadbalancing:CreateTargetGroup', {
      Name: 'web',
      Protocol: 'HTTP',
      Port: 80,
      VpcId: 'vpc-1',
      TargetType: 'ip',
    });
    const targetGroupArn = TargetGroups[0]?.TargetGroupArn ?? '';
    await makeRule(call, { host, priority: 1, targetGroupArn, listener: listenerArn });
    expect(await sandbox.answer(url)).toMatchObject({ status: 503, headers: alb });
    await call('logs:CreateLogGroup', { logGroupName: '/ecs/web' });
    await call('ecs:RegisterTaskDefinition', taskDefinition());
    await call('ecs:CreateService', service(targetGroupArn));
    await clock.sleep(60_000);
    expect(await sandbox.answer(url)).toMatchObject({
      status: 200,
      body: expect.stringContaining(image),
    });
  });

  test('[http-11] tells the present, and asking changes nothing', async () => {
    const { sandbox, clock } = openAccount({ seed: wild });
    const before = sandbox.world();
    expect(await sandbox.answer(url)).toMatchObject({ status: 404 });
    expect(sandbox.world()).toEqual(before);
    await clock.sleep(yearMs);
    const expired = { error: 'tls', message: 'certificate has expired' };
    expect(await sandbox.answer(url)).toEqual(expired);
  });

  test.each(['', 'pr-42.example.com', 'ftp://pr-42.example.com/', 'https://'])(
    '[http-11] %o is no URL to ask for',
    async (text) => {
      const { sandbox } = openAccount();
      await expect(sandbox.answer(text)).rejects.toMatchObject({ code: 'bad-usage' });
    },
  );
});
