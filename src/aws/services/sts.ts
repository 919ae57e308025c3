import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { OperationOf } from '../../permissions/manifest.ts';

export const Client = STSClient;

export const commands = {
  GetCallerIdentity: GetCallerIdentityCommand,
} satisfies Record<OperationOf<'sts'>, unknown>;
