import type { Certificate } from '../doctor/names/certificates.ts';
import { namesOf, stateOf } from '../doctor/names/certificates.ts';
import type { FoundListener } from './account.ts';
import { hintInName, hintWords, isTaken, label, ranked } from './propose.ts';
import type { Choice } from './question.ts';

/** Domains whose hosts a certificate is good for now: `*.previews.example.com` gives `previews.example.com`. */
export function wildcardDomains(certificates: readonly Certificate[], now: number): string[] {
  const good = certificates.filter((each) => stateOf(each, now).kind !== 'bad');
  const names = good.flatMap(namesOf).filter((name) => name.startsWith('*.'));
  return [...new Set(names.map((name) => name.slice(2).toLowerCase()))].filter((domain) =>
    isTaken('baseDomain', domain),
  );
}

/** HTTPS listeners, those with a wildcard certificate first. */
export function listenerChoices(found: readonly FoundListener[], now: number): Choice<string>[] {
  return ranked(
    found
      .filter(({ listener }) => isTaken('albListenerArn', listener.ListenerArn))
      .map((each) => {
        const { listener, balancer } = each;
        const name = balancer.LoadBalancerName ?? '';
        const domains = wildcardDomains(each.certificates, now);
        const hints = [name, ...domains].map(hintInName);
        const hint = Math.max(...hints.filter((one) => one >= 0), Math.min(...hints));
        const internal = balancer.Scheme === 'internal';
        const problem = problemOf(each, domains);
        return {
          value: listener.ListenerArn ?? '',
          label: label(`${name}, port ${listener.Port}`),
          why: [
            ...(domains.length > 0 ? [`certificate for *.${domains.join(', *.')}`] : []),
            ...(hintWords[hint] ? [hintWords[hint]] : []),
            internal ? 'reached from inside of the network only' : 'faces the internet',
          ].join(', '),
          rank: hint + (internal ? 0 : 4),
          ...(problem === undefined ? {} : { problem }),
        };
      }),
  );
}

/** What doctor would fail of it. */
function problemOf({ listener, balancer }: FoundListener, domains: string[]): string | undefined {
  if (listener.Port !== 443)
    return `previews answer on port 443, and this is port ${listener.Port}`;
  const state = balancer.State?.Code;
  if (state !== undefined && state !== 'active' && state !== 'active_impaired') {
    return `the load balancer is ${state}`;
  }
  return domains.length === 0 ? 'no valid wildcard certificate is on it' : undefined;
}
