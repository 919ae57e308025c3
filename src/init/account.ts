import type { Output } from '../aws/api.ts';
import type { Aws } from '../aws/aws.ts';
import { isNamed } from '../aws/errors.ts';
import { allPages, batches } from '../aws/paginate.ts';
import type { Certificate } from '../doctor/names/certificates.ts';
import { attempt, once, type Read } from '../doctor/read.ts';

export type Cluster = NonNullable<Output<'ecs:DescribeClusters'>['clusters']>[number];
export type Role = NonNullable<Output<'iam:ListRoles'>['Roles']>[number];
export type Zone = NonNullable<Output<'route53:ListHostedZones'>['HostedZones']>[number];
export type Balancer = NonNullable<
  Output<'elasticloadbalancing:DescribeLoadBalancers'>['LoadBalancers']
>[number];
type Listener = NonNullable<Output<'elasticloadbalancing:DescribeListeners'>['Listeners']>[number];

/** An HTTPS listener with what decides whether it is of use. */
export interface FoundListener {
  listener: Listener;
  balancer: Balancer;
  /** Of ACM; those that IAM keeps tell no names. */
  certificates: Certificate[];
}

export type Account = ReturnType<typeof readAccount>;

/** What the account has to choose from; each list is read once, when it is first asked for. */
export function readAccount({ aws, signal }: { aws: Aws; signal: AbortSignal }) {
  const list = <T>(work: () => Promise<T[]>) => once(() => attempt(work, { signal }));
  return {
    clusters: list(() => readClusters(aws, signal)),
    listeners: list(() => readListeners(aws)),
    roles: list(() =>
      allPages({
        page: (Marker) => aws.call('iam:ListRoles', { Marker, MaxItems: 1000 }),
        items: (page) => page.Roles,
        token: (page) => page.Marker,
      }),
    ),
    zones: list(() =>
      allPages({
        page: (Marker) => aws.call('route53:ListHostedZones', { Marker }),
        items: (page) => page.HostedZones,
        token: (page) => page.NextMarker,
      }),
    ),
  };
}

/** DescribeClusters takes 100; whoever may only list is shown names. */
async function readClusters(aws: Aws, signal: AbortSignal): Promise<Cluster[]> {
  const arns = await allPages({
    page: (nextToken) => aws.call('ecs:ListClusters', { nextToken }),
    items: (page) => page.clusterArns,
    token: (page) => page.nextToken,
  });
  const details = await Promise.all(
    batches(arns, 100).map(
      (clusters): Promise<Read<Cluster[]>> =>
        attempt(async () => (await aws.call('ecs:DescribeClusters', { clusters })).clusters ?? [], {
          signal,
        }),
    ),
  );
  const known = details.flatMap((read) => (read.ok ? read.value : []));
  return arns.map(
    (clusterArn) =>
      known.find((each) => each.clusterArn === clusterArn) ?? {
        clusterArn,
        clusterName: clusterArn.split('/').at(-1) ?? clusterArn,
      },
  );
}

/** Load balancers that are asked about at once: ELB answers few calls a second. */
const atOnce = 5;

async function readListeners(aws: Aws): Promise<FoundListener[]> {
  const all = await allPages({
    page: (Marker) => aws.call('elasticloadbalancing:DescribeLoadBalancers', { Marker }),
    items: (page) => page.LoadBalancers,
    token: (page) => page.NextMarker,
  });
  const balancers = all.filter(({ Type }) => Type === 'application');
  const found: FoundListener[] = [];
  for (const some of batches(balancers, atOnce)) {
    found.push(...(await Promise.all(some.map((each) => readBalancer(aws, each)))).flat());
  }
  return found;
}

async function readBalancer(aws: Aws, balancer: Balancer): Promise<FoundListener[]> {
  const LoadBalancerArn = balancer.LoadBalancerArn;
  const listeners = await allPages({
    page: (Marker) =>
      aws.call('elasticloadbalancing:DescribeListeners', { LoadBalancerArn, Marker }),
    items: (page) => page.Listeners,
    token: (page) => page.NextMarker,
  });
  return Promise.all(
    listeners
      .filter(({ Protocol }) => Protocol === 'HTTPS')
      .map(async (listener) => ({
        listener,
        balancer,
        certificates: await readCertificates(aws, listener),
      })),
  );
}

async function readCertificates(aws: Aws, { ListenerArn }: Listener): Promise<Certificate[]> {
  const listed = await allPages({
    page: (Marker) =>
      aws.call('elasticloadbalancing:DescribeListenerCertificates', { ListenerArn, Marker }),
    items: (page) => page.Certificates,
    token: (page) => page.NextMarker,
  });
  const arns = [...new Set(listed.flatMap(({ CertificateArn }) => CertificateArn ?? []))];
  const details = await Promise.all(
    arns.filter((arn) => arn.includes(':acm:')).map((arn) => describe(aws, arn)),
  );
  return details.flatMap((each) => each ?? []);
}

async function describe(aws: Aws, CertificateArn: string): Promise<Certificate | undefined> {
  try {
    return (await aws.call('acm:DescribeCertificate', { CertificateArn })).Certificate;
  } catch (error) {
    if (isNamed(error, 'ResourceNotFoundException')) return undefined;
    throw error;
  }
}
