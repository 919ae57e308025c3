import { type Aws, backoff } from '../aws/aws.ts';
import { isAmbiguous } from '../aws/errors.ts';
import type { Clock } from '../clock.ts';

/** What working on a stack takes. */
export interface BootstrapTools {
  aws: Aws;
  clock: Clock;
  signal: AbortSignal;
  random: () => number;
  /** One line for a person. */
  note(line: string): void;
}

const mostTries = 6;

/**
 * Sends a request again whose answer was lost: only for those that have a name or a token of their
 * own, by which CloudFormation knows that it has done the work already.
 */
export async function insist<T>(tools: BootstrapTools, send: () => Promise<T>): Promise<T> {
  const { clock, signal, random } = tools;
  for (let attempt = 1; ; attempt++) {
    try {
      return await send();
    } catch (error) {
      if (!isAmbiguous(error) || attempt >= mostTries) throw error;
      await clock.sleep(backoff(attempt, random), signal);
    }
  }
}
