import { isNamed, says } from '../../../aws/errors.ts';
import { conflict, type Draft, nothing, step, updateIf, warning } from '../draft.ts';
import type { Session } from '../session.ts';
import { settle } from '../settle.ts';
import { balancerName, loadBalancerArn, type Target } from '../target.ts';

/** The alias record as Route 53 has it, and where it should point. */
export interface DnsRecord {
  /** Absent when there is no A record of the host, or none that is an alias. */
  alias: { dnsName: string; hostedZoneId: string; evaluateTargetHealth: boolean } | undefined;
  /** Whether any A record of this name exists. */
  exists: boolean;
  /** Of the configuration. */
  loadBalancers: LoadBalancer[];
}

interface LoadBalancer {
  arn: string;
  dnsName: string;
  hostedZoneId: string;
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
      LoadBalancerArns: target.arns.loadBalancers,
    }),
  ]);
  const record = found.ResourceRecordSets?.find(
    (r) => r.Type === 'A' && sameName(r.Name ?? '', host),
  );
  const alias = record?.AliasTarget;
  return {
    exists: record !== undefined,
    alias: alias && {
      dnsName: alias.DNSName ?? '',
      hostedZoneId: alias.HostedZoneId ?? '',
      evaluateTargetHealth: alias.EvaluateTargetHealth ?? false,
    },
    loadBalancers: (balancers.LoadBalancers ?? []).map((balancer) => ({
      arn: balancer.LoadBalancerArn ?? '',
      dnsName: balancer.DNSName ?? '',
      hostedZoneId: balancer.CanonicalHostedZoneId ?? '',
    })),
  };
}

/** Records carry no tags, so the load balancer of ours that it points at says whose it is. */
export function pointsAt(record: DnsRecord | undefined): LoadBalancer | undefined {
  const { alias, loadBalancers } = record ?? {};
  if (!alias) return undefined;
  // Route 53's console writes `dualstack.` in front of a load balancer's name.
  const name = alias.dnsName.replace(/^dualstack\./, '');
  return loadBalancers?.find(({ dnsName }) => sameName(name, dnsName));
}

/** `listenerArn` is where the rule is, or will be; with one load balancer it does not matter. */
export function planDnsRecord(
  target: Target,
  observed: DnsRecord | undefined,
  listenerArn: string | undefined,
): Draft {
  if (!observed) return nothing;
  const { host } = target.identity;
  // Of several load balancers the one that took the rule is known when there is a rule.
  const after = target.arns.loadBalancers.length > 1 ? ['listener-rule'] : [];
  if (!observed.exists) return step('create', 'dns-record', host, { after });
  const at = pointsAt(observed);
  if (!at) {
    return conflict(
      'dns-record',
      host,
      'exists and does not point at a load balancer of the configuration',
      'Delete that record, or set another hostPattern.',
    );
  }
  return listenerArn === undefined || at.arn === loadBalancerArn(listenerArn)
    ? nothing
    : updateIf('dns-record', host, [`from load balancer ${balancerName(at.arn)}`], after);
}

/**
 * Has the alias record point at the load balancer of the listener; returns the id of the change, to be
 * followed until it is live.
 */
export async function ensureDnsRecord(
  session: Session,
  observed: DnsRecord | undefined,
  listenerArn: string,
): Promise<string | undefined> {
  const wanted = loadBalancerArn(listenerArn);
  return settle(session, {
    observed,
    read: () => readDnsRecord(session),
    race: (error) =>
      isNamed(error, 'InvalidChangeBatch') && says(error, /already exists|not found|do not match/),
    act: async (record) => {
      const at = pointsAt(record);
      if (!record || at?.arn === wanted) return undefined;
      const balancer = record.loadBalancers.find(({ arn }) => arn === wanted);
      if (!balancer) throw new Error(`there is no load balancer ${wanted}`);
      return change(session, [
        ...(at && record.alias ? [{ Action: 'DELETE' as const, alias: record.alias }] : []),
        { Action: 'CREATE', alias: { ...balancer, evaluateTargetHealth: false } },
      ]);
    },
  });
}

export function planDnsRecordRemoval(target: Target, observed: DnsRecord | undefined): Draft {
  if (!observed?.exists) return nothing;
  const { host } = target.identity;
  return pointsAt(observed)
    ? step('delete', 'dns-record', host)
    : warning(
        `DNS record ${host} does not point at a load balancer of the configuration and is kept`,
      );
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
      if (!record?.alias || !pointsAt(record)) return;
      await change(session, [{ Action: 'DELETE', alias: record.alias }]);
    },
  });
}

async function change(
  { aws, target }: Session,
  changes: { Action: 'CREATE' | 'DELETE'; alias: NonNullable<DnsRecord['alias']> }[],
): Promise<string | undefined> {
  const answer = await aws.call('route53:ChangeResourceRecordSets', {
    HostedZoneId: target.config.providerConfig.hostedZoneId,
    ChangeBatch: {
      // All or nothing, so that the host never stays without a record.
      Changes: changes.map(({ Action, alias }) => ({
        Action,
        ResourceRecordSet: {
          Name: target.identity.host,
          Type: 'A' as const,
          AliasTarget: {
            DNSName: alias.dnsName,
            HostedZoneId: alias.hostedZoneId,
            EvaluateTargetHealth: alias.evaluateTargetHealth,
          },
        },
      })),
    },
  });
  return answer.ChangeInfo?.Id;
}
