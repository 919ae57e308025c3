import { isDeepStrictEqual } from 'node:util';
import { backoff } from '../../aws/aws.ts';
import { isAmbiguous, isDenied } from '../../aws/errors.ts';
import type { Session } from './session.ts';

type Pace = Pick<Session, 'clock' | 'signal' | 'random'>;

// Enough to outlast a bad minute of a service; a fault that stays is told to the user.
const maxTries = 7;
// Fifty first deploys at once race for rule priorities; no number of tries is surely enough, a time is.
const maxRaceMs = 300_000;
const maxRaceDelayMs = 2_000;

/** Repeats a write that does no harm twice, while its answers are lost. */
export async function idempotent<T>(pace: Pace, work: () => Promise<T>): Promise<T> {
  return settle(pace, { observed: undefined, read: async () => undefined, act: work });
}

/**
 * Brings one resource to what is wanted: acts on what was observed, and looks again before trying
 * again, whenever the answer was lost, another run was faster (`race`), or the resource may have
 * vanished. `wait` says how long a passing refusal may be waited out, in milliseconds.
 */
export async function settle<State, Result>(
  pace: Pace,
  options: {
    observed: State;
    read: () => Promise<State>;
    act: (state: State) => Promise<Result>;
    /** Another run was faster: look again at once. */
    race?: (error: unknown) => boolean;
    /** AWS is not there yet, though it will be: wait, look again. */
    wait?: { forMs: number; everyMs: number; when: (error: unknown) => boolean };
  },
): Promise<Result> {
  const { clock, signal, random } = pace;
  const begun = clock.now();
  let state = options.observed;
  let races = 0;
  let denied = false;
  for (let tries = 1; ; ) {
    try {
      return await options.act(state);
    } catch (error) {
      const { wait } = options;
      if (wait?.when(error) && clock.now() - begun < wait.forMs) {
        await clock.sleep(wait.everyMs, signal);
      } else if (isAmbiguous(error) && tries < maxTries) {
        await clock.sleep(backoff(tries++, random), signal);
      } else if (options.race?.(error) && clock.now() - begun < maxRaceMs) {
        // The first look again is at once: most races have two runners.
        const delay = Math.min(maxRaceDelayMs, 100 * 2 ** races) * random();
        if (races++ > 0) await clock.sleep(delay, signal);
      } else if (isDenied(error) && !denied) {
        // Permissions are tied to our tags, so what vanished meanwhile is denied, not "not found".
        denied = true;
        const before = state;
        state = await options.read();
        if (isDeepStrictEqual(before, state)) throw error;
        continue;
      } else {
        throw error;
      }
      state = await options.read();
    }
  }
}
