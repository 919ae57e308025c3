import { lookup as askSystem } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import type { Judge } from './address.ts';

/** All addresses of a host. */
export type Lookup = (host: string) => Promise<readonly string[]>;

/** What every program of this machine would be told, its hosts file included. */
export const systemLookup: Lookup = async (host) =>
  (await askSystem(host, { all: true })).map(({ address }) => address);

/** The address is the reason: asking again does not help. */
export class AddressRefused extends Error {}

/**
 * A lookup for a socket, which connects to the very addresses that were judged. One bad address among
 * good ones refuses the name: which of them is taken is not for us to say.
 */
export function judgedLookup(lookup: Lookup, judge: Judge): LookupFunction {
  return (host, options, callback) => {
    const fail = (error: Error) => callback(error, '', 0);
    lookup(host).then((addresses) => {
      const mistake = addresses.map(judge).find((found) => found !== undefined);
      if (mistake !== undefined) return fail(new AddressRefused(`${host}: ${mistake}`));
      const known = addresses.map((address) => ({ address, family: isIP(address) }));
      const [first] = known;
      if (first === undefined) return fail(new Error('the name has no address'));
      if (options.all) callback(null, known);
      else callback(null, first.address, first.family);
    }, fail);
  };
}
