import {
  ChangeResourceRecordSetsCommand,
  GetChangeCommand,
  GetHostedZoneCommand,
  ListHostedZonesCommand,
  ListResourceRecordSetsCommand,
  Route53Client,
} from '@aws-sdk/client-route-53';
import type { OperationOf } from '../../permissions/manifest.ts';

export const Client = Route53Client;

export const commands = {
  ChangeResourceRecordSets: ChangeResourceRecordSetsCommand,
  GetChange: GetChangeCommand,
  GetHostedZone: GetHostedZoneCommand,
  ListHostedZones: ListHostedZonesCommand,
  ListResourceRecordSets: ListResourceRecordSetsCommand,
} satisfies Record<OperationOf<'route53'>, unknown>;
