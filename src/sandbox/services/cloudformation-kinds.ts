import { loadBalancer } from './cloudformation-balancer.ts';
import { cluster } from './cloudformation-cluster.ts';
import { certificate, recordSet } from './cloudformation-dns.ts';
import { gatewayAttachment, internetGateway } from './cloudformation-gateways.ts';
import { managedPolicy, oidcProvider, role, serviceLinkedRole } from './cloudformation-identity.ts';
import type { Kind } from './cloudformation-kind.ts';
import { listener, listenerCertificate } from './cloudformation-listener.ts';
import { subnet, vpc } from './cloudformation-network.ts';
import { route, routeTable, routeTableAssociation } from './cloudformation-routes.ts';
import { securityGroup, securityGroupIngress } from './cloudformation-security.ts';

/** Every type of resource that the sandbox carries out; CloudFormation refuses others as unknown. */
const kinds: Record<string, Kind> = {
  'AWS::CertificateManager::Certificate': certificate,
  'AWS::EC2::InternetGateway': internetGateway,
  'AWS::EC2::Route': route,
  'AWS::EC2::RouteTable': routeTable,
  'AWS::EC2::SecurityGroup': securityGroup,
  'AWS::EC2::SecurityGroupIngress': securityGroupIngress,
  'AWS::EC2::Subnet': subnet,
  'AWS::EC2::SubnetRouteTableAssociation': routeTableAssociation,
  'AWS::EC2::VPC': vpc,
  'AWS::EC2::VPCGatewayAttachment': gatewayAttachment,
  'AWS::ECS::Cluster': cluster,
  'AWS::ElasticLoadBalancingV2::Listener': listener,
  'AWS::ElasticLoadBalancingV2::ListenerCertificate': listenerCertificate,
  'AWS::ElasticLoadBalancingV2::LoadBalancer': loadBalancer,
  'AWS::IAM::ManagedPolicy': managedPolicy,
  'AWS::IAM::OIDCProvider': oidcProvider,
  'AWS::IAM::Role': role,
  'AWS::IAM::ServiceLinkedRole': serviceLinkedRole,
  'AWS::Route53::RecordSet': recordSet,
};

export const kindOf = (type: string): Kind | undefined =>
  Object.hasOwn(kinds, type) ? kinds[type] : undefined;

/** Of a type that was checked when the template came in. */
export function needKind(type: string): Kind {
  const kind = kindOf(type);
  if (!kind) throw new Error(`a stack has a resource of the unknown type ${type}`);
  return kind;
}
