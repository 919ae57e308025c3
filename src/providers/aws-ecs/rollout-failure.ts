import { type ErrorCode, PreviewopsError } from '../../errors.ts';
import type { FailureReport } from '../../preview/failure.ts';
import { collectEvidence, hintOf, inShort } from './diagnose.ts';
import { timedOut } from './resources/image.ts';
import { readService } from './resources/service.ts';
import { oldestLine } from './room/no-room.ts';
import type { Session } from './session.ts';

export interface FailedRollout {
  id: string | undefined;
  targetGroupArn: string;
  taskDefinitionArn: string;
  /** Whether there was a revision before. */
  update: boolean;
  /** Whether the preview is removed now. */
  cleanup: boolean;
}

type Failing = Extract<ErrorCode, 'rollout-failed' | 'timed-out' | 'limit-reached'>;

const beginnings = {
  'rollout-failed': 'The new revision did not start',
  'limit-reached': 'ECS has no room for the new tasks',
};

/**
 * The failure with all that explains it, collected before anything changes. `reason` is what ECS
 * says of the rollout as a whole; why its tasks stopped tells more, where any did.
 */
export async function rolloutFailure(
  session: Session,
  rollout: FailedRollout,
  { code, reason }: { code: Failing; reason?: string | undefined },
): Promise<PreviewopsError> {
  const service = await readService(session);
  const evidence = await collectEvidence(session, { ...rollout, service });
  const [first] = evidence.tasks;
  const cause = first
    ? [first.reason, ...first.containers].join('; ')
    : inShort(reason ?? '') || evidence.targets[0]?.description || 'ECS does not say why';
  const slow = timedOut('the new tasks were healthy');
  const sentence = code === 'timed-out' ? slow.message : `${beginnings[code]}: ${cause}`;
  const hints = [
    hintOf(evidence, cause),
    code === 'timed-out' ? slow.hint : undefined,
    ...(code === 'limit-reached' ? await oldestLine(session) : []),
  ];
  const hint = hints.filter((one) => one !== undefined).join('\n') || undefined;
  const now = service?.taskDefinitionArn;
  const rolledBack = now !== undefined && now !== rollout.taskDefinitionArn;
  const failure: FailureReport = { sentence, ...evidence, hint, next: nextOf(session, evidence) };
  const state = rolledBack
    ? `ECS went back to ${now.split('/').at(-1)}; the URL still serves that one, not this commit.`
    : stateOf(rollout, code);
  return new PreviewopsError(code, sentence, {
    hint: [...(hint ? [hint] : []), state, ...failure.next.map((line) => `  ${line}`)].join('\n'),
    details: { failure, rolledBack },
  });
}

function stateOf({ update, cleanup }: FailedRollout, code: Failing): string {
  if (cleanup) return 'The preview is removed, as --cleanup-on-failure asks.';
  if (update && code === 'limit-reached') {
    return 'The rollout is stopped; the revision before goes on serving.';
  }
  if (update) return 'The revision before goes on serving while ECS tries this one.';
  return code === 'rollout-failed'
    ? 'The preview stays for inspection; the next deploy repairs it, destroy removes it.'
    : 'ECS goes on trying; the next deploy goes on from here, destroy removes it.';
}

function nextOf({ target }: Session, { log }: Pick<FailureReport, 'log'>): string[] {
  const { pr, branch } = target.identity;
  const ref = pr === undefined ? `--branch ${branch ?? target.identity.id}` : `--pr ${pr}`;
  return [
    ...(log ? [`previewops logs ${ref} --previous`] : []),
    `previewops status ${ref}`,
    'previewops doctor',
  ];
}
