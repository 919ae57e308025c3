import { PreviewopsError } from '../../errors.ts';
import { type Keep, keptTag } from '../../preview/expiry.ts';
import { owns } from '../../preview/tags.ts';
import type { PreviewSummary } from '../provider.ts';
import { observePreview } from './observe.ts';
import { readService } from './resources/service.ts';
import type { Session } from './session.ts';
import { idempotent } from './settle.ts';
import { findingOf } from './status.ts';
import { summarise } from './summary.ts';
import { lowerTagList } from './target.ts';

/** One preview as `list` shows it; undefined when nothing of it is left. */
export async function look(session: Session): Promise<PreviewSummary | undefined> {
  const { target, clock } = session;
  const found = findingOf(target, await observePreview(session));
  if (!found.service && found.resources.size === 0) return undefined;
  return summarise(found, { now: clock.now(), config: target.config });
}

/** Says on the service how long the preview stays. */
export async function keep(session: Session, wish: Keep): Promise<PreviewSummary> {
  const { aws, target, clock } = session;
  const { app, id } = target.identity;
  const service = await readService(session);
  if (service?.status !== 'ACTIVE' || !owns(service.tags, app, id)) {
    throw new PreviewopsError('not-found', `There is no preview ${id} that could be kept`, {
      hint: 'See what there is with `previewops list`.',
    });
  }
  const tags = keptTag(wish, clock.now());
  await idempotent(session, () =>
    aws.call('ecs:TagResource', { resourceArn: target.arns.service, tags: lowerTagList(tags) }),
  );
  const found = {
    app,
    id,
    resources: new Set(['target-group', 'listener-rule']),
    service: { ...service, tags: { ...service.tags, ...tags } },
    claim: undefined,
    failed: undefined,
  };
  return summarise(found, { now: clock.now(), config: target.config });
}
