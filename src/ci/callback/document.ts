import { describeCredential } from '../../config/credentials.ts';
import { type ErrorCode, exitCodes, type PreviewopsError } from '../../errors.ts';
import { counted } from '../../report/counted.ts';
import { printable } from '../../report/printable.ts';
import { withoutCredentials } from '../git.ts';
import { oneLine, shorten } from '../github/text.ts';

/**
 * How a run ended, for whoever dispatched it. The contract's own words are the first three.
 *
 * - `success`: the URL answered, or nothing is left of a destroyed preview
 * - `failure`: the preview's own build, hook or rollout failed, or some of it could not be removed
 * - `error`: the surroundings are to blame: configuration, permissions, limits, time, AWS
 * - `started`: deployed with `--no-wait`; nobody knows yet whether it answers
 * - `skipped`: the trust rules refused it before any work
 * - `superseded`: a newer run has the preview
 * - `interrupted`: stopped from outside
 */
export type CallbackStatus =
  | 'success'
  | 'failure'
  | 'error'
  | 'started'
  | 'skipped'
  | 'superseded'
  | 'interrupted';

export interface CallbackReceipt {
  removed: readonly ReceiptEntry[];
  remaining: readonly ReceiptEntry[];
}

interface ReceiptEntry {
  resource: string;
  name: string;
}

/** What is sent. Keys are never left out, and none changes its meaning without another `version`. */
export interface CallbackDocument {
  version: 1;
  action: 'deploy' | 'destroy';
  status: CallbackStatus;
  ai_run_id: string | null;
  branch: string | null;
  /** Full commit id; null for a destroy and where none is known. */
  commit: string | null;
  /** The preview's address; it answers only where a deploy's status is `success`. */
  url: string | null;
  /** One line of at most 140 characters. */
  description: string;
  /** Of a destroy that came to its end. */
  receipt: CallbackReceipt | null;
  /** There in a run against the simulated AWS only. */
  sandbox?: true;
}

export type CallbackOutcome =
  /** `ready`: the URL answered. */
  | { kind: 'deployed'; ready: boolean }
  | ({ kind: 'destroyed' } & CallbackReceipt)
  | { kind: 'skipped'; reason: string }
  | { kind: 'failed'; error: Pick<PreviewopsError, 'code' | 'message' | 'exitCode'> };

export interface CallbackFacts {
  action: CallbackDocument['action'];
  runId?: string | undefined;
  branch?: string | undefined;
  commit?: string | undefined;
  url?: string | undefined;
  outcome: CallbackOutcome;
}

export function callbackDocument(facts: CallbackFacts): CallbackDocument {
  const { action, outcome } = facts;
  return {
    version: 1,
    action,
    status: statusOf(outcome),
    ai_run_id: facts.runId ?? null,
    branch: facts.branch ?? null,
    commit: facts.commit ?? null,
    url: facts.url ?? null,
    description: describeOutcome(outcome),
    receipt:
      outcome.kind === 'destroyed'
        ? { removed: outcome.removed.map(named), remaining: outcome.remaining.map(named) }
        : null,
  };
}

/** What the preview's own code is to blame for, as its GitHub deployment says it, and a removal that did not end. */
const ownFailures: readonly ErrorCode[] = [
  'build-failed',
  'rollout-failed',
  'hook-failed',
  'not-removed',
];

function statusOf(outcome: CallbackOutcome): CallbackStatus {
  if (outcome.kind === 'deployed') return outcome.ready ? 'success' : 'started';
  if (outcome.kind === 'destroyed') return outcome.remaining.length === 0 ? 'success' : 'failure';
  if (outcome.kind === 'skipped') return 'skipped';
  const { code, exitCode } = outcome.error;
  if (exitCode === exitCodes.interrupted) return 'interrupted';
  if (exitCode === exitCodes.superseded) return 'superseded';
  return ownFailures.includes(code) ? 'failure' : 'error';
}

function describeOutcome(outcome: CallbackOutcome): string {
  switch (outcome.kind) {
    case 'deployed':
      return outcome.ready ? 'the preview is ready' : 'the deploy was started and not waited for';
    case 'destroyed':
      return describeReceipt(outcome);
    case 'skipped':
      return shortDescription(outcome.reason);
    case 'failed':
      return shortDescription(outcome.error.message);
  }
}

function describeReceipt({ removed, remaining }: CallbackReceipt): string {
  if (remaining.length > 0) return `${counted(remaining.length, 'resource')} could not be removed`;
  return removed.length === 0
    ? 'there was nothing to remove'
    : `${counted(removed.length, 'resource')} removed, nothing left`;
}

const named = ({ resource, name }: ReceiptEntry): ReceiptEntry => ({
  resource,
  name: printable(name),
});

/** GitHub's limit for the description of a status, kept here too, in characters (code points). */
const maxDescriptionLength = 140;

/** One harmless line, never with a credential in it. */
function shortDescription(text: string): string {
  const credential = describeCredential(text);
  if (credential !== undefined) return `withheld: the message holds what looks like ${credential}`;
  const line = oneLine(withoutCredentials(text));
  return shorten(line || 'no reason is known', maxDescriptionLength);
}
