import type { Task } from './ecs-state.ts';
import { commandMs, lineAt, type Program, programOf } from './one-off-command.ts';
import { logTargets, writeLines } from './rollout-events.ts';
import { definitionOf, plan, type Scene } from './rollout-scene.ts';
import { stopTask } from './rollout-stop.ts';

/** A container whose command RunTask replaced. */
interface Command extends Program {
  container: string;
  essential: boolean;
  words: readonly string[];
}

/** When a command may have a line to write, milliseconds after its start. */
const lineTimes = Array.from({ length: commandMs / 1000 }, (_, n) => (n + 1) * 1000);

/** Whether RunTask replaced a command; without that a task is the application. */
export const hasCommand = (scene: Scene, task: Task) => commandsOf(scene, task).length > 0;

function commandsOf(scene: Scene, task: Task): Command[] {
  const overrides = task.oneOff?.overrides.containerOverrides ?? [];
  const containers = definitionOf(scene, task).containerDefinitions ?? [];
  return containers.flatMap(({ name = '', essential = true }) => {
    const words = overrides.find((each) => each.name === name)?.command;
    return words?.length ? [{ container: name, essential, words, ...programOf(words) }] : [];
  });
}

/** Writes the lines that are due, and ends the task with the first essential container that ends. */
export function work(scene: Scene, task: Task): void {
  const { oneOff, startedAt = scene.ctx.now } = task;
  if (!oneOff) return;
  const elapsedMs = scene.ctx.now - startedAt;
  const commands = commandsOf(scene, task);
  for (const command of commands) {
    say(scene, task, command, elapsedMs);
    if (command.runMs <= elapsedMs) oneOff.exits[command.container] = command.exitCode;
  }
  const ended = commands.find(({ essential, runMs }) => essential && runMs <= elapsedMs);
  if (ended) {
    stopTask(scene, task, {
      code: 'EssentialContainerExited',
      reason: 'Essential container in task exited',
      exitCode: ended.exitCode,
    });
    return;
  }
  const nextMs = Math.min(
    ...[...lineTimes, ...commands.map(({ runMs }) => runMs)].filter((ms) => ms > elapsedMs),
  );
  if (nextMs < Infinity) plan(scene, task, { in: nextMs - elapsedMs, step: 'work' });
}

function say(scene: Scene, task: Task, command: Command, elapsedMs: number): void {
  const line = lineAt(command.words, elapsedMs);
  if (line === undefined) return;
  for (const target of logTargets(definitionOf(scene, task), task)) {
    if (target.container === command.container) writeLines(scene.ctx, target, [line]);
  }
}
