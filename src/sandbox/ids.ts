import { createHash } from 'node:crypto';

/** `length` lower-case hex digits (at most 64) that depend on `seed` only. */
export function idOf(seed: number | string, length: number): string {
  return createHash('sha256').update(`previewops sandbox ${seed}`).digest('hex').slice(0, length);
}
