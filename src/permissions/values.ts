/** Readers of condition values. Each answers undefined for text that is not of its kind. */

export function parseNumber(text: string): number | undefined {
  return /^\s*[+-]?(\d+\.?\d*|\.\d+)\s*$/.test(text) ? Number(text) : undefined;
}

export function parseBoolean(text: string): boolean | undefined {
  const lower = text.toLowerCase();
  return lower === 'true' ? true : lower === 'false' ? false : undefined;
}

/** W3C date and time formats (https://www.w3.org/TR/NOTE-datetime): a time needs a zone. */
const w3cDate =
  /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(\.\d+)?)?(Z|[+-]\d\d:\d\d))?)?)?$/;

/** Milliseconds since the epoch of a W3C date or of epoch seconds. */
export function parseDate(text: string): number | undefined {
  const date = w3cDate.exec(text);
  if (!date) return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) * 1000 : undefined;
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = date
    .slice(1, 7)
    .map((part) => (part === undefined ? undefined : Number(part)));
  const local = new Date(0);
  local.setUTCFullYear(year, month - 1, day);
  local.setUTCHours(hour, minute, second);
  const exists =
    local.getUTCMonth() === month - 1 &&
    local.getUTCDate() === day &&
    local.getUTCHours() === hour &&
    local.getUTCMinutes() === minute &&
    local.getUTCSeconds() === second;
  if (!exists) return undefined;
  return local.getTime() + Number(`0${date[7] ?? ''}`) * 1000 - zoneOffset(date[8] ?? 'Z');
}

const zoneOffset = (zone: string) =>
  zone === 'Z'
    ? 0
    : Number(`${zone[0]}1`) * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4))) * 60_000;

/** The bytes of base 64 text, as one canonical string to compare. */
export function parseBinary(text: string): string | undefined {
  const wellFormed = text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text);
  return wellFormed ? Buffer.from(text, 'base64').toString('hex') : undefined;
}

export interface Address {
  bits: 32 | 128;
  value: bigint;
}

function parseV4(text: string): bigint | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((p) => /^(0|[1-9]\d{0,2})$/.test(p) && Number(p) < 256)) {
    return undefined;
  }
  return parts.reduce((sum, part) => sum * 256n + BigInt(part), 0n);
}

/** `1:2::1.2.3.4` with its dotted tail as two groups. */
function withoutDottedTail(text: string): string | undefined {
  const tail = /^(.*:)(\d+\.[\d.]+)$/.exec(text);
  if (!tail) return text;
  const v4 = parseV4(tail[2] ?? '');
  return v4 === undefined
    ? undefined
    : `${tail[1]}${(v4 >> 16n).toString(16)}:${(v4 & 0xffffn).toString(16)}`;
}

function parseV6(text: string): bigint | undefined {
  const halves = withoutDottedTail(text)?.split('::');
  if (!halves || halves.length > 2) return undefined;
  const [head = [], tail = []] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const gap = 8 - head.length - tail.length;
  if (halves.length === 2 ? gap < 1 : gap !== 0) return undefined;
  const groups = [...head, ...new Array<string>(gap).fill('0'), ...tail];
  if (!groups.every((group) => /^[\da-f]{1,4}$/i.test(group))) return undefined;
  return groups.reduce((sum, group) => sum * 65_536n + BigInt(`0x${group}`), 0n);
}

export function parseAddress(text: string): Address | undefined {
  const v4 = parseV4(text);
  if (v4 !== undefined) return { bits: 32, value: v4 };
  const v6 = parseV6(text);
  return v6 === undefined ? undefined : { bits: 128, value: v6 };
}

/** Whether the address lies in the CIDR range; undefined when either cannot be read. */
export function isInRange(range: string, text: string): boolean | undefined {
  const [base = '', prefix, ...rest] = range.split('/');
  const network = parseAddress(base);
  const address = parseAddress(text);
  if (!network || !address || rest.length > 0) return undefined;
  if (prefix !== undefined && !/^(0|[1-9]\d{0,2})$/.test(prefix)) return undefined;
  const length = prefix === undefined ? network.bits : Number(prefix);
  if (length > network.bits) return undefined;
  const ignored = BigInt(network.bits - length);
  return network.bits === address.bits && network.value >> ignored === address.value >> ignored;
}
