import { post, textOf } from './iam.ts';

const anywhere = '0.0.0.0/0';

export interface Network {
  vpc: string;
  subnets: string[];
  securityGroups: string[];
}

/**
 * A VPC with a way out, two public subnets, and one security group for load balancer and tasks
 * alike, which lets in HTTPS from anywhere and everything from itself.
 */
export async function createNetwork(url: string, region: string): Promise<Network> {
  const ec2 = (Action: string, form: Record<string, string>) =>
    post(url, 'ec2', '2016-11-15', { Action, ...form });
  const vpc = textOf(await ec2('CreateVpc', { CidrBlock: '10.0.0.0/16' }), 'vpcId');
  const subnets: string[] = [];
  for (const [index, zone] of ['a', 'b'].entries()) {
    const CidrBlock = `10.0.${index}.0/24`;
    const subnet = { VpcId: vpc, CidrBlock, AvailabilityZone: `${region}${zone}` };
    subnets.push(textOf(await ec2('CreateSubnet', subnet), 'subnetId'));
  }
  const gateway = textOf(await ec2('CreateInternetGateway', {}), 'internetGatewayId');
  await ec2('AttachInternetGateway', { VpcId: vpc, InternetGatewayId: gateway });
  const ofVpc = { 'Filter.1.Name': 'vpc-id', 'Filter.1.Value.1': vpc };
  const mainTable = textOf(await ec2('DescribeRouteTables', ofVpc), 'routeTableId');
  await ec2('CreateRoute', {
    RouteTableId: mainTable,
    DestinationCidrBlock: anywhere,
    GatewayId: gateway,
  });
  const group = textOf(
    await ec2('CreateSecurityGroup', {
      GroupName: 'previews',
      GroupDescription: 'load balancer and tasks of previews',
      VpcId: vpc,
    }),
    'groupId',
  );
  await ec2('AuthorizeSecurityGroupIngress', {
    GroupId: group,
    'IpPermissions.1.IpProtocol': 'tcp',
    'IpPermissions.1.FromPort': '443',
    'IpPermissions.1.ToPort': '443',
    'IpPermissions.1.IpRanges.1.CidrIp': anywhere,
    'IpPermissions.2.IpProtocol': '-1',
    'IpPermissions.2.Groups.1.GroupId': group,
  });
  return { vpc, subnets, securityGroups: [group] };
}
