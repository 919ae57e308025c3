import { freeAddresses } from './ec2-addresses.ts';
import type { Step, Task } from './ecs-state.ts';
import { hasCommand, work } from './one-off-work.ts';
import { endingOf, greetingOf, slowMs } from './rollout-apps.ts';
import { countFailure } from './rollout-breaker.ts';
import { logTargets, note, writeLines } from './rollout-events.ts';
import { logProblem, pullImages } from './rollout-facts.ts';
import { check, failCheck, intervalMs, replace, zoneOf } from './rollout-health.ts';
import { appOf, definitionOf, deploymentOf, groupOf, plan, type Scene } from './rollout-scene.ts';
import { secretProblem } from './rollout-secrets.ts';
import { drained, stopped, stopTask } from './rollout-stop.ts';

// A task runs 8 s after its placement (2 s to provision, 1 s to attach, 4 s to pull, 1 s to start) and
// listens 2 s later.
const attachMs = 1000;
const pullMs = 4000;
const startMs = 1000;
const readyMs = 2000;
const retryRegistrationMs = 15_000;
// "the service scheduler will wait for 40 seconds after a task reaches a RUNNING state": API reference,
// DeploymentConfiguration, for services without a load balancer.
const settleMs = 40_000;

/** Performs the task's next step, whose time `ctx.now` is. */
export function stepTask(scene: Scene, task: Task): void {
  const step = task.next?.step;
  delete task.next;
  if (step) steps[step](scene, task);
}

const steps: Record<Step, (scene: Scene, task: Task) => void> = {
  pending(scene, task) {
    const { world } = scene.ctx;
    if (freeAddresses(world, task.subnetId) < 0) return failToStart(scene, task, noAddress(task));
    task.lastStatus = 'PENDING';
    plan(scene, task, { in: attachMs, step: 'initialize' });
  },
  initialize(scene, task) {
    const definition = definitionOf(scene, task);
    const problem =
      secretProblem(scene.ctx, definition, task) ?? logProblem(scene.ctx, definition, task);
    if (problem) return failToStart(scene, task, problem);
    task.pullStartedAt = scene.ctx.now;
    plan(scene, task, { in: pullMs, step: 'pull' });
  },
  pull(scene, task) {
    const pulled = pullImages(scene.ctx, definitionOf(scene, task), appOf(scene, task));
    if ('problem' in pulled) return failToStart(scene, task, pulled.problem);
    task.digests = pulled.digests;
    task.pullStoppedAt = scene.ctx.now;
    plan(scene, task, { in: startMs, step: 'run' });
  },
  run(scene, task) {
    task.lastStatus = 'RUNNING';
    task.startedAt = scene.ctx.now;
    if (hasCommand(scene, task)) return work(scene, task);
    if (deploymentOf(scene, task)?.revision.loadBalancers.length) {
      plan(scene, task, { in: readyMs, step: 'register' });
    } else {
      awaitEndOr(scene, task, appOf(scene, task) === 'slow' ? slowMs : settleMs);
    }
  },
  register,
  work,
  exit(scene, task) {
    const { lines, exitCode, reason } = endingOf(appOf(scene, task)) ?? { lines: [], exitCode: 0 };
    speak(scene, task, lines);
    if (reason !== undefined) task.containerReason = reason;
    stopTask(scene, task, {
      code: 'EssentialContainerExited',
      reason: 'Essential container in task exited',
      exitCode,
    });
    countFailure(scene, task);
  },
  check,
  'fail-check': failCheck,
  replace,
  drained,
  stopped,
};

/** AWS's words for a network interface that gets no address; the first half is in ours. */
const noAddress = ({ subnetId }: Task) =>
  `Unexpected EC2 error while attempting to create a network interface in subnet '${subnetId}': InsufficientFreeAddressesInSubnet`;

/** Looks at the task's health in `checkMs`, unless its container ends by itself. */
function awaitEndOr(scene: Scene, task: Task, checkMs: number): void {
  const { ctx } = scene;
  const ending = endingOf(appOf(scene, task));
  const upMs = ctx.now - (task.startedAt ?? ctx.now);
  plan(
    scene,
    task,
    ending ? { in: ending.afterMs - upMs, step: 'exit' } : { in: checkMs, step: 'check' },
  );
}

function failToStart(scene: Scene, task: Task, reason: string): void {
  stopTask(scene, task, { code: 'TaskFailedToStart', reason });
  countFailure(scene, task);
}

function speak(scene: Scene, task: Task, lines: readonly string[]): void {
  for (const target of logTargets(definitionOf(scene, task), task)) {
    writeLines(scene.ctx, target, lines);
  }
}

function register(scene: Scene, task: Task): void {
  const { ctx, service } = scene;
  const bindings = deploymentOf(scene, task)?.revision.loadBalancers ?? [];
  const missing = bindings.find(({ targetGroupArn }) => !groupOf(ctx, targetGroupArn));
  if (missing) {
    note(
      ctx,
      service,
      `failed to register targets in (target-group ${missing.targetGroupArn}) with (error TARGET GROUP IS NOT FOUND)`,
    );
    plan(scene, task, { in: retryRegistrationMs, step: 'register' });
    return;
  }
  task.registeredAt = ctx.now;
  for (const { targetGroupArn, containerPort } of bindings) {
    const group = groupOf(ctx, targetGroupArn);
    const key = `${task.ip}:${containerPort}`;
    if (!group) continue;
    group.targets[key] = {
      ip: task.ip,
      port: containerPort,
      zone: zoneOf(scene, task),
      state: 'initial',
      reason: 'Elb.RegistrationInProgress',
      description: 'Target registration is in progress',
    };
    task.targets.push({ targetGroupArn, key });
    note(ctx, service, `registered 1 targets in (target-group ${targetGroupArn})`);
  }
  speak(scene, task, greetingOf(appOf(scene, task), bindings[0]?.containerPort ?? 0));
  awaitEndOr(scene, task, intervalMs(scene, task));
}
