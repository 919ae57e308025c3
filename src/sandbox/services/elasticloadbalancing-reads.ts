import type {
  DescribeLoadBalancersCommandInput,
  DescribeLoadBalancersOutput,
  DescribeTargetHealthCommandInput,
  DescribeTargetHealthOutput,
  LoadBalancer as LoadBalancerShape,
  TargetHealth,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Ctx, LoadBalancer, Operation, Target } from '../types.ts';
import {
  anywhere,
  associations,
  elbError,
  pageOf,
  required,
  targetGroupOf,
  validationError,
} from './elasticloadbalancing-common.ts';

export const DescribeLoadBalancers = {
  authorize: anywhere('DescribeLoadBalancers'),
  run(input: DescribeLoadBalancersCommandInput, { world }: Ctx): DescribeLoadBalancersOutput {
    const { LoadBalancerArns: arns, Names: names } = input;
    if (arns && names) throw validationError('Load balancer ARNs and names cannot both be given');
    const wanted = new Set(arns ?? names);
    if (wanted.size > 20) throw validationError('At most 20 load balancers can be given');
    const all = Object.values(world.elasticloadbalancing.loadBalancers);
    const found = all.filter(({ arn, name }) => wanted.has(arns ? arn : name));
    if (found.length < wanted.size) {
      throw elbError('LoadBalancerNotFound', 'One or more load balancers not found');
    }
    const { items, next } = pageOf(arns || names ? found : all, input, ({ arn }) => arn);
    return {
      LoadBalancers: items.map(shapeOf),
      ...(next === undefined ? {} : { NextMarker: next }),
    };
  },
} satisfies Operation;

export const DescribeTargetHealth = {
  authorize: anywhere('DescribeTargetHealth'),
  run(input: DescribeTargetHealthCommandInput, { world }: Ctx): DescribeTargetHealthOutput {
    const group = targetGroupOf(world, required(input.TargetGroupArn, 'targetGroupArn'));
    const balancers = associations(world).get(group.arn) ?? [];
    const zones = balancers.flatMap(
      (arn) => world.elasticloadbalancing.loadBalancers[arn]?.zones.map(({ zone }) => zone) ?? [],
    );
    const asked = input.Targets?.map(({ Id, Port }) => `${Id}:${Port ?? group.port}`);
    const known = Object.entries(group.targets).filter(([key]) => !asked || asked.includes(key));
    return {
      TargetHealthDescriptions: known.map(([, target]) => ({
        Target: { Id: target.ip, Port: target.port, AvailabilityZone: target.zone },
        HealthCheckPort:
          group.healthCheck.port === 'traffic-port' ? String(target.port) : group.healthCheck.port,
        TargetHealth: healthOf(target, balancers.length > 0 ? zones : undefined),
      })),
    };
  },
} satisfies Operation;

const reasons = {
  initial: ['Elb.RegistrationInProgress', 'Target registration is in progress'],
  unhealthy: ['Target.Timeout', 'Request timed out'],
  draining: ['Target.DeregistrationInProgress', 'Target deregistration is in progress'],
} as const;

/** `zones` of the group's load balancers; absent when no rule forwards to the group. */
function healthOf(target: Target, zones: readonly string[] | undefined): TargetHealth {
  if (target.state !== 'draining' && !zones) {
    return unused('Target group is not configured to receive traffic from the load balancer');
  }
  if (target.state !== 'draining' && !zones?.includes(target.zone)) {
    return unused('Target is in an Availability Zone that is not enabled for the load balancer');
  }
  if (target.state === 'healthy') return { State: 'healthy' };
  const [reason, description] = reasons[target.state];
  return {
    State: target.state,
    Reason: (target.reason ?? reason) as NonNullable<TargetHealth['Reason']>,
    Description: target.description ?? description,
  };
}

const unused = (Description: string): TargetHealth => ({
  State: 'unused',
  Reason: 'Target.NotInUse',
  Description,
});

function shapeOf(balancer: LoadBalancer): LoadBalancerShape {
  return {
    LoadBalancerArn: balancer.arn,
    LoadBalancerName: balancer.name,
    DNSName: balancer.dnsName,
    CanonicalHostedZoneId: balancer.canonicalHostedZoneId,
    CreatedTime: new Date(balancer.createdAt),
    Scheme: balancer.scheme,
    Type: balancer.type,
    State: { Code: balancer.state ?? 'active' },
    VpcId: balancer.vpcId,
    IpAddressType: 'ipv4',
    SecurityGroups: [...balancer.securityGroups],
    AvailabilityZones: balancer.zones.map(({ zone, subnetId }) => ({
      ZoneName: zone,
      SubnetId: subnetId,
      LoadBalancerAddresses: [],
    })),
  };
}
