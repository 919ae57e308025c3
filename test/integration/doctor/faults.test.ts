// Much longer than most: a planted fault a row, and what doctor must say of it.
import { describe, expect, it } from 'vitest';
import type { Config } from '../../../src/config/types.ts';
import { exitCodeOf } from '../../../src/doctor/doctor.ts';
import type { World } from '../../../src/sandbox/types.ts';
import { configOf, createStage } from '../../helpers/stage.ts';
import { one, type Patient, visit } from './clinic.ts';

const quiet = { 'build.source': 'skip', 'names.zone': 'skip' };
const executionRole = 'arn:aws:iam::123456789012:role/ecsTaskExecutionRole';
const buildRole = 'arn:aws:iam::123456789012:role/build';
const ours = 'subnet-0abc1234def56789';

const withSubnets = (...letters: string[]) =>
  configOf(`  roleArn: ${buildRole}\n`, (text) =>
    text.replace(/( {4}- subnet-\w+\n)+/, letters.map((x) => `    - ${ours}${x}\n`).join('')),
  );

function get<T>(records: Record<string, T>, key: string): T {
  const value = records[key];
  if (value === undefined) throw new Error(`no ${key} among ${Object.keys(records)}`);
  return value;
}

const balancer = (world: World) => one(world.elasticloadbalancing.loadBalancers);
const listener = (world: World) => one(world.elasticloadbalancing.listeners);

function addRules(world: World, count: number): void {
  for (let n = 1; n <= count; n++) {
    const arn = `${listener(world).arn.replace(':listener/', ':listener-rule/')}/${String(n).padStart(16, '0')}`;
    world.elasticloadbalancing.rules[arn] = {
      arn,
      listenerArn: listener(world).arn,
      priority: n,
      hosts: [`host-${n}.example.com`],
      otherConditions: [],
      tags: {},
    };
  }
}

/** The faults of the issue, each with the result that tells it and a piece of its fix. */
const planted: readonly (readonly [
  id: string,
  fix: string | RegExp,
  plant: (world: World) => void,
])[] = [
  [
    'network.subnets',
    'aws ec2 describe-subnets --filters Name=vpc-id,Values=vpc-0abc1234def56789a',
    (world) => {
      get(world.network.subnets, `${ours}b`).vpcId = 'vpc-other';
    },
  ],
  [
    'network.inbound',
    /aws ec2 authorize-security-group-ingress --group-id sg-0abc1234def56789a --protocol tcp --port 8080 --source-group sg-\w+/,
    (world) => {
      get(world.network.securityGroups, 'sg-0abc1234def56789a').ingress = [
        { protocol: 'tcp', from: 80, to: 80, cidrs: ['0.0.0.0/0'] },
        { protocol: 'tcp', from: 8080, to: 8080, groups: ['sg-somebody-elses'] },
      ];
    },
  ],
  [
    'names.validity',
    'aws acm describe-certificate',
    (world) => {
      one(world.acm.certificates).notAfter = world.now - 1;
    },
  ],
  [
    'roles.execution.trust',
    /aws iam update-assume-role-policy --role-name ecsTaskExecutionRole .*"ecs-tasks\.amazonaws\.com"/,
    (world) => {
      get(world.iam.roles, executionRole).trust = {
        Version: '2012-10-17',
        Statement: {
          Effect: 'Allow',
          Principal: { Service: 'ec2.amazonaws.com' },
          Action: 'sts:AssumeRole',
        },
      };
    },
  ],
  ['load-balancer.rules', 'L-7EED9B64', (world) => addRules(world, 100)],
  [
    'network.zones',
    /aws elbv2 set-subnets .* subnet-0abc1234def56789c$/,
    (world) => {
      balancer(world).zones = balancer(world).zones.filter(({ zone }) => zone !== 'us-east-1c');
    },
  ],
  [
    'names.dns',
    '*.previews.example.com  CNAME (in Route 53: A, alias)  my-alb-',
    (world) => {
      world.dns.records['*.previews.example.com'] = ['another-alb.us-east-1.elb.amazonaws.com'];
      world.dns.records['another-alb.us-east-1.elb.amazonaws.com'] = ['203.0.113.7'];
    },
  ],
  [
    'load-balancer.https',
    'aws elbv2 create-listener',
    (world) => Object.assign(listener(world), { protocol: 'HTTP', port: 80 }),
  ],
  [
    'network.way-out',
    /aws ec2 create-route .*\n\s+aws ec2 create-vpc-endpoint .*com\.amazonaws\.us-east-1\.ecr\.api/,
    (world) => {
      world.network.routeTables['rtb-closed'] = {
        id: 'rtb-closed',
        vpcId: 'vpc-0abc1234def56789a',
        main: false,
        subnets: [`${ours}d`],
        routes: [{ destination: '10.0.0.0/8', target: 'local' }],
      };
    },
  ],
  [
    'quotas.fargate-vcpu',
    'aws service-quotas request-service-quota-increase --service-code fargate --quota-code L-3032A538',
    (world) => {
      get(world.quotas, 'L-3032A538').value = 0;
    },
  ],
  [
    'roles.build.permissions',
    /"Action":\["logs:PutLogEvents"\],"Resource":.*log-group:\/aws\/codebuild\/previewops-hello/,
    (world) => {
      const { inline } = get(world.iam.roles, buildRole);
      const text = JSON.stringify(inline);
      Object.assign(
        inline,
        JSON.parse(text.replaceAll('"logs:PutLogEvents"', '"logs:DescribeLogGroups"')),
      );
      get(world.iam.roles, buildRole).attached = [];
    },
  ],
];

