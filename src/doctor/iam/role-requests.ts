import { reachOf } from '../../config/reach.ts';
import type { Config } from '../../config/types.ts';
import type { Request } from '../../permissions/evaluate.ts';
import { type RoleFacts, type RoleKind, roleNeeds } from '../../permissions/role-needs.ts';
import type { Scope } from '../../permissions/scope.ts';

/** What the configuration says that its roles must reach. */
export function roleFacts(config: Config, scope: Scope): RoleFacts {
  const { secrets, ...rest } = reachOf(config);
  return {
    scope,
    secrets: secrets.map((given) =>
      given.startsWith('arn:') ? given : parameterArn(given, scope),
    ),
    ...rest,
  };
}

const parameterArn = (name: string, { partition, region, account }: Scope) =>
  `arn:${partition}:ssm:${region}:${account}:parameter/${name.replace(/^\//, '')}`;

/** What a role will be asked to do, on ARNs without wildcards. */
export function roleRequests(kind: RoleKind, facts: RoleFacts): Request[] {
  const { region, account } = facts.scope;
  const context = {
    'aws:RequestedRegion': region,
    'aws:SecureTransport': 'true',
    'aws:PrincipalAccount': account,
  };
  const found = roleNeeds(kind, facts).flatMap(({ actions, resources }) =>
    actions.flatMap((action) =>
      resources.map((pattern) => ({ action, resource: sampleOf(action, pattern), context })),
    ),
  );
  return [...new Map(found.map((each) => [JSON.stringify(each), each])).values()];
}

const id32 = '0123456789abcdef0123456789abcdef';

const onStreams = ['logs:CreateLogStream', 'logs:PutLogEvents'];

/** Logs judges some actions on a stream, and the rest on the group, whose ARN ends with `:*`. */
function sampleOf(action: string, pattern: string): string {
  if (pattern === '*') return pattern;
  if (!pattern.includes(':log-group:'))
    return pattern.replaceAll('??????', 'AbCdEf').replaceAll('*', 'pr-1');
  const group = pattern.replace(/:\*$/, '').replaceAll('*', 'pr-1');
  return onStreams.includes(action) ? `${group}:log-stream:app/app/${id32}` : `${group}:*`;
}
