/**
 * Second-level names under which registries sell, so that `example.co.uk` is somebody's and `co.uk`
 * nobody's. The common ones only: a domain that this misses gets one needless question to DNS.
 */
const registrySecondLevels = new Set([
  'ac',
  'co',
  'com',
  'edu',
  'gob',
  'gov',
  'ne',
  'net',
  'or',
  'org',
]);

/** The domains above `domain` that a site may own: for `pr.app.example.com`, `app.example.com` and `example.com`. */
export function parentDomains(domain: string): string[] {
  const labels = domain.toLowerCase().split('.');
  return labels
    .map((_, at) => labels.slice(at + 1))
    .filter((rest) => rest.length >= 2 && !isRegistrys(rest))
    .map((rest) => rest.join('.'));
}

/** `co.uk`, but not `com.example`: only country codes have two letters. */
const isRegistrys = ([second = '', top = '', ...more]: string[]) =>
  more.length === 0 && top.length === 2 && registrySecondLevels.has(second);

/** Whether `zone` (with or without a final dot) is `domain` or a domain above it. */
export function isZoneOf(zone: string, domain: string): boolean {
  const name = zone.toLowerCase().replace(/\.$/, '');
  return domain.toLowerCase() === name || domain.toLowerCase().endsWith(`.${name}`);
}
