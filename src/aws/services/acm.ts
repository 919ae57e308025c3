import { ACMClient, DescribeCertificateCommand } from '@aws-sdk/client-acm';
import type { OperationOf } from '../../permissions/manifest.ts';

export const Client = ACMClient;

export const commands = {
  DescribeCertificate: DescribeCertificateCommand,
} satisfies Record<OperationOf<'acm'>, unknown>;
