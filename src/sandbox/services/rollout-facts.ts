import { arnOf } from '../arn.ts';
import { trusts } from '../trust.ts';
import type { Ctx, TargetGroup } from '../types.ts';
import { registryOf } from './ecr-common.ts';
import type { Service, Task, TaskDefinition } from './ecs-state.ts';
import { type Reply, replyOf } from './rollout-apps.ts';
import { logTargets } from './rollout-events.ts';

/** A reason why a task cannot start, or the digests of the images it runs. */
export type Pulled = { problem: string } | { digests: Record<string, string> };

const architectureOf = (definition: TaskDefinition['definition']) =>
  definition.runtimePlatform?.cpuArchitecture === 'ARM64' ? 'arm64' : 'amd64';

const wrongPlatform = (architecture: string) =>
  `CannotPullContainerError: pull image manifest has been retried 7 time(s): image Manifest does not contain descriptor matching platform 'linux/${architecture}'`;

/** Repository and reference of an image in this account's registry; undefined for any other registry. */
function ownImage({ world }: Ctx, image: string) {
  const registry = `${registryOf(world)}/`;
  if (!image.startsWith(registry)) return undefined;
  const [, name = '', tag, digest] =
    /^([^:@]+)(?::([^@]+))?(?:@(.+))?$/.exec(image.slice(registry.length)) ?? [];
  return { repository: world.ecr.repositories[name], tag: tag ?? 'latest', digest };
}

/** What pulling the task's images comes to, from what ECR holds now. Other registries always deliver. */
export function pullImages(
  ctx: Ctx,
  definition: TaskDefinition['definition'],
  app: Service['revision']['app'],
): Pulled {
  const wanted = architectureOf(definition);
  if (app === 'wrong-architecture') return { problem: wrongPlatform(wanted) };
  const digests: Record<string, string> = {};
  for (const { name = '', image = '' } of definition.containerDefinitions ?? []) {
    const own = ownImage(ctx, image);
    if (!own) continue;
    const found = Object.values(own.repository?.images ?? {}).find(
      own.digest ? ({ digest }) => digest === own.digest : ({ tags }) => tags.includes(own.tag),
    );
    if (!found) {
      return {
        problem: `CannotPullContainerError: pull image manifest has been retried 7 time(s): failed to resolve ref ${image}: ${image}: not found`,
      };
    }
    if (found.architecture.replace(/^linux\//, '').replace('x86_64', 'amd64') !== wanted) {
      return { problem: wrongPlatform(wanted) };
    }
    digests[name] = found.digest;
  }
  return { digests };
}

/** Why the log driver cannot start, if it cannot. */
export function logProblem(
  { world }: Ctx,
  definition: TaskDefinition['definition'],
  task: Task,
): string | undefined {
  const missing = logTargets(definition, task).find(({ group }) => !world.logs.groups[group]);
  if (!missing) return undefined;
  // The managed execution role policy has no logs:CreateLogGroup, so creating it here would hide a fault.
  return missing.createGroup
    ? 'ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log group: AccessDeniedException: not authorized to perform: logs:CreateLogGroup'
    : 'ResourceInitializationError: failed to validate logger args: create stream has been retried 1 times: failed to create Cloudwatch log stream: ResourceNotFoundException: The specified log group does not exist. : exit status 1';
}

/** A role of the task definition that ECS cannot assume. */
export function unusableRole(
  { world }: Ctx,
  definition: TaskDefinition['definition'],
): string | undefined {
  const named = [definition.executionRoleArn, definition.taskRoleArn].flatMap((role) => role ?? []);
  // ECS asks for the account's tasks in general (ECS guide, "Confused deputy" of the execution role).
  const sourceArn = arnOf(world, 'ecs', '*');
  return named.find(
    (role) => !trusts(world, role, { service: 'ecs-tasks.amazonaws.com', sourceArn }),
  );
}

export const cannotAssume = (role: string) =>
  `ECS was unable to assume the role '${role}' that was provided for this task. Please verify that the role being passed has the proper trust relationship and permissions and that your IAM user has permissions to pass this role.`;

/** Whether the codes of a matcher (`200`, `200,302`, `200-399`) include `code`. */
export function matches(matcher: string, code: number): boolean {
  return matcher.split(',').some((part) => {
    const [from = '', to = from] = part.split('-');
    return Number(from) <= code && code <= Number(to);
  });
}

/** A health check that failed: ELB's reason code, and its sentence. */
export interface Unhealthy {
  reason: string;
  problem: string;
}

/**
 * What the load balancer finds when it checks a target whose container is up for `upMs`: `waiting`
 * while no listener uses the group.
 */
export function checkHealth(
  { world }: Ctx,
  group: TargetGroup,
  { zone, app, upMs }: { zone: string; app: Service['revision']['app']; upMs: number },
): 'healthy' | 'waiting' | Unhealthy {
  const { rules, listeners, loadBalancers } = world.elasticloadbalancing;
  const rule = Object.values(rules).find(({ targetGroupArn }) => targetGroupArn === group.arn);
  if (!rule) return 'waiting';
  const balancer = loadBalancers[listeners[rule.listenerArn]?.loadBalancerArn ?? ''];
  if (balancer && !balancer.zones.some((enabled) => enabled.zone === zone)) {
    return {
      reason: 'Target.NotInUse',
      problem: 'Target is in an Availability Zone that is not enabled for the load balancer',
    };
  }
  const reply = replyOf(app, upMs);
  const { matcher } = group.healthCheck;
  return typeof reply === 'number' && matches(matcher, reply) ? 'healthy' : unhealthyBy(reply);
}

// Codes of TargetHealth, Elastic Load Balancing API reference.
function unhealthyBy(reply: Reply): Unhealthy {
  if (reply === 'refused') {
    return { reason: 'Target.FailedHealthChecks', problem: 'Health checks failed' };
  }
  if (reply === 'silence') return { reason: 'Target.Timeout', problem: 'Request timed out' };
  return {
    reason: 'Target.ResponseCodeMismatch',
    problem: `Health checks failed with these codes: [${reply}]`,
  };
}
