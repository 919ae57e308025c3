import type { Input, Output } from '../../../aws/api.ts';
import type { CallKey } from '../../../permissions/manifest.ts';
import type { Session } from '../session.ts';

/** `aws.call` for reads that come by the hundred: a call that AWS would refuse as too many waits. */
export type PacedCall = <K extends CallKey>(key: K, input: Input<K>) => Promise<Output<K>>;

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
  { calls: /^ecs:(DescribeServices|ListServices)$/, burst: 100, perSecond: 20 },
  { calls: /^ecs:(DescribeTaskDefinition$|ListTaskDefinition)/, burst: 50, perSecond: 20 },
  { calls: /^elasticloadbalancing:Describe/, burst: 40, perSecond: 10 },
  { calls: /^logs:/, burst: 10, perSecond: 10 },
  { calls: /^route53:/, burst: 5, perSecond: 5 },
  { calls: /^tag:/, burst: 15, perSecond: 15 },
];

/** Others use the same account: what AWS refuses all the same is tried again, as every call is. */
export function createPace({ aws, clock, signal }: Session): PacedCall {
  const left = new Map<Rate, { tokens: number; at: number }>();

  /** Milliseconds until it is this call's turn; calls get their turns in the order they ask. */
  const turn = (rate: Rate): number => {
    const now = clock.now();
    const { tokens, at } = left.get(rate) ?? { tokens: rate.burst, at: now };
    const refilled = Math.min(rate.burst, tokens + ((now - at) / 1000) * rate.perSecond) - 1;
    left.set(rate, { tokens: refilled, at: now });
    return refilled >= 0 ? 0 : Math.ceil((-refilled / rate.perSecond) * 1000);
  };

  return async (key, input) => {
    const rate = rates.find(({ calls }) => calls.test(key));
    const waitMs = rate ? turn(rate) : 0;
    if (waitMs > 0) await clock.sleep(waitMs, signal);
    return aws.call(key, input);
  };
}
