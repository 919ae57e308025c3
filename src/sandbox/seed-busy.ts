// Longer than most: one account written out, as somebody may have it who already runs things on AWS.
import { arnOf } from './arn.ts';
import { idOf } from './ids.ts';
import { managedArn } from './managed-policies.ts';
import type { SecurityRule } from './network-types.ts';
import { add } from './seed-add.ts';
import { addBalancer, balancerHost } from './seed-balancer.ts';
import { addCertificate } from './seed-names.ts';
import { buildPolicy } from './seed-roles.ts';
import { trusting } from './trust.ts';
import type { Listener, World } from './types.ts';

const domain = 'shop.example.com';
const previews = `previews.${domain}`;

const anywhere: SecurityRule = { protocol: '-1', cidrs: ['0.0.0.0/0'] };
const web = [80, 443].map(
  (port): SecurityRule => ({
    protocol: 'tcp',
    from: port,
    to: port,
    cidrs: ['0.0.0.0/0'],
  }),
);

/** Ids that stay the same, whatever else the account has. */
const id = (kind: string, name: string) => `${kind}-${idOf(`busy ${name}`, 17)}`;

/**
 * Two clusters, three load balancers and five roles, of which one each fits previews: the staging
 * environment of a shop, beside its production and an internal tool. Gives what it had to make.
 */
export function seedBusy(world: World): string[] {
  return [
    ...clusters(world),
    ...network(world),
    ...certificates(world),
    ...balancers(world),
    ...roles(world),
    ...add(world.dns.records, `*.${previews}`, [dnsName(world, 'staging')]),
  ];
}

const clusters = (world: World) =>
  ['production', 'staging'].flatMap((name) => {
    const arn = arnOf(world, 'ecs', `cluster/${name}`);
    const capacityProviders = ['FARGATE', 'FARGATE_SPOT'];
    return add(world.ecs.clusters, arn, { arn, name, capacityProviders, tags: {} });
  });

const vpcs = { production: id('vpc', 'production'), staging: id('vpc', 'staging') };
const groups = {
  production: id('sg', 'production front'),
  staging: id('sg', 'staging front'),
  tools: id('sg', 'tools front'),
};

function network(world: World): string[] {
  const { network: net, region } = world;
  const subnet = (name: string, vpcId: string, letter: string) => {
    const key = id('subnet', name);
    return add(net.subnets, key, { id: key, vpcId, zone: `${region}${letter}` });
  };
  const group = (key: string, name: string, rules: { vpcId: string; ingress: SecurityRule[] }) =>
    add(net.securityGroups, key, { id: key, name, egress: [anywhere], ...rules });
  const from = (front: string, port: number): SecurityRule => ({
    protocol: 'tcp',
    from: port,
    to: port,
    groups: [front],
  });
  const { production, staging } = vpcs;
  const apps = id('sg', 'staging apps');
  return [
    ...Object.values(vpcs).flatMap((vpc) => add(net.vpcs, vpc, { id: vpc })),
    ...subnet('production a', production, 'a'),
    ...subnet('production b', production, 'b'),
    ...subnet('staging public a', staging, 'a'),
    ...subnet('staging public b', staging, 'b'),
    // A zone that the load balancer does not serve, and one without a way out.
    ...subnet('staging public c', staging, 'c'),
    ...subnet('staging data', staging, 'a'),
    ...group(groups.production, 'production-alb', { vpcId: production, ingress: web }),
    ...group(groups.staging, 'staging-alb', { vpcId: staging, ingress: web }),
    ...group(groups.tools, 'tools-alb', { vpcId: staging, ingress: web }),
    ...group(id('sg', 'staging default'), 'default', { vpcId: staging, ingress: [] }),
    ...group(apps, 'staging-apps', {
      vpcId: staging,
      ingress: [from(groups.staging, 3000), from(groups.staging, 8080)],
    }),
    ...group(id('sg', 'staging db'), 'staging-db', { vpcId: staging, ingress: [from(apps, 5432)] }),
    ...routes(world, production, []),
    ...routes(world, staging, [id('subnet', 'staging data')]),
  ];
}

