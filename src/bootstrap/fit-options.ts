import { parseArn } from '../config/arn.ts';
import { type BootstrapOptions, dnsOf, missingOf } from './options.ts';

/** Pieces that only work together, or that the template cannot do without. */
export function fits(options: BootstrapOptions): string[] {
  const { existing, ci, app } = options;
  const { balancer, deploy, taskGroup, certificate, record } = missingOf(options);
  const dns = dnsOf(options);
  const rules: [broken: boolean, what: string][] = [
    [
      (existing.vpc === undefined) !== (existing.subnets === undefined),
      'the VPC and its subnets go together: give both or none',
    ],
    [
      !balancer && existing.vpc === undefined,
      'the listener is in a VPC: give that and its subnets too',
    ],
    [
      existing.vpc === undefined && existing.securityGroups !== undefined,
      'the security groups are in a VPC: give that and its subnets too',
    ],
    [
      balancer && existing.subnets !== undefined && new Set(existing.subnets).size < 2,
      'a load balancer needs two subnets, in two zones',
    ],
    [
      existing.securityGroups?.length === 0 || existing.subnets?.length === 0,
      'a list of subnets or security groups must not be empty',
    ],
    [
      !balancer && taskGroup && existing.balancer?.securityGroup === undefined,
      'a security group for the tasks needs that of the load balancer, which it lets in',
    ],
    [
      (certificate || record) && options.baseDomain === undefined,
      'a certificate or record needs the base domain',
    ],
    [
      dns === 'each-preview' && options.hostedZoneId === undefined,
      'a record for each preview needs the hosted zone',
    ],
    [
      dns === 'each-preview' &&
        options.baseDomain === undefined &&
        options.recordNames === undefined,
      'a record for each preview needs the base domain',
    ],
    [
      record &&
        !balancer &&
        (existing.balancer?.dnsName === undefined ||
          existing.balancer.canonicalHostedZoneId === undefined),
      'a wildcard record needs the DNS name and the zone of the load balancer',
    ],
    [
      ci !== 'none' && deploy && options.repository === undefined,
      'the deploy role trusts one repository: say which',
    ],
    [
      app === undefined && !Object.values(missingOf(options)).includes(true),
      'nothing is missing that apps share: name the app whose roles are to be made',
    ],
    [app !== undefined && !Object.values(missingOf(options)).includes(true), 'nothing is missing'],
  ];
  return [...rules.flatMap(([broken, what]) => (broken ? [what] : [])), ...strangers(options)];
}

/** ARNs of another account, region or partition. */
function strangers({ existing, uses, account, region, partition }: BootstrapOptions): string[] {
  const { listenerArn, certificateArn, oidcProviderArn } = existing;
  const { executionRoleArn, buildRoleArn, deployRoleArn } = existing;
  const all = [
    listenerArn,
    certificateArn,
    oidcProviderArn,
    executionRoleArn,
    buildRoleArn,
    deployRoleArn,
    ...(uses?.furtherListenerArns ?? []),
  ];
  return all.flatMap((arn) => {
    const parts = parseArn(arn ?? '');
    if (!parts) return [];
    const here =
      parts.partition === partition &&
      (parts.region === '' || parts.region === region) &&
      (account === undefined || parts.account === account);
    return here ? [] : [`${arn} is not of this account and region`];
  });
}
