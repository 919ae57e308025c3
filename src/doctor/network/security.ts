import type { Output } from '../../aws/api.ts';
import { covers, overlaps } from './cidr.ts';

export type SecurityGroup = NonNullable<
  Output<'ec2:DescribeSecurityGroups'>['SecurityGroups']
>[number];
export type SecurityRule = NonNullable<SecurityGroup['IpPermissions']>[number];

/** How much of a connection the rules let through; `unknown` where a prefix list decides. */
export type Coverage = 'all' | 'some' | 'unknown' | 'none';

export interface Connection {
  /** TCP. */
  port: number;
  /** Security groups of the other side: one that is named is enough. */
  groups: readonly string[];
  /** IPv4 ranges that the other side may be in; empty when they are not known. */
  ranges: readonly string[];
}

/** What one direction's rules let through of a connection (EC2 user guide, "Security group rules"). */
export function admits(rules: readonly SecurityRule[], connection: Connection): Coverage {
  const open = rules.filter((rule) => concerns(rule, connection.port));
  const named = open.flatMap((rule) => (rule.UserIdGroupPairs ?? []).map((pair) => pair.GroupId));
  if (named.some((id) => id !== undefined && connection.groups.includes(id))) return 'all';
  const allowed = open.flatMap((rule) => (rule.IpRanges ?? []).map((range) => range.CidrIp ?? ''));
  if (allowed.some((cidr) => covers(cidr, '0.0.0.0/0'))) return 'all';
  const unsure = open.some((rule) => (rule.PrefixListIds ?? []).length > 0);
  return byRanges(allowed, connection.ranges, unsure);
}

function byRanges(allowed: string[], wanted: readonly string[], unsure: boolean): Coverage {
  if (wanted.length === 0) return unsure || allowed.length > 0 ? 'unknown' : 'none';
  if (wanted.every((range) => allowed.some((cidr) => covers(cidr, range)))) return 'all';
  if (unsure) return 'unknown';
  return wanted.some((range) => allowed.some((cidr) => overlaps(cidr, range))) ? 'some' : 'none';
}

function concerns({ IpProtocol, FromPort, ToPort }: SecurityRule, port: number): boolean {
  if (IpProtocol === '-1') return true;
  // 6 is TCP's number, which EC2 takes in place of the name.
  if (IpProtocol !== 'tcp' && IpProtocol !== '6') return false;
  return (FromPort ?? 0) <= port && port <= (ToPort ?? 65_535);
}

export const ingress = (groups: readonly SecurityGroup[]): SecurityRule[] =>
  groups.flatMap((group) => group.IpPermissions ?? []);

export const egress = (groups: readonly SecurityGroup[]): SecurityRule[] =>
  groups.flatMap((group) => group.IpPermissionsEgress ?? []);
