import type { Output } from '../../../aws/api.ts';
import { identify } from '../../../preview/identity.ts';
import type { Target } from '../target.ts';

type RuleAnswer = NonNullable<Output<'elasticloadbalancing:DescribeRules'>['Rules']>[number];

/** The hosts of a rule, in lower case. */
export const hostsOf = ({ Conditions = [] }: RuleAnswer): string[] =>
  Conditions.filter(({ Field }) => Field === 'host-header')
    .flatMap(({ HostHeaderConfig, Values }) => HostHeaderConfig?.Values ?? Values ?? [])
    .map((host) => host.toLowerCase());

/**
 * The pull request whose preview of `app` would have this host; undefined when none would. Only pull
 * requests: under a plain `{id}` every name could be a branch's, and somebody else's just as well.
 */
export function pullRequestAt(
  { config }: Target,
  app: string,
  host: string,
): { id: string; pr: number } | undefined {
  const { baseDomain } = config.providerConfig;
  const label = host.endsWith(`.${baseDomain}`) ? host.slice(0, -baseDomain.length - 1) : '';
  for (const [digits] of label.matchAll(/\d{1,10}/g)) {
    const pr = Number(digits);
    const identity = identify({ pr }, { ...config, app, baseDomain });
    if (identity.host === host) return { id: identity.id, pr };
  }
  return undefined;
}
