import type { Input, Output } from '../../../aws/api.ts';
import type { CallOptions } from '../../../aws/aws.ts';
import { allPages, batches } from '../../../aws/paginate.ts';
import type { Session } from '../session.ts';

export type Task = NonNullable<Output<'ecs:DescribeTasks'>['tasks']>[number];

// DescribeTasks, ECS API Reference.
const batchSize = 100;

/** ARNs of the cluster's tasks that fit, page after page. */
export function listTasks(
  { aws, target }: Session,
  which: Pick<Input<'ecs:ListTasks'>, 'family' | 'desiredStatus'>,
  options?: CallOptions,
): Promise<string[]> {
  const { cluster } = target.config.providerConfig;
  return allPages({
    page: (nextToken) => aws.call('ecs:ListTasks', { cluster, ...which, nextToken }, options),
    items: (page) => page.taskArns,
    token: (page) => page.nextToken,
  });
}

/** Those of these ids or ARNs that ECS still knows. */
export async function describeTasks(
  { aws, target }: Session,
  ids: readonly string[],
  options?: CallOptions,
): Promise<Task[]> {
  const { cluster } = target.config.providerConfig;
  const answers = await Promise.all(
    batches(ids, batchSize).map((tasks) =>
      aws.call('ecs:DescribeTasks', { cluster, tasks }, options),
    ),
  );
  return answers.flatMap(({ tasks = [] }) => tasks);
}
