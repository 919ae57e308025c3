import { type Check, fail, type Outcome, ok, skip, warn } from '../check.ts';
import type { Subnet } from '../facts/network.ts';
import { inVpc } from '../network/subnets.ts';
import { securityChecks } from './network-security.ts';
import { egressChecks } from './network-ways.ts';

const vpc: Check = {
  id: 'network.vpc',
  group: 'network',
  eachListener: true,
  title: "vpc is the load balancer's",
  async run({ balancer, config }) {
    const read = await balancer();
    if (!read.ok) return read.gap;
    if (!read.value) return skip('there is no such load balancer');
    const { vpc: given } = config.providerConfig;
    if (read.value.VpcId === given) return ok(given);
    return fail(
      `the load balancer is in ${read.value.VpcId}, and the configuration names ${given}`,
      `providerConfig.vpc: ${read.value.VpcId} (and its subnets and security groups)`,
    );
  },
};

const subnets: Check = {
  id: 'network.subnets',
  group: 'network',
  title: 'the subnets exist, in the VPC',
  async run(facts) {
    const read = await facts.subnets();
    if (!read.ok) return read.gap;
    const { subnets: ids, vpc: wanted } = facts.config.providerConfig;
    const found = read.value.map(({ SubnetId = '', VpcId }) => ({ id: SubnetId, vpcId: VpcId }));
    return membership('subnets', { ids, found, wanted });
  },
};

const groups: Check = {
  id: 'network.security-groups',
  group: 'network',
  title: 'the security groups exist, in the VPC',
  async run(facts) {
    const read = await facts.securityGroups();
    if (!read.ok) return read.gap;
    const { securityGroups: ids, vpc: wanted } = facts.config.providerConfig;
    const found = read.value.map(({ GroupId = '', VpcId }) => ({ id: GroupId, vpcId: VpcId }));
    return membership('securityGroups', { ids, found, wanted });
  },
};

interface Membership {
  ids: readonly string[];
  found: readonly { id: string; vpcId: string | undefined }[];
  wanted: string;
}

function membership(
  key: 'subnets' | 'securityGroups',
  { ids, found, wanted }: Membership,
): Outcome {
  const absent = ids.filter((id) => !found.some((each) => each.id === id));
  const strays = found.filter(({ vpcId }) => vpcId !== wanted);
  if (absent.length === 0 && strays.length === 0) return ok(`${ids.length} in ${wanted}`);
  const parts = [
    ...absent.map((id) => `there is no ${id}`),
    ...strays.map(({ id, vpcId }) => `${id} is in ${vpcId}, not in ${wanted}`),
  ];
  const command = key === 'subnets' ? 'describe-subnets' : 'describe-security-groups';
  return fail(
    parts.join('; '),
    `Correct providerConfig.${key}; these are in the VPC:\n  aws ec2 ${command} --filters Name=vpc-id,Values=${wanted}`,
  );
}

const zones: Check = {
  id: 'network.zones',
  group: 'network',
  eachListener: true,
  title: "the load balancer serves the subnets' zones",
  async run(facts) {
    const [balancer, read] = await Promise.all([facts.balancer(), facts.subnets()]);
    if (!balancer.ok) return balancer.gap;
    if (!read.ok) return read.gap;
    if (!balancer.value) return skip('there is no such load balancer');
    const enabled = (balancer.value.AvailabilityZones ?? []).map(({ ZoneName }) => ZoneName);
    const outside = inVpc(facts.config, read.value).filter(
      ({ AvailabilityZone }) => !enabled.includes(AvailabilityZone),
    );
    if (outside.length === 0) return ok(enabled.join(', '));
    const named = outside.map(
      ({ SubnetId, AvailabilityZone }) => `${SubnetId} (${AvailabilityZone})`,
    );
    const own = (balancer.value.AvailabilityZones ?? []).flatMap(({ SubnetId }) => SubnetId ?? []);
    // One subnet a zone is all that a load balancer takes.
    const added = [
      ...new Map(outside.map((each) => [each.AvailabilityZone, each.SubnetId])).values(),
    ];
    return fail(
      `targets in ${named.join(', ')} would get no traffic: the load balancer has no subnet in that zone`,
      `Take other subnets, or enable the zone with a subnet of the load balancer's kind in it:\n  aws elbv2 set-subnets --load-balancer-arn ${balancer.value.LoadBalancerArn} --subnets ${[...own, ...added].join(' ')}`,
    );
  },
};

const addresses: Check = {
  id: 'network.addresses',
  group: 'network',
  title: 'the subnets have free addresses',
  async run(facts) {
    const read = await facts.subnets();
    if (!read.ok) return read.gap;
    const known = inVpc(facts.config, read.value).filter(
      ({ AvailableIpAddressCount: free }) => free !== undefined,
    );
    if (known.length === 0) return skip('there are no such subnets');
    const listed = (some: Subnet[]) =>
      some.map(
        ({ SubnetId, AvailableIpAddressCount }) => `${SubnetId} has ${AvailableIpAddressCount}`,
      );
    const advice =
      'Take larger subnets (providerConfig.subnets), or destroy previews that nobody needs.';
    const free = ({ AvailableIpAddressCount = 0 }: Subnet) => AvailableIpAddressCount;
    const empty = known.filter((each) => free(each) === 0);
    if (empty.length > 0) return fail(`${listed(empty).join(', ')} free`, advice);
    // A rollout runs the old and the new tasks side by side.
    const scarce = known.filter((each) => free(each) < 2 * facts.config.task.count);
    return scarce.length > 0
      ? warn(`${listed(scarce).join(', ')} free`, advice)
      : ok(`at least ${Math.min(...known.map(free))} in each`);
  },
};

export const networkChecks: readonly Check[] = [
  vpc,
  subnets,
  groups,
  zones,
  addresses,
  ...egressChecks,
  ...securityChecks,
];
