import { BlockList, isIP } from 'node:net';
import { globalUnicast, ipv4Ranges, ipv6Ranges, nat64, type Range } from './ranges.ts';

export interface AddressRules {
  /** Let loopback, private, shared (CGNAT) and unique local addresses through, and no others. */
  allowPrivate?: boolean | undefined;
}

/** Says why a callback must not go to an IP address; `undefined` when it may. */
export type Judge = (address: string) => string | undefined;

const blockOf = ({ net, bits }: Pick<Range, 'net' | 'bits'>) => {
  const block = new BlockList();
  block.addSubnet(net, bits, family(net));
  return block;
};
const withBlock = (range: Range) => ({ ...range, block: blockOf(range) });

const blocks = { ipv4: ipv4Ranges.map(withBlock), ipv6: ipv6Ranges.map(withBlock) };
const [publicSpace, translated] = [blockOf(globalUnicast), blockOf(nat64)];

/**
 * Judges an address as the resolver or a socket gives it. Everything that is not known to be public
 * is refused, whatever it is called.
 */
export function addressMistake(address: string, rules: AddressRules = {}): string | undefined {
  if (isIP(address) === 0) return `${JSON.stringify(address)} is not an IP address`;
  // A zone, as in fe80::1%eth0, only makes sense on a link of this machine.
  if (address.includes('%')) return `${address} is a link-local address`;
  const kind = family(address);
  if (kind === 'ipv6' && translated.check(address, kind)) {
    const inner = lastFourBytes(address);
    const mistake = addressMistake(inner, rules);
    return mistake && `${address} leads to ${inner}, and ${mistake}`;
  }
  const range = blocks[kind].find(({ block }) => block.check(address, kind));
  if (range !== undefined) {
    return range.own && rules.allowPrivate ? undefined : `${address} is ${range.what}`;
  }
  if (kind === 'ipv4' || publicSpace.check(address, kind)) return undefined;
  return `${address} is not a public address`;
}

function family(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 4 ? 'ipv4' : 'ipv6';
}

/** The end of an IPv6 address, in however many ways that can be written, as an IPv4 address. */
function lastFourBytes(address: string): string {
  const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const groups = `0:${canonical.replace('::', ':0:')}`.split(':').slice(-2);
  const bytes = groups.flatMap((group) => {
    const value = Number.parseInt(group || '0', 16);
    return [value >> 8, value & 0xff];
  });
  return bytes.join('.');
}
