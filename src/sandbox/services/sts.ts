import type { GetCallerIdentityResponse } from '@aws-sdk/client-sts';
import type { Authorization, Ctx, Operation, ServiceTable } from '../types.ts';

const GetCallerIdentity = {
  // AWS: "No permissions are required to perform this operation", not even under an explicit deny.
  authorize: (): Authorization[] => [],
  run(_input: object, { world, callerArn }: Ctx): GetCallerIdentityResponse {
    return {
      Account: world.account,
      Arn: callerArn,
      UserId: 'AIDASANDBOXSANDBOX000',
    };
  },
} satisfies Operation;

/** STS: exactly the operations of the manifest. */
export const sts = { GetCallerIdentity } satisfies ServiceTable<'sts'>;
