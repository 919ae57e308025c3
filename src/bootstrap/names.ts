import { listenerOf } from './balancer.ts';
import { type BootstrapOptions, dnsOf, missingOf, nameOf } from './options.ts';
import {
  attribute,
  choose,
  isEmpty,
  isGiven,
  nothing,
  type Parameter,
  type Part,
  type Resource,
  ref,
  substitute,
  tags,
  variable,
} from './values.ts';

const wildcard = substitute(`*.${variable('BaseDomain')}`);

/** The wildcard certificate and the wildcard record of the previews' domain. */
export function namesPart(options: BootstrapOptions): Part {
  const { certificate, record } = missingOf(options);
  return {
    parameters: {
      ...domainParameter(options),
      ...zoneParameter(options),
      ...(certificate ? certificateParameter(options) : {}),
      ...(record ? balancerParameters(options) : {}),
    },
    conditions: {
      ...(certificate ? { MakesCertificate: isEmpty('CertificateArn') } : {}),
      ...(certificate || record ? { HasHostedZone: isGiven('HostedZoneId') } : {}),
    },
    resources: {
      ...(certificate ? certificateResources(options) : {}),
      ...(record ? { WildcardRecord: recordResource(options) } : {}),
    },
  };
}

function domainParameter({ baseDomain }: BootstrapOptions): Record<string, Parameter> {
  if (baseDomain === undefined) return {};
  return {
    BaseDomain: {
      Type: 'String',
      Description: 'Domain of the previews: they are at *.BaseDomain.',
      Default: baseDomain,
      AllowedPattern: '^([a-z0-9]([a-z0-9-]*[a-z0-9])?\\.)+[a-z]{2,63}$',
    },
  };
}

function zoneParameter(options: BootstrapOptions): Record<string, Parameter> {
  const { certificate, record } = missingOf(options);
  const needed = dnsOf(options) === 'each-preview';
  if (!certificate && !record && !needed) return {};
  return {
    HostedZoneId: {
      Type: 'String',
      Description: needed
        ? 'Route 53 zone of BaseDomain.'
        : 'Route 53 zone of BaseDomain; empty: you write the records yourself.',
      Default: options.hostedZoneId ?? '',
      AllowedPattern: needed ? '^[A-Z0-9]{1,32}$' : '^[A-Z0-9]{0,32}$',
    },
  };
}

const certificateParameter = ({ existing }: BootstrapOptions): Record<string, Parameter> => ({
  CertificateArn: {
    Type: 'String',
    Description: 'Certificate for *.BaseDomain, in this region; empty: one is made.',
    Default: existing.certificateArn ?? '',
    AllowedPattern: '^(arn:aws[a-z-]*:acm:[^:]+:[0-9]+:certificate/.+)?$',
  },
});

function certificateResources(options: BootstrapOptions): Record<string, Resource> {
  const validation = [{ DomainName: wildcard, HostedZoneId: ref('HostedZoneId') }];
  return {
    Certificate: {
      Type: 'AWS::CertificateManager::Certificate',
      Condition: 'MakesCertificate',
      Properties: {
        DomainName: wildcard,
        ValidationMethod: 'DNS',
        // Without a zone the stack waits, and its events tell the record to write.
        DomainValidationOptions: choose('HasHostedZone', validation, nothing),
        Tags: tags(nameOf(options)),
      },
    },
    ...(missingOf(options).balancer
      ? {}
      : {
          ListenerCertificate: {
            Type: 'AWS::ElasticLoadBalancingV2::ListenerCertificate',
            Properties: {
              ListenerArn: listenerOf(options),
              Certificates: [
                {
                  CertificateArn: choose(
                    'MakesCertificate',
                    ref('Certificate'),
                    ref('CertificateArn'),
                  ),
                },
              ],
            },
          },
        }),
  };
}

/** What a record needs to know of a load balancer that exists. */
function balancerParameters(options: BootstrapOptions): Record<string, Parameter> {
  if (missingOf(options).balancer) return {};
  const { dnsName = '', canonicalHostedZoneId = '' } = options.existing.balancer ?? {};
  return {
    BalancerDnsName: {
      Type: 'String',
      Description: 'DNS name of the load balancer.',
      Default: dnsName,
    },
    BalancerZoneId: {
      Type: 'String',
      Description: "Hosted zone of the load balancer's DNS name: its CanonicalHostedZoneId.",
      Default: canonicalHostedZoneId,
    },
  };
}

function recordResource(options: BootstrapOptions): Resource {
  const own = missingOf(options).balancer;
  return {
    Type: 'AWS::Route53::RecordSet',
    Condition: 'HasHostedZone',
    Properties: {
      HostedZoneId: ref('HostedZoneId'),
      Name: wildcard,
      Type: 'A',
      AliasTarget: {
        DNSName: own ? attribute('LoadBalancer', 'DNSName') : ref('BalancerDnsName'),
        HostedZoneId: own
          ? attribute('LoadBalancer', 'CanonicalHostedZoneID')
          : ref('BalancerZoneId'),
      },
    },
  };
}