const listenerFault = [
  'load-balancer.listener',
  /^providerConfig\.albListenerArn: arn:.*:listener\/app\//,
] as const;

/** The load balancer's ARN in place of the listener's, which only the schema would keep out. */
const misled = (config: Config): Config => {
  const albListenerArn = config.providerConfig.albListenerArn
    .replace(':listener/', ':loadbalancer/')
    .replace(/\/[^/]+$/, '');
  const providerConfig = {
    ...config.providerConfig,
    albListenerArn,
    albListenerArns: [albListenerArn],
  };
  return { ...config, providerConfig };
};

describe('twelve planted faults', () => {
  const config = withSubnets('a', 'b', 'c', 'd');

  it('are found in one run, each with its fix, and nothing else', async () => {
    const { complaints, result, results } = await visit({
      config,
      told: misled(config),
      edit: (world) => {
        for (const [, , plant] of planted) plant(world);
      },
    });
    const wanted = [...planted.map(([id]) => id), listenerFault[0]];
    expect(wanted).toHaveLength(12);
    // Without a listener's ARN the previews cannot be listed either.
    expect(complaints).toEqual({
      ...quiet,
      'hygiene.expired': 'skip',
      ...Object.fromEntries(wanted.map((id) => [id, 'fail'])),
    });
    for (const [id, fix] of [...planted, listenerFault]) expect(result(id).fix).toMatch(fix);
    expect(exitCodeOf(results, false)).toBe(3);
  });

  it.each(planted)('%s alone is found alone', async (id, fix, plant) => {
    const { complaints, result, results } = await visit({ config, edit: plant });
    expect(complaints).toEqual({ ...quiet, [id]: 'fail' });
    expect(result(id).fix).toMatch(fix);
    expect(exitCodeOf(results, false)).toBe(id.startsWith('roles.') ? 3 : 1);
  });
});

const dns = configOf('', (text) =>
  text.replace('  cluster:', '  hostedZoneId: Z0123456789ABC\n  cluster:'),
);
const spot = configOf('task:\n  spot: true\n');
const withTask = (line: string) => configOf(`task:\n  ${line}\n`);
const natRoute = (world: World) => {
  for (const table of Object.values(world.network.routeTables)) {
    for (const route of table.routes) route.target = route.target.replace(/^igw-/, 'nat-');
  }
};
const noRoute = (world: World) => {
  for (const table of Object.values(world.network.routeTables)) {
    table.routes = table.routes.filter(({ destination }) => destination !== '0.0.0.0/0');
  }
};
const endpoint = (world: World, service: string, more: object) => {
  world.network.endpoints[`vpce-${service}`] = {
    id: `vpce-${service}`,
    vpcId: 'vpc-0abc1234def56789a',
    service: `com.amazonaws.us-east-1.${service}`,
    type: 'Interface',
    privateDns: true,
    ...more,
  };
};
const endpoints = (world: World) => {
  noRoute(world);
  for (const service of ['ecr.api', 'ecr.dkr', 'logs']) endpoint(world, service, {});
  const routeTables = Object.keys(world.network.routeTables);
  endpoint(world, 's3', { type: 'Gateway', privateDns: false, routeTables });
};

