import { isNamed } from '../../aws/errors.ts';
import { allPages } from '../../aws/paginate.ts';
import { attempt, once, type Read } from '../read.ts';
import { balancerArnOf, type readBalancer } from './balancer.ts';
import type { Tools } from './tools.ts';

/** How much of the load balancer is in use: each read by itself, and undefined when there is none. */
export function readUsage(
  { aws, config, signal }: Tools,
  { listeners, certificateLists }: ReturnType<typeof readBalancer>,
) {
  const LoadBalancerArn = balancerArnOf(config.providerConfig.albListenerArn);
  const rulesOf = (ListenerArn: string) =>
    allPages({
      page: (Marker) =>
        aws.call('elasticloadbalancing:DescribeRules', { ListenerArn, Marker, PageSize: 400 }),
      items: (page) => page.Rules,
      token: (page) => page.NextMarker,
    });
  return {
    /** Without the listeners' default rules, which no limit counts. */
    rules: once(async (): Promise<Read<number | undefined>> => {
      const all = await listeners();
      if (!all.ok) return all;
      const arns = all.value?.map(({ ListenerArn = '' }) => ListenerArn);
      return attempt(
        async () => {
          const lists = arns && (await Promise.all(arns.map(rulesOf)));
          return lists
            ?.flat()
            .filter(({ IsDefault, Priority }) => !IsDefault && Priority !== 'default').length;
        },
        { signal },
      );
    }),
    targetGroups: once(
      (): Promise<Read<number | undefined>> =>
        attempt(
          async () => {
            if (LoadBalancerArn === undefined) return undefined;
            const groups = await allPages({
              page: (Marker) =>
                aws.call('elasticloadbalancing:DescribeTargetGroups', {
                  LoadBalancerArn,
                  Marker,
                  PageSize: 400,
                }),
              items: (page) => page.TargetGroups,
              token: (page) => page.NextMarker,
            });
            return groups.length;
          },
          {
            signal,
            expect: (error) =>
              isNamed(error, 'LoadBalancerNotFoundException', 'LoadBalancerNotFound')
                ? { value: undefined }
                : undefined,
          },
        ),
    ),
    /** Without the listeners' default certificates. */
    certificates: once(async (): Promise<Read<number | undefined>> => {
      const [all, lists] = await Promise.all([listeners(), certificateLists()]);
      if (!all.ok) return all;
      if (!lists.ok) return lists;
      const extra = [...lists.value.values()].flat().filter(({ IsDefault }) => !IsDefault);
      return { ok: true, value: all.value && extra.length };
    }),
  };
}

export type Usage = ReturnType<typeof readUsage>;
