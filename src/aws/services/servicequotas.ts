import { GetServiceQuotaCommand, ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import type { OperationOf } from '../../permissions/manifest.ts';

export const Client = ServiceQuotasClient;

export const commands = {
  GetServiceQuota: GetServiceQuotaCommand,
} satisfies Record<OperationOf<'servicequotas'>, unknown>;
