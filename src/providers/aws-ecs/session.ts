import type { Aws } from '../../aws/aws.ts';
import type { Clock } from '../../clock.ts';
import type { Emit } from '../../report/events.ts';
import type { Probe } from '../probe.ts';
import type { Target } from './target.ts';

/** What one run works with; passed to everything that talks to AWS. */
export interface Session {
  aws: Aws;
  clock: Clock;
  signal: AbortSignal;
  emit: Emit;
  random: () => number;
  target: Target;
  /** How the preview's URL is asked; it is not where this is absent. */
  probe?: Probe | undefined;
  /** When the run began, milliseconds since the epoch. */
  startedAt: number;
}
