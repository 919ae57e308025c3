import type { Scope } from '../../permissions/scope.ts';
import type { Role } from '../facts/account.ts';
import { trustStatement } from '../iam/trust.ts';

/** What the service says of itself; a trust policy may ask for it against the confused deputy. */
export function sourceOf(
  kind: 'execution' | 'build' | 'task',
  {
    partition,
    region,
    account,
    cluster,
    names,
  }: Pick<Scope, 'partition' | 'region' | 'account' | 'cluster' | 'names'>,
): Record<string, string> {
  const source =
    kind === 'build'
      ? `codebuild:${region}:${account}:project/${names.project}`
      : `ecs:${region}:${account}:task/${cluster}/0123456789abcdef0123456789abcdef`;
  return { 'aws:SourceAccount': account, 'aws:SourceArn': `arn:${partition}:${source}` };
}

/** The whole new trust policy, because IAM replaces the old one with what it is given. */
export function trustFix(
  { RoleName }: Role,
  { statements, service }: { statements: unknown; service: string },
): string {
  const all = [...[statements ?? []].flat(), trustStatement(service)];
  const document = JSON.stringify({ Version: '2012-10-17', Statement: all });
  const quoted = document.replaceAll("'", "'\\''");
  return `Add the last of these statements to its trust policy:\n  aws iam update-assume-role-policy --role-name ${RoleName} --policy-document '${quoted}'`;
}