/** Other things that go wrong: what differs from the quiet picture, and a piece of what is said. */
const others: readonly (readonly [
  name: string,
  patient: Patient,
  complaints: Record<string, string>,
  said: RegExp,
])[] = [
  [
    'no cluster',
    {
      edit: (w) => {
        w.ecs.clusters = {};
      },
    },
    {
      'cluster.active': 'fail',
      'cluster.capacity': 'skip',
      'cluster.services': 'skip',
      'hygiene.expired': 'skip',
    },
    /aws ecs create-cluster --cluster-name previewops-cluster/,
  ],
  [
    'an inactive cluster',
    {
      edit: (w) => {
        one(w.ecs.clusters).status = 'INACTIVE';
      },
    },
    { 'cluster.active': 'fail', 'cluster.capacity': 'skip', 'hygiene.expired': 'skip' },
    /previewops-cluster is INACTIVE/,
  ],
  [
    'Spot without its capacity provider',
    {
      config: spot,
      edit: (w) => {
        one(w.ecs.clusters).capacityProviders = ['FARGATE'];
      },
    },
    { 'cluster.capacity': 'fail' },
    /--capacity-providers FARGATE FARGATE_SPOT --default/,
  ],
  [
    'no load balancer',
    {
      edit: (w) => {
        w.elasticloadbalancing = { loadBalancers: {}, listeners: {}, rules: {}, targetGroups: {} };
      },
    },
    {
      'load-balancer.listener': 'fail',
      'load-balancer.https': 'skip',
      'load-balancer.active': 'fail',
      'load-balancer.scheme': 'skip',
      'load-balancer.rules': 'skip',
      'load-balancer.target-groups': 'skip',
      'load-balancer.certificates': 'skip',
      'network.vpc': 'skip',
      'network.zones': 'skip',
      'network.inbound': 'skip',
      'network.load-balancer-outbound': 'skip',
      'names.certificate': 'skip',
      'names.validity': 'skip',
      'names.dns': 'skip',
      'hygiene.expired': 'skip',
    },
    /describe-load-balancers/,
  ],
  [
    'an internal load balancer',
    {
      edit: (w) => {
        balancer(w).scheme = 'internal';
      },
    },
    { 'load-balancer.scheme': 'warn' },
    /inside its network only/,
  ],
  [
    'a load balancer that is not ready',
    {
      edit: (w) => {
        balancer(w).state = 'provisioning';
      },
    },
    { 'load-balancer.active': 'fail' },
    /my-alb is provisioning/,
  ],
  [
    'few rules left',
    { edit: (w) => addRules(w, 91) },
    { 'load-balancer.rules': 'warn' },
    /91 of 100/,
  ],
  [
    'another VPC',
    {
      edit: (w) => {
        balancer(w).vpcId = 'vpc-other';
      },
    },
    { 'network.vpc': 'fail' },
    /providerConfig\.vpc: vpc-other/,
  ],
  [
    'an absent subnet',
    {
      edit: (w) => {
        delete w.network.subnets[`${ours}b`];
      },
    },
    { 'network.subnets': 'fail' },
    /there is no subnet-0abc1234def56789b/,
  ],
  [
    'an absent security group',
    {
      edit: (w) => {
        delete w.network.securityGroups['sg-0abc1234def56789a'];
      },
    },
    {
      'network.security-groups': 'fail',
      'network.inbound': 'skip',
      'network.load-balancer-outbound': 'skip',
      'network.outbound': 'skip',
    },
    /there is no sg-/,
  ],
  [
    'no address free',
    {
      edit: (w) => {
        get(w.network.subnets, `${ours}a`).availableAddresses = 0;
      },
    },
    { 'network.addresses': 'fail' },
    /subnet-0abc1234def56789a has 0 free/,
  ],
  [
    'few addresses free',
    {
      edit: (w) => {
        get(w.network.subnets, `${ours}a`).availableAddresses = 1;
      },
    },
    { 'network.addresses': 'warn' },
    /has 1 free/,
  ],
  [
    'NAT with a public address',
    { edit: natRoute },
    { 'network.way-out': 'warn' },
    /task\.assignPublicIp: false/,
  ],
  ['NAT without one', { config: withTask('assignPublicIp: false'), edit: natRoute }, {}, /^$/],
  [
    'an internet gateway without a public address',
    { config: withTask('assignPublicIp: false') },
    { 'network.way-out': 'fail' },
    /task\.assignPublicIp: true/,
  ],
  ['endpoints for all', { config: withTask('assignPublicIp: false'), edit: endpoints }, {}, /^$/],
  [
    'endpoints but one',
    {
      edit: (w) => {
        endpoints(w);
        delete w.network.endpoints['vpce-logs'];
      },
    },
    { 'network.way-out': 'fail' },
    /no endpoints for logs/,
  ],
  [
    'a route into nothing',
    {
      edit: (w) => {
        for (const t of Object.values(w.network.routeTables))
          for (const r of t.routes) r.state = 'blackhole';
      },
    },
    { 'network.way-out': 'fail' },
    /leads nowhere/,
  ],
  [
    'a load balancer that lets nothing out',
    {
      edit: (w) => {
        get(w.network.securityGroups, balancer(w).securityGroups[0] ?? '').egress = [];
      },
    },
    { 'network.load-balancer-outbound': 'fail' },
    /authorize-security-group-egress/,
  ],
  [
    'tasks that may connect nowhere',
    {
      edit: (w) => {
        get(w.network.securityGroups, 'sg-0abc1234def56789a').egress = [];
      },
    },
    { 'network.outbound': 'fail' },
    /FromPort=443,ToPort=443,IpRanges/,
  ],
  [
    'no certificate for the hosts',
    {
      edit: (w) =>
        Object.assign(one(w.acm.certificates), {
          domain: 'example.com',
          names: ['example.com', '*.example.com'],
        }),
    },
    { 'names.certificate': 'fail', 'names.validity': 'skip' },
    /request-certificate --domain-name '\*\.previews\.example\.com'/,
  ],
  [
    'a certificate that ends soon',
    {
      edit: (w) => {
        one(w.acm.certificates).notAfter = w.now + 10 * 24 * 3600_000;
      },
    },
    { 'names.validity': 'warn' },
    /(?:9|10) days left/,
  ],
  [
    'a certificate that waits for validation',
    {
      edit: (w) => {
        one(w.acm.certificates).status = 'PENDING_VALIDATION';
      },
    },
    { 'names.validity': 'fail' },
    /is PENDING_VALIDATION/,
  ],
  [
    'no wildcard record',
    {
      edit: (w) => {
        w.dns.records = {};
      },
    },
    { 'names.dns': 'fail' },
    /has no record/,
  ],
  [
    'a site at the domain above',
    {
      edit: (w) => {
        w.dns.records['www.example.com'] = ['203.0.113.9'];
      },
    },
    { 'names.cookies': 'warn' },
    /cookies of that site for all of example\.com/,
  ],
  [
    'no hosted zone',
    {
      config: dns,
      edit: (w) => {
        w.route53.zones = {};
      },
    },
    { 'names.zone': 'fail' },
    /there is no hosted zone Z0123456789ABC/,
  ],
  [
    "another domain's hosted zone",
    {
      config: dns,
      edit: (w) => {
        one(w.route53.zones).name = 'example.org.';
      },
    },
    { 'names.zone': 'fail' },
    /the zone Z0123456789ABC is of example\.org/,
  ],
  [
    'too little vCPU',
    {
      edit: (w) => {
        get(w.quotas, 'L-3032A538').value = 0.25;
      },
    },
    { 'quotas.fargate-vcpu': 'fail' },
    /one preview takes 0\.5/,
  ],
  [
    'no builds',
    {
      edit: (w) => {
        get(w.quotas, 'L-9D07B6EF').value = 0;
      },
    },
    { 'quotas.builds': 'fail' },
    /--quota-code L-9D07B6EF/,
  ],
  [
    'no role',
    {
      edit: (w) => {
        w.iam.roles = {};
      },
    },
    {
      'roles.execution.exists': 'fail',
      'roles.build.exists': 'fail',
      'roles.execution.trust': 'skip',
      'roles.build.trust': 'skip',
      'roles.execution.permissions': 'skip',
      'roles.build.permissions': 'skip',
    },
    /previewops policy --role execution/,
  ],
  [
    'a private repository',
    { doctor: { askRepository: async () => ({ kind: 'private', said: 'fatal: no' }) } },
    { 'build.source': 'fail' },
    /build\.credentials: ARN/,
  ],
];

