import type { PreviewopsError } from '../../errors.ts';
import type { FailureReport } from '../../preview/failure.ts';

/** Where a run belongs, known before it does anything. */
export interface Run {
  kind: 'deploy' | 'destroy';
  app: string;
  /** The preview's id, e.g. `pr-42`. */
  id: string;
  /** The pull request that is commented on; without one there is no comment. */
  pr?: number | undefined;
  /** Full id of the head commit. */
  commit?: string | undefined;
  branch?: string | undefined;
  /** Page that shows this run's log. */
  runUrl?: string | undefined;
}

/** Milliseconds by phase, in the order in which they are shown. */
export type Phases = {
  readonly [phase in 'observe' | 'build' | 'apply' | 'wait' | 'total']?: number;
};

export interface Cost {
  /** In `currency`; an estimate from list prices. */
  amount: number;
  /** ISO 4217, e.g. `USD`. */
  currency: string;
}

/** What a deploy came to; a DeployResult is one. */
export interface Deployed {
  preview: { url: string; commit: string | null; image: string };
  timings: Phases;
  /** False when the rollout was started and not followed: nobody has seen the URL answer. */
  ready: boolean;
  /** ISO 8601. */
  expiresAt?: string | undefined;
  costPerDay?: Cost | undefined;
}

/** Why a run failed. */
export interface Failed {
  /** As in `errorTable`. */
  code: string;
  message: string;
  hint?: string | undefined;
  failure?: FailureReport | undefined;
}

/** What a destroy came to; a Receipt is one. */
export interface Destroyed {
  removed: readonly unknown[];
  timings: Phases;
  /** Of the preview's whole life, where it is known. */
  cost?: Cost | undefined;
  /** Sentences on why it went, where its pull request was not simply closed. */
  why?: string | undefined;
}

/** How a run ended, as the comment and the step summary tell it. */
export type Outcome =
  | { kind: 'deployed'; result: Deployed }
  | { kind: 'failed'; error: Failed }
  | { kind: 'destroyed'; receipt: Destroyed }
  | { kind: 'superseded' }
  | { kind: 'skipped'; reason: string };

/** The parts of an error that a report is made of. */
export function failedOf(error: PreviewopsError): Failed {
  const { code, message, hint, details } = error;
  return { code, message, hint, failure: details?.failure as FailureReport | undefined };
}
