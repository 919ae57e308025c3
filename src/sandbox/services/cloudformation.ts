import type { ServiceTable } from '../types.ts';
import {
  DeleteChangeSet,
  DescribeChangeSet,
  ExecuteChangeSet,
} from './cloudformation-change-sets.ts';
import { CreateChangeSet } from './cloudformation-create.ts';
import { DescribeStackEvents, DescribeStacks, ListStackResources } from './cloudformation-reads.ts';

/** CloudFormation: exactly the operations of the manifest. */
export const cloudformation = {
  CreateChangeSet,
  DeleteChangeSet,
  DescribeChangeSet,
  DescribeStackEvents,
  DescribeStacks,
  ExecuteChangeSet,
  ListStackResources,
} satisfies ServiceTable<'cloudformation'>;
