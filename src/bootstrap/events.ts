import type { StackEvent } from '@aws-sdk/client-cloudformation';
import { printable } from '../report/printable.ts';

/** How a stack or a resource stands. `undone` is the end of a rollback: nothing runs, nothing was gained. */
export type Standing = 'working' | 'done' | 'undone' | 'failed';

/** From a status such as `UPDATE_ROLLBACK_COMPLETE` (CloudFormation user guide, "Stack status codes"). */
export function standingOf(status: string | undefined): Standing {
  const text = status ?? '';
  if (text.endsWith('_FAILED')) return 'failed';
  // The new resources are all there; what they replaced is being deleted.
  if (text === 'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS') return 'done';
  if (text.endsWith('_IN_PROGRESS')) return 'working';
  if (text.endsWith('ROLLBACK_COMPLETE')) return 'undone';
  return text.endsWith('_COMPLETE') || text.endsWith('_SKIPPED') ? 'done' : 'working';
}

const signs = { working: ' ', done: '+', undone: '-', failed: '!' } as const;

/**
 * One line for a person: `+ Cluster AWS::ECS::Cluster create complete`, with AWS's reason where it
 * gives one, such as the DNS record that a certificate waits for.
 */
export function renderStackEvent(event: StackEvent): string {
  const { LogicalResourceId: id, ResourceType: type, ResourceStatus: status = '' } = event;
  const removal = status.startsWith('DELETE') && standingOf(status) === 'done';
  const sign = removal ? '-' : signs[standingOf(status)];
  const reason = event.ResourceStatusReason ? `: ${event.ResourceStatusReason}` : '';
  const text = `${id ?? ''} ${type ?? ''} ${status.toLowerCase().replaceAll('_', ' ')}${reason}`;
  return `${sign} ${printable(text)}`;
}

/**
 * The event that a failure began with, of events in any order: later ones say only that they were
 * cancelled for it.
 */
export function causeOf(events: readonly StackEvent[]): StackEvent | undefined {
  const failed = events
    .filter(({ ResourceStatus }) => ResourceStatus?.endsWith('_FAILED'))
    .sort((a, b) => (a.Timestamp?.getTime() ?? 0) - (b.Timestamp?.getTime() ?? 0));
  return failed.find((event) => !/cancell?ed/i.test(event.ResourceStatusReason ?? '')) ?? failed[0];
}
