import type {
  GetLogEventsCommandInput,
  GetLogEventsCommandOutput,
} from '@aws-sdk/client-cloudwatch-logs';
import { logGroupArn } from '../arn.ts';
import { awsError } from '../errors.ts';
import { resourceTagContext } from '../tags.ts';
import type { Authorization, Ctx, Operation } from '../types.ts';
import { checkGroupName, checkLimit, groupOf, invalid } from './logs-common.ts';

// GetLogEvents, CloudWatch Logs API reference: events of one page.
const maxEvents = 10_000;

/**
 * A token is a place in the stream and a direction. `gap` marks the empty page that follows each
 * full one: AWS documents that empty pages happen and are not the end.
 */
interface Token {
  forward: boolean;
  at: number;
  gap: boolean;
}

export const GetLogEvents = {
  authorize(input: GetLogEventsCommandInput, { world }: Ctx): Authorization[] {
    const name = nameOf(input);
    return [
      {
        action: 'logs:GetLogEvents',
        resource: `${logGroupArn(world, name)}:log-stream:${input.logStreamName ?? ''}`,
        context: resourceTagContext(world.logs.groups[name]?.tags),
      },
    ];
  },
  run(
    input: GetLogEventsCommandInput,
    { world, now }: Ctx,
  ): Omit<GetLogEventsCommandOutput, '$metadata'> {
    const group = groupOf(world, checkGroupName(nameOf(input)));
    const { logStreamName = '', startFromHead = false, startTime, endTime } = input;
    const limit = checkLimit(input.limit, maxEvents);
    const stream = Object.hasOwn(group.streams, logStreamName)
      ? group.streams[logStreamName]
      : undefined;
    if (!stream) {
      throw awsError('ResourceNotFoundException', 'The specified log stream does not exist.');
    }
    const events = stream.filter(
      ({ at }) => at <= now && at >= (startTime ?? 0) && at < (endTime ?? Number.POSITIVE_INFINITY),
    );
    const token = input.nextToken === undefined ? undefined : read(input.nextToken);
    if (token?.forward && !startFromHead) {
      throw invalid('A nextForwardToken must be used with startFromHead set to true');
    }
    const { from, to, forward, backward } = cut(events.length, { token, limit, startFromHead });
    return {
      events: events.slice(from, to).map(({ at, message }) => ({
        timestamp: at,
        ingestionTime: at,
        message,
      })),
      nextForwardToken: write(forward),
      nextBackwardToken: write(backward),
    };
  },
} satisfies Operation;

/** Which events a page has, and where its two tokens lead. At the end a token leads to itself. */
function cut(
  length: number,
  {
    token,
    limit,
    startFromHead,
  }: { token: Token | undefined; limit: number; startFromHead: boolean },
): { from: number; to: number; forward: Token; backward: Token } {
  if (token?.gap) {
    const here = { ...token, gap: false };
    return {
      from: 0,
      to: 0,
      forward: { ...here, forward: true },
      backward: { ...here, forward: false },
    };
  }
  const onward = token ? token.forward : startFromHead;
  const start = Math.min(token?.at ?? (onward ? 0 : length), length);
  const from = onward ? start : Math.max(0, start - limit);
  const to = onward ? Math.min(length, start + limit) : start;
  const full = to - from === limit;
  return {
    from,
    to,
    forward: { forward: true, at: to, gap: full && onward && to < length },
    backward: { forward: false, at: from, gap: full && !onward && from > 0 },
  };
}

const write = ({ forward, at, gap }: Token) =>
  `${forward ? 'f' : 'b'}/${String(at).padStart(20, '0')}${gap ? '/g' : '/s'}`;

function read(text: string): Token {
  const [, side, at, kind] = /^([fb])\/(\d{20})\/([gs])$/.exec(text) ?? [];
  if (at === undefined) throw invalid('The specified nextToken is invalid.');
  return { forward: side === 'f', at: Number(at), gap: kind === 'g' };
}

function nameOf({ logGroupName, logGroupIdentifier }: GetLogEventsCommandInput): string {
  if (logGroupName !== undefined && logGroupIdentifier !== undefined) {
    throw invalid('LogGroupName and LogGroupIdentifier cannot both be given');
  }
  return (logGroupName ?? logGroupIdentifier ?? '').replace(
    /^arn:[^:]*:logs:[^:]*:\d*:log-group:/,
    '',
  );
}
