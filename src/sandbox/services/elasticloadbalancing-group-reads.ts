import type {
  DescribeTargetGroupAttributesCommandInput,
  DescribeTargetGroupAttributesOutput,
  DescribeTargetGroupsCommandInput,
  DescribeTargetGroupsOutput,
  TargetGroup as TargetGroupShape,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Ctx, Operation, TargetGroup, World } from '../types.ts';
import {
  anywhere,
  associations,
  elbError,
  pageOf,
  required,
  targetGroupOf,
  validationError,
} from './elasticloadbalancing-common.ts';

export const DescribeTargetGroups = {
  authorize: anywhere('DescribeTargetGroups'),
  run(input: DescribeTargetGroupsCommandInput, { world }: Ctx): DescribeTargetGroupsOutput {
    const balancers = associations(world);
    const chosen = chooseGroups(input, world, balancers);
    const { items, next } = pageOf(chosen, input, (group) => group.arn);
    return {
      TargetGroups: items.map((group) => shapeOf(group, balancers)),
      ...(next === undefined ? {} : { NextMarker: next }),
    };
  },
} satisfies Operation;

export const DescribeTargetGroupAttributes = {
  authorize: anywhere('DescribeTargetGroupAttributes'),
  run(
    input: DescribeTargetGroupAttributesCommandInput,
    { world }: Ctx,
  ): DescribeTargetGroupAttributesOutput {
    return attributesOf(targetGroupOf(world, required(input.TargetGroupArn, 'targetGroupArn')));
  },
} satisfies Operation;

function chooseGroups(
  input: DescribeTargetGroupsCommandInput,
  world: World,
  balancers: Map<string, string[]>,
): TargetGroup[] {
  const { LoadBalancerArn, TargetGroupArns, Names } = input;
  const { loadBalancers } = world.elasticloadbalancing;
  const all = Object.values(world.elasticloadbalancing.targetGroups);
  if (
    [LoadBalancerArn, TargetGroupArns, Names].filter((filter) => filter !== undefined).length > 1
  ) {
    throw validationError(
      'Only one of load balancer ARN, target group ARNs and names can be given',
    );
  }
  if (LoadBalancerArn !== undefined) {
    if (!loadBalancers[LoadBalancerArn]) {
      throw elbError('LoadBalancerNotFound', 'One or more load balancers not found');
    }
    return all.filter((group) => balancers.get(group.arn)?.includes(LoadBalancerArn));
  }
  if (TargetGroupArns) return [...new Set(TargetGroupArns)].map((arn) => targetGroupOf(world, arn));
  if (!Names) return all;
  const found = all.filter((group) => Names.includes(group.name));
  if (found.length < new Set(Names).size) {
    throw elbError('TargetGroupNotFound', 'One or more target groups not found');
  }
  return found;
}

export function attributesOf(group: TargetGroup): { Attributes: { Key: string; Value: string }[] } {
  return {
    Attributes: Object.entries(group.attributes).map(([Key, Value]) => ({ Key, Value })),
  };
}

/** A target group as the API shows it. */
export function shapeOf(group: TargetGroup, balancers: Map<string, string[]>): TargetGroupShape {
  const { healthCheck } = group;
  return {
    TargetGroupArn: group.arn,
    TargetGroupName: group.name,
    Protocol: group.protocol as NonNullable<TargetGroupShape['Protocol']>,
    ProtocolVersion: 'HTTP1',
    Port: group.port,
    VpcId: group.vpcId,
    TargetType: group.targetType as NonNullable<TargetGroupShape['TargetType']>,
    IpAddressType: 'ipv4',
    HealthCheckEnabled: true,
    HealthCheckPath: healthCheck.path,
    HealthCheckPort: healthCheck.port,
    HealthCheckProtocol: healthCheck.protocol as NonNullable<TargetGroupShape['Protocol']>,
    HealthCheckIntervalSeconds: healthCheck.intervalSeconds,
    HealthCheckTimeoutSeconds: healthCheck.timeoutSeconds,
    HealthyThresholdCount: healthCheck.healthyThreshold,
    UnhealthyThresholdCount: healthCheck.unhealthyThreshold,
    Matcher: { HttpCode: healthCheck.matcher },
    LoadBalancerArns: balancers.get(group.arn) ?? [],
  };
}
