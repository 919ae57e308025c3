import type { AwsEcsConfig, Config } from '../config/types.ts';
import type { Scope } from '../permissions/scope.ts';
import { maxIdLength } from '../preview/identity.ts';
import { appNamePatterns } from '../preview/names.ts';

/** What an IAM policy for this configuration is about. `app` may be `*` for every app. */
export function scopeOf(config: Config, app: string): Scope {
  const { account, cluster, executionRoleArn, hostedZoneId, partition, region } =
    config.providerConfig;
  const [listenerArn = '', ...furtherListenerArns] = config.providerConfig.albListenerArns;
  return {
    partition,
    region,
    account,
    app,
    cluster,
    listenerArn,
    ...(furtherListenerArns.length === 0 ? {} : { furtherListenerArns }),
    names: appNamePatterns(app, config.providerConfig.ecrRepoPrefix),
    executionRoleArn,
    buildRoleArn: config.build.roleArn,
    ...(config.task.roleArn === undefined ? {} : { taskRoleArn: config.task.roleArn }),
    ...(hostedZoneId === undefined ? {} : { hostedZoneId }),
    recordNames: recordNames(config.hostPattern, app, config.providerConfig),
  };
}

const maxLabelLength = 63; // RFC 1035, 2.3.4

/** The hosts that the pattern can give, as patterns of their own with `*` for what varies. */
export function recordNames(
  hostPattern: string,
  app: string,
  { baseDomain }: Pick<AwsEcsConfig, 'baseDomain'>,
): string[] {
  const label = hostPattern.replace(/\.\{baseDomain\}$/, '').replaceAll('{app}', app);
  const varying = label.match(/\{\w+\}/g)?.length ?? 0;
  const longest = label.replaceAll(/\{\w+\}/g, '').length + varying * maxIdLength;
  // A label too long for DNS is cut at its end and closed with a hash, so only its beginning is sure.
  const fixed = label.slice(0, label.indexOf('{')).slice(0, maxLabelLength - 9);
  const pattern = longest <= maxLabelLength ? label.replaceAll(/\{\w+\}/g, '*') : `${fixed}*`;
  return [`${pattern}.${baseDomain}`.toLowerCase()];
}
