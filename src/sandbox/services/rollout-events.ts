import type { Ctx } from '../types.ts';
import type { Service, Task, TaskDefinition } from './ecs-state.ts';

/** DescribeServices answers the newest 100 (API reference, Service). */
const keptEvents = 100;

/** Writes a service event; `text` follows `(service <name>) `, as in AWS's messages. */
export function note(ctx: Ctx, service: Service | undefined, text: string): void {
  if (!service) return;
  const id = ctx.id(32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  service.events.unshift({ id, at: ctx.now, message: `(service ${service.name}) ${text}` });
  service.events.length = Math.min(service.events.length, keptEvents);
}

/** Where a container's lines go: the group, and the stream `prefix/container/task id`. */
export function logTargets(definition: TaskDefinition['definition'], task: Task) {
  return (definition.containerDefinitions ?? []).flatMap(({ name, logConfiguration }) => {
    if (logConfiguration?.logDriver !== 'awslogs') return [];
    const { options = {} } = logConfiguration;
    const prefix = options['awslogs-stream-prefix'];
    return [
      {
        container: name ?? '',
        group: options['awslogs-group'] ?? '',
        createGroup: options['awslogs-create-group'] === 'true',
        stream: prefix === undefined ? task.id : `${prefix}/${name}/${task.id}`,
      },
    ];
  });
}

/** Lines of the application; they are lost when the log group is gone, as in AWS. */
export function writeLines(
  ctx: Ctx,
  { group, stream }: { group: string; stream: string },
  lines: readonly string[],
): void {
  const streams = ctx.world.logs.groups[group]?.streams;
  if (!streams) return;
  streams[stream] ??= [];
  streams[stream].push(...lines.map((message) => ({ at: ctx.now, message })));
}
