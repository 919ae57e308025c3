import type { Change, ResourceChange } from '@aws-sdk/client-cloudformation';
import { printable } from '../report/printable.ts';

export type ChangeKind = 'replace' | 'remove' | 'may-replace' | 'change' | 'add';

/** One resource of a change set. */
export interface StackChange {
  kind: ChangeKind;
  /** In the template. */
  id: string;
  /** E.g. `AWS::ECS::Cluster`. */
  type: string;
  /** Name, id or ARN in AWS; absent for what is new. */
  physical?: string;
  /** Properties that change, each once. */
  properties: string[];
  /** Whether AWS keeps what leaves the stack. */
  kept: boolean;
}

export interface StackChanges {
  /** Those that take something away first; otherwise in AWS's order. */
  changes: StackChange[];
  /** Whether something that exists would go: to be shown, and agreed to, before it is applied. */
  destructive: boolean;
  /** One line each, for a person. */
  lines: string[];
}

const order: readonly ChangeKind[] = ['replace', 'remove', 'may-replace', 'change', 'add'];
const signs = { replace: '!', remove: '-', 'may-replace': '!', change: '~', add: '+' } as const;
const words = {
  replace: 'REPLACE',
  remove: 'remove',
  'may-replace': 'MAY REPLACE',
  change: 'change',
  add: 'add',
} as const;

/**
 * What a change set would do, from the changes of all pages of DescribeChangeSet. A replacement makes
 * a new resource and then deletes the old one with all that hangs on it, so it comes first.
 */
export function changesOf(changeSet: { Changes?: readonly Change[] | undefined }): StackChanges {
  const found = (changeSet.Changes ?? []).flatMap(({ ResourceChange: change }) =>
    change ? [changeOf(change)] : [],
  );
  const changes = order.flatMap((kind) => found.filter((each) => each.kind === kind));
  const destructive = changes.some(
    ({ kind, kept }) =>
      kind === 'replace' || kind === 'may-replace' || (kind === 'remove' && !kept),
  );
  return { changes, destructive, lines: changes.map(lineOf) };
}

function changeOf(change: ResourceChange): StackChange {
  const names = (change.Details ?? []).flatMap(
    ({ Target }) => Target?.Name ?? Target?.Attribute ?? [],
  );
  return {
    kind: kindOf(change),
    id: change.LogicalResourceId ?? '',
    type: change.ResourceType ?? '',
    ...(change.PhysicalResourceId ? { physical: change.PhysicalResourceId } : {}),
    properties: [...new Set(names)],
    kept: change.PolicyAction === 'Retain' || change.PolicyAction === 'ReplaceAndRetain',
  };
}

/** `Dynamic` is what CloudFormation cannot tell before (API Reference, ResourceChange). */
function kindOf({ Action, Replacement }: ResourceChange): ChangeKind {
  if (Action === 'Add' || Action === 'Import') return 'add';
  if (Action === 'Remove') return 'remove';
  if (Action === 'Dynamic') return 'may-replace';
  if (Replacement === 'True') return 'replace';
  return Replacement === 'Conditional' ? 'may-replace' : 'change';
}

function lineOf({ kind, id, type, physical, properties, kept }: StackChange): string {
  const what = [
    ...(physical === undefined ? [] : [physical]),
    ...(properties.length === 0 ? [] : [`because of ${properties.join(', ')}`]),
    ...(kept ? ['what is there stays in the account, outside of the stack'] : []),
  ].join('; ');
  const rest = what === '' ? '' : ` (${what})`;
  return printable(`${signs[kind]} ${words[kind]} ${id} ${type}${rest}`);
}
