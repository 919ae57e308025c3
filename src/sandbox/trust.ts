import { evaluate, type Statement } from '../permissions/evaluate.ts';
import type { TrustDocument, TrustStatement } from './iam-types.ts';
import type { World } from './types.ts';

/** A trust policy that lets these services take the role. */
export const trusting = (...services: string[]): TrustDocument => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: services }, Action: 'sts:AssumeRole' }],
});

/**
 * Whether a service (`ecs-tasks.amazonaws.com`) may take the role for this account. A service says
 * for whom it asks: `sourceArn` is the resource that wants the role.
 */
export function trusts(
  world: World,
  role: string | undefined,
  { service, sourceArn }: { service: string; sourceArn: string },
): boolean {
  const found = Object.values(world.iam.roles).find(
    ({ arn, name }) => arn === role || name === role,
  );
  if (!found) return false;
  const statements = [found.trust.Statement].flat().filter((given) => names(given, service));
  const request = {
    action: 'sts:AssumeRole',
    resource: found.arn,
    context: {
      'aws:SourceAccount': world.account,
      'aws:SourceArn': sourceArn,
    },
  };
  const policy = { Version: '2012-10-17', Statement: statements.map(withoutPrincipal) };
  return evaluate(request, { identity: [policy] }).decision === 'allowed';
}

function names({ Principal: principal }: TrustStatement, service: string): boolean {
  if (principal === '*') return true;
  return [principal.Service ?? []].flat().includes(service);
}

const withoutPrincipal = ({ Effect, Action, Condition }: TrustStatement): Statement => ({
  Effect,
  Action,
  Resource: '*',
  ...(Condition ? { Condition } : {}),
});
