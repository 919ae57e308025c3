import type { StackEvent } from '@aws-sdk/client-cloudformation';
import { PreviewopsError } from '../errors.ts';
import { renderStackEvent } from './events.ts';
import type { BootstrapTools } from './tools.ts';

const pollMs = 3_000;
/** How long nothing happens before it is said that something still goes on. */
const quietMs = 60_000;

/** Whether CloudFormation is at work; a stack in review only waits for somebody. */
export const isWorking = (status: string): boolean =>
  status.endsWith('_IN_PROGRESS') && status !== 'REVIEW_IN_PROGRESS';

export interface Followed {
  /** Where the stack came to stand. */
  status: string;
  /** Oldest first. */
  events: StackEvent[];
}

/**
 * Shows what happens to a stack, each event once and in order, until it stands still. `stack` is its
 * id; `after` the id of the last event that does not count. Rejects with `interrupted` when the run
 * is: what AWS has begun it also ends.
 */
export async function followStack(
  tools: BootstrapTools,
  { stack, after }: { stack: string; after: string | undefined },
): Promise<Followed> {
  const { clock, signal, note } = tools;
  const events: StackEvent[] = [];
  let last = after;
  let quietSince = clock.now();
  try {
    for (;;) {
      const fresh = await eventsUntil(tools, stack, ({ EventId }) => EventId === last);
      for (const event of fresh) if (isNews(event)) note(renderStackEvent(event));
      events.push(...fresh);
      last = events.at(-1)?.EventId ?? last;
      const status = events.filter((event) => isOfStack(event)).at(-1)?.ResourceStatus;
      if (status !== undefined && !status.endsWith('_IN_PROGRESS')) return { status, events };
      if (fresh.length > 0) quietSince = clock.now();
      else if (clock.now() - quietSince >= quietMs) {
        note(stillWorking(events, clock.now()));
        quietSince = clock.now();
      }
      await clock.sleep(pollMs, signal);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
    throw new PreviewopsError('interrupted', 'stopped watching; AWS goes on with the stack', {
      hint: 'Run the same command again: it follows the stack to its end, and goes on from there.',
      cause: error,
    });
  }
}

/** AWS says that it begins with a resource, and then once more that it did. */
const isNews = ({ ResourceStatusReason }: StackEvent) =>
  ResourceStatusReason !== 'Resource creation Initiated';

const isOfStack = ({ PhysicalResourceId, StackId }: StackEvent) => PhysicalResourceId === StackId;

/** What began and did not end, and for how long. */
function stillWorking(events: readonly StackEvent[], now: number): string {
  const latest = new Map(events.map((event) => [event.LogicalResourceId, event]));
  const open = [...latest.values()].filter(
    (event) => event.ResourceStatus?.endsWith('_IN_PROGRESS') && !isOfStack(event),
  );
  const began = events.find(({ LogicalResourceId: id }) => id === open[0]?.LogicalResourceId);
  const minutes = Math.max(1, Math.round((now - (began?.Timestamp?.getTime() ?? now)) / 60_000));
  const names = open.map(({ LogicalResourceId: id }) => id).join(', ') || 'the stack';
  return `  still waiting for ${names} (${minutes} min)`;
}

/** The id of the event before the operation that a stack is in the middle of. */
export async function beforeOperation(
  tools: BootstrapTools,
  stack: string,
): Promise<string | undefined> {
  let begun = false;
  const beginning = /^(CREATE|UPDATE|DELETE|IMPORT)_IN_PROGRESS$/;
  const [first] = await eventsUntil(
    tools,
    stack,
    (event) => {
      if (begun) return true;
      begun = isOfStack(event) && beginning.test(event.ResourceStatus ?? '');
      return false;
    },
    { inclusive: true },
  );
  return first?.EventId;
}

/** Oldest first: the events back to the one that `isEnd` says, which is left out unless `inclusive`. */
export async function eventsUntil(
  { aws }: BootstrapTools,
  stack: string,
  isEnd: (event: StackEvent) => boolean,
  { inclusive = false } = {},
): Promise<StackEvent[]> {
  const found: StackEvent[] = [];
  let token: string | undefined;
  do {
    const page = await aws.call('cloudformation:DescribeStackEvents', {
      StackName: stack,
      NextToken: token,
    });
    for (const event of page.StackEvents ?? []) {
      const end = isEnd(event);
      if (!end || inclusive) found.unshift(event);
      if (end) return found;
    }
    token = page.NextToken === token ? undefined : page.NextToken;
  } while (token);
  return found;
}
