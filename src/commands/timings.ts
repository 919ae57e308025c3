import type { Timings } from '../providers/provider.ts';
import { formatElapsed } from '../report/time.ts';

const phases = ['observe', 'build', 'apply', 'wait', 'probe', 'total'] as const;

/** `observe 0.3 s, build 38 s, apply 4.0 s, wait 52 s, probe 0.2 s, total 1 m 12 s`. */
export function renderTimings(timings: Timings): string {
  return phases
    .flatMap((phase) => {
      const ms = timings[phase];
      return ms === undefined ? [] : [`${phase} ${formatElapsed(ms)}`];
    })
    .join(', ');
}
