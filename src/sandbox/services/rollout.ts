import type { Ctx } from '../types.ts';
import { advanceCodebuild } from './codebuild-advance.ts';
import type { Service, Task } from './ecs-state.ts';
import { forgetTaskDefinitions, nextForgettingAt } from './ecs-task-definition-removal.ts';
import type { Scene } from './rollout-scene.ts';
import { schedule } from './rollout-scheduler.ts';
import { stepTask } from './rollout-steps.ts';
import { removeDrained } from './rollout-stop.ts';

/** "Stopped tasks only appear in the returned results for at least one hour": API reference, ListTasks. */
const stoppedTaskMs = 60 * 60_000;
/** AWS promises no time for which an INACTIVE service can still be described; ten minutes here. */
const inactiveServiceMs = 10 * 60_000;

interface Due {
  at: number;
  /** Within one moment: targets, tasks, the scheduler, and what is forgotten; each in order of ARN. */
  order: string;
  fire(scene: Scene): void;
}

/**
 * Moves ECS on to `ctx.now`, event by event in order of time, so that one long step and many short
 * ones come to the same world. Each event sees the images that builds have pushed by then.
 */
export function advanceEcs(ctx: Ctx): void {
  const { quiet } = ctx;
  if (quiet && ctx.now < quiet.until) return;
  const scenes = dueScenes(ctx);
  for (;;) {
    const next = earliest(scenes, ctx.now);
    if (!next) break;
    const { scene, due } = next;
    scene.ctx = { ...ctx, now: due.at };
    advanceCodebuild(scene.ctx);
    due.fire(scene);
  }
  forgetTaskDefinitions(ctx);
  // What happened just now may have planned more: only a look that found nothing tells of quiet.
  if (quiet && scenes.length === 0) quiet.until = nextDueAt(ctx);
}

/** When the next thing is due, at a moment at which nothing is. */
function nextDueAt(ctx: Ctx): number {
  const { services, tasks } = ctx.world.ecs;
  let least = nextForgettingAt(ctx);
  for (const service of Object.values(services)) least = Math.min(least, serviceDueAt(service));
  for (const task of Object.values(tasks)) least = Math.min(least, taskDueAt(task));
  return least;
}

/** A task without a service has a scene of its own. */
const sceneOf = ({ serviceArn, arn }: Task) => serviceArn ?? arn;

/** The services for which anything is due, with their tasks. Runs before every call, so it only looks. */
function dueScenes(ctx: Ctx): Scene[] {
  const { services, tasks } = ctx.world.ecs;
  const due = new Set<string>();
  const all = Object.values(tasks);
  for (const service of Object.values(services)) {
    if (serviceDueAt(service) <= ctx.now) due.add(service.arn);
  }
  for (const task of all) if (taskDueAt(task) <= ctx.now) due.add(sceneOf(task));
  if (due.size === 0) return [];
  const scenes = new Map<string, Scene>();
  for (const arn of [...due].sort()) scenes.set(arn, { ctx, service: services[arn], tasks: [] });
  for (const task of all) scenes.get(sceneOf(task))?.tasks.push(task);
  return [...scenes.values()];
}

const wakeAt = ({ wakeAt: at = Infinity }: Service) => at;
const serviceGoneAt = ({ inactiveAt = Infinity }: Service) => inactiveAt + inactiveServiceMs;
const serviceDueAt = (service: Service) => Math.min(wakeAt(service), serviceGoneAt(service));

const stepAt = ({ next }: Task) => next?.at ?? Infinity;
function drainAt({ targets }: Task): number {
  let least = Infinity;
  for (const { drainedAt = Infinity } of targets) least = Math.min(least, drainedAt);
  return least;
}
/** A task is not forgotten before its last target is. */
const taskGoneAt = ({ stoppedAt, targets }: Task) =>
  stoppedAt === undefined || targets.length > 0 ? Infinity : stoppedAt + stoppedTaskMs;
const taskDueAt = (task: Task) => Math.min(stepAt(task), drainAt(task), taskGoneAt(task));

function* dueIn({ service, tasks }: Scene): Generator<Due> {
  for (const task of tasks) {
    const { arn } = task;
    yield { at: drainAt(task), order: `0${arn}`, fire: (scene) => removeDrained(scene, task) };
    yield { at: stepAt(task), order: `1${arn}`, fire: (scene) => stepTask(scene, task) };
    yield { at: taskGoneAt(task), order: `3${arn}`, fire: (scene) => forgetTask(scene, task) };
  }
  if (!service) return;
  yield { at: wakeAt(service), order: `2${service.arn}`, fire: schedule };
  yield { at: serviceGoneAt(service), order: `4${service.arn}`, fire: forgetService };
}

function earliest(scenes: readonly Scene[], until: number): { scene: Scene; due: Due } | undefined {
  let best: { scene: Scene; due: Due } | undefined;
  for (const scene of scenes) {
    for (const due of dueIn(scene)) {
      if (due.at > until) continue;
      const sooner =
        !best || due.at < best.due.at || (due.at === best.due.at && due.order < best.due.order);
      if (sooner) best = { scene, due };
    }
  }
  return best;
}

function forgetTask({ ctx, tasks }: Scene, task: Task): void {
  delete ctx.world.ecs.tasks[task.arn];
  tasks.splice(tasks.indexOf(task), 1);
}

function forgetService(scene: Scene): void {
  if (scene.service) delete scene.ctx.world.ecs.services[scene.service.arn];
  scene.service = undefined;
}
