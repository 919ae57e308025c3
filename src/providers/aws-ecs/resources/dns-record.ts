import { isNamed, says } from '../../../aws/errors.ts';
import { conflict, type Draft, nothing, step, warning } from '../draft.ts';
import type { Session } from '../session.ts';
import { settle } from '../settle.ts';
import type { Target } from '../target.ts';

/** The alias record as Route 53 has it, and where it should point. */
export interface DnsRecord {
  /** Absent when there is no A record of the host, or none that is an alias. */
  alias: { dnsName: string; hostedZoneId: string; evaluateTargetHealth: boolean } | undefined;
  /** Whether any A record of this name exists. */
  exists: boolean;
  loadBalancer: { dnsName: string; hostedZoneId: string };
}

const sameName = (a: string, b: string) =>
  a.replace(/\.$/, '').toLowerCase() === b.replace(/\.$/, '').toLowerCase();

/** `undefined` without `hostedZoneId`: then a wildcard record serves every preview. */
export async function readDnsRecord({ aws, target }: Session): Promise<DnsRecord | undefined> {
  const { hostedZoneId } = target.config.providerConfig;
  if (!hostedZoneId) return undefined;
  const { host } = target.identity;
  const [found, balancers] = await Promise.all([
    aws.call('route53:ListResourceRecordSets', {
      HostedZoneId: hostedZoneId,
      StartRecordName: host,
      StartRecordType: 'A',
      MaxItems: 1,
    }),
    aws.call('elasticloadbalancing:DescribeLoadBalancers', {
      LoadBalancerArns: [target.arns.loadBalancer],
    }),
  ]);
  const record = found.ResourceRecordSets?.find(
    (r) => r.Type === 'A' && sameName(r.Name ?? '', host),
  );
  const balancer = balancers.LoadBalancers?.[0];
  const alias = record?.AliasTarget;
  return {
    exists: record !== undefined,
    alias: alias && {
      dnsName: alias.DNSName ?? '',
      hostedZoneId: alias.HostedZoneId ?? '',
      evaluateTargetHealth: alias.EvaluateTargetHealth ?? false,
    },
    loadBalancer: {
      dnsName: balancer?.DNSName ?? '',
      hostedZoneId: balancer?.CanonicalHostedZoneId ?? '',
    },
  };
}

/** Records carry no tags, so the load balancer it points at says whose it is. */
function pointsHere(record: DnsRecord): boolean {
  const { alias, loadBalancer } = record;
  if (!alias) return false;
  // Route 53's console writes `dualstack.` in front of a load balancer's name.
  return sameName(alias.dnsName.replace(/^dualstack\./, ''), loadBalancer.dnsName);
}

export function planDnsRecord(target: Target, observed: DnsRecord | undefined): Draft {
  if (!observed || (observed.exists && pointsHere(observed))) return nothing;
  const { host } = target.identity;
  if (!observed.exists) return step('create', 'dns-record', host);
  return conflict(
    'dns-record',
    host,
    'exists and does not point at this load balancer',
    'Delete that record, or set another hostPattern.',
  );
}

/** Creates the alias record; returns the id of the change, to be followed until it is live. */
export async function ensureDnsRecord(
  session: Session,
  observed: DnsRecord | undefined,
): Promise<string | undefined> {
  return settle(session, {
    observed,
    read: () => readDnsRecord(session),
    race: (error) => isNamed(error, 'InvalidChangeBatch') && says(error, 'already exists'),
    act: async (record) => {
      if (!record || pointsHere(record)) return undefined;
      return change(session, 'CREATE', { ...record.loadBalancer, evaluateTargetHealth: false });
    },
  });
}

export function planDnsRecordRemoval(target: Target, observed: DnsRecord | undefined): Draft {
  if (!observed?.exists) return nothing;
  const { host } = target.identity;
  return pointsHere(observed)
    ? step('delete', 'dns-record', host)
    : warning(`DNS record ${host} does not point at this load balancer and is kept`);
}

export async function removeDnsRecord(
  session: Session,
  observed: DnsRecord | undefined,
): Promise<void> {
  await settle(session, {
    observed,
    read: () => readDnsRecord(session),
    // Gone, or with other values than a moment ago: look again.
    race: (error) => isNamed(error, 'InvalidChangeBatch'),
    act: async (record) => {
      if (record?.alias && pointsHere(record)) await change(session, 'DELETE', record.alias);
    },
  });
}

async function change(
  { aws, target }: Session,
  Action: 'CREATE' | 'DELETE',
  alias: NonNullable<DnsRecord['alias']>,
): Promise<string | undefined> {
  const answer = await aws.call('route53:ChangeResourceRecordSets', {
    HostedZoneId: target.config.providerConfig.hostedZoneId,
    ChangeBatch: {
      Changes: [
        {
          Action,
          ResourceRecordSet: {
            Name: target.identity.host,
            Type: 'A',
            AliasTarget: {
              DNSName: alias.dnsName,
              HostedZoneId: alias.hostedZoneId,
              EvaluateTargetHealth: alias.evaluateTargetHealth,
            },
          },
        },
      ],
    },
  });
  return answer.ChangeInfo?.Id;
}
