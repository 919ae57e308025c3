import {
  GetResourcesCommand,
  ResourceGroupsTaggingAPIClient,
} from '@aws-sdk/client-resource-groups-tagging-api';
import type { OperationOf } from '../../permissions/manifest.ts';

export const Client = ResourceGroupsTaggingAPIClient;

export const commands = {
  GetResources: GetResourcesCommand,
} satisfies Record<OperationOf<'tag'>, unknown>;
