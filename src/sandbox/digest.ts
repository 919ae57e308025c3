import type { World } from './types.ts';

export interface DigestOptions {
  /** Names of further properties to leave out wherever they are; tag keys are properties too. */
  without?: readonly string[];
}

/**
 * A world in a form in which two of them can be compared: what a user is billed for or could trip
 * over stays; time, history, counters and what AWS itself forgets go. Random parts of ids become
 * `#1`, `#2`, ... in the order of the names around them. Plain data, for `toEqual`.
 */
export function worldDigest(world: World, { without = [] }: DigestOptions = {}): unknown {
  const bare = prune(current(world), new Set([...passing, ...without]));
  const text = JSON.stringify(inOrder(bare));
  const seen = new Map<string, string>();
  return JSON.parse(
    text.replace(randomPart, (found) => {
      const kept = /^task-definition\/[\w-]+:/.exec(found)?.[0] ?? '';
      if (!seen.has(found)) seen.set(found, `${kept}#${seen.size + 1}`);
      return seen.get(found) ?? '';
    }),
  );
}

/** Properties that tell of time, of history or of how things came about. */
const passing = [
  'version',
  'now',
  'nextId',
  'revisions',
  'changes',
  'builds',
  'streams',
  'events',
  'steady',
  'placed',
  'strikes',
  'failedTasks',
  'rolloutStateReason',
  'serviceDeploymentArn',
  'currentServiceDeployment',
  'serviceDeployments',
  'revisionArn',
  'unplaced',
  'lastCompleted',
  'lastModified',
  'request',
  'requests',
  'stalled',
  'simulations',
  'rates',
];

// Ids of load balancing (16 digits), tasks (32), UUIDs, deployments, and revisions of a family.
const randomPart =
  /(?<![\w])(?:[0-9a-f]{32}|[0-9a-f]{16}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?!\w)|(?<=ecs-svc\/)\d+|task-definition\/[\w-]+:\d+/g;

/** The world without what AWS forgets by itself, and with tasks and targets as mere counts of kinds. */
function current(world: World): object {
  const { ecs, elasticloadbalancing: elb } = world;
  const services = select(ecs.services, ({ status }) => status !== 'INACTIVE');
  const families = select(ecs.taskDefinitions, ({ status }) => status !== 'DELETE_IN_PROGRESS');
  const tasks = Object.values(ecs.tasks)
    .filter(({ lastStatus }) => lastStatus !== 'STOPPED')
    .map(({ serviceArn, oneOff, taskDefinition, lastStatus, tags }) =>
      JSON.stringify({ serviceArn, group: oneOff?.group, taskDefinition, lastStatus, tags }),
    );
  const targetGroups = Object.fromEntries(
    Object.entries(elb.targetGroups).map(([arn, group]) => [
      arn,
      {
        ...group,
        targets: Object.values(group.targets)
          .map(({ state }) => state)
          .sort(),
      },
    ]),
  );
  const taskDefinitions = Object.fromEntries(
    Object.entries(families).map(([arn, { revision: _, ...rest }]) => [arn, rest]),
  );
  return {
    ...world,
    ecs: {
      ...ecs,
      services,
      taskDefinitions,
      tasks: byMask(tasks).map((task) => JSON.parse(task)),
    },
    elasticloadbalancing: { ...elb, targetGroups },
  };
}

function select<T>(records: Record<string, T>, keep: (record: T) => boolean): Record<string, T> {
  return Object.fromEntries(Object.entries(records).filter(([, record]) => keep(record)));
}

function prune(value: unknown, dropped: ReadonlySet<string>): unknown {
  if (Array.isArray(value)) return value.map((item) => prune(item, dropped));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key, item]) => !dropped.has(key) && !(/At$/.test(key) && typeof item === 'number'))
      .map(([key, item]) => [key, prune(item, dropped)]),
  );
}

/** Objects with their keys sorted as if all ids were the same. */
function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, item]) => [key, inOrder(item)] as const);
  const texts = new Map(entries.map((entry) => [JSON.stringify(entry), entry]));
  return Object.fromEntries(byMask([...texts.keys()]).map((text) => texts.get(text) ?? []));
}

function byMask(texts: readonly string[]): string[] {
  const masked = (text: string) => text.replace(randomPart, '#');
  return texts
    .map((text) => ({ text, mask: masked(text) }))
    .sort((a, b) => (a.mask < b.mask ? -1 : a.mask > b.mask ? 1 : 0))
    .map(({ text }) => text);
}
