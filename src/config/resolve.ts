import { parseArn } from './arn.ts';
import { defaultDependencies } from './dependencies.ts';
import type { CheckedConfig } from './schema.ts';
import type { AwsEcsConfig, Config, Sidecar, SidecarHealthCheck } from './types.ts';

/**
 * Fills in the defaults that follow from other keys, and brings the written forms into one:
 * clusters by name, secrets as ARNs, health checks with their `CMD`.
 */
export function resolveConfig({ $schema: _, ...checked }: CheckedConfig): Config {
  const providerConfig = resolveProvider(checked.providerConfig);
  const secrets = (written: Record<string, string>) => resolveSecrets(written, providerConfig);
  const { container, sidecars, build } = checked;
  return {
    ...checked,
    providerConfig,
    container: {
      ...container,
      secrets: secrets(container.secrets),
      dependsOn: container.dependsOn ?? defaultDependencies(container.name, sidecars),
    },
    sidecars: sidecars.map(
      (sidecar): Sidecar => ({
        ...sidecar,
        secrets: secrets(sidecar.secrets),
        healthCheck: sidecar.healthCheck && withCmd(sidecar.healthCheck),
      }),
    ),
    build: { ...build, roleArn: build.roleArn ?? providerConfig.executionRoleArn },
  };
}

function resolveProvider(checked: CheckedConfig['providerConfig']): AwsEcsConfig {
  const albListenerArns = checked.albListenerArns ?? [checked.albListenerArn ?? ''];
  const [albListenerArn = ''] = albListenerArns;
  const listener = parseArn(albListenerArn);
  return {
    ...checked,
    albListenerArn,
    albListenerArns,
    cluster: checked.cluster.split('/').at(-1) ?? checked.cluster,
    region: checked.region ?? listener?.region ?? 'us-east-1',
    account: listener?.account ?? '',
    partition: listener?.partition ?? 'aws',
  };
}

/** ECS takes parameter names too; as ARNs they fit a policy, and compare with what ECS answers. */
function resolveSecrets(written: Record<string, string>, where: AwsEcsConfig) {
  const { partition, region, account } = where;
  const entries = Object.entries(written).map(([name, from]) => [
    name,
    from.startsWith('/') ? `arn:${partition}:ssm:${region}:${account}:parameter${from}` : from,
  ]);
  return Object.fromEntries(entries) as Record<string, string>;
}

function withCmd(check: SidecarHealthCheck): SidecarHealthCheck {
  const [first] = check.command;
  if (first === 'CMD' || first === 'CMD-SHELL') return check;
  return { ...check, command: ['CMD', ...check.command] };
}
