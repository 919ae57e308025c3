import type { RunTaskCommandInput } from '@aws-sdk/client-ecs';
import { awsError } from '../errors.ts';
import { checkTags, requestTagContext, resourceTagContext, tagsOf } from '../tags.ts';
import type { Authorization, Ctx, Operation } from '../types.ts';
import { clusterArn, clusterName, ecsArn, findCluster, findTaskDefinition } from './ecs-lookup.ts';
import { checkCapacity, checkDefinition, checkNetwork } from './ecs-revision.ts';
import { bad } from './ecs-service-common.ts';
import { passTaskRole } from './ecs-task-definitions.ts';
import { taskShape } from './ecs-task-shape.ts';
import { canonical } from './ecs-token.ts';
import { checkOverrides, checkRunTask } from './one-off-input.ts';
import { startTasks, tagsFor } from './one-off-start.ts';
import { earlierAnswer } from './one-off-token.ts';
import { cannotAssume, unusableRole } from './rollout-facts.ts';
import { rolesIn } from './rollout-scene.ts';

export const RunTask = {
  authorize(input: RunTaskCommandInput, ctx) {
    const found = findTaskDefinition(ctx, input.taskDefinition);
    const named = input.taskDefinition ?? '';
    const tags = requestTagContext(tagsOf(input.tags));
    const roles = { ...rolesIn(found?.definition ?? {}), ...rolesIn(input.overrides ?? {}) };
    return [
      {
        action: 'ecs:RunTask',
        // A family alone stands for its newest revision, which is looked up before authorisation.
        resource:
          found?.arn ??
          (named.startsWith('arn:') ? named : ecsArn(ctx.world, `task-definition/${named}`)),
        context: {
          'ecs:cluster': clusterArn(ctx.world, input.cluster),
          ...resourceTagContext(found?.tags),
          ...tags,
          ...requestContext(input),
        },
      },
      ...(input.tags?.length ? [tagOnCreation(ctx, input.cluster, tags)] : []),
      ...Object.values(roles).map((role) => passTaskRole(ctx, role)),
    ];
  },
  run(input: RunTaskCommandInput, ctx) {
    const cluster = findCluster(ctx, input.cluster);
    checkRunTask(input);
    const { clientToken } = input;
    const { cluster: _, ...rest } = input;
    const parameters = canonical(rest);
    const earlier = earlierAnswer(ctx, { clusterArn: cluster.arn, clientToken, parameters });
    if (earlier) return earlier;
    const definition = checkDefinition(ctx, input.taskDefinition);
    checkLaunch(input);
    checkCapacity(input.capacityProviderStrategy ?? [], { cluster, launchType: input.launchType });
    if (!input.networkConfiguration) {
      throw bad("Network Configuration must be provided when networkMode 'awsvpc' is specified.");
    }
    const network = checkNetwork(ctx, input.networkConfiguration);
    checkOverrides(input, definition.definition);
    const { given, managed } = tagsFor(input, { cluster, definition });
    checkTags(given);
    const role = unusableRole(ctx, { ...definition.definition, ...rolesIn(input.overrides ?? {}) });
    if (role) throw awsError('ClientException', cannotAssume(role));
    const tags = { ...given, ...managed };
    const started = startTasks(ctx, { input, cluster, definition, network, tags, parameters });
    return {
      tasks: started.tasks.map((task) => taskShape(ctx, task, true)),
      failures: structuredClone(started.failures),
    };
  },
} satisfies Operation;

/** Condition keys that the Service Authorization Reference gives RunTask, of what the request holds. */
function requestContext({
  capacityProviderStrategy = [],
  enableExecuteCommand,
  overrides,
}: RunTaskCommandInput): Record<string, string | string[]> {
  const providers = capacityProviderStrategy.flatMap((item) => item.capacityProvider ?? []);
  return {
    ...(providers.length ? { 'ecs:capacity-provider': providers } : {}),
    ...(enableExecuteCommand === undefined
      ? {}
      : { 'ecs:enable-execute-command': String(enableExecuteCommand) }),
    ...(overrides?.cpu ? { 'ecs:task-cpu': overrides.cpu } : {}),
    ...(overrides?.memory ? { 'ecs:task-memory': overrides.memory } : {}),
  };
}

/** The tasks have no ids yet when their tags are authorised. */
const tagOnCreation = (
  { world }: Ctx,
  cluster: string | undefined,
  tags: Record<string, string | string[]>,
): Authorization => ({
  action: 'ecs:TagResource',
  resource: ecsArn(world, `task/${clusterName(cluster)}/*`),
  context: { ...tags, 'ecs:CreateAction': 'RunTask' },
});

/** Without a launch type or strategy ECS takes EC2, for which the simulated clusters have no instances. */
function checkLaunch({ launchType, capacityProviderStrategy = [] }: RunTaskCommandInput): void {
  if (launchType === undefined && capacityProviderStrategy.length === 0) {
    throw bad('No Container Instances were found in your cluster.');
  }
}
