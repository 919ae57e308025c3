import type { Output } from '../../aws/api.ts';
import { isNamed } from '../../aws/errors.ts';
import { allPages } from '../../aws/paginate.ts';
import { readVcpuUsage } from '../../aws/vcpu-usage.ts';
import { skip } from '../check.ts';
import { attempt, once, onceEach, type Read } from '../read.ts';
import type { Tools } from './tools.ts';

export type Role = NonNullable<Output<'iam:GetRole'>['Role']>;
export type LogGroup = NonNullable<Output<'logs:DescribeLogGroups'>['logGroups']>[number];

/** Reads of the account itself, each made once. Undefined stands for what does not exist. */
export function readAccount(tools: Tools) {
  const { aws, clock, config, scope, signal, listPreviews, resolve } = tools;
  const { cluster, hostedZoneId } = config.providerConfig;
  const absent = (...names: string[]) => ({
    signal,
    expect: (error: unknown) => (isNamed(error, ...names) ? { value: undefined } : undefined),
  });
  const quota = onceEach((code) => {
    const [ServiceCode, QuotaCode] = code.split('/');
    return attempt(
      async () =>
        (await aws.call('servicequotas:GetServiceQuota', { ServiceCode, QuotaCode })).Quota?.Value,
      absent('NoSuchResourceException'),
    );
  });
  const logGroups = onceEach((logGroupNamePrefix) =>
    attempt(
      () =>
        allPages({
          page: (nextToken) =>
            aws.call('logs:DescribeLogGroups', { logGroupNamePrefix, limit: 50, nextToken }),
          items: (page) => page.logGroups,
          token: (page) => page.nextToken,
        }),
      { signal },
    ),
  );
  return {
    caller: once(() => attempt(() => aws.call('sts:GetCallerIdentity', {}), { signal })),
    /** By name: the path is not part of what IAM asks for. */
    role: onceEach((RoleName) =>
      attempt(
        async () => (await aws.call('iam:GetRole', { RoleName })).Role,
        absent('NoSuchEntityException', 'NoSuchEntity'),
      ),
    ),
    cluster: once(() =>
      attempt(async () => {
        const answer = await aws.call('ecs:DescribeClusters', { clusters: [cluster] });
        return answer.clusters?.[0];
      }, absent('ClusterNotFoundException')),
    ),
    /** `fargate/L-3032A538` -> the applied value. */
    quota,
    /** Of the kind that the configuration runs previews on. */
    vcpuUsage: once(() =>
      attempt(() => readVcpuUsage(aws, { now: clock.now(), spot: config.task.spot }), { signal }),
    ),
    zone: once(() =>
      attempt(
        async () => (await aws.call('route53:GetHostedZone', { Id: hostedZoneId })).HostedZone,
        absent('NoSuchHostedZone'),
      ),
    ),
    lifecyclePolicy: once(() =>
      attempt(
        async (): Promise<'there' | 'none' | 'no-repository'> => {
          await aws.call('ecr:GetLifecyclePolicy', { repositoryName: scope.names.repository });
          return 'there';
        },
        {
          signal,
          expect: (error) =>
            isNamed(error, 'LifecyclePolicyNotFoundException')
              ? { value: 'none' }
              : isNamed(error, 'RepositoryNotFoundException')
                ? { value: 'no-repository' }
                : undefined,
        },
      ),
    ),
    logGroups,
    sourceCredentials: once(() =>
      attempt(
        async () =>
          (await aws.call('codebuild:ListSourceCredentials', {})).sourceCredentialsInfos ?? [],
        { signal },
      ),
    ),
    /** IPv4 addresses of a host. */
    addresses: onceEach((host) => addressesOf(host, { resolve, signal })),
    previews: once(() => attempt(listPreviews, { signal })),
  };
}

async function addressesOf(
  host: string,
  { resolve, signal }: Pick<Tools, 'resolve' | 'signal'>,
): Promise<Read<string[]>> {
  try {
    return { ok: true, value: await resolve(host) };
  } catch (error) {
    signal.throwIfAborted();
    const reason = error instanceof Error ? error.message : String(error);
    return { ok: false, gap: skip(`DNS did not answer for ${host}: ${reason}`) };
  }
}
