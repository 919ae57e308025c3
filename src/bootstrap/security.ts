import { placeOf } from './network.ts';
import { type BootstrapOptions, type Missing, missingOf, nameOf } from './options.ts';
import {
  attribute,
  type Parameter,
  type Part,
  pick,
  type Resource,
  ref,
  tags,
  type Value,
} from './values.ts';

const anywhere = '0.0.0.0/0';
const openWayOut: Value = [
  { IpProtocol: '-1', CidrIp: anywhere, Description: 'ECR, logs, and what the app calls' },
];

/** Groups that fit each other: visitors reach the load balancer, and only that reaches the tasks. */
export function securityPart(options: BootstrapOptions): Part {
  const missing = missingOf(options);
  return { parameters: parametersOf(options, missing), resources: resourcesOf(options, missing) };
}

/** Whether there is a rule to write that lets the load balancer reach the tasks. */
const opensPort = ({ balancer, taskGroup }: Missing) => balancer || taskGroup;

function parametersOf(
  { existing, containerPort }: BootstrapOptions,
  missing: Missing,
): Record<string, Parameter> {
  return {
    ...(opensPort(missing)
      ? {
          ContainerPort: {
            Type: 'Number',
            Description: 'Port that the container listens on.',
            Default: containerPort,
            MinValue: 1,
            MaxValue: 65_535,
          },
        }
      : {}),
    ...(missing.taskGroup
      ? {}
      : {
          SecurityGroupIds: {
            Type: 'List<AWS::EC2::SecurityGroup::Id>',
            Description: 'Security groups of the tasks.',
            Default: (existing.securityGroups ?? []).join(','),
          },
        }),
    ...(missing.taskGroup && !missing.balancer
      ? {
          BalancerSecurityGroupId: {
            Type: 'AWS::EC2::SecurityGroup::Id',
            Description: 'Security group of the load balancer: tasks admit it.',
            Default: existing.balancer?.securityGroup ?? '',
          },
        }
      : {}),
  };
}

function resourcesOf(options: BootstrapOptions, missing: Missing): Record<string, Resource> {
  const { vpc } = placeOf(options);
  const name = nameOf(options);
  const balancerGroup = missing.balancer
    ? attribute('BalancerSecurityGroup', 'GroupId')
    : ref('BalancerSecurityGroupId');
  const fromBalancer = {
    IpProtocol: 'tcp',
    FromPort: ref('ContainerPort'),
    ToPort: ref('ContainerPort'),
    SourceSecurityGroupId: balancerGroup,
    Description: 'The load balancer, to the container',
  };
  const group = (description: string, ingress: Value, label: string): Resource => ({
    Type: 'AWS::EC2::SecurityGroup',
    Properties: {
      GroupDescription: description,
      VpcId: vpc,
      SecurityGroupIngress: ingress,
      SecurityGroupEgress: openWayOut,
      Tags: tags(label),
    },
  });
  return {
    ...(missing.balancer
      ? {
          BalancerSecurityGroup: group(
            'Load balancer of previews',
            [visitors(80), visitors(443)],
            `${name} load balancer`,
          ),
        }
      : {}),
    ...(missing.taskGroup
      ? { TaskSecurityGroup: group('Tasks of previews', [fromBalancer], `${name} tasks`) }
      : {}),
    ...(missing.balancer && !missing.taskGroup
      ? {
          TaskIngress: {
            Type: 'AWS::EC2::SecurityGroupIngress',
            Properties: { GroupId: pick(0, ref('SecurityGroupIds')), ...fromBalancer },
          },
        }
      : {}),
  };
}

const visitors = (port: number): Value => ({
  IpProtocol: 'tcp',
  FromPort: port,
  ToPort: port,
  CidrIp: anywhere,
  Description: 'Visitors',
});
