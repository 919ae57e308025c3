import { BlockList } from 'node:net';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addressMistake } from '../../../src/ci/callback/address.ts';
import { ipv4Ranges, ipv6Ranges } from '../../../src/ci/callback/ranges.ts';

// A second judge, made another way: first and last addresses instead of prefixes, whole numbers instead of
// a BlockList, and its own reading and writing of addresses.

type Fate = 'public' | 'own' | 'never';
const spans4: [first: string, last: string, fate: Fate][] = [
  ['0.0.0.0', '0.255.255.255', 'never'],
  ['10.0.0.0', '10.255.255.255', 'own'],
  ['100.64.0.0', '100.127.255.255', 'own'],
  ['127.0.0.0', '127.255.255.255', 'own'],
  ['168.63.129.16', '168.63.129.16', 'never'],
  ['169.254.0.0', '169.254.255.255', 'never'],
  ['172.16.0.0', '172.31.255.255', 'own'],
  ['192.0.0.0', '192.0.0.255', 'never'],
  ['192.0.2.0', '192.0.2.255', 'never'],
  ['192.88.99.0', '192.88.99.255', 'never'],
  ['192.168.0.0', '192.168.255.255', 'own'],
  ['198.18.0.0', '198.19.255.255', 'never'],
  ['198.51.100.0', '198.51.100.255', 'never'],
  ['203.0.113.0', '203.0.113.255', 'never'],
  ['224.0.0.0', '255.255.255.255', 'never'],
];
/** The first that holds an address speaks; groups of four hex digits without colons. */
const spans6: [first: string, last: string, fate: Fate][] = [
  [`${'0'.repeat(31)}1`, `${'0'.repeat(31)}1`, 'own'],
  [`20010000${'0'.repeat(24)}`, `200101ff${'f'.repeat(24)}`, 'never'],
  [`20010db8${'0'.repeat(24)}`, `20010db8${'f'.repeat(24)}`, 'never'],
  [`2002${'0'.repeat(28)}`, `2002${'f'.repeat(28)}`, 'never'],
  [`3fff0000${'0'.repeat(24)}`, `3fff0fff${'f'.repeat(24)}`, 'never'],
  [`2${'0'.repeat(31)}`, `3${'f'.repeat(31)}`, 'public'],
  [`fd000ec2${'0'.repeat(24)}`, `fd000ec2${'f'.repeat(24)}`, 'never'],
  [`fd2000ce${'0'.repeat(24)}`, `fd2000ce${'f'.repeat(24)}`, 'never'],
  [`fc${'0'.repeat(30)}`, `fd${'f'.repeat(30)}`, 'own'],
];

const number4 = (text: string) =>
  text.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n);
const text4 = (n: bigint) => [24n, 16n, 8n, 0n].map((shift) => (n >> shift) & 255n).join('.');
const text6 = (n: bigint) => n.toString(16).padStart(32, '0').match(/..../g)?.join(':') ?? '';
const translated = 0x64ff9bn << 64n; // 64:ff9b::/96, of which the last 32 bits are an IPv4 address

function fateOf4(n: bigint): Fate {
  const span = spans4.find(([first, last]) => n >= number4(first) && n <= number4(last));
  return span?.[2] ?? 'public';
}
function fateOf6(n: bigint): Fate {
  if (n >> 32n === 0x0064ff9bn << 64n) return fateOf4(n & 0xffffffffn);
  const span = spans6.find(
    ([first, last]) => n >= BigInt(`0x${first}`) && n <= BigInt(`0x${last}`),
  );
  return span?.[2] ?? 'never';
}

const fateOf = (address: string): Fate => {
  if (addressMistake(address) === undefined) return 'public';
  return addressMistake(address, { allowPrivate: true }) === undefined ? 'own' : 'never';
};

const around = (n: bigint, max: bigint) => [n - 1n, n, n + 1n].filter((x) => x >= 0n && x <= max);
const max4 = 2n ** 32n - 1n;
const max6 = 2n ** 128n - 1n;
const edges4 = spans4.flatMap(([first, last]) =>
  [first, last].flatMap((end) => around(number4(end), max4)),
);
const edges6 = [
  0n,
  2n ** 32n,
  0xffff00000000n,
  0xffffffffffffn,
  translated << 32n,
  0x0064ff9b0001n << 80n,
  0x0100n << 112n,
  0x5f00n << 112n,
  0xfe80n << 112n,
  0xfec0n << 112n,
  0xff00n << 112n,
  max6,
  ...spans6.flatMap(([first, last]) => [first, last].map((end) => BigInt(`0x${end}`))),
].flatMap((n) => around(n, max6));

