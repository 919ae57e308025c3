import { isZoneOf } from '../doctor/names/domains.ts';
import type { Read } from '../doctor/read.ts';
import type { FoundListener, Zone } from './account.ts';
import { hintInName, hintWords, isTaken, label, ranked } from './propose.ts';
import { wildcardDomains } from './propose-listener.ts';
import type { Choice } from './question.ts';

/** Where the hosts right under a domain lead: to the load balancer, to something else, nowhere. */
export type Leads = 'here' | 'elsewhere' | 'nowhere' | 'unknown';

const leadWords: Record<Leads, string> = {
  here: 'its wildcard record leads to the load balancer',
  elsewhere: 'its wildcard record leads to something else',
  nowhere: 'no record leads to the load balancer yet',
  unknown: 'DNS did not answer',
};
const leadRank: Record<Leads, number> = { here: 8, unknown: 2, nowhere: 1, elsewhere: 0 };

/** Asks DNS for a host that no preview has. */
export async function leadsOf(
  domain: string,
  { balancer, resolve, random }: Asking,
): Promise<Leads> {
  const host = `previewops-init-${Math.floor(random() * 2 ** 32).toString(36)}.${domain}`;
  try {
    const [given, wanted] = await Promise.all([resolve(host), resolve(balancer)]);
    if (given.length === 0) return 'nowhere';
    return given.some((address) => wanted.includes(address)) ? 'here' : 'elsewhere';
  } catch {
    return 'unknown'; // no answer decides nothing: the choice is only told so
  }
}

export interface Asking {
  /** DNS name of the load balancer. */
  balancer: string;
  resolve(host: string): Promise<string[]>;
  random(): number;
}

/** The domains that the listener's certificates cover. */
export async function domainChoices(
  found: FoundListener,
  { now, zones, ...asking }: Asking & { now: number; zones: Read<Zone[]> },
): Promise<(Choice<string> & { leads: Leads })[]> {
  const domains = wildcardDomains(found.certificates, now);
  const leads = new Map(
    await Promise.all(domains.map(async (each) => [each, await leadsOf(each, asking)] as const)),
  );
  const choices = ranked(
    domains.map((value) => {
      const lead = leads.get(value) ?? 'unknown';
      const zone = zones.ok && lead !== 'here' ? zoneOf(value, zones.value) : undefined;
      const hint = hintInName(value);
      return {
        value,
        label: label(value),
        why: [
          'a certificate of the listener covers it',
          zone ? 'its zone is in this account' : leadWords[lead],
          ...(hintWords[hint] ? [hintWords[hint]] : []),
        ].join(', '),
        rank: leadRank[lead] + hint + (zone ? 3 : 0),
      };
    }),
  );
  return choices.map((choice) => ({ ...choice, leads: leads.get(choice.value) ?? 'unknown' }));
}

/** The public zone of a domain; of several, that which is nearest to it. */
export const zoneOf = (domain: string, zones: readonly Zone[]): Zone | undefined =>
  zones
    .filter(({ Name = '', Config }) => !Config?.PrivateZone && isZoneOf(Name, domain))
    .sort((a, b) => (b.Name?.length ?? 0) - (a.Name?.length ?? 0))[0];

/** Route 53 gives ids with their path. */
export const zoneId = ({ Id = '' }: Zone): string => Id.replace('/hostedzone/', '');

/** Domains for a load balancer that is still to be made: below the zones of the account. */
export function newDomainChoices(zones: readonly Zone[]): Choice<string>[] {
  return ranked(
    zones
      .filter(({ Config }) => !Config?.PrivateZone)
      .flatMap(({ Name = '' }) => {
        const zone = Name.toLowerCase().replace(/\.$/, '');
        const value = /preview/.test(zone) ? zone : `previews.${zone}`;
        if (!isTaken('baseDomain', value)) return [];
        const hint = hintInName(zone);
        return [
          { value, label: label(value), why: `the zone ${zone} is in this account`, rank: hint },
        ];
      }),
  );
}
