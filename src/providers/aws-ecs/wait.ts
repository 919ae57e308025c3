import { PreviewopsError } from '../../errors.ts';
import type { Claims } from './claims.ts';
import { type Rollout as JudgedRollout, judgeRollout, type Verdict } from './judge.ts';
import { primary, readService, type Service } from './resources/service.ts';
import { rolloutFailure } from './rollout-failure.ts';
import { type Tracker, trackRollout } from './service-deployment.ts';
import type { Session } from './session.ts';
import { watchSpot } from './spot.ts';

const pollMs = 3_000;

export interface Rollout extends JudgedRollout {
  targetGroupArn: string;
  /** A change of DNS to follow too. */
  dnsChangeId: string | undefined;
  deadline: number;
  /** Healthy targets to wait for; one unless told. */
  least?: number | undefined;
  /** Whether there was a revision before. */
  update: boolean;
  /** Whether the preview is removed should this fail. */
  cleanup: boolean;
  /** Absent when this run changed nothing, and so claimed nothing. */
  claims: Claims | undefined;
}

/**
 * Follows our rollout to its end: ECS calls it successful, the load balancer calls its targets
 * healthy, DNS is live. A rollback, a failure or a newer run's rollout rejects at once; `displaced`
 * means that an older run, not knowing of us yet, put its own revision over ours, and
 * `no spot` that there is no Spot capacity, and has been none for a while.
 */
export async function waitForRollout(
  session: Session,
  rollout: Rollout,
): Promise<'completed' | 'displaced' | 'no spot'> {
  const { clock, signal, emit } = session;
  const begun = clock.now();
  const tracker = trackRollout(session, rollout);
  const needsOtherCapacity = watchSpot(session, rollout);
  for (let polls = 1; ; polls++) {
    // A newer run may have claimed the preview: its own rollout follows, and ours is for nobody.
    const claimed = polls === 1 ? undefined : rollout.claims?.check();
    const [looked, healthy, dnsLive] = await Promise.all([
      look(session, rollout, tracker),
      healthyTargets(session, rollout.targetGroupArn),
      isDnsLive(session, rollout.dnsChangeId),
      claimed,
    ]);
    const { service, verdict } = looked;
    if (needsOtherCapacity(looked)) {
      await rollout.claims?.check();
      return 'no spot';
    }
    if (verdict.state === 'failed' || verdict.state === 'no room') {
      const code = verdict.state === 'failed' ? 'rollout-failed' : 'limit-reached';
      throw await rolloutFailure(session, rollout, { code, reason: verdict.reason });
    }
    const { state } = verdict;
    // Where a newer run's rollout stands in front, its claim ends ours here.
    if (state === 'displaced' || verdict.replaced) await rollout.claims?.check();
    if (state === 'displaced') return state;
    if (state === 'completed' && healthy >= (rollout.least ?? 1) && dnsLive) return state;
    if (clock.now() > rollout.deadline) {
      throw await rolloutFailure(session, rollout, { code: 'timed-out' });
    }
    emit({
      type: 'waiting',
      what:
        state !== 'completed'
          ? 'the new tasks'
          : healthy < (rollout.least ?? 1)
            ? 'a healthy target'
            : 'the DNS record to be live',
      ms: clock.now() - begun,
      detail: progress(service),
    });
    await clock.sleep(pollMs, signal);
  }
}

async function look(
  session: Session,
  rollout: Rollout,
  tracker: Tracker,
): Promise<{ service: Service; verdict: Verdict }> {
  // At the same time: the service may be a moment newer than the record, which the next look mends.
  const [record, service] = await Promise.all([tracker.look(), readService(session)]);
  if (service?.status !== 'ACTIVE') {
    await rollout.claims?.check();
    throw new PreviewopsError('destroyed', 'The service was deleted while this deploy was waiting');
  }
  tracker.learn(service);
  return { service, verdict: judgeRollout(rollout, service, record) };
}

function progress(service: Service): string {
  const newest = primary(service);
  return newest
    ? `${newest.runningCount ?? 0} of ${newest.desiredCount ?? 0} running${newest.failedTasks ? `, ${newest.failedTasks} failed` : ''}`
    : '';
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
