import type { Session } from '../session.ts';
import type { Build } from './image.ts';

/** A build's log, read a piece at a time while the build goes on. */
export interface BuildLog {
  /** Tells of the lines that came since the last time. */
  follow(build: Build | undefined): Promise<void>;
}

// A poll reads on while there is more, but no build may keep us from looking at its status.
const pagesPerPoll = 5;

/** Best effort: a log that cannot be read is not followed, and the build goes on all the same. */
export function createBuildLog({ aws, emit }: Session): BuildLog {
  let token: string | undefined;
  let readable = true;
  return {
    async follow(build) {
      const { groupName, streamName } = build?.logs ?? {};
      for (let page = 0; readable && groupName && streamName && page < pagesPerPoll; page++) {
        try {
          const answer = await aws.call('logs:GetLogEvents', {
            logGroupName: groupName,
            logStreamName: streamName,
            startFromHead: true,
            nextToken: token,
          });
          const lines = (answer.events ?? []).map((event) => (event.message ?? '').trimEnd());
          if (lines.length > 0) emit({ type: 'log', source: 'build', lines });
          // The end is where the token repeats; an empty page alone is not.
          if (answer.nextForwardToken === token) return;
          token = answer.nextForwardToken;
        } catch (error) {
          // The stream appears a moment after CodeBuild names it; anything else will not change.
          readable = error instanceof Error && error.name === 'ResourceNotFoundException';
          return;
        }
      }
    },
  };
}
