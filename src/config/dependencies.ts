import { type Finding, find, type Path } from './finding.ts';
import type { Draft } from './salvage.ts';
import type { CheckedConfig } from './schema.ts';
import type { Dependencies, DependencyCondition } from './types.ts';

/** One container of the task, as far as waiting for others is concerned. */
interface Node {
  name: string;
  /** Where its `dependsOn` is, or would be. */
  path: Path;
  dependsOn: Readonly<Record<string, DependencyCondition | undefined>>;
  essential: boolean;
  hasHealthCheck: boolean;
}

type SidecarDraft = Draft<CheckedConfig['sidecars'][number]>;

/**
 * The app waits for every sidecar, except those that themselves wait for the app: that would be a
 * circle. `healthy` where there is a health check to tell it.
 */
export function defaultDependencies(app: string, sidecars: readonly SidecarDraft[]): Dependencies {
  const afterApp = new Set([app]);
  // Each pass finds those one step further away, so that as many passes as sidecars find all.
  for (const _ of sidecars) {
    for (const { name, dependsOn } of sidecars) {
      const waits = Object.keys(dependsOn ?? {}).some((other) => afterApp.has(other));
      if (waits && name !== undefined) afterApp.add(name);
    }
  }
  const entries = sidecars.flatMap(({ name, healthCheck }) =>
    name === undefined || afterApp.has(name)
      ? []
      : [[name, healthCheck === undefined ? 'start' : 'healthy'] as const],
  );
  return Object.fromEntries(entries);
}

/** Every container may wait only for others that exist, that can be so, and not in a circle. */
export function checkDependencies(draft: Draft<CheckedConfig>): Finding[] {
  const nodes = listNodes(draft);
  if (nodes === undefined) return [];
  const single = nodes.flatMap((node) =>
    Object.entries(node.dependsOn).flatMap(([other, condition]) => {
      const message = describeMistake(nodes, { node, other, condition });
      return message === undefined ? [] : [find([...node.path, other], message)];
    }),
  );
  return single.length > 0 ? single : findCircle(nodes);
}

/** Undefined while a name is missing or wrong: any statement about names could be false. */
function listNodes({ container, sidecars = [] }: Draft<CheckedConfig>): Node[] | undefined {
  const present = sidecars.filter((sidecar) => sidecar !== undefined);
  const app = container?.name;
  if (app === undefined || present.some(({ name }) => name === undefined)) return undefined;
  const main: Node = {
    name: app,
    path: ['container', 'dependsOn'],
    dependsOn: container?.dependsOn ?? defaultDependencies(app, present),
    essential: true,
    hasHealthCheck: false,
  };
  const others = sidecars.map((sidecar, index) => ({
    name: sidecar?.name ?? '',
    path: ['sidecars', index, 'dependsOn'],
    dependsOn: sidecar?.dependsOn ?? {},
    essential: sidecar?.essential ?? true,
    hasHealthCheck: sidecar?.healthCheck !== undefined,
  }));
  return [main, ...others];
}

function describeMistake(
  nodes: readonly Node[],
  wait: { node: Node; other: string; condition: DependencyCondition | undefined },
): string | undefined {
  const target = nodes.find(({ name }) => name === wait.other);
  const names = nodes.map(({ name }) => name).filter((name) => name !== wait.node.name);
  if (target === undefined) {
    return `names no container of this task (there is ${names.join(', ') || 'no other'})`;
  }
  if (target === wait.node) return 'makes the container wait for itself';
  if (wait.condition === 'healthy' && !target.hasHealthCheck) {
    return 'cannot be healthy, because that container has no healthCheck: write start';
  }
  const ends = wait.condition === 'complete' || wait.condition === 'success';
  if (ends && target.essential) {
    return `cannot be ${wait.condition}, because the task ends with that container unless it has essential: false`;
  }
  return undefined;
}

function findCircle(nodes: readonly Node[]): Finding[] {
  const done = new Set<string>();
  const walk = (node: Node, trail: readonly Node[]): Node[] | undefined => {
    if (trail.includes(node)) return [...trail.slice(trail.indexOf(node)), node];
    if (done.has(node.name)) return undefined;
    for (const next of Object.keys(node.dependsOn)) {
      const target = nodes.find(({ name }) => name === next);
      const circle = target && walk(target, [...trail, node]);
      if (circle) return circle;
    }
    done.add(node.name);
    return undefined;
  };
  for (const node of nodes) {
    const circle = walk(node, []);
    if (circle === undefined) continue;
    const names = circle.map(({ name }) => name).join(' -> ');
    return [find(circle[0]?.path ?? [], `makes a circle of containers that wait: ${names}`)];
  }
  return [];
}
