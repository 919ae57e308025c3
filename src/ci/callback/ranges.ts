/** A block of addresses that a callback must not reach. */
export interface Range {
  /** First address. */
  net: string;
  /** How many leading bits count. */
  bits: number;
  /** Completes "203.0.113.7 is ...". */
  what: string;
  /** Somebody may run a receiver there on purpose: `callback.allowPrivate` lets it through. */
  own?: true;
}

// Both tables follow IANA's registries: iana.org/assignments/iana-ipv4-special-registry,
// iana-ipv6-special-registry, ipv6-address-space and multicast-addresses; the RFCs are those that
// made the entries. Of two ranges that hold an address the first one speaks.

export const ipv4Ranges: readonly Range[] = [
  { net: '0.0.0.0', bits: 8, what: 'an address of "this network"' }, // RFC 791
  { net: '10.0.0.0', bits: 8, what: 'a private address', own: true }, // RFC 1918
  { net: '100.64.0.0', bits: 10, what: 'an address behind carrier-grade NAT', own: true }, // RFC 6598
  { net: '127.0.0.0', bits: 8, what: 'a loopback address', own: true }, // RFC 1122
  { net: '169.254.169.254', bits: 32, what: 'the address of the instance metadata service' },
  { net: '169.254.0.0', bits: 16, what: 'a link-local address' }, // RFC 3927; ECS's credentials too
  { net: '172.16.0.0', bits: 12, what: 'a private address', own: true }, // RFC 1918
  { net: '192.0.0.0', bits: 24, what: 'an address kept for protocols' }, // RFC 6890
  { net: '192.0.2.0', bits: 24, what: 'an address for documentation' }, // RFC 5737
  { net: '192.88.99.0', bits: 24, what: 'an address of a 6to4 relay' }, // RFC 7526
  { net: '192.168.0.0', bits: 16, what: 'a private address', own: true }, // RFC 1918
  { net: '198.18.0.0', bits: 15, what: 'an address for benchmarks' }, // RFC 2544
  { net: '198.51.100.0', bits: 24, what: 'an address for documentation' }, // RFC 5737
  { net: '203.0.113.0', bits: 24, what: 'an address for documentation' }, // RFC 5737
  { net: '224.0.0.0', bits: 4, what: 'a multicast address' }, // RFC 5771
  { net: '240.0.0.0', bits: 4, what: 'a reserved address' }, // RFC 1112, broadcast among them
  // In a public range, yet answered by the host of every Azure machine, GitHub's runners among them:
  // learn.microsoft.com/azure/virtual-network/what-is-ip-address-168-63-129-16
  { net: '168.63.129.16', bits: 32, what: "the address of Azure's own host service" },
];

/** Outside of `globalUnicast` only `own` ranges can be let through, so most need no entry. */
export const ipv6Ranges: readonly Range[] = [
  { net: '::', bits: 128, what: 'the unspecified address' }, // RFC 4291
  { net: '::1', bits: 128, what: 'a loopback address', own: true }, // RFC 4291
  { net: '::ffff:0:0', bits: 96, what: 'an IPv4 address in the clothes of IPv6' }, // RFC 4291, mapped
  { net: '::', bits: 96, what: 'an IPv4 address in the clothes of IPv6' }, // RFC 4291, compatible
  { net: '64:ff9b:1::', bits: 48, what: 'an address of local NAT64' }, // RFC 8215
  { net: '2001::', bits: 23, what: 'an address kept for protocols' }, // RFC 2928, Teredo among them
  { net: '2001:db8::', bits: 32, what: 'an address for documentation' }, // RFC 3849
  { net: '2002::', bits: 16, what: 'an IPv4 address in the clothes of 6to4' }, // RFC 3056
  { net: '3fff::', bits: 20, what: 'an address for documentation' }, // RFC 9637
  // Instance metadata, DNS and time of AWS; metadata of Google Cloud. Both are in private space.
  { net: 'fd00:ec2::', bits: 32, what: "an address of AWS's own host services" },
  { net: 'fd20:ce::', bits: 32, what: "an address of Google Cloud's own host services" },
  { net: 'fc00::', bits: 7, what: 'a unique local address', own: true }, // RFC 4193
  { net: 'fe80::', bits: 10, what: 'a link-local address' }, // RFC 4291
  { net: 'ff00::', bits: 8, what: 'a multicast address' }, // RFC 4291
];

/** All that IANA gives out for the public internet so far (RFC 4291, 2.4). */
export const globalUnicast = { net: '2000::', bits: 3 } as const;

/** Where a network without IPv4 finds the IPv4 internet: the last 32 bits are its address (RFC 6052). */
export const nat64 = { net: '64:ff9b::', bits: 96 } as const;
