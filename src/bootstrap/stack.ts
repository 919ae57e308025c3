import type { Stack } from '@aws-sdk/client-cloudformation';
import { isNamed, says } from '../aws/errors.ts';
import { allPages } from '../aws/paginate.ts';
import { beforeOperation, followStack, isWorking } from './follow.ts';
import type { BootstrapTools } from './tools.ts';

/** What DescribeStacks tells, in the form that `bootstrapOutputs` reads. */
export type StackOutputs = readonly {
  OutputKey?: string | undefined;
  OutputValue?: string | undefined;
}[];

/** A stack that stands still. */
export interface StackState {
  /** Its ARN. */
  id: string;
  /** E.g. `UPDATE_COMPLETE`. */
  status: string;
  parameters: Record<string, string>;
  outputs: StackOutputs;
  /** Physical ids of what it made and still has. */
  owned: string[];
}

/**
 * The stack of this name; undefined when there is none, or only one that was never created. What an
 * earlier run began is followed to its end first, with its events, because until then nobody can say
 * what the stack has.
 */
export async function readStack(
  tools: BootstrapTools,
  name: string,
): Promise<StackState | undefined> {
  const stack = await quietStack(tools, name);
  if (!stack || stack.StackStatus === 'REVIEW_IN_PROGRESS') return undefined;
  const resources = await allPages({
    page: (NextToken) =>
      tools.aws.call('cloudformation:ListStackResources', { StackName: stack.StackId, NextToken }),
    items: (page) => page.StackResourceSummaries,
    token: (page) => page.NextToken,
  });
  const owned = resources.flatMap(({ PhysicalResourceId: id, ResourceStatus: status = '' }) =>
    id && !/^DELETE_(COMPLETE|SKIPPED)$/.test(status) ? [id] : [],
  );
  const parameters = (stack.Parameters ?? []).map(
    ({ ParameterKey = '', ParameterValue = '' }) => [ParameterKey, ParameterValue] as const,
  );
  return {
    id: stack.StackId ?? name,
    status: stack.StackStatus ?? '',
    parameters: Object.fromEntries(parameters),
    outputs: stack.Outputs ?? [],
    owned,
  };
}

/** The stack once nothing happens to it any more. */
export async function quietStack(tools: BootstrapTools, name: string): Promise<Stack | undefined> {
  const found = await findStack(tools, name);
  if (!found?.StackId || !isWorking(found.StackStatus ?? '')) return found;
  const stack = found.StackId;
  tools.note(`An earlier run is not over yet (${found.StackStatus}); this one follows it first`);
  await followStack(tools, { stack, after: await beforeOperation(tools, stack) });
  return findStack(tools, name);
}

/** By name or id; undefined when there is none. */
export async function findStack({ aws }: BootstrapTools, name: string): Promise<Stack | undefined> {
  try {
    const { Stacks: [stack] = [] } = await aws.call('cloudformation:DescribeStacks', {
      StackName: name,
    });
    return stack;
  } catch (error) {
    if (isNamed(error, 'ValidationError') && says(error, 'does not exist')) return undefined;
    throw error;
  }
}
