import { isNamed } from '../../../aws/errors.ts';
import { allPages } from '../../../aws/paginate.ts';
import { type AuditTools, orDenied, warnOnce } from './tools.ts';

/**
 * Hosts under the base domain whose record points at a load balancer of previews; none without a
 * hosted zone. Records carry no tags, so where they point is all there is to say whose they are.
 */
export async function findRecords(tools: AuditTools): Promise<string[]> {
  const { session } = tools;
  const { hostedZoneId, baseDomain } = session.target.config.providerConfig;
  if (!hostedZoneId) return [];
  const found = await orDenied(tools, 'DNS records that are left over are not seen', () =>
    Promise.all([
      orNoZone(tools, hostedZoneId, () => listUnder(tools, hostedZoneId, baseDomain)),
      session.aws.call('elasticloadbalancing:DescribeLoadBalancers', {
        LoadBalancerArns: session.target.arns.loadBalancers,
      }),
    ]),
  );
  if (!found) return [];
  const [records, balancers] = found;
  const own = new Set((balancers.LoadBalancers ?? []).map(({ DNSName = '' }) => plain(DNSName)));
  // Route 53's console writes `dualstack.` in front of a load balancer's name.
  return records
    .filter(({ alias }) => alias !== '' && own.has(alias.replace(/^dualstack\./, '')))
    .map(({ host }) => host);
}

/** Without its zone a preview is there all the same, and shown. */
async function orNoZone<T>(
  tools: AuditTools,
  hostedZoneId: string,
  work: () => Promise<T[]>,
): Promise<T[]> {
  try {
    return await work();
  } catch (error) {
    if (!isNamed(error, 'NoSuchHostedZone')) throw error;
    warnOnce(tools, `there is no hosted zone ${hostedZoneId}: DNS records are not seen`);
    return [];
  }
}

const plain = (name: string) => name.replace(/\.$/, '').toLowerCase();

interface Start {
  name: string;
  type?: string | undefined;
}

/** A zone lists what is under a name right behind it, so that the rest of it is never read. */
async function listUnder(
  { session }: AuditTools,
  HostedZoneId: string,
  baseDomain: string,
): Promise<{ host: string; alias: string }[]> {
  const found: { host: string; alias: string }[] = [];
  const under = (name: string) => name === baseDomain || name.endsWith(`.${baseDomain}`);
  const starts: Record<string, Start> = {};
  await allPages({
    page: (token) => {
      const start = token === undefined ? { name: baseDomain } : starts[token];
      return session.aws.call('route53:ListResourceRecordSets', {
        HostedZoneId,
        StartRecordName: start?.name,
        StartRecordType: start?.type as 'A' | undefined,
      });
    },
    items: (page) => {
      for (const { Name = '', Type, AliasTarget } of page.ResourceRecordSets ?? []) {
        const host = plain(Name);
        if (Type !== 'A' || !AliasTarget || !under(host) || host === baseDomain) continue;
        found.push({ host, alias: plain(AliasTarget.DNSName ?? '') });
      }
      return [];
    },
    token: ({ IsTruncated, NextRecordName: name, NextRecordType: type }) => {
      if (!IsTruncated || name === undefined || !under(plain(name))) return undefined;
      const token = `${name} ${type}`;
      starts[token] = { name, type };
      return token;
    },
  });
  return found;
}
