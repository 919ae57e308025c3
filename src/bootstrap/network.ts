import { type BootstrapOptions, missingOf, nameOf } from './options.ts';
import { attribute, type Part, pick, type Resource, ref, tags, type Value } from './values.ts';

/** The VPC and the public subnets that tasks and the load balancer are in, wherever they come from. */
export interface Place {
  vpc: Value;
  /** A list. */
  subnets: Value;
  /** What must be there before anything in the subnets reaches the internet. */
  routes: readonly string[];
}

export function placeOf(options: BootstrapOptions): Place {
  return missingOf(options).network
    ? {
        vpc: ref('Vpc'),
        subnets: [ref('SubnetA'), ref('SubnetB')],
        routes: ['PublicRoute', 'RoutesOfA', 'RoutesOfB'],
      }
    : { vpc: ref('VpcId'), subnets: ref('SubnetIds'), routes: [] };
}

/** A VPC with two public subnets in two zones; or, where there is one, the parameters that name it. */
export function networkPart(options: BootstrapOptions): Part {
  const { vpc, subnets } = options.existing;
  if (missingOf(options).network) return { resources: networkResources(nameOf(options)) };
  return {
    parameters: {
      VpcId: {
        Type: 'AWS::EC2::VPC::Id',
        Description: 'VPC of the load balancer and of the tasks.',
        Default: vpc ?? '',
      },
      SubnetIds: {
        Type: 'List<AWS::EC2::Subnet::Id>',
        Description: 'Subnets that tasks run in, in zones of the load balancer.',
        Default: (subnets ?? []).join(','),
      },
    },
  };
}

function networkResources(name: string): Record<string, Resource> {
  return {
    Vpc: {
      Type: 'AWS::EC2::VPC',
      Properties: {
        CidrBlock: '10.42.0.0/16',
        EnableDnsSupport: true,
        EnableDnsHostnames: true,
        Tags: tags(name),
      },
    },
    SubnetA: subnet(name, { index: 0, cidr: '10.42.0.0/20' }),
    SubnetB: subnet(name, { index: 1, cidr: '10.42.16.0/20' }),
    InternetGateway: { Type: 'AWS::EC2::InternetGateway', Properties: { Tags: tags(name) } },
    GatewayAttachment: {
      Type: 'AWS::EC2::VPCGatewayAttachment',
      Properties: { VpcId: ref('Vpc'), InternetGatewayId: ref('InternetGateway') },
    },
    PublicRoutes: {
      Type: 'AWS::EC2::RouteTable',
      Properties: { VpcId: ref('Vpc'), Tags: tags(`${name} public`) },
    },
    PublicRoute: {
      Type: 'AWS::EC2::Route',
      DependsOn: ['GatewayAttachment'],
      Properties: {
        RouteTableId: ref('PublicRoutes'),
        DestinationCidrBlock: '0.0.0.0/0',
        GatewayId: ref('InternetGateway'),
      },
    },
    RoutesOfA: routesOf('SubnetA'),
    RoutesOfB: routesOf('SubnetB'),
  };
}

const subnet = (name: string, { index, cidr }: { index: number; cidr: string }): Resource => ({
  Type: 'AWS::EC2::Subnet',
  Properties: {
    VpcId: ref('Vpc'),
    AvailabilityZone: pick(index, { 'Fn::GetAZs': '' }),
    CidrBlock: cidr,
    Tags: tags(`${name} public ${'ab'[index]}`),
  },
});

const routesOf = (id: string): Resource => ({
  Type: 'AWS::EC2::SubnetRouteTableAssociation',
  Properties: { SubnetId: ref(id), RouteTableId: ref('PublicRoutes') },
});

/** The security groups of the tasks, as a list, and of the load balancer where a rule needs it. */
export const taskGroups = (options: BootstrapOptions): Value =>
  missingOf(options).taskGroup
    ? [attribute('TaskSecurityGroup', 'GroupId')]
    : ref('SecurityGroupIds');
