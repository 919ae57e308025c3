import { isNamed } from '../../../aws/errors.ts';
import type { Session } from '../session.ts';

/** The log of one task's app container, read a piece at a time. */
export interface TaskLog {
  /** Hands on the lines that came since the last time. */
  follow(): Promise<void>;
  /** Hands on what is left once the task has stopped, for which CloudWatch takes a moment. */
  finish(): Promise<void>;
}

// While the task runs, no log may keep us from looking at its state.
const pagesPerPoll = 5;
const lagMs = 10_000;
const betweenReadsMs = 2_000;

/** A log that cannot be read is said once, and the task goes on all the same. */
export function createTaskLog(
  session: Session,
  options: { taskId: string; onLines: (lines: string[]) => void },
): TaskLog {
  const { aws, clock, signal, emit, target } = session;
  const { name } = target.config.container;
  let token: string | undefined;
  let readable = true;

  /** Whether there was anything new. */
  const read = async (maxPages: number): Promise<boolean> => {
    let any = false;
    for (let page = 0; readable && page < maxPages; page++) {
      const answer = await aws.call('logs:GetLogEvents', {
        logGroupName: target.names.logGroup,
        logStreamName: `${name}/${name}/${options.taskId}`, // awslogs: prefix/container/task
        startFromHead: true,
        nextToken: token,
      });
      const lines = (answer.events ?? []).map((event) => (event.message ?? '').trimEnd());
      if (lines.length > 0) options.onLines(lines);
      any ||= lines.length > 0;
      // The end is where the token repeats; an empty page alone is not.
      if (!answer.nextForwardToken || answer.nextForwardToken === token) break;
      token = answer.nextForwardToken;
    }
    return any;
  };

  const readSafely = async (maxPages: number): Promise<boolean> => {
    try {
      return await read(maxPages);
    } catch (error) {
      if (signal.aborted) throw error;
      // Until the container says something there is no stream.
      if (isNamed(error, 'ResourceNotFoundException')) return false;
      readable = false;
      const why = error instanceof Error ? error.name : String(error);
      emit({ type: 'note', level: 'warning', text: `the log cannot be read (${why})` });
      return false;
    }
  };

  return {
    follow: async () => {
      await readSafely(pagesPerPoll);
    },
    finish: async () => {
      const until = clock.now() + lagMs;
      for (let empty = 0; readable; ) {
        empty = (await readSafely(Number.POSITIVE_INFINITY)) ? 0 : empty + 1;
        if (empty === 2 || clock.now() >= until) return;
        await clock.sleep(betweenReadsMs, signal);
      }
    },
  };
}
