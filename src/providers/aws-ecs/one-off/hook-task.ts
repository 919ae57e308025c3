import type { PreviewopsError } from '../../../errors.ts';
import type { Step } from '../../../preview/plan.ts';
import type { Claims } from '../claims.ts';
import type { Session } from '../session.ts';
import { byHand, flagsOf } from './command-text.ts';
import { hookOf, purposeOf } from './hook-plan.ts';
import type { OneOff, OneOffOrder } from './one-off.ts';
import { taskError, taskReport } from './task-failure.ts';

/** What a step of a hook needs to know of the run that it is part of. */
export interface HookOrder {
  step: Step;
  /** The revision that is to run. */
  taskDefinitionArn: string;
  targetGroupArn: string;
  claims: Claims;
  /** Of the whole run, milliseconds since the epoch. */
  deadline: number;
  /** Whether a revision before this one serves. */
  updating: boolean;
}

/** The task of a hook, but for its token. */
export function hookTask(
  { clock, target }: Session,
  order: Pick<HookOrder, 'step' | 'taskDefinitionArn' | 'deadline'> & {
    claims: Pick<Claims, 'check'>;
    command: readonly string[];
  },
): Omit<OneOffOrder, 'clientToken'> {
  return {
    taskDefinitionArn: order.taskDefinitionArn,
    command: order.command,
    purpose: purposeOf(hookOf(order.step)),
    deadline: Math.min(order.deadline, clock.now() + target.config.hooks.timeout * 1000),
    check: () => order.claims.check(),
  };
}

export const isGood = ({ end, exitCode }: OneOff) => end === 'exited' && exitCode === 0;

/** The error of a hook before a new revision, which now does not start. */
export function failHook(
  { target: { identity } }: Session,
  { step, updating, command }: HookOrder & { command: readonly string[] },
  task: OneOff,
): PreviewopsError {
  const next = updating ? byHand(identity, command) : `previewops deploy ${flagsOf(identity)}`;
  const state = updating
    ? 'The new revision was not started; the one before still serves.'
    : 'The preview was not started; the next deploy tries the hook again.';
  const report = taskReport({ what: `The hook ${hookOf(step)}`, task, next: [next] });
  return taskError(report, { task, state });
}
