import { evaluate, type Policies } from '../permissions/evaluate.ts';
import { accessDenied } from './faults.ts';
import { principalArnOf } from './principals.ts';
import type { Authorization, Ctx } from './types.ts';

/** Services of one endpoint for the whole partition: their requests go to its first region. */
const global = /^(route53|iam):/;

/** Throws AWS's denial for the first need that the caller's policies do not allow. */
export function checkAllowed(
  key: string,
  needs: readonly Authorization[],
  { ctx, authority }: { ctx: Ctx; authority: Policies },
): void {
  const { world, callerArn } = ctx;
  // Global condition keys that AWS fills in every request.
  const everywhere = {
    'aws:RequestedRegion': global.test(key) ? 'us-east-1' : world.region,
    'aws:PrincipalArn': principalArnOf(ctx),
    'aws:PrincipalAccount': world.account,
    'aws:SecureTransport': 'true',
  };
  for (const { action, resource, context, said = resource } of needs) {
    const request = { action, resource, context: { ...everywhere, ...context } };
    const { decision, by } = evaluate(request, authority);
    if (decision === 'allowed') continue;
    const explicit = decision === 'explicitDeny';
    throw accessDenied(key, { callerArn, action, resource: said, explicit, by: by ?? 'identity' });
  }
}
