import { PreviewopsError } from '../../errors.ts';
import { stoppedIn } from '../../preview/stopped.ts';
import { combine, type Draft, nothing, step, updateIf } from './draft.ts';
import { primary } from './resources/service.ts';
import { desiredCount } from './resources/service-scale.ts';
import { noRule } from './resources/stopped-rule.ts';
import type { Session } from './session.ts';
import { type Standing, unfinished } from './standing.ts';
import type { Target } from './target.ts';

/** What only a deploy can mend. */
export function refuseHopeless(session: Session, { rule, service }: Standing): void {
  if (!rule) throw noRule(session);
  if (primary(service)?.rolloutState !== 'FAILED') return;
  throw new PreviewopsError(
    'rollout-failed',
    'Its last rollout failed: there is nothing to start',
    {
      hint: 'Deploy it again; `previewops status` tells why it failed.',
    },
  );
}

/** How many tasks are to run. */
export const countFor = ({ config }: Target, { service }: Standing): number =>
  desiredCount(service) || (stoppedIn(service.tags)?.count ?? config.task.count);

/** What differs from a preview that runs: pure. */
export function planStart(target: Target, standing: Standing): Draft {
  const { service, rule, targetGroup } = standing;
  const { host } = target.identity;
  const cutShort = ['stop', 'start'].includes(unfinished(standing)?.kind ?? '');
  const count = countFor(target, standing);
  return combine([
    rule?.targetGroupArn === targetGroup.arn
      ? nothing
      : step('update', 'listener-rule', host, { changes: ['the route, in place of the page'] }),
    updateIf('service', target.names.service, [
      ...(desiredCount(service) > 0 ? [] : [`desired count ${count}`]),
      ...(stoppedIn(service.tags) ? ['tags'] : []),
      ...(cutShort ? ['an unfinished run before'] : []),
    ]),
  ]);
}
