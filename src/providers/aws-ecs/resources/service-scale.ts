import { isNamed } from '../../../aws/errors.ts';
import { PreviewopsError } from '../../../errors.ts';
import type { Tags } from '../../../preview/tags.ts';
import type { Session } from '../session.ts';
import { idempotent, settle } from '../settle.ts';
import { lowerTagList } from '../target.ts';
import { readService, type Service } from './service.ts';

/** How many tasks the service is to run. */
export const desiredCount = ({ settings }: Pick<Service, 'settings'>): number =>
  Number(settings['desired count']);

/**
 * Changes the number of tasks and nothing else: that begins no deployment, and asks nothing of the
 * target group, which a load balancer has to use whenever it is named (UpdateService, ECS API Reference).
 */
export async function scaleService(
  session: Session,
  options: { observed: Service; count: number; guard: () => Promise<void> },
): Promise<void> {
  const { aws, target } = session;
  const { count, guard } = options;
  await settle(session, {
    observed: options.observed as Service | undefined,
    read: () => readService(session),
    race: (error) => isNamed(error, 'ServiceNotFoundException', 'ServiceNotActiveException'),
    act: async (current) => {
      await guard();
      if (current?.status !== 'ACTIVE') throw notThere(session);
      if (desiredCount(current) === count) return;
      await aws.call('ecs:UpdateService', {
        cluster: target.config.providerConfig.cluster,
        service: target.names.service,
        desiredCount: count,
      });
    },
  });
}

/** Writes these tags on the service, beside those that it has. */
export async function tagService({ aws, target, ...pace }: Session, tags: Tags): Promise<void> {
  await idempotent(pace, async () => {
    await aws.call('ecs:TagResource', {
      resourceArn: target.arns.service,
      tags: lowerTagList(tags),
    });
  });
}

/** What `stop` and `start` reject with where there is nothing to stop or to start. */
export function notThere({ target }: Session): PreviewopsError {
  return new PreviewopsError('not-found', `There is no whole preview ${target.identity.id}`, {
    hint: 'See what there is with `previewops list`; a deploy repairs what is half there.',
  });
}
