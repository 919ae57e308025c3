import type { Step } from '../preview/plan.ts';

/** Everything that the program says while it works; renderers turn these into lines, on stderr, so that `--json` has stdout for itself. */
export type Event =
  | { type: 'step-started'; step: Step }
  | { type: 'step-finished'; step: Step; ms: number }
  | { type: 'step-failed'; step: Step; ms: number }
  /** A wait that goes on: `what` is waited for, since `ms`; sent again and again while it lasts. */
  | { type: 'waiting'; what: string; ms: number; detail?: string }
  /** New lines of a log that is followed, oldest first. */
  | { type: 'log'; source: string; lines: string[] }
  | { type: 'retrying'; call: string; delayMs: number; reason: string }
  | { type: 'note'; level: 'info' | 'warning'; text: string };

export type Emit = (event: Event) => void;
