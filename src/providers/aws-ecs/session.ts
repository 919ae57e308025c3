import type { Aws } from '../../aws/aws.ts';
import type { Clock } from '../../clock.ts';
import type { Emit } from '../../report/events.ts';
import type { Target } from './target.ts';

/** What one run works with; passed to everything that talks to AWS. */
export interface Session {
  aws: Aws;
  clock: Clock;
  signal: AbortSignal;
  emit: Emit;
  random: () => number;
  target: Target;
  /** When the run began, milliseconds since the epoch. */
  startedAt: number;
}
