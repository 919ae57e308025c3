import type {
  DescribeStackEventsCommandInput,
  DescribeStackEventsOutput,
  DescribeStacksCommandInput,
  DescribeStacksOutput,
  ListStackResourcesCommandInput,
  ListStackResourcesOutput,
  ResourceStatus,
  Stack as StackShape,
} from '@aws-sdk/client-cloudformation';
import type { Stack } from '../stack-types.ts';
import type { Ctx, Operation } from '../types.ts';
import { parameterList } from './cloudformation-change-sets.ts';
import { needStack, nextOf, onStack, pageOf } from './cloudformation-common.ts';

const eventsPerPage = 20;
const resourcesPerPage = 20;
const stacksPerPage = 20;

export const DescribeStacks = {
  authorize: onStack('DescribeStacks'),
  run(input: DescribeStacksCommandInput, { world }: Ctx): DescribeStacksOutput {
    const asked =
      input.StackName === undefined
        ? Object.values(world.cloudformation.stacks)
        : [needStack(world, input.StackName)];
    const { items, next } = pageOf(asked, input.NextToken, stacksPerPage);
    return { Stacks: items.map(shapeOf), ...nextOf(next) };
  },
} satisfies Operation;

function shapeOf(stack: Stack): StackShape {
  const { id, name, status, createdAt, updatedAt, template, parameters, outputs } = stack;
  const [last] = stack.events.filter(({ physicalId }) => physicalId === id).slice(-1);
  return {
    StackId: id,
    StackName: name,
    StackStatus: status as NonNullable<StackShape['StackStatus']>,
    ...(last?.reason === undefined ? {} : { StackStatusReason: last.reason }),
    CreationTime: new Date(createdAt),
    ...(updatedAt === undefined ? {} : { LastUpdatedTime: new Date(updatedAt) }),
    ...(template?.description === undefined ? {} : { Description: template.description }),
    Parameters: parameterList(parameters),
    Outputs: Object.entries(outputs).map(([OutputKey, { value, description }]) => ({
      OutputKey,
      OutputValue: value,
      ...(description === undefined ? {} : { Description: description }),
    })),
    DisableRollback: false,
    NotificationARNs: [],
    Tags: [],
  };
}

/** The newest first. */
export const DescribeStackEvents = {
  authorize: onStack('DescribeStackEvents'),
  run(input: DescribeStackEventsCommandInput, { world }: Ctx): DescribeStackEventsOutput {
    const stack = needStack(world, input.StackName);
    // Counted from the oldest, so that a page stays what it is while new ones come.
    const upTo = input.NextToken === undefined ? stack.events.length : Number(input.NextToken);
    const items = stack.events.slice(Math.max(0, upTo - eventsPerPage), upTo).reverse();
    const next = upTo - eventsPerPage;
    return {
      StackEvents: items.map((event) => ({
        StackId: stack.id,
        StackName: stack.name,
        EventId: event.id,
        Timestamp: new Date(event.at),
        LogicalResourceId: event.logicalId,
        PhysicalResourceId: event.physicalId,
        ResourceType: event.type,
        ResourceStatus: event.status as ResourceStatus,
        ...(event.reason === undefined ? {} : { ResourceStatusReason: event.reason }),
        ...(event.token === undefined ? {} : { ClientRequestToken: event.token }),
      })),
      ...nextOf(next > 0 ? String(next) : undefined),
    };
  },
} satisfies Operation;

export const ListStackResources = {
  authorize: onStack('ListStackResources'),
  run(input: ListStackResourcesCommandInput, { world }: Ctx): ListStackResourcesOutput {
    const stack = needStack(world, input.StackName);
    const all = Object.values(stack.resources).sort((a, b) => (a.id < b.id ? -1 : 1));
    const { items, next } = pageOf(all, input.NextToken, resourcesPerPage);
    return {
      StackResourceSummaries: items.map(({ id, physicalId, type, status, changedAt }) => ({
        LogicalResourceId: id,
        ...(physicalId === undefined ? {} : { PhysicalResourceId: physicalId }),
        ResourceType: type,
        ResourceStatus: status as ResourceStatus,
        LastUpdatedTimestamp: new Date(changedAt),
      })),
      ...nextOf(next),
    };
  },
} satisfies Operation;
