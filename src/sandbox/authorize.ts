import { evaluate, type PolicyDocument } from '../permissions/evaluate.ts';
import { accessDenied } from './faults.ts';
import type { Authorization, World } from './types.ts';

export interface Authority {
  callerArn: string;
  policies: PolicyDocument[];
}

/** Throws AWS's denial for the first thing that the caller's identity policies do not allow. */
export function checkAllowed(
  key: string,
  needs: readonly Authorization[],
  { callerArn, policies, world }: Authority & { world: World },
): void {
  // Global condition keys that AWS fills in every request.
  const everywhere = {
    'aws:RequestedRegion': key.startsWith('route53:') ? 'us-east-1' : world.region,
    'aws:PrincipalArn': principalOf(callerArn),
    'aws:PrincipalAccount': world.account,
    'aws:SecureTransport': 'true',
  };
  for (const { action, resource, context } of needs) {
    const request = { action, resource, context: { ...everywhere, ...context } };
    const { decision } = evaluate(request, { identity: policies });
    if (decision === 'allowed') continue;
    const explicit = decision === 'explicitDeny';
    throw accessDenied(key, { callerArn, action, resource, explicit });
  }
}

/** `aws:PrincipalArn` names the role where the caller's own ARN names the session. */
function principalOf(callerArn: string): string {
  return callerArn.replace(
    /^(arn:[^:]+):sts::(\d+):assumed-role\/([^/]+)\/.*$/,
    '$1:iam::$2:role/$3',
  );
}
