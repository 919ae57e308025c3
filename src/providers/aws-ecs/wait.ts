import { PreviewopsError } from '../../errors.ts';
import type { FailureReport } from '../../preview/failure.ts';
import type { Claims } from './claims.ts';
import { collectEvidence, hintOf } from './diagnose.ts';
import { timedOut } from './resources/image.ts';
import { type Deployment, primary, readService, type Service } from './resources/service.ts';
import type { Session } from './session.ts';

const pollMs = 3_000;
const pollsPerClaimCheck = 5;

export interface Rollout {
  /** ECS's id of the rollout to follow; the newest when ECS did not tell. */
  id: string | undefined;
  targetGroupArn: string;
  taskDefinitionArn: string;
  /** A change of DNS to follow too. */
  dnsChangeId: string | undefined;
  deadline: number;
  /** Whether the preview is removed should this fail. */
  cleanup: boolean;
  /** Absent when this run changed nothing, and so claimed nothing. */
  claims: Claims | undefined;
}

/**
 * Follows our rollout to its end: ECS calls it completed, the load balancer calls its targets
 * healthy, DNS is live. A rollback, a failure or a newer run's rollout rejects at once; `displaced`
 * means that an older run, not knowing of us yet, put its own revision over ours.
 */
export async function waitForRollout(
  session: Session,
  rollout: Rollout,
): Promise<'completed' | 'displaced'> {
  const { clock, signal, emit } = session;
  const begun = clock.now();
  for (let polls = 1; ; polls++) {
    const [service, healthy, dnsLive] = await Promise.all([
      readService(session),
      healthyTargets(session, rollout.targetGroupArn),
      isDnsLive(session, rollout.dnsChangeId),
    ]);
    const state = await judge(session, rollout, service);
    if (state === 'displaced') return state;
    if (state === 'completed' && healthy > 0 && dnsLive) return state;
    if (clock.now() > rollout.deadline) throw await failure(session, rollout, 'timed-out');
    emit({
      type: 'waiting',
      what:
        state !== 'completed'
          ? 'the new tasks'
          : healthy === 0
            ? 'a healthy target'
            : 'the DNS record to be live',
      ms: clock.now() - begun,
      detail: progress(service),
    });
    if (polls % pollsPerClaimCheck === 0) await rollout.claims?.check();
    await clock.sleep(pollMs, signal);
  }
}

async function judge(
  session: Session,
  rollout: Rollout,
  service: Service | undefined,
): Promise<'completed' | 'displaced' | 'under way'> {
  if (service?.status !== 'ACTIVE') {
    await rollout.claims?.check();
    throw new PreviewopsError('destroyed', 'The service was deleted while this deploy was waiting');
  }
  const newest = primary(service);
  const ours = service.deployments.find((d) => d.id === rollout.id) ?? newest;
  if (ours?.rolloutState === 'FAILED')
    throw await failure(session, rollout, 'rollout-failed', ours);
  if (rollout.id !== undefined && newest && newest.id !== rollout.id) {
    await rollout.claims?.check(); // a newer run's rollout ends ours here
    if (newest.taskDefinition !== rollout.taskDefinitionArn) return 'displaced';
    return newest.rolloutState === 'COMPLETED' ? 'completed' : 'under way';
  }
  return ours?.rolloutState === 'COMPLETED' ? 'completed' : 'under way';
}

function progress(service: Service | undefined): string {
  const newest = service && primary(service);
  return newest
    ? `${newest.runningCount ?? 0} of ${newest.desiredCount ?? 0} running${newest.failedTasks ? `, ${newest.failedTasks} failed` : ''}`
    : '';
}

/** The failure with all that explains it, collected before anything changes. */
async function failure(
  session: Session,
  rollout: Rollout,
  code: 'rollout-failed' | 'timed-out',
  ours?: Deployment,
): Promise<PreviewopsError> {
  const { target } = session;
  const service = await readService(session);
  const evidence = await collectEvidence(session, { ...rollout, service });
  const [first] = evidence.tasks;
  const reason = first
    ? [first.reason, ...first.containers].join('; ')
    : (ours?.rolloutStateReason ?? evidence.targets[0]?.description ?? 'ECS does not say why');
  const now = service?.taskDefinitionArn;
  const rolledBack = now !== undefined && now !== rollout.taskDefinitionArn;
  const slow = timedOut('the new tasks were healthy');
  const sentence =
    code === 'timed-out' ? slow.message : `The new revision did not start: ${reason}`;
  const hint = hintOf(evidence, reason) ?? (code === 'timed-out' ? slow.hint : undefined);
  const failed: FailureReport = {
    sentence,
    ...evidence,
    hint,
    next: [`aws logs tail ${target.names.logGroup} --region ${target.region}`],
  };
  const state = rolledBack
    ? `ECS went back to ${now.split('/').at(-1)}; the URL still serves that one, not this commit.`
    : rollout.cleanup
      ? 'The preview is removed, as --cleanup-on-failure asks.'
      : 'The preview stays for inspection; the next deploy repairs it, destroy removes it.';
  return new PreviewopsError(code, sentence, {
    hint: [...(hint ? [hint] : []), state, ...failed.next.map((line) => `  ${line}`)].join('\n'),
    details: { failure: failed, rolledBack },
  });
}

async function healthyTargets({ aws }: Session, TargetGroupArn: string): Promise<number> {
  const answer = await aws.call('elasticloadbalancing:DescribeTargetHealth', { TargetGroupArn });
  const states = (answer.TargetHealthDescriptions ?? []).map((t) => t.TargetHealth?.State);
  return states.filter((state) => state === 'healthy').length;
}

async function isDnsLive({ aws }: Session, changeId: string | undefined): Promise<boolean> {
  if (!changeId) return true;
  const answer = await aws.call('route53:GetChange', { Id: changeId });
  return answer.ChangeInfo?.Status === 'INSYNC';
}