describe('two judges agree', () => {
  test('at the edges of every range', () => {
    for (const n of edges4) expect([text4(n), fateOf(text4(n))]).toEqual([text4(n), fateOf4(n)]);
    for (const n of edges6) expect([text6(n), fateOf(text6(n))]).toEqual([text6(n), fateOf6(n)]);
  });

  test('on any IPv4 address', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: max4 }), (n) => fateOf(text4(n)) === fateOf4(n)),
      { numRuns: 2000 },
    );
  });

  test('on any IPv6 address, long or short', () => {
    const starts = spans6.map(([first]) => BigInt(`0x${first}`));
    const anywhere = fc.oneof(
      fc.bigInt({ min: 0n, max: max6 }),
      fc
        .tuple(fc.constantFrom(...starts), fc.bigInt({ min: 0n, max: 2n ** 110n }))
        .map(([start, n]) => (start + n) & max6),
    );
    fc.assert(
      fc.property(anywhere, (n) => {
        const short = new URL(`http://[${text6(n)}]`).hostname.slice(1, -1);
        return fateOf(text6(n)) === fateOf6(n) && fateOf(short) === fateOf6(n);
      }),
      { numRuns: 2000 },
    );
  });

  test('on IPv4 behind NAT64, in hex or dotted', () => {
    const inner = fc.oneof(fc.bigInt({ min: 0n, max: max4 }), fc.constantFrom(...edges4));
    fc.assert(
      fc.property(inner, (n) => {
        const hex = new URL(`http://[64:ff9b::${text4(n)}]`).hostname.slice(1, -1);
        const spellings = [text6((translated << 32n) | n), hex, `64:ff9b::${text4(n)}`];
        return spellings.every((address) => fateOf(address) === fateOf4(n));
      }),
      { numRuns: 1000 },
    );
  });
});

test.each([
  ['127.0.0.1', 'own'],
  ['10.1.2.3', 'own'],
  ['100.100.100.200', 'own'],
  ['169.254.169.254', 'never'],
  ['169.254.170.2', 'never'],
  ['168.63.129.16', 'never'],
  ['0.0.0.0', 'never'],
  ['255.255.255.255', 'never'],
  ['::', 'never'],
  ['::1', 'own'],
  ['::ffff:127.0.0.1', 'never'],
  ['::ffff:8.8.8.8', 'never'],
  ['::7f00:1', 'never'],
  ['64:ff9b::127.0.0.1', 'own'],
  ['64:ff9b::169.254.169.254', 'never'],
  ['64:ff9b::8.8.8.8', 'public'],
  ['64:ff9b:1::8.8.8.8', 'never'],
  ['2002:7f00:1::', 'never'],
  ['2001::7f00:1', 'never'],
  ['fd00:ec2::254', 'never'],
  ['fd20:ce::254', 'never'],
  ['fd12:3456::1', 'own'],
  ['fe80::1', 'never'],
  ['fe80::1%eth0', 'never'],
  ['2606:4700::1111', 'public'],
  ['2600:1f18::1', 'public'],
  ['8.8.8.8', 'public'],
  ['', 'never'],
  ['localhost', 'never'],
  ['127.1', 'never'],
  ['0177.0.0.1', 'never'],
] as const)('%s: %s', (address, fate) => {
  expect(fateOf(address)).toBe(fate);
});

test('a refusal names the address and what it is', () => {
  expect(addressMistake('169.254.169.254')).toBe(
    '169.254.169.254 is the address of the instance metadata service',
  );
  expect(addressMistake('64:ff9b::7f00:1')).toBe(
    '64:ff9b::7f00:1 leads to 127.0.0.1, and 127.0.0.1 is a loopback address',
  );
});

test('no entry of the tables is dead: each speaks for its first address', () => {
  const family = (net: string) => (net.includes(':') ? 'ipv6' : 'ipv4');
  for (const { net, bits, what } of [...ipv4Ranges, ...ipv6Ranges]) {
    const block = new BlockList();
    block.addSubnet(net, bits, family(net));
    // `::` stands for itself and for all compatible addresses, of which ::2 is the first without another name.
    const first = net === '::' && bits === 96 ? '::2' : net;
    expect(block.check(first, family(net))).toBe(true);
    expect(addressMistake(first)).toBe(`${first} is ${what}`);
  }
});
