import { arnOf } from '../arn.ts';
import { type Page, paginate } from '../paginate.ts';
import type { ChangeSet, Stack } from '../stack-types.ts';
import type { Authorization, Ctx, World } from '../types.ts';
import { stackError, validationError } from './cloudformation-errors.ts';

/** The stack of this name or id. */
export function findStack(
  { cloudformation }: World,
  nameOrId: string | undefined,
): Stack | undefined {
  return Object.values(cloudformation.stacks).find(
    ({ id, name }) => nameOrId === id || nameOrId === name,
  );
}

export function needStack(world: World, nameOrId: string | undefined): Stack {
  const found = findStack(world, nameOrId);
  if (found) return found;
  throw validationError(`Stack with id ${nameOrId} does not exist`);
}

export interface ChangeSetInput {
  StackName?: string | undefined;
  ChangeSetName?: string | undefined;
}

/** One that was executed is found by its ARN only: its name is free again. */
export function needChangeSet(
  world: World,
  { StackName, ChangeSetName = '' }: ChangeSetInput,
): { stack: Stack; changeSet: ChangeSet } {
  const stack =
    StackName === undefined
      ? Object.values(world.cloudformation.stacks).find(({ changeSets }) =>
          Object.hasOwn(changeSets, ChangeSetName),
        )
      : needStack(world, StackName);
  const changeSet = Object.values(stack?.changeSets ?? {}).find(
    ({ id, name, execution }) =>
      id === ChangeSetName || (name === ChangeSetName && execution === undefined),
  );
  if (stack && changeSet) return { stack, changeSet };
  throw stackError('ChangeSetNotFound', `ChangeSet [${ChangeSetName}] does not exist`, 404);
}

/** On the stack, whose id nobody knows while it is not there. */
export const onStack =
  (action: string) =>
  (input: ChangeSetInput, { world }: Ctx): Authorization[] => {
    const { StackName: name = '*', ChangeSetName } = input;
    const found = findStack(world, name)?.id;
    const resource = name.startsWith('arn:')
      ? name
      : (found ?? arnOf(world, 'cloudformation', `stack/${name}/*`));
    const context =
      ChangeSetName === undefined
        ? {}
        : { context: { 'cloudformation:ChangeSetName': ChangeSetName } };
    return [{ action: `cloudformation:${action}`, resource, ...context }];
  };

/** Pages as CloudFormation cuts them, but shorter, so that paging is exercised. */
export function pageOf<T>(all: readonly T[], marker: string | undefined, size: number): Page<T> {
  const keyed = all.map((item, index) => ({ item, key: String(index).padStart(6, '0') }));
  const { items, next } = paginate(keyed, {
    marker,
    size,
    keyOf: ({ key }) => key,
    onBadMarker: () => {
      throw validationError('NextToken is not valid');
    },
  });
  return {
    items: items.map(({ item }) => item),
    ...(next === undefined ? {} : { next }),
  };
}

export const nextOf = (next: string | undefined) => (next === undefined ? {} : { NextToken: next });
