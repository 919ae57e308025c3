import { endpointsNeeded, missingEndpoints, tableOf, wayOut } from '../doctor/network/routes.ts';
import { admits, egress, ingress, type SecurityGroup } from '../doctor/network/security.ts';
import type { Balancer } from './account.ts';
import type { Network, Subnet } from './network.ts';
import { hintInName, isTaken, label, ranked } from './propose.ts';
import type { Choice } from './question.ts';

/** How tasks in a subnet reach ECR and Logs: with a public address, without one, or not at all. */
export type Reach = 'public' | 'private' | 'none';

export function reachOf(subnet: Subnet, { tables, endpoints }: Network): Reach {
  const { SubnetId: id = '', VpcId: vpcId = '' } = subnet;
  const table = tableOf(id, vpcId, tables);
  const { kind } = wayOut(table);
  if (kind === 'internet') return 'public';
  if (kind === 'relayed') return 'private';
  const lacking = missingEndpoints(endpointsNeeded([]), { endpoints, table, vpcId });
  return lacking.length === 0 ? 'private' : 'none';
}

/** A rollout runs the old and the new tasks side by side. */
const fewAddresses = 2;
const reachWords = { public: 'public', private: 'private with a way out', none: 'no way out' };

export function subnetChoices(network: Network, balancer: Balancer | undefined): Choice<string>[] {
  const zones = balancer?.AvailabilityZones?.map(({ ZoneName }) => ZoneName);
  return ranked(
    network.subnets
      .filter(({ SubnetId }) => isTaken('subnets', [SubnetId]))
      .map((subnet) => {
        const { SubnetId: value = '', AvailabilityZone: zone, AvailableIpAddressCount } = subnet;
        const free = AvailableIpAddressCount ?? fewAddresses;
        const reach = reachOf(subnet, network);
        const problem =
          zones && !zones.includes(zone)
            ? `the load balancer does not serve its zone ${zone}`
            : reach === 'none'
              ? 'tasks there reach neither ECR nor Logs'
              : free < fewAddresses
                ? `${free} addresses are free`
                : undefined;
        const named = nameTag(subnet);
        return {
          value,
          label: label(named === undefined ? value : `${value} ${named}`),
          why: `${reachWords[reach]}, zone ${zone}, ${free} free addresses`,
          rank: reach === 'public' ? 1 : 0,
          ...(problem === undefined ? {} : { problem }),
        };
      }),
  );
}

const nameTag = ({ Tags = [] }: Subnet) => Tags.find(({ Key }) => Key === 'Name')?.Value;

/** Most that the configuration takes. */
const mostSubnets = 16;

/**
 * Subnets that go together: public ones, since tasks have public addresses unless the configuration
 * says otherwise; private ones where there are no others.
 */
export function togetherOf(choices: readonly Choice<string>[], network: Network) {
  const good = choices.filter(({ problem }) => problem === undefined);
  const reach = (id: string) =>
    reachOf(network.subnets.find(({ SubnetId }) => SubnetId === id) ?? {}, network);
  const open = good.filter(({ value }) => reach(value) === 'public');
  const chosen = open.length > 0 ? open : good;
  if (chosen.length === 0) return undefined;
  const kind = open.length > 0 ? 'public' : 'private with a way out';
  return {
    values: chosen.slice(0, mostSubnets).map(({ value }) => value),
    why: `${kind}, in zones of the load balancer`,
  };
}

export interface Ingress {
  balancer: Balancer | undefined;
  /** Of the container. */
  port: number;
}

/** Groups for tasks: first those that let the load balancer in and nobody else. */
export function groupChoices(network: Network, { balancer, port }: Ingress): Choice<string>[] {
  const fronts = balancer?.SecurityGroups ?? [];
  const ranges = (balancer?.AvailabilityZones ?? []).flatMap(
    ({ SubnetId: id }) => network.subnets.find(({ SubnetId }) => SubnetId === id)?.CidrBlock ?? [],
  );
  const front = network.groups.filter(({ GroupId = '' }) => fronts.includes(GroupId));
  return ranked(
    network.groups
      .filter(({ GroupId = '' }) => isTaken('securityGroups', [GroupId]))
      .map((group) => {
        const { GroupId: value = '', GroupName = '' } = group;
        const inbound = admits(ingress([group]), { port, groups: fronts, ranges });
        const byAnyone = admits(ingress([group]), { port, groups: [], ranges: ['0.0.0.0/0'] });
        const own = fronts.includes(value);
        const problem = problemOf(group, { port, inbound, own, front, balancer });
        return {
          value,
          label: label(GroupName === value ? value : `${value} ${GroupName}`),
          why:
            byAnyone === 'all'
              ? `lets everybody in on port ${port}, the load balancer too`
              : `lets ${fronts.join(', ') || 'the load balancer'} in on port ${port}`,
          rank: (byAnyone === 'all' ? 0 : 4) + hintInName(GroupName),
          ...(problem === undefined ? {} : { problem }),
        };
      }),
  );
}

function problemOf(
  group: SecurityGroup,
  about: Ingress & { inbound: string; own: boolean; front: readonly SecurityGroup[] },
): string | undefined {
  const { port, inbound, own, front, balancer } = about;
  if (own) return "it is the load balancer's own";
  if (balancer && inbound !== 'all') {
    return `it does not let the load balancer in on port ${port}`;
  }
  const groups = [group.GroupId ?? ''];
  if (admits(egress([group]), { port: 443, groups: [], ranges: ['0.0.0.0/0'] }) === 'none') {
    return 'it lets nothing out to ECR and Logs';
  }
  const back = admits(egress(front), { port, groups, ranges: [] });
  return front.length > 0 && back === 'none'
    ? `the load balancer's own group does not let it out to port ${port}`
    : undefined;
}
