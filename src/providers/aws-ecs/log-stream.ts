import { isNamed } from '../../aws/errors.ts';
import type { LogLine, LogRequest } from '../provider.ts';
import type { Session } from './session.ts';

/** A log stream that is read from a place on. */
export interface Stream {
  group: string;
  name: string;
  container: string;
  task: string;
  /** Where to read on; undefined at the beginning. */
  token: string | undefined;
}

/** What has come since the last time, oldest first. One page is held at a time, however long the log is. */
export async function* newLines(
  { aws }: Session,
  { since, pageSize }: Pick<LogRequest, 'since' | 'pageSize'>,
  stream: Stream,
): AsyncGenerator<LogLine> {
  for (;;) {
    let answer: Awaited<ReturnType<typeof aws.call<'logs:GetLogEvents'>>>;
    try {
      answer = await aws.call('logs:GetLogEvents', {
        logGroupName: stream.group,
        logStreamName: stream.name,
        startFromHead: true,
        nextToken: stream.token,
        limit: pageSize,
        ...(since === undefined ? {} : { startTime: since }),
      });
    } catch (error) {
      // A container that has said nothing yet has no stream.
      if (isNamed(error, 'ResourceNotFoundException')) return;
      throw error;
    }
    for (const { timestamp, message } of answer.events ?? []) {
      const { container, task } = stream;
      yield { at: timestamp ?? 0, container, task, message: (message ?? '').trimEnd() };
    }
    // The end is where the token repeats; a page may be empty before it.
    if (!answer.nextForwardToken || answer.nextForwardToken === stream.token) return;
    stream.token = answer.nextForwardToken;
  }
}
