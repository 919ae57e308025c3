import { placeOf } from './network.ts';
import { type BootstrapOptions, missingOf, nameOf } from './options.ts';
import { attribute, choose, type Part, type Resource, ref, tags, type Value } from './values.ts';

/** The HTTPS listener that previews put their rules on. */
export const listenerOf = (options: BootstrapOptions): Value =>
  missingOf(options).balancer ? ref('HttpsListener') : ref('ListenerArn');

/** An internet-facing Application Load Balancer with its two listeners; or the parameter that names one. */
export function balancerPart(options: BootstrapOptions): Part {
  if (!missingOf(options).balancer) {
    return {
      parameters: {
        ListenerArn: {
          Type: 'String',
          Description: 'HTTPS listener of the load balancer.',
          Default: options.existing.listenerArn ?? '',
          AllowedPattern: '^arn:aws[a-z-]*:elasticloadbalancing:[^:]+:[0-9]+:listener/app/.+$',
        },
      },
    };
  }
  return {
    resources: { LoadBalancer: balancer(options), HttpsListener: https, HttpListener: http },
    outputs: {
      LoadBalancerDnsName: {
        Description: "Where the previews' hosts must lead to.",
        Value: attribute('LoadBalancer', 'DNSName'),
      },
    },
  };
}

function balancer(options: BootstrapOptions): Resource {
  const { subnets, routes } = placeOf(options);
  return {
    Type: 'AWS::ElasticLoadBalancingV2::LoadBalancer',
    // AWS refuses an internet-facing one in subnets without a way out.
    ...(routes.length > 0 ? { DependsOn: routes } : {}),
    Properties: {
      Name: nameOf(options),
      Type: 'application',
      Scheme: 'internet-facing',
      Subnets: subnets,
      SecurityGroups: [attribute('BalancerSecurityGroup', 'GroupId')],
      Tags: tags(),
    },
  };
}

const https: Resource = {
  Type: 'AWS::ElasticLoadBalancingV2::Listener',
  Properties: {
    LoadBalancerArn: ref('LoadBalancer'),
    Port: 443,
    Protocol: 'HTTPS',
    // TLS 1.2 and 1.3 (Elastic Load Balancing, "Security policies for your Application Load Balancer").
    SslPolicy: 'ELBSecurityPolicy-TLS13-1-2-2021-06',
    Certificates: [
      { CertificateArn: choose('MakesCertificate', ref('Certificate'), ref('CertificateArn')) },
    ],
    DefaultActions: [
      {
        Type: 'fixed-response',
        FixedResponseConfig: {
          StatusCode: '404',
          ContentType: 'text/plain',
          MessageBody: 'There is no preview here.',
        },
      },
    ],
  },
};

/** Its default action serves every host, so that no preview spends a second rule of the 100. */
const http: Resource = {
  Type: 'AWS::ElasticLoadBalancingV2::Listener',
  Properties: {
    LoadBalancerArn: ref('LoadBalancer'),
    Port: 80,
    Protocol: 'HTTP',
    DefaultActions: [
      {
        Type: 'redirect',
        RedirectConfig: { Protocol: 'HTTPS', Port: '443', StatusCode: 'HTTP_301' },
      },
    ],
  },
};
