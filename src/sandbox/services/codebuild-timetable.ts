import type { BuildPhaseType } from '@aws-sdk/client-codebuild';
import type { Build, Phase } from './codebuild-state.ts';

/** How long each phase of a build takes in the sandbox, milliseconds: 38 s in all. */
const durations: readonly [BuildPhaseType, number][] = [
  ['SUBMITTED', 1000],
  ['QUEUED', 2000],
  ['PROVISIONING', 6000],
  ['DOWNLOAD_SOURCE', 3000],
  ['INSTALL', 1000],
  ['PRE_BUILD', 3000],
  ['BUILD', 20_000],
  ['POST_BUILD', 500],
  ['UPLOAD_ARTIFACTS', 500],
  ['FINALIZING', 1000],
  ['COMPLETED', 0],
];

/** A docker build that fails does so before it comes to pushing. */
const failingBuildMs = 12_000;

/** The phases of a build that starts at `startAt`; `fails` shortens its BUILD phase. */
export function timetable(startAt: number, fails: boolean): Phase[] {
  let at = startAt;
  return durations.map(([type, duration]) => {
    const phase: Phase = { type, startAt: at, endAt: at, status: 'SUCCEEDED' };
    at += type === 'BUILD' && fails ? failingBuildMs : duration;
    phase.endAt = at;
    return phase;
  });
}

export function phaseOf({ phases }: Pick<Build, 'phases'>, type: BuildPhaseType): Phase {
  const found = phases.find((phase) => phase.type === type);
  if (!found) throw new Error(`sandbox: a build has no phase ${type}`);
  return found;
}

export const completedAt = (build: Build) => phaseOf(build, 'COMPLETED').startAt;

/** Marks a phase as failed, with the text that BatchGetBuilds shows for it. */
export function failPhase(phase: Phase, message: string): void {
  phase.status = 'FAILED';
  phase.context = { statusCode: 'COMMAND_EXECUTION_ERROR', message };
}

/** Ends a running build at `at`: the phase under way is STOPPED and COMPLETED follows at once. */
export function stopPhases(build: Build, at: number): void {
  const begun = build.phases.filter(({ type, startAt }) => startAt <= at && type !== 'COMPLETED');
  const current = begun.at(-1);
  if (current) {
    current.endAt = at;
    current.status = 'STOPPED';
  }
  build.phases = [...begun, { type: 'COMPLETED', startAt: at, endAt: at, status: 'SUCCEEDED' }];
}