/** A main table with a way out, and one without for the subnets that are closed. */
function routes({ network: net }: World, vpcId: string, closed: string[]): string[] {
  const local = { destination: '10.0.0.0/8', target: 'local' };
  const out = { destination: '0.0.0.0/0', target: id('igw', vpcId) };
  const main = id('rtb', `${vpcId} main`);
  const inner = id('rtb', `${vpcId} inner`);
  return [
    ...add(net.routeTables, main, {
      id: main,
      vpcId,
      main: true,
      subnets: [],
      routes: [local, out],
    }),
    ...(closed.length === 0
      ? []
      : add(net.routeTables, inner, {
          id: inner,
          vpcId,
          main: false,
          subnets: closed,
          routes: [local],
        })),
  ];
}

const certificateArn = (world: World, name: string) =>
  arnOf(world, 'acm', `certificate/${idOf(`busy ${name}`, 32)}`);

const certificates = (world: World) =>
  [`www.${domain}`, `staging.${domain}`, `*.${previews}`].flatMap((name) =>
    addCertificate(world, certificateArn(world, name), name),
  );

const dnsName = ({ region }: World, name: string) =>
  balancerHost(region, { name, id: `busy ${name}` });

interface Front {
  name: string;
  scheme: 'internet-facing' | 'internal';
  vpc: keyof typeof vpcs;
  group: string;
  listener: Pick<Listener, 'port' | 'protocol' | 'certificateArn' | 'certificates'>;
}

function balancers(world: World): string[] {
  const certificate = (name: string) => certificateArn(world, name);
  const https = (own: string, more: string[] = []) => ({
    port: 443,
    protocol: 'HTTPS',
    certificateArn: certificate(own),
    ...(more.length > 0 ? { certificates: more.map(certificate) } : {}),
  });
  const fronts: Front[] = [
    {
      name: 'production',
      scheme: 'internet-facing',
      vpc: 'production',
      group: groups.production,
      listener: https(`www.${domain}`),
    },
    {
      name: 'staging',
      scheme: 'internet-facing',
      vpc: 'staging',
      group: groups.staging,
      listener: https(`staging.${domain}`, [`*.${previews}`]),
    },
    {
      name: 'tools',
      scheme: 'internal',
      vpc: 'staging',
      group: groups.tools,
      listener: { port: 80, protocol: 'HTTP' },
    },
  ];
  return fronts.flatMap((front) => balancer(world, front));
}

function balancer(world: World, { name, scheme, vpc, group, listener }: Front): string[] {
  const path = `app/${name}/${idOf(`busy ${name} balancer`, 16)}`;
  const rest = `${path}/${idOf(`busy ${name} listener`, 16)}`;
  const zones = ['a', 'b'].map((letter) => ({
    zone: `${world.region}${letter}`,
    subnetId: id('subnet', vpc === 'staging' ? `staging public ${letter}` : `production ${letter}`),
  }));
  return addBalancer(world, {
    balancer: {
      arn: arnOf(world, 'elasticloadbalancing', `loadbalancer/${path}`),
      name,
      dnsName: dnsName(world, name),
      scheme,
      vpcId: vpcs[vpc],
      zones,
      securityGroups: [group],
    },
    listener: { arn: arnOf(world, 'elasticloadbalancing', `listener/${rest}`), ...listener },
    ruleId: idOf(`busy ${name} rule`, 16),
  });
}

function roles(world: World): string[] {
  const { partition, account } = world;
  const execution = managedArn(world, 'service-role/AmazonECSTaskExecutionRolePolicy');
  const federated = `arn:${partition}:iam::${account}:oidc-provider/token.actions.githubusercontent.com`;
  const all = [
    {
      name: 'ecsTaskExecutionRole',
      trust: trusting('ecs-tasks.amazonaws.com'),
      attached: [execution],
    },
    { name: 'shop-task', trust: trusting('ecs-tasks.amazonaws.com') },
    {
      name: 'shop-build',
      trust: trusting('codebuild.amazonaws.com'),
      inline: { build: buildPolicy(world) },
    },
    {
      name: 'AWSServiceRoleForECS',
      path: '/aws-service-role/',
      trust: trusting('ecs.amazonaws.com'),
    },
    {
      name: 'shop-ci',
      trust: {
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow' as const,
            Principal: { Federated: federated },
            Action: 'sts:AssumeRoleWithWebIdentity',
          },
        ],
      },
    },
  ];
  return all.flatMap(({ name, trust, path = '/', inline = {}, attached = [] }) => {
    const arn = `arn:${partition}:iam::${account}:role${path}${name}`;
    return add(world.iam.roles, arn, {
      arn,
      name,
      path,
      createdAt: world.now,
      trust,
      inline,
      attached,
    });
  });
}
