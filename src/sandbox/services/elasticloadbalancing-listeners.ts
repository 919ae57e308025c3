import type {
  DescribeAccountLimitsCommandInput,
  DescribeAccountLimitsOutput,
  DescribeListenerCertificatesCommandInput,
  DescribeListenerCertificatesOutput,
  DescribeListenersCommandInput,
  DescribeListenersOutput,
  Listener as ListenerShape,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import type { Ctx, Listener, Operation, World } from '../types.ts';
import { shapeOfActions } from './elasticloadbalancing-actions.ts';
import {
  anywhere,
  elbError,
  listenerOf,
  pageOf,
  required,
  validationError,
} from './elasticloadbalancing-common.ts';
import { limitsOf } from './elasticloadbalancing-limits.ts';

const nextOf = (next: string | undefined) => (next === undefined ? {} : { NextMarker: next });

export const DescribeListeners = {
  authorize: anywhere('DescribeListeners'),
  run(input: DescribeListenersCommandInput, { world }: Ctx): DescribeListenersOutput {
    const { LoadBalancerArn: balancer, ListenerArns: arns } = input;
    if ((balancer === undefined) === (arns === undefined)) {
      throw validationError('You must specify either listener ARNs or a load balancer ARN');
    }
    const { items, next } = pageOf(
      arns ? arns.map((arn) => listenerOf(world, arn)) : listenersOf(world, balancer ?? ''),
      input,
      ({ arn }) => arn,
    );
    return { Listeners: items.map((item) => shapeOf(world, item)), ...nextOf(next) };
  },
} satisfies Operation;

export const DescribeListenerCertificates = {
  authorize: anywhere('DescribeListenerCertificates'),
  run(
    input: DescribeListenerCertificatesCommandInput,
    { world }: Ctx,
  ): DescribeListenerCertificatesOutput {
    const listener = listenerOf(world, required(input.ListenerArn, 'listenerArn'));
    const { certificateArn, certificates = [] } = listener;
    const all = [
      ...(certificateArn ? [{ CertificateArn: certificateArn, IsDefault: true }] : []),
      ...certificates.map((CertificateArn) => ({ CertificateArn, IsDefault: false })),
    ];
    // The default certificate comes first, and may be in the list a second time.
    const keyOf = (item: (typeof all)[number]) =>
      `${item.IsDefault ? 0 : 1} ${item.CertificateArn}`;
    const { items, next } = pageOf(all, input, keyOf);
    return { Certificates: items, ...nextOf(next) };
  },
} satisfies Operation;

export const DescribeAccountLimits = {
  authorize: anywhere('DescribeAccountLimits'),
  run(input: DescribeAccountLimitsCommandInput, { world }: Ctx): DescribeAccountLimitsOutput {
    const all = Object.entries(limitsOf(world)).map(([Name, max]) => ({ Name, Max: String(max) }));
    const { items, next } = pageOf(all, input, ({ Name }) => Name);
    return { Limits: items, ...nextOf(next) };
  },
} satisfies Operation;

function listenersOf({ elasticloadbalancing: elb }: World, balancer: string): Listener[] {
  if (!Object.hasOwn(elb.loadBalancers, balancer)) {
    throw elbError('LoadBalancerNotFound', 'One or more load balancers not found');
  }
  return Object.values(elb.listeners).filter((item) => item.loadBalancerArn === balancer);
}

function shapeOf(world: World, listener: Listener): ListenerShape {
  const { arn, certificateArn, protocol } = listener;
  const { rules } = world.elasticloadbalancing;
  const fallback = Object.values(rules).find(
    ({ listenerArn, priority }) => listenerArn === arn && priority === 0,
  );
  return {
    ListenerArn: arn,
    LoadBalancerArn: listener.loadBalancerArn,
    Port: listener.port,
    Protocol: protocol as NonNullable<ListenerShape['Protocol']>,
    ...(certificateArn ? { Certificates: [{ CertificateArn: certificateArn }] } : {}),
    ...(protocol === 'HTTPS'
      ? { SslPolicy: listener.sslPolicy ?? 'ELBSecurityPolicy-TLS13-1-2-2021-06' }
      : {}),
    DefaultActions: fallback ? (shapeOfActions(fallback) ?? []) : [],
  };
}
