import { wildcardDomains } from './propose-listener.ts';
import { domainChoices, leadsOf, newDomainChoices, zoneId, zoneOf } from './propose-names.ts';
import { askOne, readOr, type Survey, type Tools } from './survey.ts';

type About = { survey: Survey; tools: Tools };

export async function askDomain({ survey, tools }: About): Promise<void> {
  const { access } = tools;
  const read = await access?.account.zones();
  const zones = readOr(read, 'hosted zones', tools);
  const { listener } = survey;
  const asking = access &&
    listener && {
      ...access,
      balancer: listener.balancer.DNSName ?? '',
      now: access.now(),
      zones: read ?? { ok: true as const, value: zones },
    };
  const choices = asking ? await domainChoices(listener, asking) : newDomainChoices(zones);
  const answer = await askOne(
    'baseDomain',
    {
      flag: '--base-domain NAME',
      title: 'Domain of the previews',
      choices,
      lacking: listener
        ? 'no valid certificate of the listener is a wildcard'
        : 'it needs a wildcard certificate and a wildcard record',
    },
    { survey, tools },
  );
  if (answer.kind !== 'value') return;
  survey.zone = zoneOf(answer.value, zones);
  if (!asking || !listener) return;
  survey.leads = await leadsOf(answer.value, asking);
  survey.covered = wildcardDomains(listener.certificates, asking.now).includes(answer.value);
}

/** A zone is only needed where no wildcard record leads to the load balancer. */
export async function askZone({
  survey,
  tools,
  bootstrap,
}: About & { bootstrap: boolean }): Promise<void> {
  const { zone, leads } = survey;
  // A file that names a domain and no zone has decided.
  const decided = tools.before.baseDomain !== undefined;
  const useful = zone !== undefined && leads !== 'here' && !bootstrap && !decided;
  const { given, before } = tools;
  if (!useful && given.hostedZoneId === undefined && before.hostedZoneId === undefined) return;
  await askOne(
    'hostedZoneId',
    {
      flag: '--hosted-zone ID',
      title: 'Hosted zone for a record of each preview',
      choices: useful
        ? [
            {
              value: zoneId(zone),
              label: zoneId(zone),
              why: 'there is no wildcard record, and the zone is in this account',
            },
          ]
        : [],
      optional: true,
    },
    { survey, tools },
  );
}
