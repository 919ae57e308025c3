import { CloudWatchClient, GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import type { OperationOf } from '../../permissions/manifest.ts';

export const Client = CloudWatchClient;

export const commands = {
  GetMetricData: GetMetricDataCommand,
} satisfies Record<OperationOf<'cloudwatch'>, unknown>;
