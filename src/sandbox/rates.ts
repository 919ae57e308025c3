import { throttled } from './faults.ts';
import type { World } from './types.ts';

interface Bucket {
  /** Calls that share it. */
  calls: RegExp;
  /** Calls that can be made at once, and how many come back each second. */
  burst: number;
  perSecond: number;
}

/**
 * How often AWS can be asked, for an account and region. ECS: "Request throttling for the Amazon ECS
 * API"; ELB: "API request throttling" of its user guide; Route 53: "Quotas", five requests a second
 * for an account; Logs: "CloudWatch Logs quotas". The tagging API's rate, and a burst where AWS names
 * only a rate, are assumed.
 */
export const buckets = {
  'ecs definitions': bucket(/^ecs:(Register|Deregister)TaskDefinition$/, 20, 1),
  'ecs deleting definitions': bucket(/^ecs:DeleteTaskDefinitions$/, 5, 1),
  'ecs reading definitions': bucket(/^ecs:(DescribeTaskDefinition$|ListTaskDefinition)/, 50, 20),
  'ecs services': bucket(/^ecs:(Create|Update|Delete)Service$/, 50, 5),
  'ecs reading services': bucket(/^ecs:(DescribeServices|ListServices)$/, 100, 20),
  'ecs reading tasks': bucket(/^ecs:(DescribeTasks|ListTasks)$/, 100, 20),
  'ecs tags': bucket(/^ecs:TagResource$/, 20, 10),
  'elb reads': bucket(/^elasticloadbalancing:Describe/, 40, 10),
  'elb writes': bucket(/^elasticloadbalancing:(?!Describe)/, 20, 3),
  'log groups': bucket(/^logs:DescribeLogGroups$/, 10, 10),
  records: bucket(/^route53:/, 5, 5),
  tagging: bucket(/^tag:GetResources$/, 15, 15),
} as const satisfies Record<string, Bucket>;

function bucket(calls: RegExp, burst: number, perSecond: number): Bucket {
  return { calls, burst, perSecond };
}

/** Takes a call out of its bucket. Throws AWS's throttling error, and takes nothing, when it is empty. */
export function spend(world: World, key: string, now: number): void {
  const found = Object.entries<Bucket>(buckets).find(([, { calls }]) => calls.test(key));
  if (!found) return;
  const [name, { burst, perSecond }] = found;
  world.rates ??= {};
  const { left, at } = world.rates[name] ?? { left: burst, at: now };
  const refilled = Math.min(burst, left + ((now - at) / 1000) * perSecond);
  world.rates[name] = { left: refilled, at: now };
  if (refilled < 1) throw throttled(key);
  world.rates[name] = { left: refilled - 1, at: now };
}
