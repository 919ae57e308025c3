import type { StackResource, Step } from '../stack-types.ts';
import { differing, type Run } from './cloudformation-steps.ts';

/** What others need goes after them. */
export const deletions = (
  resources: readonly StackResource[],
  kept: (resource: StackResource) => boolean,
): Step[] =>
  inReverse(resources.filter(({ physicalId }) => physicalId !== undefined)).map(
    ({ resource, after }) => ({
      id: resource.id,
      action: 'delete',
      resource,
      after,
      state: 'waiting',
      ...(kept(resource) ? { kept: true } : {}),
    }),
  );

const inReverse = (resources: readonly StackResource[]) =>
  resources.map((resource) => ({
    resource,
    after: resources.flatMap(({ id, after }) => (after.includes(resource.id) ? [id] : [])),
  }));

/** Only what was changed in place; what was replaced is still there. */
export function restorations(
  { stack, operation }: Pick<Run, 'stack' | 'operation'>,
  steps: readonly Step[],
): Step[] {
  const begun = (id: string) => {
    const step = steps.find((each) => each.id === id);
    return step?.change === 'UPDATE' && !step.replaces && step.workAt === undefined;
  };
  const changed = Object.values(operation.before).filter(({ id, properties }) => {
    const now = stack.resources[id];
    return now && begun(id) && differing(now.properties, properties).length > 0;
  });
  return inReverse(changed).map(({ resource, after }) => ({
    id: resource.id,
    action: 'restore',
    resource,
    after,
    state: 'waiting',
  }));
}
