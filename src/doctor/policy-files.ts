import type { Policies } from '../permissions/evaluate.ts';
import type { CallingCommand } from '../permissions/manifest.ts';
import type { Features } from '../permissions/needs.ts';
import { neededRequests } from '../permissions/requests.ts';
import type { Scope } from '../permissions/scope.ts';
import type { CheckResult, Finding } from './check.ts';
import { permissionFindings } from './iam/findings.ts';
import { passRoleFinding, passRoleProbes } from './iam/pass-role.ts';
import { judgeOffline } from './iam/verdict.ts';

export interface PolicyFileOptions {
  scope: Scope;
  commands: readonly CallingCommand[];
  /** The configuration's own tags. */
  tags: Readonly<Record<string, string>>;
  /** What the configuration uses; the scope says when left out. */
  features?: Features | undefined;
  policies: Policies;
}

/**
 * Judges policy documents against all that the commands will call, without AWS: a result for each
 * permission, and one for roles that could be passed besides. Throws `config-invalid` for a
 * document that IAM would refuse.
 */
export function judgePolicies({
  scope,
  commands,
  tags,
  features,
  policies,
}: PolicyFileOptions): CheckResult[] {
  const requests = neededRequests(scope, { commands, tags, ...(features ? { features } : {}) });
  const judge = (asked: typeof requests) =>
    asked.map((request) => ({ request, judgement: judgeOffline(request, policies) }));
  const passRole = passRoleFinding(judge(passRoleProbes(requests, scope)), { requests, scope });
  const findings: Finding[] = [
    ...permissionFindings(judge(requests), scope),
    ...(passRole ? [passRole] : []),
  ];
  return findings.map((finding) => ({
    id: 'caller.permission',
    group: 'caller',
    title: 'permission',
    ...finding,
  }));
}
