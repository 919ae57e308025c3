export interface Result {
  name: string;
  value: number;
  unit: 'B' | 'MB' | 'ms' | 'seconds' | 'calls' | 'packages' | 'round trips';
  /** Not to be exceeded; absent where a number is only shown. */
  budget?: number;
  /** By a real clock, which on a busy machine says little. */
  timed?: true;
  /** What else was seen. */
  note?: string;
}

/** `slow` is over a budget of real time, which fails nothing. */
export type Verdict = 'ok' | 'over' | 'slow' | 'shown';

export function judge({ value, budget, timed }: Result): Verdict {
  if (budget === undefined) return 'shown';
  if (value <= budget) return 'ok';
  return timed ? 'slow' : 'over';
}

export const isWithin = (results: readonly Result[]): boolean =>
  results.every((result) => judge(result) !== 'over');

export const toJson = (results: readonly Result[]) => ({
  ok: isWithin(results),
  node: process.versions.node,
  results: results.map((result) => ({ ...result, verdict: judge(result) })),
});

/** The middle one; of an even number, the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const half = sorted.length / 2;
  const middle = sorted.slice(Math.ceil(half) - 1, Math.floor(half) + 1);
  return middle.reduce((sum, value) => sum + value, 0) / middle.length;
}
