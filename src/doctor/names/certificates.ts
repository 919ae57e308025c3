import type { Output } from '../../aws/api.ts';

export type Certificate = NonNullable<Output<'acm:DescribeCertificate'>['Certificate']>;

/** Whether a certificate's name is good for a host: a wildcard stands for exactly one label (RFC 6125, 6.4.3). */
export function nameCovers(name: string, host: string): boolean {
  const [wanted, given] = [host.toLowerCase(), name.toLowerCase().replace(/\.$/, '')];
  if (!given.startsWith('*.')) return given === wanted;
  return wanted.slice(wanted.indexOf('.')) === given.slice(1) && !wanted.startsWith('.');
}

export const namesOf = (certificate: Certificate): string[] => [
  ...new Set([certificate.DomainName ?? '', ...(certificate.SubjectAlternativeNames ?? [])]),
];

export type CertificateState =
  | { kind: 'good'; daysLeft: number }
  | { kind: 'ending'; daysLeft: number }
  | { kind: 'bad'; why: string };

const dayMs = 24 * 3600 * 1000;
/** Renewal is due well before; two weeks leave time to find out why it did not happen. */
export const wantedDays = 14;

/** Whether a load balancer can serve with the certificate at `now`, and for how long. */
export function stateOf(certificate: Certificate, now: number): CertificateState {
  const { Status, NotAfter, NotBefore } = certificate;
  const until = NotAfter?.getTime();
  if (Status === 'EXPIRED' || (until !== undefined && until <= now)) {
    return { kind: 'bad', why: `expired on ${dateOf(NotAfter)}` };
  }
  if (Status !== 'ISSUED') return { kind: 'bad', why: `is ${Status ?? 'in an unknown state'}` };
  if (until === undefined) return { kind: 'bad', why: 'does not say how long it is valid' };
  if (NotBefore && NotBefore.getTime() > now) {
    return { kind: 'bad', why: `is not valid before ${dateOf(NotBefore)}` };
  }
  const daysLeft = Math.floor((until - now) / dayMs);
  return { kind: daysLeft < wantedDays ? 'ending' : 'good', daysLeft };
}

const dateOf = (date: Date | undefined) => date?.toISOString().slice(0, 10) ?? 'an unknown day';
