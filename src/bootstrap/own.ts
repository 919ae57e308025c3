import type { Existing } from './options.ts';

/**
 * `existing` without what the stack itself made: `owned` are the physical ids of ListStackResources.
 * A stack that found its own cluster to exist would leave it out of the template, and so delete it.
 */
export function withoutOwn(existing: Existing, owned: Iterable<string>): Existing {
  const own = new Set(owned);
  const found = <T extends string | undefined>(id: T) =>
    id === undefined || own.has(id) || own.has(nameOfArn(id)) ? undefined : id;
  const others = (ids: readonly string[] | undefined) =>
    ids?.some((id) => own.has(id)) ? undefined : ids;
  const { balancer, ecsServiceRole, listenerArn } = existing;
  const listener = found(listenerArn);
  return {
    cluster: found(existing.cluster),
    vpc: found(existing.vpc),
    subnets: others(existing.subnets),
    securityGroups: others(existing.securityGroups),
    listenerArn: listener,
    balancer: listenerArn !== undefined && listener === undefined ? undefined : balancer,
    certificateArn: found(existing.certificateArn),
    oidcProviderArn: found(existing.oidcProviderArn),
    executionRoleArn: found(existing.executionRoleArn),
    buildRoleArn: found(existing.buildRoleArn),
    deployRoleArn: found(existing.deployRoleArn),
    ecsServiceRole: [...own].some((id) => id.startsWith('AWSServiceRoleForECS'))
      ? false
      : ecsServiceRole,
  };
}

/** A role's physical id is its name. */
const nameOfArn = (arn: string) => (arn.includes(':role/') ? (arn.split('/').at(-1) ?? arn) : arn);
