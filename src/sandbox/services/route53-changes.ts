// Longer than most: the rules for one batch, each with AWS's own wording, belong together.
import type { Change, ResourceRecordSet } from '@aws-sdk/client-route-53';
import { type AwsErrorShape, awsError } from '../errors.ts';
import type { World } from '../types.ts';
import { normalizeName } from './route53-names.ts';

/** All problems of a batch come in one error, as a bracketed list. */
export function invalidBatch(...problems: string[]): AwsErrorShape {
  return awsError('InvalidChangeBatch', `[${problems.join(', ')}]`, { code: 'InvalidChangeBatch' });
}

export interface Batch {
  world: World;
  zoneName: string;
  records: readonly ResourceRecordSet[];
}

/** The records after a batch of changes. All of them are made or, with one refused, none. */
export function applyChanges({ world, zoneName, records }: Batch, changes: readonly Change[]) {
  const problems: string[] = [];
  const seen = new Set<string>();
  let result = [...records];
  for (const change of changes) {
    const set = normalizeSet(change.ResourceRecordSet);
    const label = `resource record set [name='${set.Name}', type='${set.Type}']`;
    const key = `${change.Action} ${set.Name} ${set.Type}`;
    const current = result.find((record) => isSame(record, set));
    const problem = seen.has(key)
      ? `The request contains an invalid set of changes for a ${label}`
      : (problemOfSet(set, change.Action, { world, zoneName }) ??
        problemOfChange(change.Action, { set, current, label, others: result }));
    seen.add(key);
    if (problem) {
      problems.push(problem);
      continue;
    }
    result = result.filter((record) => record !== current);
    if (change.Action !== 'DELETE') result.push(set);
  }
  if (problems.length > 0) throw invalidBatch(...problems);
  checkApex(result, zoneName);
  return result;
}

const isSame = (a: ResourceRecordSet, b: ResourceRecordSet) =>
  a.Name === b.Name && a.Type === b.Type && a.SetIdentifier === b.SetIdentifier;

function normalizeSet(given: ResourceRecordSet | undefined): ResourceRecordSet {
  const { AliasTarget: alias, ...rest } = given ?? { Name: '', Type: undefined };
  const set = { ...rest, Name: normalizeName(rest.Name ?? '') };
  if (!alias) return set;
  const AliasTarget = {
    HostedZoneId: alias.HostedZoneId,
    DNSName: normalizeName(alias.DNSName ?? ''),
    EvaluateTargetHealth: alias.EvaluateTargetHealth ?? false,
  };
  return { ...set, AliasTarget };
}

function problemOfChange(
  action: Change['Action'],
  {
    set,
    current,
    label,
    others,
  }: {
    set: ResourceRecordSet;
    current: ResourceRecordSet | undefined;
    label: string;
    others: readonly ResourceRecordSet[];
  },
): string | undefined {
  if (action === 'DELETE') {
    if (!current) return `Tried to delete ${label} but it was not found`;
    return valuesOf(current) === valuesOf(set)
      ? undefined
      : `Tried to delete ${label} but the values provided do not match the current values`;
  }
  if (action === 'CREATE' && current) return `Tried to create ${label} but it already exists`;
  const beside = others.some(
    (other) =>
      other.Name === set.Name &&
      other.Type !== set.Type &&
      (other.Type === 'CNAME' || set.Type === 'CNAME'),
  );
  return beside
    ? `RRSet of type ${set.Type} with DNS name ${set.Name} is not permitted as it conflicts with other records with the same DNS name`
    : undefined;
}

/** The values in one comparable form: the order of a set's records does not matter. */
function valuesOf({ TTL, ResourceRecords, AliasTarget }: ResourceRecordSet): string {
  const values = (ResourceRecords ?? []).map(({ Value }) => Value ?? '').sort();
  const alias = AliasTarget
    ? [AliasTarget.HostedZoneId, AliasTarget.DNSName, AliasTarget.EvaluateTargetHealth]
    : null;
  return JSON.stringify([TTL ?? null, values, alias]);
}

function problemOfSet(
  set: ResourceRecordSet,
  action: Change['Action'],
  { world, zoneName }: { world: World; zoneName: string },
): string | undefined {
  const { Name: name = '', Type: type, AliasTarget: alias } = set;
  const found = [alias ? 'AliasTarget' : '', set.ResourceRecords?.length ? 'ResourceRecords' : ''];
  if (
    found.filter(Boolean).length !== 1 ||
    (alias ? set.TTL !== undefined : set.TTL === undefined)
  ) {
    return `Invalid request: Expected exactly one of [AliasTarget, all of [TTL, and ResourceRecords], or TrafficPolicyInstanceId] in Change with [Action=${action}, Name=${name}, Type=${type}, SetIdentifier=null]`;
  }
  if (name !== zoneName && !name.endsWith(`.${zoneName}`)) {
    return `RRSet with DNS name ${name} is not permitted in zone ${zoneName}`;
  }
  if (name.split('.').some((label) => label.length > 63) || name.length > 255) {
    return `FATAL problem: DomainLabelTooLong (Domain label is too long) encountered with '${name}'`;
  }
  if (!alias) return undefined;
  const target = (alias.DNSName ?? '').replace(/^dualstack\./, '');
  const reachable = Object.values(world.elasticloadbalancing.loadBalancers).some(
    (balancer) =>
      balancer.canonicalHostedZoneId === alias.HostedZoneId &&
      normalizeName(balancer.dnsName) === target,
  );
  return reachable
    ? undefined
    : `Tried to create an alias that targets ${alias.DNSName}, type ${type} in zone ${alias.HostedZoneId}, but the alias target name does not lie within the target zone`;
}

function checkApex(records: readonly ResourceRecordSet[], zoneName: string): void {
  const has = (type: string) =>
    records.some(({ Name, Type }) => Name === zoneName && Type === type);
  if (!has('SOA')) throw invalidBatch('A HostedZone must contain exactly one SOA record.');
  if (!has('NS')) {
    throw invalidBatch('A HostedZone must contain at least one NS record for the zone itself.');
  }
}
