import type { Output } from '../../aws/api.ts';
import { isNamed } from '../../aws/errors.ts';
import { allPages } from '../../aws/paginate.ts';
import { loadBalancerArn } from '../../providers/aws-ecs/target.ts';
import { attempt, once, type Read } from '../read.ts';
import type { Tools } from './tools.ts';

export type Balancer = NonNullable<
  Output<'elasticloadbalancing:DescribeLoadBalancers'>['LoadBalancers']
>[number];
export type Listener = NonNullable<
  Output<'elasticloadbalancing:DescribeListeners'>['Listeners']
>[number];

const absent = (...names: string[]) => ({
  expect: (error: unknown) => (isNamed(error, ...names) ? { value: undefined } : undefined),
});

/** The load balancer that an ARN of it or of its listener or rule belongs to; undefined for other ARNs. */
export function balancerArnOf(arn: string): string | undefined {
  if (arn.includes(':loadbalancer/')) return arn;
  if (arn.includes(':listener/')) return loadBalancerArn(arn);
  if (arn.includes(':listener-rule/'))
    return loadBalancerArn(arn.replace(/\/[^/]+$/, '').replace(':listener-rule/', ':listener/'));
  return undefined;
}

/** Everything about the load balancer, each read once. Undefined stands for what does not exist. */
export function readBalancer({ aws, config, signal }: Tools) {
  const given = config.providerConfig.albListenerArn;
  const arn = balancerArnOf(given);

  const balancer = once(
    (): Promise<Read<Balancer | undefined>> =>
      attempt(
        async () => {
          if (arn === undefined) return undefined;
          const input = { LoadBalancerArns: [arn] };
          const answer = await aws.call('elasticloadbalancing:DescribeLoadBalancers', input);
          return answer.LoadBalancers?.[0];
        },
        { signal, ...absent('LoadBalancerNotFoundException', 'LoadBalancerNotFound') },
      ),
  );
  const listeners = once(
    (): Promise<Read<Listener[] | undefined>> =>
      attempt(
        async () => {
          if (arn === undefined) return undefined;
          return allPages({
            page: (Marker) =>
              aws.call('elasticloadbalancing:DescribeListeners', { LoadBalancerArn: arn, Marker }),
            items: (page) => page.Listeners,
            token: (page) => page.NextMarker,
          });
        },
        { signal, ...absent('LoadBalancerNotFoundException', 'LoadBalancerNotFound') },
      ),
  );
  /** The listener that is configured, or that must have been meant. */
  const listener = once(async (): Promise<Read<Listener | undefined>> => {
    const all = await listeners();
    if (!all.ok) return all;
    const named = all.value?.find((each) => each.ListenerArn === given);
    return { ok: true, value: named ?? meant(all.value ?? []) };
  });
  const limits = once(() =>
    attempt(
      async () => {
        const all = await allPages({
          page: (Marker) => aws.call('elasticloadbalancing:DescribeAccountLimits', { Marker }),
          items: (page) => page.Limits,
          token: (page) => page.NextMarker,
        });
        return new Map(all.map(({ Name = '', Max }) => [Name, Number(Max)]));
      },
      { signal },
    ),
  );
  const certificatesOf = (ListenerArn: string) =>
    allPages({
      page: (Marker) =>
        aws.call('elasticloadbalancing:DescribeListenerCertificates', { ListenerArn, Marker }),
      items: (page) => page.Certificates,
      token: (page) => page.NextMarker,
    });
  const certificateLists = once(async () => {
    const all = await listeners();
    if (!all.ok) return all;
    return attempt(
      async () =>
        new Map(
          await Promise.all(
            (all.value ?? []).map(async ({ ListenerArn = '' }) => {
              const list = await certificatesOf(ListenerArn);
              return [ListenerArn, list] as const;
            }),
          ),
        ),
      { signal },
    );
  });
  return { balancer, listeners, listener, limits, certificateLists };
}

/** Of several listeners, the one for https. */
const meant = (listeners: Listener[]): Listener | undefined =>
  listeners.find(({ Protocol, Port }) => Protocol === 'HTTPS' && Port === 443) ??
  listeners.find(({ Protocol }) => Protocol === 'HTTPS') ??
  listeners[0];
