import type { Clock } from '../clock.ts';
import type { CallKey } from '../permissions/manifest.ts';

interface Rate {
  calls: RegExp;
  /** Calls at once, and how many more each second. */
  burst: number;
  perSecond: number;
}

// For an account and region. ECS: API Reference, "Request throttling"; ELB: user guide, "API request
// throttling"; Logs: "CloudWatch Logs quotas"; Route 53: Developer Guide, "Quotas". What the tagging
// API takes differs between accounts; this is on the careful side.
const rates: readonly Rate[] = [
  { calls: /^ecs:(Register|Deregister)TaskDefinition$/, burst: 20, perSecond: 1 },
  { calls: /^ecs:DeleteTaskDefinitions$/, burst: 5, perSecond: 1 },
  { calls: /^ecs:(DescribeTaskDefinition$|ListTaskDefinition)/, burst: 50, perSecond: 20 },
  { calls: /^ecs:(Create|Update|Delete)Service$/, burst: 50, perSecond: 5 },
  { calls: /^ecs:(DescribeServices|ListServices)$/, burst: 100, perSecond: 20 },
  { calls: /^ecs:(DescribeTasks|ListTasks)$/, burst: 100, perSecond: 20 },
  { calls: /^ecs:TagResource$/, burst: 20, perSecond: 10 },
  { calls: /^elasticloadbalancing:Describe/, burst: 40, perSecond: 10 },
  { calls: /^elasticloadbalancing:/, burst: 20, perSecond: 3 },
  { calls: /^logs:(DescribeLogGroups|ListTagsForResource)$/, burst: 10, perSecond: 10 },
  { calls: /^route53:/, burst: 5, perSecond: 5 },
  { calls: /^tag:/, burst: 15, perSecond: 15 },
];

/** Resolves when it is a call's turn; calls of one rate get their turns in the order they ask. */
export type Pace = (key: CallKey, signal: AbortSignal) => Promise<void>;

/**
 * Has a call wait that AWS would refuse as one too many. A preview's own calls never come to that;
 * those of many previews at once do, and without turns some would be refused again and again. Others
 * use the same account: what AWS refuses all the same is tried again.
 */
export function createPace(clock: Clock): Pace {
  const left = new Map<Rate, { tokens: number; at: number }>();
  return async (key, signal) => {
    const rate = rates.find(({ calls }) => calls.test(key));
    if (!rate) return;
    const now = clock.now();
    const { tokens, at } = left.get(rate) ?? { tokens: rate.burst, at: now };
    // A machine's clock may be set back; nobody waits for that to be made up for.
    const passedMs = Math.max(0, now - at);
    const refilled = Math.min(rate.burst, tokens + (passedMs / 1000) * rate.perSecond) - 1;
    left.set(rate, { tokens: refilled, at: now });
    if (refilled >= 0) return;
    try {
      await clock.sleep(Math.ceil((-refilled / rate.perSecond) * 1000), signal);
    } catch (error) {
      // Given back, so that what cleans up after an interrupt need not wait behind those that left.
      const current = left.get(rate);
      if (current) left.set(rate, { ...current, tokens: current.tokens + 1 });
      throw error;
    }
  };
}
