import type { PreviewRef } from '../preview/identity.ts';
import { completeRun, type Lookups } from './identity/complete.ts';
import type { CiRun } from './identity/run.ts';
import { joinRun, type RefQuestion, resolveSubject, type SubjectSource } from './ref.ts';
import { judgeTrust, refuseOver, type Trust, type TrustRules } from './trust.ts';

export interface AdmissionQuestion extends RefQuestion {
  rules: TrustRules;
  /** Nobody is asked where this is empty, as in the sandbox. */
  lookups: Lookups;
}

/** What a deploy is about, and whether it may go on. */
export interface Admission {
  ref: PreviewRef;
  /** 7 to 64 hex digits; absent: the newest of `ref` at the remote. */
  commit?: string | undefined;
  source: SubjectSource;
  trust: Trust;
  /** Absent outside any CI. */
  run?: CiRun | undefined;
  /** For warnings. */
  notes: string[];
}

/**
 * Everything that a deploy asks before it does anything: who am I, what is meant, who wrote it, may
 * it run. Rejects with `pull-request-closed` for what is over, and as `identifyRun` and
 * `resolveSubject` do: unlike another command, a deploy never runs on an event that it cannot read.
 */
export async function admitDeploy(question: AdmissionQuestion): Promise<Admission> {
  const told = await question.run?.();
  const subject = await resolveSubject({ ...question, run: async () => told });
  const pr = subject.source === 'api' ? subject.ref.pr : undefined;
  const completed =
    told && (await completeRun(told, { ...question.lookups, ...(pr === undefined ? {} : { pr }) }));
  const run = completed?.run;
  const trust = judgeTrust(run, question.rules);
  if (trust.verdict === 'allowed') refuseOver(subject.ref, run);
  return {
    ...joinRun(subject.ref, run, subject.commit),
    source: subject.source,
    trust,
    run,
    notes: [...subject.notes, ...(completed?.notes ?? [])],
  };
}
