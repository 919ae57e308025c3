import type {
  GetServiceQuotaCommandInput,
  GetServiceQuotaResponse,
} from '@aws-sdk/client-service-quotas';
import { arnOf } from '../arn.ts';
import { awsError } from '../errors.ts';
import type { Authorization, Ctx, Operation, ServiceTable } from '../types.ts';

const GetServiceQuota = {
  authorize({ ServiceCode: service = '', QuotaCode }: GetServiceQuotaCommandInput, ctx: Ctx) {
    const need: Authorization = {
      action: 'servicequotas:GetServiceQuota',
      resource: arnOf(ctx.world, 'servicequotas', `${service}/${QuotaCode ?? ''}`),
      context: { 'servicequotas:service': service },
    };
    return [need];
  },
  run(input: GetServiceQuotaCommandInput, { world }: Ctx): GetServiceQuotaResponse {
    const { ServiceCode: service = '', QuotaCode: code = '' } = input;
    const quota = Object.hasOwn(world.quotas, code) ? world.quotas[code] : undefined;
    if (quota?.service !== service) {
      throw awsError(
        'NoSuchResourceException',
        `The service quota ${code} of the service ${service} does not exist.`,
      );
    }
    return {
      Quota: {
        ServiceCode: service,
        QuotaCode: code,
        QuotaArn: arnOf(world, 'servicequotas', `${service}/${code}`),
        QuotaName: quota.name,
        Value: quota.value,
        Unit: 'None',
        Adjustable: quota.adjustable,
        GlobalQuota: false,
      },
    };
  },
} satisfies Operation;

/** Service Quotas: exactly the operations of the manifest. */
export const servicequotas = { GetServiceQuota } satisfies ServiceTable<'servicequotas'>;
