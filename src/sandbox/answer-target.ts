import type { Action } from '@aws-sdk/client-elastic-load-balancing-v2';
import { byBalancer, byTarget, type HttpAnswer } from './answer-shape.ts';
import type { Task } from './services/ecs-state.ts';
import { replyOf } from './services/rollout-apps.ts';
import { appOf } from './services/rollout-scene.ts';
import type { Listener, Target, TargetGroup, World } from './types.ts';

/** Told the ARN of the target group when one of its targets is chosen for a request. */
export type OnTarget = (targetGroupArn: string) => void;

/** Sends the request to a target, as the load balancer chooses one. */
export function forward(
  world: World,
  listener: Listener,
  { action, onTarget }: { action: Action; onTarget: OnTarget },
): HttpAnswer {
  const group = groupOf(world, action);
  const target = group && chooseTarget(world, listener, group);
  if (!group || !target) return byBalancer(503);
  onTarget(group.arn);
  const task = taskAt(world, group, target);
  // Nothing has the address: the load balancer waits for a connection until it gives up.
  return task ? answerOf(world, task, target) : byBalancer(504);
}

/** The group with the greatest weight; one without any gets no requests. */
function groupOf(world: World, { TargetGroupArn, ForwardConfig }: Action): TargetGroup | undefined {
  const weighted = ForwardConfig?.TargetGroups ?? [{ TargetGroupArn, Weight: 1 }];
  const [best] = weighted
    .filter(({ Weight = 1 }) => Weight > 0)
    .toSorted((a, b) => (b.Weight ?? 1) - (a.Weight ?? 1));
  return world.elasticloadbalancing.targetGroups[best?.TargetGroupArn ?? ''];
}

/**
 * A healthy target, or any other when none is: "If a target group contains only unhealthy registered
 * targets, the load balancer routes requests to all those targets" (ALB guide, health checks). Targets
 * in a zone that the load balancer does not have are unused.
 */
function chooseTarget(world: World, listener: Listener, group: TargetGroup): Target | undefined {
  const balancer = world.elasticloadbalancing.loadBalancers[listener.loadBalancerArn];
  const used = Object.values(group.targets)
    .filter(({ state }) => state !== 'draining')
    .filter((target) => balancer?.zones.some(({ zone }) => zone === target.zone))
    .sort((a, b) => (a.ip < b.ip ? -1 : 1));
  return used.find(({ state }) => state === 'healthy') ?? used[0];
}

const taskAt = ({ ecs }: World, group: TargetGroup, { ip, port }: Target): Task | undefined =>
  Object.values(ecs.tasks).find(({ targets }) =>
    targets.some(
      ({ targetGroupArn, key }) => targetGroupArn === group.arn && key === `${ip}:${port}`,
    ),
  );

/** What the load balancer makes of it when the application resets the connection or says nothing. */
const troubles = { refused: 502, silence: 504 };

function answerOf(world: World, task: Task, { port }: Target): HttpAnswer {
  const app = appOf({ service: world.ecs.services[task.serviceArn ?? ''] }, task);
  const reply = replyOf(app, world.now - (task.startedAt ?? world.now));
  if (typeof reply === 'string') return byBalancer(troubles[reply]);
  return byTarget(reply, `previewops sandbox: ${imageOf(world, task, port)} in task ${task.id}\n`);
}

/** The image of the container that listens on the port. */
function imageOf({ ecs }: World, { taskDefinition }: Task, port: number): string {
  const containers = ecs.taskDefinitions[taskDefinition]?.definition.containerDefinitions ?? [];
  const found = containers.find(({ portMappings = [] }) =>
    portMappings.some(({ containerPort }) => containerPort === port),
  );
  return found?.image ?? 'an application';
}
