import type { Task } from './ecs-state.ts';
import { note } from './rollout-events.ts';
import { groupOf, type Scene, wake } from './rollout-scene.ts';

/** SIGTERM until the simulated application has gone; far below the stop timeout of 30 s. */
const stopMs = 2000;
/** A container that is not running leaves only the network interface to give back. */
const deprovisionMs = 1000;

export interface Stop {
  code: NonNullable<Task['stopCode']>;
  reason: string;
  exitCode?: number;
}

/**
 * Begins the end of a task: out of its target groups first, and when its container still runs, not
 * stopped before the deregistration delay is over.
 */
export function stopTask(scene: Scene, task: Task, stop: Stop): void {
  const { ctx, service } = scene;
  task.desiredStatus = 'STOPPED';
  task.stoppingAt = ctx.now;
  task.stopCode = stop.code;
  task.stoppedReason = stop.reason;
  if (stop.exitCode !== undefined) task.exitCode = stop.exitCode;
  task.healthy = false;
  const drainedAt = deregister(scene, task);
  const running = task.startedAt !== undefined && stop.exitCode === undefined;
  if (running && drainedAt > ctx.now) {
    task.lastStatus = 'DEACTIVATING';
    task.next = { at: drainedAt, step: 'drained' };
    note(ctx, service, 'has begun draining connections on 1 tasks.');
  } else {
    task.lastStatus = 'STOPPING';
    // A command has no requests to finish, as the application of a service has.
    const needed = running && task.serviceArn ? stopMs : deprovisionMs;
    task.next = { at: ctx.now + needed, step: 'stopped' };
  }
  wake(service, ctx.now);
}

/** Puts the task's targets to draining; returns when the last of them is done. */
function deregister({ ctx, service }: Scene, task: Task): number {
  let last = ctx.now;
  for (const entry of task.targets) {
    const group = groupOf(ctx, entry.targetGroupArn);
    const target = group?.targets[entry.key];
    const delay = Number(group?.attributes['deregistration_delay.timeout_seconds'] ?? 300);
    entry.drainedAt = target ? ctx.now + delay * 1000 : ctx.now;
    last = Math.max(last, entry.drainedAt);
    if (!target) continue;
    target.state = 'draining';
    target.reason = 'Target.DeregistrationInProgress';
    target.description = 'Target deregistration is in progress';
    note(ctx, service, `deregistered 1 targets in (target-group ${entry.targetGroupArn})`);
  }
  return last;
}

export function drained({ ctx, service }: Scene, task: Task): void {
  task.lastStatus = 'STOPPING';
  task.next = { at: ctx.now + stopMs, step: 'stopped' };
  note(ctx, service, `has stopped 1 running tasks: (task ${task.id}).`);
}

export function stopped({ ctx, service }: Scene, task: Task): void {
  task.lastStatus = 'STOPPED';
  task.stoppedAt = ctx.now;
  // 128 + SIGTERM, where somebody else ended it.
  if (task.startedAt !== undefined) task.exitCode ??= task.stopCode === 'UserInitiated' ? 143 : 0;
  // "Any tags associated with the task will be deleted": API reference, StopTask.
  if (task.stopCode === 'UserInitiated') task.tags = {};
  delete task.next;
  wake(service, ctx.now);
}

/** Takes targets whose deregistration delay is over out of their group, unless the group has gone. */
export function removeDrained({ ctx }: Scene, task: Task): void {
  for (const { targetGroupArn, key, drainedAt } of task.targets) {
    if (drainedAt === undefined || drainedAt > ctx.now) continue;
    const targets = groupOf(ctx, targetGroupArn)?.targets;
    if (targets) delete targets[key];
  }
  task.targets = task.targets.filter(
    ({ drainedAt }) => drainedAt === undefined || drainedAt > ctx.now,
  );
}
