import type { Config } from '../../config/types.ts';
import { costOf, costOver } from '../../preview/cost.ts';
import { pricesFor } from '../../preview/prices.ts';
import { freeDisk, sizeOf, type TaskSize } from '../../preview/size.ts';
import { tagKeys } from '../../preview/tags.ts';
import type { PreviewCost } from '../provider.ts';
import type { Service } from './resources/service.ts';

/** Whether its tasks run on Fargate Spot. */
export const isOnSpot = ({ settings }: Pick<Service, 'settings'>): boolean =>
  settings['capacity (Spot or on demand)'] === 'FARGATE_SPOT';

/** What each task of this configuration costs by. */
export const taskSize = ({ task }: Pick<Config, 'task'>): TaskSize => ({
  cpu: task.cpu,
  memory: task.memory,
  architecture: task.architecture,
  disk: task.ephemeralStorage ?? freeDisk,
});

function countOf(settings: Service['settings'], { task }: Pick<Config, 'task'>): number {
  const count = Number(settings['desired count']);
  return Number.isInteger(count) ? count : task.count;
}

/** What its tasks hold together, of what an account has only so much of. */
export function holdingsOf(
  { tags, settings }: Pick<Service, 'tags' | 'settings'>,
  config: Config,
): { vcpu: number; addresses: number } {
  const { cpu } = sizeOf(tags) ?? taskSize(config);
  const tasks = countOf(settings, config);
  return { vcpu: (cpu * tasks) / 1024, addresses: tasks };
}

/** How many, on Spot or not, with an address or not, is what the service says; its size is in its tags. */
export function serviceCost(
  service: Pick<Service, 'tags' | 'settings'>,
  at: { now: number; expiresAt: number | undefined; config: Config },
): PreviewCost {
  const { tags, settings } = service;
  const { config, now, expiresAt } = at;
  const own = sizeOf(tags);
  const usage = {
    ...(own ?? taskSize(config)),
    count: countOf(settings, config),
    spot: isOnSpot({ settings }),
    publicIp: settings['public IP'] === 'ENABLED',
  };
  const { prices } = pricesFor(config.providerConfig.region, config.prices);
  const created = Date.parse(tags[tagKeys.created] ?? '');
  const createdAt = Number.isNaN(created) ? undefined : created;
  return {
    ...costOver(costOf(usage, prices), { now, createdAt, expiresAt }),
    assumed: own === undefined,
  };
}
