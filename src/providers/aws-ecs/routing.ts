import { isNamed } from '../../aws/errors.ts';
import type { Run } from './deploy-steps.ts';
import { seenIn } from './observe.ts';
import { ensureDnsRecord } from './resources/dns-record.ts';
import { ensureRule } from './resources/ensure-rule.ts';
import { ensureTargetGroup } from './resources/target-group.ts';
import { regionFill } from './room/limits.ts';
import { noRoom } from './room/no-room.ts';

/** As `ensureTargetGroup`; where the region takes no more of them, says who is there. */
export async function makeTargetGroup({ session, observed, claims }: Run) {
  try {
    return await ensureTargetGroup(session, { observed: observed.targetGroup, claims });
  } catch (error) {
    if (!isNamed(error, 'TooManyTargetGroupsException')) throw error;
    const fills = [regionFill(session.target.region)];
    throw await noRoom(session, { fills, rules: observed.rules });
  }
}

/**
 * The way from the host to the target group. Its listener may turn out to be another than planned;
 * then the record follows, which the plan took for right.
 */
export async function makeRoute(run: Run, targetGroupArn: string): Promise<void> {
  const { session, observed, facts, claims, plan } = run;
  facts.listenerArn = await ensureRule(session, {
    ...seenIn(observed),
    targetGroupArn,
    guard: () => claims.guard(),
  });
  if (plan.steps.some(({ resource }) => resource === 'dns-record')) return;
  facts.dnsChangeId = await ensureDnsRecord(session, observed.dnsRecord, facts.listenerArn);
}
