import type { Config } from '../../config/types.ts';
import type { Identity } from '../../preview/identity.ts';
import { type Names, previewNames } from '../../preview/names.ts';
import { appTags, previewTags, type Tags } from '../../preview/tags.ts';

/** One preview as this provider sees it: configuration, names, ARNs and tags. Pure data. */
export interface Target {
  config: Config;
  identity: Identity;
  names: Names;
  region: string;
  account: string;
  /** Spot is configured and had no capacity for this run, which goes on demand instead. */
  instead?: boolean;
  /** Of the application's container. */
  port: number;
  /** For the preview's own resources. */
  tags: Tags;
  /** For what the app's previews share. */
  sharedTags: Tags;
  arns: { logGroup: string; repository: string; loadBalancers: string[]; service: string };
  /** e.g. `123456789012.dkr.ecr.us-east-1.amazonaws.com`. */
  registry: string;
}

/** What a container listens on when neither the configuration nor the Dockerfile says. */
const defaultPort = 8080;

export function targetOf(config: Config, identity: Identity): Target {
  const { region, account, partition, cluster, albListenerArns, ecrRepoPrefix } =
    config.providerConfig;
  const names = previewNames(identity.app, identity.id, ecrRepoPrefix);
  const arn = (service: string, rest: string) =>
    `arn:${partition}:${service}:${region}:${account}:${rest}`;
  return {
    config,
    identity,
    names,
    region,
    account,
    port: config.container.port ?? defaultPort,
    tags: previewTags(identity.app, identity.id, config.tags),
    sharedTags: appTags(identity.app, config.tags),
    arns: {
      logGroup: arn('logs', `log-group:${names.logGroup}`),
      repository: arn('ecr', `repository/${names.repository}`),
      loadBalancers: [...new Set(albListenerArns.map(loadBalancerArn))],
      service: arn('ecs', `service/${cluster}/${names.service}`),
    },
    registry: `${account}.dkr.ecr.${region}.${partition === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com'}`,
  };
}

/** `...:listener/app/NAME/LB/LISTENER` -> `...:loadbalancer/app/NAME/LB`. */
export function loadBalancerArn(listenerArn: string): string {
  return listenerArn.replace(':listener/', ':loadbalancer/').replace(/\/[^/]+$/, '');
}

/** As AWS's console shows it: the NAME of `...:listener/app/NAME/LB/LISTENER`, or of its load balancer. */
export function balancerName(arn: string): string {
  return arn.split('/')[2] ?? arn;
}

/** AWS's tag list form, of ECR, ELB (upper case) and, with `lower`, of ECS and CodeBuild. */
export function tagList(tags: Tags): { Key: string; Value: string }[] {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

export function lowerTagList(tags: Tags): { key: string; value: string }[] {
  return Object.entries(tags).map(([key, value]) => ({ key, value }));
}

/** Either list form as a record. */
export function tagRecord(
  list:
    | readonly {
        Key?: string | undefined;
        Value?: string | undefined;
        key?: string | undefined;
        value?: string | undefined;
      }[]
    | undefined,
): Tags {
  return Object.fromEntries(
    (list ?? []).map((tag) => [tag.Key ?? tag.key ?? '', tag.Value ?? tag.value ?? '']),
  );
}
