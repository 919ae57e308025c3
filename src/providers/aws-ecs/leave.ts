import { explain, isAmbiguous } from '../../aws/errors.ts';
import { exitCodes, type PreviewopsError } from '../../errors.ts';
import { tagKeys } from '../../preview/tags.ts';
import type { DeployRequest } from '../provider.ts';
import type { Run } from './deploy-steps.ts';
import { destroyPreview } from './destroy.ts';
import type { DeployObservation } from './observe.ts';
import { hasServed } from './resources/service.ts';
import { isNoRoom } from './room/no-room.ts';
import { stopRollout } from './service-deployment.ts';

/**
 * Notes the failure. A deploy whose preview was destroyed meanwhile removes what it made after that, a
 * first one that found no room what it made before, and one that failed does when it was asked to.
 */
export async function leaveCleanly(run: Run, error: unknown): Promise<void> {
  const { session, claims, request, observed, plan } = run;
  const known = explain(error);
  const [left] = await Promise.all([
    leaveRollout(run, known),
    known.details?.rolledBack === true ? renameServing(run) : undefined,
    known.exitCode === exitCodes.superseded ? undefined : claims.failed(known.code),
  ]);
  if (left !== undefined) session.emit({ type: 'note', level: 'info', text: left });
  const unwanted =
    isUnwanted(request, observed) &&
    known.exitCode !== exitCodes.superseded &&
    known.exitCode !== exitCodes.interrupted;
  const destroyed = known.code === 'destroyed' && plan.steps.length > 0; // else it had made nothing
  const shutOut = isNoRoom(known) && observed.service === undefined;
  if (!destroyed && !unwanted && !shutOut) return;
  await destroyPreview(session).catch((failure: unknown) => {
    session.emit({
      type: 'note',
      level: 'warning',
      text: `What this deploy had made could not all be removed (${isAmbiguous(failure) ? 'AWS did not answer' : String(failure)}): run previewops destroy`,
    });
  });
}

/** The service goes on with the revision before, and is to say again whose it is. Best effort. */
async function renameServing({ session, observed, facts }: Run): Promise<void> {
  const commit = observed.service?.tags[tagKeys.commit];
  if (commit === undefined || facts.rollout === undefined) return;
  const { arns } = session.target;
  const tags = [{ key: tagKeys.commit, value: commit }];
  await session.aws
    .call('ecs:TagResource', { resourceArn: arns.service, tags }, { evenIfInterrupted: true })
    .catch(() => {});
}

/** Stops a rollout that nobody follows any more, and says what becomes of it. */
async function leaveRollout(
  run: Run,
  { code, exitCode }: PreviewopsError,
): Promise<string | undefined> {
  const { session, facts, observed } = run;
  const interrupted = exitCode === exitCodes.interrupted;
  const update = hasServed(observed.service);
  const hopeless = code === 'limit-reached' && update;
  if (!facts.rollout?.begun || !(interrupted || hopeless || code === 'superseded')) return;
  const end = await stopRollout(session, facts.rollout, { first: !update });
  if (!interrupted) return undefined;
  if (end === 'stopped') {
    await renameServing(run);
    return 'the rollout is stopped: ECS goes back to the revision before';
  }
  return update
    ? undefined
    : 'ECS goes on with the first rollout: the next deploy follows it, destroy removes it';
}

/** Whether a failure ends in the removal of what it made: only ever of a preview that was not there before. */
export function isUnwanted(request: DeployRequest, observed: DeployObservation): boolean {
  return request.cleanupOnFailure === true && observed.service === undefined;
}
