import type { ResourceRecordSet } from '@aws-sdk/client-route-53';
import type { Certificate, Ctx, World } from '../types.ts';
import { normalizeName } from './route53-names.ts';

/** ACM says "up to 30 minutes" of domains with their record in place; it usually takes less than one. */
const issuingMs = 45_000;
const day = 24 * 60 * 60 * 1000;
/** The validity of ACM's own certificates (announcement of February 2026: 198 days). */
const validMs = 198 * day;

/** Issues the certificates whose validation record is in public DNS for long enough. */
export function advanceAcm({ world, now }: Ctx): void {
  for (const certificate of Object.values(world.acm.certificates)) {
    const { validation } = certificate;
    if (certificate.status !== 'PENDING_VALIDATION' || !validation) continue;
    if (validation.provenAt === undefined && isInDns(world, validation)) validation.provenAt = now;
    const at = issuedAt(certificate);
    if (at === undefined || at > now) continue;
    certificate.status = 'ISSUED';
    certificate.notBefore = at;
    certificate.notAfter = at + validMs;
  }
}

/** When it is, or will be, issued; undefined while its record is not there. */
export const issuedAt = ({ status, notBefore, validation }: Certificate): number | undefined =>
  status === 'ISSUED'
    ? (notBefore ?? 0)
    : validation?.provenAt === undefined
      ? undefined
      : validation.provenAt + issuingMs;

/** The most specific public zone of the account answers for a name, `world.dns` for everything else. */
function isInDns(
  { route53, dns }: World,
  { name, value }: { name: string; value: string },
): boolean {
  const wanted = normalizeName(name);
  const [zone] = Object.values(route53.zones)
    .filter(({ privateVpcs = [] }) => privateVpcs.length === 0)
    .filter((each) => `.${wanted}`.endsWith(`.${each.name}`))
    .sort((a, b) => b.name.length - a.name.length);
  const bare = (text: string) => text.toLowerCase().replace(/\.$/, '');
  if (!zone) return (dns.records[bare(name)] ?? []).some((target) => bare(target) === bare(value));
  return (zone.records as unknown as ResourceRecordSet[]).some(
    ({ Name, Type, ResourceRecords = [] }) =>
      Name === wanted &&
      Type === 'CNAME' &&
      ResourceRecords.some(({ Value = '' }) => bare(Value) === bare(value)),
  );
}
