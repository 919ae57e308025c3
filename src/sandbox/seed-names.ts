import { arnOf, loadBalancerOf } from './arn.ts';
import { idOf } from './ids.ts';
import type { Seed } from './seed.ts';
import { add } from './seed-add.ts';
import type { World } from './types.ts';

const day = 24 * 60 * 60 * 1000;
const yearMs = 365 * day;

export const certificateArn = (world: World, { listenerArn }: Seed) =>
  arnOf(world, 'acm', `certificate/${idOf(listenerArn, 32)}`);

/** A certificate for every name right under the previews' domain. */
export function seedCertificate(world: World, seed: Seed): string[] {
  const { baseDomain } = seed;
  if (baseDomain === undefined) return [];
  return addCertificate(world, certificateArn(world, seed), `*.${baseDomain}`);
}

/** A certificate that ACM has issued for one name, good for a year from now. */
export const addCertificate = (world: World, arn: string, name: string): string[] =>
  add(world.acm.certificates, arn, {
    arn,
    domain: name,
    names: [name],
    status: 'ISSUED',
    type: 'AMAZON_ISSUED',
    createdAt: world.now,
    notBefore: world.now,
    notAfter: world.now + yearMs,
    tags: {},
  });

/** The hosted zone; or, without one, the wildcard record that somebody else's DNS then must have. */
export function seedNames(world: World, seed: Seed): string[] {
  if (seed.hostedZone) return seedZone(world, seed.hostedZone);
  const balancer = world.elasticloadbalancing.loadBalancers[loadBalancerOf(seed.listenerArn)];
  if (seed.baseDomain === undefined || !balancer) return [];
  return add(world.dns.records, `*.${seed.baseDomain}`, [balancer.dnsName]);
}

/** What whoever has a domain has at the least. */
export function seedOnlyZone(world: World, { hostedZone, baseDomain }: Seed): string[] {
  if (Object.keys(world.route53.zones).length > 0) return [];
  if (hostedZone) return seedZone(world, hostedZone);
  if (baseDomain === undefined) return [];
  const id = `Z${idOf(`zone of ${baseDomain}`, 20).toUpperCase()}`;
  return seedZone(world, { id, name: baseDomain });
}

function seedZone(world: World, hostedZone: NonNullable<Seed['hostedZone']>): string[] {
  const { id } = hostedZone;
  const name = `${hostedZone.name.replace(/\.$/, '').toLowerCase()}.`;
  const servers = [1, 2, 3, 4].map((n) => `ns-${n}.sandbox.example.`);
  const records = [
    { Name: name, Type: 'NS', TTL: 172800, ResourceRecords: servers.map((Value) => ({ Value })) },
    {
      Name: name,
      Type: 'SOA',
      TTL: 900,
      ResourceRecords: [
        { Value: `${servers[0]} hostmaster.sandbox.example. 1 7200 900 1209600 86400` },
      ],
    },
  ];
  return add(world.route53.zones, id, { id, name, records });
}
