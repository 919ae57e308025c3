import type { World } from '../../src/sandbox/types.ts';

/** What can be left of a preview: everything else of it is taken away, and the rest stays as it was. */
export const leftovers = {
  'rule without service': ['listener-rule'],
  'target group without rule': ['target-group'],
  'log group': ['log-group'],
  record: ['dns-record'],
  image: ['image'],
  'task definition family': ['task-definition'],
  'service without rule': ['service', 'target-group', 'log-group', 'task-definition'],
  'service without target group': ['service', 'listener-rule', 'log-group', 'task-definition'],
} as const satisfies Record<string, readonly string[]>;

export type Leftover = keyof typeof leftovers;

/** Somebody removes of `preview` (e.g. `hello--pr-7`, with its host) all but these kinds. */
export function leaveOnly(
  world: World,
  { app, id, host }: { app: string; id: string; host: string },
  kinds: readonly string[],
): void {
  const name = `previewops-${app}--${id}`;
  const { ecs, elasticloadbalancing: elb, logs, ecr, route53 } = world;
  const drop = <T>(kind: string, records: Record<string, T>, is: (record: T) => boolean) => {
    if (kinds.includes(kind)) return;
    for (const [key, record] of Object.entries(records)) if (is(record)) delete records[key];
  };
  drop('service', ecs.services, (service) => service.name === name);
  drop('service', ecs.tasks, (task) => task.serviceArn?.endsWith(`/${name}`) ?? false);
  drop('task-definition', ecs.taskDefinitions, ({ family }) => family === name);
  drop('target-group', elb.targetGroups, ({ name: its }) => its.endsWith(`-${id}`));
  drop('listener-rule', elb.rules, ({ hosts }) => hosts.includes(host));
  drop('log-group', logs.groups, (group) => group.name === `/ecs/${name}`);
  for (const { images } of Object.values(ecr.repositories)) {
    drop('image', images, ({ tags }) => tags.some((tag) => tag.startsWith(`preview-${id}.`)));
  }
  if (kinds.includes('dns-record')) return;
  for (const zone of Object.values(route53.zones)) {
    zone.records = zone.records.filter((record) => record.Name !== `${host}.`);
  }
}
