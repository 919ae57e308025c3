import type { NewStatus } from './deployments-api.ts';
import { oneLine, shorten } from './text.ts';
import type { Failed } from './types.ts';

/** GitHub's limit for the description of a status. */
const maxDescription = 140;

/** What the code of the pull request is to blame for; the rest are the surroundings' faults. */
const codesOfTheCode = new Set(['build-failed', 'rollout-failed', 'hook-failed']);

/** `failure` where the pull request's own code failed, `error` for permissions, limits, time and the like. */
export function failureStatus({ code, message, failure }: Failed): NewStatus {
  if (code === 'interrupted') return { state: 'error', description: 'interrupted' };
  const state = codesOfTheCode.has(code) ? 'failure' : 'error';
  const sentence = oneLine(failure?.sentence ?? message);
  return { state, description: shorten(sentence || code, maxDescription) };
}
