import { sourceOf } from '../doctor/checks/roles-trust.ts';
import { decodeDocument, judgeTrust } from '../doctor/iam/trust.ts';
import { appNamePatterns, stackRoleName } from '../preview/names.ts';
import type { Role } from './account.ts';
import { hintInName, isTaken, label } from './propose.ts';
import type { Choice } from './question.ts';

export type Kind = 'execution' | 'build';

/** Of what a role is to be used for. */
export interface Place {
  partition: string;
  region: string;
  account: string;
  app: string;
}

const services = { execution: 'ecs-tasks.amazonaws.com', build: 'codebuild.amazonaws.com' };

/** Whether the service may take the role on; a trust that hangs on what is not known is none. */
export function trusts(role: Role, kind: Kind, { app, ...place }: Place): boolean {
  const document = decodeDocument(role.AssumeRolePolicyDocument);
  if (!document) return false;
  const names = appNamePatterns(app, '');
  const context = sourceOf(kind, { ...place, cluster: 'previews', names });
  return judgeTrust(document, { service: services[kind], context }) === 'trusted';
}

/** Candidates for a role by name alone, the likeliest first. What they may do is asked later. */
export function candidates(roles: readonly Role[], kind: Kind, place: Place): Role[] {
  const score = ({ RoleName = '' }: Role) =>
    (RoleName === stackRoleName(place.app, kind) ? 16 : 0) +
    (/previewops/i.test(RoleName) ? 4 : 0) +
    (kind === 'execution' && /execution/i.test(RoleName) ? 8 : 0) +
    (kind === 'build' && /build/i.test(RoleName) ? 2 : 0) +
    hintInName(RoleName);
  return roles
    .filter(({ Arn, Path = '/' }) => isTaken('executionRoleArn', Arn) && !Path.startsWith(reserved))
    .filter((role) => trusts(role, kind, place))
    .sort((a, b) => score(b) - score(a) || ((a.RoleName ?? '') < (b.RoleName ?? '') ? -1 : 1));
}

/** Roles that belong to an AWS service. */
const reserved = '/aws-';

/** What doctor says of a role for a use; undefined where it could not tell. */
export type Verdict = { fits: boolean; seen: string } | undefined;

export function roleChoice(
  role: Role,
  { kind, verdict, alsoTasks }: { kind: Kind; verdict: Verdict; alsoTasks: boolean },
): Choice<string> {
  const name = role.RoleName ?? '';
  const trust =
    kind === 'execution'
      ? 'trusts ECS tasks'
      : alsoTasks
        ? 'trusts CodeBuild too'
        : 'trusts CodeBuild';
  const good =
    kind === 'execution' ? 'may pull images and write logs' : 'may build and push images';
  return {
    value: role.Arn ?? '',
    label: label(name),
    why: [trust, ...(verdict?.fits ? [good] : [])].join(', '),
    ...(verdict && !verdict.fits ? { problem: label(verdict.seen) } : {}),
  };
}