describe('other findings', () => {
  it.each(others)('%s', async (_, patient, wanted, said) => {
    const { complaints, results } = await visit(patient);
    const base: Record<string, string> = {
      'build.source': 'skip',
      ...(patient.config === dns ? {} : { 'names.zone': 'skip' }),
    };
    expect(complaints).toEqual({ ...base, ...wanted });
    const texts = results
      .filter(({ id }) => id in wanted)
      .map(({ seen, fix }) => `${seen}\n${fix}`);
    expect(texts.join('\n')).toMatch(said);
  });

  it('previews past their expiry', async () => {
    const nothing = { commit: null, detail: null, url: null, createdAt: null, deployedAt: null };
    const unknown = {
      stoppedAt: null,
      startedAt: null,
      kept: null,
      halfDestroyed: false,
      host: null,
      cost: null,
      elsewhere: null,
      resources: [],
    };
    const preview = { ...nothing, ...unknown, app: 'hello', status: 'ready' as const };
    const listPreviews = async () => [
      { ...preview, id: 'pr-1', pr: 1, branch: null, expiresAt: '2030-01-15T11:59:59Z' },
      { ...preview, id: 'it-s', pr: null, branch: "it's", expiresAt: '2030-01-01T00:00:00Z' },
      { ...preview, id: 'pr-2', pr: 2, branch: null, expiresAt: '2030-01-16T00:00:00Z' },
      { ...preview, id: 'pr-3', pr: 3, branch: null, expiresAt: null },
    ];
    const { complaints, result } = await visit({ doctor: { listPreviews } });
    expect(complaints).toEqual({ ...quiet, 'hygiene.expired': 'warn' });
    expect(result('hygiene.expired').fix).toBe(
      "previewops destroy --pr 1\npreviewops destroy --branch 'it'\\''s'",
    );
  });

  it.each([
    ['sts:GetCallerIdentity', 'denied', 3],
    ['sts:GetCallerIdentity', '500', 1],
  ] as const)(
    '%s answers with %s: exit %i, and nothing else is told',
    async (call, fault, code) => {
      const { complaints, results } = await visit({
        faults: [{ call, nth: 1, times: 'always', fault }],
      });
      const { 'caller.credentials': first, ...others } = complaints;
      expect(first).toBe('fail');
      expect(new Set(Object.values(others))).toEqual(new Set(['skip']));
      expect(exitCodeOf(results, false)).toBe(code);
    },
  );

  it('a private repository with credentials of the account is read', async () => {
    const { complaints } = await visit({
      doctor: { askRepository: async () => ({ kind: 'private', said: 'fatal: no' }) },
      edit: (world) => {
        world.codebuild.sourceCredentials = [
          {
            arn: 'arn:aws:codebuild:us-east-1:123456789012:token/github',
            serverType: 'GITHUB',
            authType: 'PERSONAL_ACCESS_TOKEN',
          },
        ];
      },
    });
    expect(complaints).toEqual({ 'names.zone': 'skip' });
  });

  it('all vCPU in use, by CloudWatch, is a warning: previews come and go', async () => {
    const stage = await createStage();
    await stage.process().deploy({ pr: 1 });
    const edit = (world: World) => {
      Object.assign(world, stage.world());
      world.now += 120_000; // until then CloudWatch has nothing to tell
      get(world.quotas, 'L-3032A538').value = 0.75;
    };
    const { complaints, result } = await visit({ edit });
    expect(complaints).toMatchObject({ 'quotas.fargate-vcpu': 'warn' });
    expect(result('quotas.fargate-vcpu').seen).toBe(
      '0.5 of 0.75 vCPU on Fargate are in use; one preview takes 0.5',
    );
  });
});
