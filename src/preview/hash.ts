import { createHash } from 'node:crypto';

/** The first `length` hex digits of a SHA-256 over the parts; a NUL between them keeps `a|bc` and `ab|c` apart. */
export function hash(length: number, ...parts: string[]): string {
  return createHash('sha256').update(parts.join('\0')).digest('hex').slice(0, length);
}
