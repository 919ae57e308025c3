import { grantText } from '../../permissions/denial.ts';
import { type NeededRequest, statementFor } from '../../permissions/requests.ts';
import type { Scope } from '../../permissions/scope.ts';
import type { Finding } from '../check.ts';
import type { Judged } from './simulate.ts';

/** A role that nobody has, so that only a policy for all roles, or far too many, lets it be passed. */
const madeUp = 'previewops-doctor-asks-about-any-role';

const isPassRole = ({ action }: NeededRequest) => action === 'iam:PassRole';

/** Whether a role that the configuration does not name could be passed too, to each service. */
export function passRoleProbes(requests: readonly NeededRequest[], scope: Scope): NeededRequest[] {
  const resource = `arn:${scope.partition}:iam::${scope.account}:role/${madeUp}`;
  const probes = requests.filter(isPassRole).map((request) => ({ ...request, resource }));
  const services = probes.map(({ context }) => JSON.stringify(context));
  return probes.filter((_, at) => services.indexOf(services[at] ?? '') === at);
}

/**
 * What the probes' verdicts mean: who may pass any role can become any role that a task or a build
 * can take on. Undefined when nothing was asked.
 */
export function passRoleFinding(
  probes: readonly Judged<NeededRequest>[],
  { requests, scope }: { requests: readonly NeededRequest[]; scope: Scope },
): Finding | undefined {
  if (probes.length === 0) return undefined;
  const head = { id: 'caller.pass-role', title: 'iam:PassRole reaches no other roles' };
  const wide = probes.filter(({ judgement }) => judgement.state === 'allowed');
  if (wide.length === 0)
    return { ...head, status: 'ok', seen: 'limited to the roles it is needed for' };
  const services = wide.flatMap(({ request }) => request.context?.['iam:PassedToService'] ?? []);
  const narrow = requests.filter(isPassRole).map((request) => statementFor(request, scope));
  const unique = [...new Map(narrow.map((each) => [JSON.stringify(each), each])).values()];
  return {
    ...head,
    status: 'warn',
    seen: `any role may be passed to ${services.join(' and ')}: whoever has this policy can take on any role that trusts them`,
    fix: `In place of what allows it now:\n${grantText(unique)}`,
  };
}
