import { Resolver } from 'node:dns/promises';

const absent = ['ENOTFOUND', 'ENODATA'];

/** Asks DNS for the IPv4 addresses of a host; none when there is no such name. Rejects when DNS does not answer. */
export async function resolveHost(host: string): Promise<string[]> {
  const resolver = new Resolver({ timeout: 3000, tries: 2 });
  try {
    return await resolver.resolve4(host);
  } catch (error) {
    if (absent.includes((error as NodeJS.ErrnoException).code ?? '')) return [];
    throw error;
  }
}
