import {
  CloudFormationClient,
  CreateChangeSetCommand,
  DeleteChangeSetCommand,
  DescribeChangeSetCommand,
  DescribeStackEventsCommand,
  DescribeStacksCommand,
  ExecuteChangeSetCommand,
  ListStackResourcesCommand,
} from '@aws-sdk/client-cloudformation';
import type { OperationOf } from '../../permissions/manifest.ts';

export const Client = CloudFormationClient;

export const commands = {
  CreateChangeSet: CreateChangeSetCommand,
  DeleteChangeSet: DeleteChangeSetCommand,
  DescribeChangeSet: DescribeChangeSetCommand,
  DescribeStackEvents: DescribeStackEventsCommand,
  DescribeStacks: DescribeStacksCommand,
  ExecuteChangeSet: ExecuteChangeSetCommand,
  ListStackResources: ListStackResourcesCommand,
} satisfies Record<OperationOf<'cloudformation'>, unknown>;
