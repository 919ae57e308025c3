/** An IPv4 range: its first address and how many bits of it count. */
interface Range {
  first: number;
  bits: number;
}

function readRange(cidr: string): Range | undefined {
  const [, a, b, c, d, bits] =
    /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(cidr) ?? [];
  const parts = [a, b, c, d].map(Number);
  if (bits === undefined || Number(bits) > 32 || parts.some((part) => part > 255)) return undefined;
  const address = parts.reduce((sum, part) => sum * 256 + part, 0);
  return { first: prefix(address, Number(bits)), bits: Number(bits) };
}

/** The address with all but its first `bits` bits cleared. */
const prefix = (address: number, bits: number) => {
  const size = 2 ** (32 - bits);
  return Math.floor(address / size) * size;
};

/** Whether every address of `inner` is in `outer`; false for what is no IPv4 range. */
export function covers(outer: string, inner: string): boolean {
  const [out, within] = [readRange(outer), readRange(inner)];
  if (!out || !within) return false;
  return out.bits <= within.bits && prefix(within.first, out.bits) === out.first;
}

/** Whether two ranges have an address in common. */
export const overlaps = (a: string, b: string): boolean => covers(a, b) || covers(b, a);
