import type { Failure, RunTaskCommandInput } from '@aws-sdk/client-ecs';
import { tagsOf } from '../tags.ts';
import type { Ctx, Tags } from '../types.ts';
import { type Cluster, ecsArn } from './ecs-lookup.ts';
import type { OneOff, Revision, Task, TaskDefinition } from './ecs-state.ts';
import { placementProblem } from './rollout-capacity.ts';
import { chooseProvider, freeAddress, provisioning } from './rollout-start.ts';

export interface Launch {
  input: RunTaskCommandInput;
  cluster: Cluster;
  definition: TaskDefinition;
  network: Revision['network'];
  tags: Tags;
  /** The call's parameters in a canonical form. */
  parameters: string;
}

/** Places the tasks of one call, as many as the account's quota has room for. */
export function startTasks(ctx: Ctx, launch: Launch): { tasks: Task[]; failures: Failure[] } {
  const { input, cluster, definition } = launch;
  const failures: Failure[] = [];
  const tasks: Task[] = [];
  for (let nth = 1; nth <= (input.count ?? 1); nth++) {
    const capacityProvider = chooseProvider(input.capacityProviderStrategy ?? [], nth);
    const { spot } = ctx.behaviour;
    const problem = placementProblem(ctx, {
      definition: definition.definition,
      capacityProvider,
      spot,
    });
    if (problem !== undefined) {
      failures.push({ arn: cluster.arn, reason: problem });
      continue;
    }
    const task = newTask(ctx, launch, { nth, capacityProvider });
    ctx.world.ecs.tasks[task.arn] = task;
    tasks.push(task);
  }
  for (const { oneOff } of tasks) if (oneOff?.request) oneOff.request.failures = failures;
  return { tasks, failures };
}

function newTask(
  ctx: Ctx,
  launch: Launch,
  { nth, capacityProvider }: { nth: number; capacityProvider: string | undefined },
): Task {
  const { cluster, definition, network, tags } = launch;
  const id = ctx.id(32);
  const subnetId = network.subnets[(nth - 1) % network.subnets.length] ?? '';
  return {
    arn: ecsArn(ctx.world, `task/${cluster.name}/${id}`),
    id,
    clusterArn: cluster.arn,
    oneOff: oneOffOf(ctx, launch),
    taskDefinition: definition.arn,
    subnetId,
    ip: freeAddress({ ctx }, subnetId, id),
    ...(capacityProvider ? { capacityProvider } : { launchType: 'FARGATE' }),
    tags: { ...tags },
    ...provisioning(ctx.now),
  };
}

function oneOffOf({ behaviour }: Ctx, { input, definition, parameters }: Launch): OneOff {
  const { group, startedBy, clientToken, overrides = {} } = input;
  return {
    group: group ?? `family:${definition.family}`,
    ...(startedBy === undefined ? {} : { startedBy }),
    overrides: structuredClone(overrides),
    app: behaviour.app,
    ...(clientToken === undefined ? {} : { request: { clientToken, parameters, failures: [] } }),
    exits: {},
  };
}

/** What tags the tasks get: their own go before those of the task definition and ECS's. */
export function tagsFor(
  input: RunTaskCommandInput,
  { cluster, definition }: Pick<Launch, 'cluster' | 'definition'>,
): { given: Tags; managed: Tags } {
  const propagated = input.propagateTags === 'TASK_DEFINITION' ? definition.tags : {};
  return {
    given: { ...propagated, ...tagsOf(input.tags) },
    managed: input.enableECSManagedTags ? { 'aws:ecs:clusterName': cluster.name } : {},
  };
}
