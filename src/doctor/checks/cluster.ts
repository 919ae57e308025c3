import { type Check, fail, ok, skip, warn } from '../check.ts';

const active: Check = {
  id: 'cluster.active',
  group: 'cluster',
  title: 'the cluster is active',
  async run({ cluster, config }) {
    const name = config.providerConfig.cluster;
    const read = await cluster();
    if (!read.ok) return read.gap;
    const { status } = read.value ?? {};
    if (status === 'ACTIVE') return ok(name);
    const seen = read.value
      ? `the cluster ${name} is ${status ?? 'in an unknown state'}`
      : `there is no cluster ${name}`;
    return fail(
      seen,
      `Create it, or correct providerConfig.cluster:\n  aws ecs create-cluster --cluster-name ${name} --capacity-providers FARGATE FARGATE_SPOT`,
    );
  },
};

const capacity: Check = {
  id: 'cluster.capacity',
  group: 'cluster',
  title: 'it runs the kind of Fargate that is configured',
  async run({ cluster, config }) {
    const read = await cluster();
    if (!read.ok) return read.gap;
    if (read.value?.status !== 'ACTIVE') return skip('there is no active cluster');
    if (!config.task.spot) return ok('FARGATE needs nothing of the cluster');
    const providers = read.value.capacityProviders ?? [];
    if (providers.includes('FARGATE_SPOT')) return ok('FARGATE_SPOT');
    const all = [...new Set([...providers, 'FARGATE', 'FARGATE_SPOT'])].join(' ');
    const strategy = (read.value.defaultCapacityProviderStrategy ?? []).map(
      ({ capacityProvider, weight = 0, base = 0 }) =>
        `capacityProvider=${capacityProvider},weight=${weight},base=${base}`,
    );
    const kept = strategy.length > 0 ? strategy.join(' ') : '[]';
    return fail(
      'task.spot is true, and the cluster has no capacity provider FARGATE_SPOT',
      `Add it, or write task.spot: false:\n  aws ecs put-cluster-capacity-providers --cluster ${config.providerConfig.cluster} --capacity-providers ${all} --default-capacity-provider-strategy ${kept}`,
    );
  },
};

/** Services per cluster (ECS developer guide, "Amazon ECS service quotas"). */
const mostServices = 5000;

const services: Check = {
  id: 'cluster.services',
  group: 'quotas',
  title: 'the cluster has room for services',
  async run({ cluster }) {
    const read = await cluster();
    if (!read.ok) return read.gap;
    if (!read.value) return skip('there is no such cluster');
    const count = read.value.activeServicesCount ?? 0;
    const seen = `${count} of ${mostServices}`;
    const advice =
      'Destroy previews that nobody needs, or use another cluster (providerConfig.cluster).';
    if (count >= mostServices) return fail(seen, advice);
    return count >= mostServices * 0.9 ? warn(seen, advice) : ok(seen);
  },
};

export const clusterChecks: readonly Check[] = [active, capacity];
export const serviceQuota: Check = services;
